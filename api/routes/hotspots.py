"""热点: tables and layers of one level for one statistical month."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.answers import GEOJSON, answer
from api.desk import TheDesk
from appeals.database import reading
from maps.asking import question
from maps.atlas import answer_of, layer_of, table_of
from maps.layers import feature_collection

router = APIRouter(prefix="/api", tags=["hotspots"])

Level = Literal["district", "street", "community", "grid", "h3-8", "h3-9", "h3-10"]
Month = Annotated[str | None, Query(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", description="YYYY-MM")]
Category = Annotated[str | None, Query(max_length=200, description="class and all below it")]
Reading = Literal["lies", "sent"]
FirstReports = Annotated[
    Literal["place", "caller"], Query(description="leave out repeats of a place, of a caller")
]


def _month(text: str | None) -> tuple[int, int] | None:
    return None if text is None else (int(text[:4]), int(text[5:]))


@router.get("/hotspots", summary="Places of one level, ranked for a month")
def hotspots(
    desk: TheDesk,
    level: Level = "street",
    month: Month = None,
    category: Category = None,
    reading_: Annotated[Reading, Query(alias="reading")] = "lies",
    first_reports: FirstReports | None = None,
) -> Response:
    """Give the hot-spot table; small counts are hidden."""
    with reading(desk.engine) as connection:
        asked = question(
            connection,
            level,
            _month(month),
            desk.office,
            reading=reading_,
            class_code=category,
            first_reports=first_reports,
        )
        table = table_of(connection, asked)
    return answer(answer_of(table, asked))


@router.get("/layers/{level}", summary="A level as GeoJSON, with a month's figures")
def layer(desk: TheDesk, level: Level, month: Month = None, category: Category = None) -> Response:
    """Give one level as a FeatureCollection: code, name, n, rate, growth and the rest."""
    with reading(desk.engine) as connection:
        asked = question(connection, level, _month(month), desk.office, class_code=category)
        shapes = layer_of(connection, table_of(connection, asked))
    return answer(feature_collection(shapes), media_type=GEOJSON)
