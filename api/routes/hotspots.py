"""热点: tables and layers of one level for one statistical month, and why a place is on them."""

import gzip
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from api.answers import GEOJSON, answer, sends
from api.desk import Desk, TheDesk
from api.layer_cache import LayerCache
from appeals.database import Connection, reading
from maps.answer import answer_of, sinks_of
from maps.asking import FirstReports, Question, question
from maps.atlas import course_of, table_of
from maps.topics import topics_of
from maps.why import difference_of, why_of

router = APIRouter(prefix="/api", tags=["hotspots"])

Level = Literal["district", "street", "community", "grid", "h3-8", "h3-9", "h3-10"]
Month = Annotated[str | None, Query(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", description="YYYY-MM")]
Category = Annotated[str | None, Query(max_length=200, description="class and all below it")]
Reading = Literal["lies", "sent"]
Code = Annotated[str, Query(min_length=1, max_length=40, description="of the unit or cell")]


class Asked:
    """The question of an address, without its level."""

    def __init__(
        self,
        month: Month = None,
        category: Category = None,
        reading_: Annotated[Reading, Query(alias="reading")] = "lies",
        first_reports: Annotated[
            FirstReports | None, Query(description="leave out repeats of a place, of a caller")
        ] = None,
    ) -> None:
        self.month = None if month is None else (int(month[:4]), int(month[5:]))
        self.category = category or None
        self.reading: Reading = reading_
        self.first_reports = first_reports

    def of(self, connection: Connection, desk: Desk, level: str) -> Question:
        """Put the question for one level."""
        return question(
            connection,
            level,
            self.month,
            desk.office,
            reading=self.reading,
            class_code=self.category,
            first_reports=self.first_reports,
        )


TheQuestion = Annotated[Asked, Depends()]


@router.get("/hotspots", summary="Places of one level, ranked for a month")
def hotspots(desk: TheDesk, wanted: TheQuestion, level: Level = "street") -> Response:
    """Give the hot-spot table; small counts are hidden."""
    with reading(desk.engine) as connection:
        asked = wanted.of(connection, desk, level)
        table = table_of(connection, asked)
        this = table.months.this
        sinks = {"sinks": sinks_of(connection, (this.first, this.last))}
        return answer(answer_of(table, asked) | sinks)


@router.get("/hotspots/months", summary="Places of one level, month by month")
def course(desk: TheDesk, wanted: TheQuestion, level: Level = "street") -> Response:
    """Give the counts of up to 25 months with class limits that hold for all of them."""
    with reading(desk.engine) as connection:
        return answer(course_of(connection, wanted.of(connection, desk, level)))


@router.get("/hotspots/topics", summary="Classes of a month, and how they changed")
def topics(desk: TheDesk, month: Month = None) -> Response:
    """Give every class of the city's month with those below it, the busiest first."""
    with reading(desk.engine) as connection:
        asked = Asked(month, None, "lies", None).of(connection, desk, "street")
        return answer({"month": asked.text, "items": topics_of(connection, asked)})


@router.get("/hotspots/why", summary="What makes up half of a place")
def why(desk: TheDesk, wanted: TheQuestion, code: Code, level: Level = "street") -> Response:
    """Take one place apart: parts, topics, subjects, spots, repeats, places like it."""
    with reading(desk.engine) as connection:
        return answer(why_of(connection, wanted.of(connection, desk, level), code))


@router.get("/hotspots/difference", summary="Appeals that only one reading counts to a unit")
def difference(
    desk: TheDesk,
    wanted: TheQuestion,
    code: Code,
    level: Literal["district", "street", "community", "grid"] = "street",
) -> Response:
    """List the appeals by which 属地口径 and 派单口径 differ, without their words."""
    with reading(desk.engine) as connection:
        asked = wanted.of(connection, desk, level)
        return answer(difference_of(connection, asked, code))


@router.get(
    "/layers/{level}",
    summary="A level as GeoJSON, with a month's figures",
    responses=sends(GEOJSON),
)
def layer(request: Request, desk: TheDesk, wanted: TheQuestion, level: Level) -> Response:
    """Give one level as a FeatureCollection: code, name, n, rate, growth and the rest."""
    kept: LayerCache = request.app.state.layers
    with reading(desk.engine) as connection:
        packed = kept.get(desk, connection, wanted.of(connection, desk, level))
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(gzip.decompress(packed), media_type=GEOJSON, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(packed, media_type=GEOJSON, headers=headers)
