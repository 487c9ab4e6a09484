"""热点: tables and layers of one level for one statistical month."""

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.answers import GEOJSON, answer
from api.desk import Desk, TheDesk
from appeals.database import Connection, reading
from appeals.errors import InputError
from maps.atlas import Question, layer_of, newest_month, table_of
from maps.layers import feature_collection, hide_small

router = APIRouter(prefix="/api", tags=["hotspots"])

Level = Literal["district", "street", "community", "grid", "h3-8", "h3-9", "h3-10"]
Month = Annotated[str | None, Query(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", description="YYYY-MM")]
Category = Annotated[str | None, Query(max_length=200, description="class and all below it")]
Reading = Literal["lies", "sent"]


def question(
    desk: Desk,
    connection: Connection,
    level: str,
    month: str | None,
    category: str | None = None,
    reading: Reading = "lies",
) -> Question:
    """Put a question together; without a month it is the newest one with data."""
    start = desk.settings.period.month_start
    if month is None:
        newest = newest_month(connection, start)
        if newest is None:
            raise InputError("month: there are no appeals yet")
        year, number = newest
    else:
        year, number = int(month[:4]), int(month[5:])
    return Question(level, year, number, reading, category, None, start)


@router.get("/hotspots", summary="Places of one level, ranked for a month")
def hotspots(
    desk: TheDesk,
    level: Level = "street",
    month: Month = None,
    category: Category = None,
    reading_: Annotated[Reading, Query(alias="reading")] = "lies",
) -> Response:
    """Give the hot-spot table; small counts are hidden."""
    with reading(desk.engine) as connection:
        asked = question(desk, connection, level, month, category, reading_)
        table = table_of(connection, asked)
    rows = hide_small(table.rows).drop(columns=["area"])
    return answer(
        {
            "level": level,
            "month": f"{asked.year}-{asked.month:02d}",
            "first_day": table.months.this.first,
            "last_day": table.months.this.last,
            "reading": table.reading,
            "category": category,
            "n": table.n,
            "n_not_placeable": table.n_not_placeable,
            "n_sinks": table.n_sinks,
            "items": json.loads(rows.to_json(orient="records", force_ascii=False)),
        }
    )


@router.get("/layers/{level}", summary="A level as GeoJSON, with a month's figures")
def layer(desk: TheDesk, level: Level, month: Month = None, category: Category = None) -> Response:
    """Give one level as a FeatureCollection: code, name, n, rate, growth and the rest."""
    with reading(desk.engine) as connection:
        asked = question(desk, connection, level, month, category)
        shapes = layer_of(connection, table_of(connection, asked))
    return answer(feature_collection(shapes), media_type=GEOJSON)
