"""落点 and 落图: where a text is, whose a point is, and what a unit is."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer
from api.desk import DATUM, TheDesk
from appeals.database import reading
from appeals.errors import NotFound
from geo.cover import Mode
from grids.describe import describe_located, describe_point, describe_unit
from grids.placer import load_placer
from grids.store import edition_days, load_boundaries

Day = Annotated[date | None, Query(description="the units that hold on this day")]

router = APIRouter(prefix="/api", tags=["place"])


class Texts(BaseModel):
    """Address texts to locate, at most a thousand."""

    model_config = ConfigDict(extra="forbid")
    texts: list[Annotated[str, Field(max_length=1000)]] = Field(min_length=1, max_length=1000)


@router.get("/place", summary="Units, cells and border flag of a point")
def place_point(
    desk: TheDesk,
    lon: Annotated[float, Query(description="degrees east, or easting in metres by datum")],
    lat: Annotated[float, Query(description="degrees north, or northing in metres by datum")],
    datum: Annotated[str, Query(pattern=DATUM)] = "wgs84",
    radius_m: Annotated[float, Query(ge=0, le=100_000)] = 0.0,
    on: Day = None,
) -> Response:
    """Place one point by the units of a day, of today without one."""
    with reading(desk.engine) as connection:
        # Days before the first edition are placed by the first, as appeals of them are.
        first = edition_days(connection)[:1]
        units = load_boundaries(connection, max([on or desk.today, *first]))
    return answer(describe_point(lon, lat, datum, radius_m, units))


@router.post("/locate", summary="Where address texts are")
def locate(desk: TheDesk, asked: Texts) -> Response:
    """Locate address texts; results in their order."""
    with reading(desk.engine) as connection:
        placer = load_placer(connection)
    places = placer.find(asked.texts, desk.today)
    return answer({"results": describe_located(places, placer.on(desk.today))})


@router.get("/units/{code}", summary="One unit")
def unit(
    desk: TheDesk,
    code: str,
    on: Day = None,
    cells: Annotated[int | None, Query(ge=7, le=11, description="H3 resolution")] = None,
    mode: Annotated[Mode, Query(description="which cells of its polygon")] = "centre",
) -> Response:
    """Give the unit of this code that holds on a day, of today without one."""
    with reading(desk.engine) as connection:
        found = describe_unit(code, load_boundaries(connection, on or desk.today), cells, mode)
    if found is None:
        raise NotFound("there is no unit of this code on that day")
    return answer(found)
