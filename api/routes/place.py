"""落点 and 落图: where a text is, whose a point is, and what a unit is."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import answer
from api.desk import Desk, TheDesk
from appeals.database import reading
from appeals.errors import NotFound
from grids.placer import Placer, load_placer
from grids.describe import describe_located, describe_point, describe_unit

router = APIRouter(prefix="/api", tags=["place"])

Datum = Annotated[str, Query(pattern=r"^(wgs84|cgcs2000|gcj02|bd09|EPSG:\d{4,6})$")]


class Texts(BaseModel):
    """Address texts to locate, at most a thousand."""

    model_config = ConfigDict(extra="forbid")
    texts: list[Annotated[str, Field(max_length=1000)]] = Field(min_length=1, max_length=1000)


def _placer(desk: Desk) -> tuple[Placer, datetime]:
    with reading(desk.engine) as connection:
        return load_placer(connection), desk.clock().astimezone(desk.zone)


@router.get("/place", summary="Units, cells and border flag of a point")
def place_point(
    desk: TheDesk,
    lon: Annotated[float, Query(description="degrees east, or easting in metres by datum")],
    lat: Annotated[float, Query(description="degrees north, or northing in metres by datum")],
    datum: Datum = "wgs84",
    radius_m: Annotated[float, Query(ge=0, le=100_000)] = 0.0,
) -> Response:
    """Place one point by the units of today."""
    placer, now = _placer(desk)
    return answer(describe_point(lon, lat, datum, radius_m, placer.on(now.date())))


@router.post("/locate", summary="Where address texts are")
def locate(desk: TheDesk, asked: Texts) -> Response:
    """Locate address texts; results in their order."""
    placer, now = _placer(desk)
    units = placer.on(now.date())
    places = placer.find(asked.texts, now.date())
    return answer({"results": describe_located(places, units)})


@router.get("/units/{code}", summary="One unit")
def unit(desk: TheDesk, code: str) -> Response:
    """Give the unit of this code that holds today."""
    placer, now = _placer(desk)
    found = describe_unit(code, placer.on(now.date()))
    if found is None:
        raise NotFound("there is no unit of this code today")
    return answer(found)
