"""公布口径: counts as published for planning, as a page, as tables and layers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

import geopandas as gpd
from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from api.answers import GEOJSON, answer, sends
from api.desk import Desk, TheDesk
from appeals.calendar import month_of, month_span
from appeals.database import reading, writing
from appeals.errors import NotFound
from grids.publications.store import EVERY, Publication, prepare, publish, published
from grids.store import counted_days, load_boundaries
from maps.layers import feature_collection
from maps.published import published_layer
from maps.sheet import static_page

router = APIRouter(prefix="/api", tags=["published"])
pages = APIRouter(include_in_schema=False)

Level = Literal["district", "street", "community"]
Month = Annotated[str | None, Query(pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$", description="YYYY-MM")]
Category = Annotated[str, Query(max_length=200, description="class of the first level")]
Reading = Literal["lies", "sent"]
Span = tuple[date, date]

_MOST_MONTHS = 24


@pages.get("/layers")
def page() -> Response:
    """Give the planners' page; its script asks for the layers."""
    return HTMLResponse(static_page("layers"), headers={"Cache-Control": "no-cache"})


@router.get("/published", summary="Months and classes that are published")
def about(desk: TheDesk, reading_: Annotated[Reading, Query(alias="reading")] = "lies") -> Response:
    """Give the whole months that are over, the newest first, and the classes of the newest."""
    months = _months(desk)
    newest = _published(desk, months[0][1], reading_) if months else None
    return answer(
        {
            "jurisdiction": desk.city,
            "demo": desk.settings.demo,
            "months": [
                {"month": name, "first_day": span[0], "last_day": span[1]} for name, span in months
            ],
            "classes": newest.classes if newest else [],
        }
    )


@router.get(
    "/published/{level}",
    summary="A level as GeoJSON, with a month's published counts",
    responses=sends(GEOJSON),
)
def layer(
    desk: TheDesk,
    level: Level,
    month: Month = None,
    category: Category = EVERY,
    reading_: Annotated[Reading, Query(alias="reading")] = "lies",
) -> Response:
    """Give a FeatureCollection: code, name, n (null where hidden), rate, growth; and its month."""
    found = _asked(desk, level, month, category, reading_)
    return answer(
        feature_collection(found.layer)
        | {
            "month": found.month,
            "first_day": found.of.first_day,
            "last_day": found.of.last_day,
            "made_at": found.of.made_at.astimezone(desk.zone),
            "n": found.total,
        },
        media_type=GEOJSON,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    month: str
    of: Publication
    layer: gpd.GeoDataFrame
    total: int | None


def _asked(desk: Desk, level: str, month: str | None, category: str, reading_: str) -> _Found:
    months = dict(_months(desk))
    if not months:
        raise NotFound("no month is over yet: nothing is published")
    wanted = month or next(iter(months))
    if wanted not in months:
        raise NotFound("month: it is not published")
    this = _published(desk, months[wanted], reading_)
    if category and category not in this.classes:
        raise NotFound("category: no class of the first level that the month had")
    year, number = (int(part) for part in wanted.split("-"))
    earlier = f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"
    before = _published(desk, months[earlier], reading_) if earlier in months else None
    with reading(desk.engine) as connection:
        units = load_boundaries(connection, this.last_day)
    total = this.counts("city", category).get(0)
    shapes = published_layer(units, level, this, before, category)
    return _Found(wanted, this, shapes, None if total is None or total != total else int(total))


def _months(desk: Desk) -> list[tuple[str, Span]]:
    """Give the whole months that are over and have data from their first day, newest first."""
    start = desk.settings.period.month_start
    with reading(desk.engine) as connection:
        days = counted_days(connection)
    found: list[tuple[str, Span]] = []
    if days is None:
        return found
    last = min(days[1], desk.today - timedelta(days=1))
    year, month = month_of(last, start)
    while len(found) < _MOST_MONTHS:
        span = month_span(year, month, start)
        if span[0] < days[0]:
            break
        if span[1] <= last:
            found.append((f"{year}-{month:02d}", span))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def _published(desk: Desk, span: Span, reading_: str) -> Publication:
    """Give a month's publication, made when it is asked for first and fixed from then on."""
    with reading(desk.engine) as connection:
        found = published(connection, *span, reading_)
        cells = prepare(connection, *span, reading_) if found is None else None
    if cells is not None:
        with writing(desk.engine) as connection:
            publish(connection, cells, *span, reading_, desk.clock())
            found = published(connection, *span, reading_)
    if found is None:
        raise NotFound("month: it is not published")
    return found
