"""热点: tables and layers of one level for one statistical month, and why a place is on them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.answers import GEOJSON, answer, sends, squeezed
from api.desk import Desk, TheDesk
from api.layer_cache import LayerCache
from appeals.database import Connection, reading
from appeals.errors import InputError
from maps.answer import answer_of, silent_of, sinks_of
from maps.asking import FirstReports, Question, question
from maps.atlas import course_of
from maps.cuts import DEEPEST
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
def hotspots(
    request: Request,
    desk: TheDesk,
    wanted: TheQuestion,
    level: Level = "street",
    form: Annotated[
        Literal["items", "columns"], Query(description="a place an item, a figure an array")
    ] = "items",
) -> Response:
    """Give the hot-spot table; small counts are hidden. ``shapes`` is the version of the cuts."""
    kept = _kept(request)
    with reading(desk.engine) as connection:
        asked = wanted.of(connection, desk, level)

        def make() -> object:
            table = kept.table(desk, connection, asked)
            this = table.months.this
            return answer_of(table, asked, columns=form == "columns") | {
                "sinks": sinks_of(connection, (this.first, this.last)),
                "silent": silent_of(connection, table, asked),
                "shapes": kept.drawn(desk, connection, asked).version,
            }

        return squeezed(request, kept.answer(desk, connection, (form, asked), make))


@router.get("/hotspots/months", summary="Places of one level, month by month")
def course(
    request: Request, desk: TheDesk, wanted: TheQuestion, level: Level = "street"
) -> Response:
    """Give the counts of up to 25 months with class limits that hold for all of them."""
    kept = _kept(request)
    with reading(desk.engine) as connection:
        asked = wanted.of(connection, desk, level)
        key = "months", asked
        made = kept.answer(desk, connection, key, lambda: course_of(connection, asked))
    return squeezed(request, made)


@router.get("/hotspots/topics", summary="Classes of a month, and how they changed")
def topics(desk: TheDesk, month: Month = None) -> Response:
    """Give every class of the city's month with those below it, the busiest first."""
    with reading(desk.engine) as connection:
        asked = Asked(month).of(connection, desk, "street")
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
    kept = _kept(request)
    with reading(desk.engine) as connection:
        packed = kept.layer(desk, connection, wanted.of(connection, desk, level))
    return squeezed(request, packed, media_type=GEOJSON)


@router.get("/layers/{level}/cuts/{k}/{column}/{row}", summary="Shapes of a level, cut to a view")
def cut(
    request: Request,
    desk: TheDesk,
    level: Level,
    k: Annotated[int, Path(ge=0, le=DEEPEST)],
    column: Annotated[int, Path(ge=0, lt=2**DEEPEST)],
    row: Annotated[int, Path(ge=0, lt=2**DEEPEST)],
    month: Month = None,
) -> Response:
    """Give the shapes that one part of the ground shows, simplified to its scale, without figures.

    Borders are kept by the browser and asked for again by their version; cells tell where appeals
    were and are not kept.
    """
    kept = _kept(request)
    with reading(desk.engine) as connection:
        drawn = kept.drawn(desk, connection, Asked(month).of(connection, desk, level))
    if max(column, row) >= 2**k:
        raise InputError("cut: there is no such part")
    tag = f'"{drawn.version}-{k}-{column}-{row}"'
    headers = {} if drawn.cells else {"ETag": tag, "Cache-Control": "private, no-cache"}
    if not drawn.cells and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return squeezed(request, kept.cut(drawn, (k, column, row)), headers=headers)


def _kept(request: Request) -> LayerCache:
    kept: LayerCache = request.app.state.layers
    return kept
