"""改落点: an appeal placed by a person, the trail of its places, the names that were taught."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.admission import TheCaller
from api.answers import answer, in_zone
from api.cursor import Number
from api.desk import DATUM, TheDesk, TheViewer
from appeals.database import reading, writing
from geo.store import read_aliases
from grids.by_hand import Choice
from grids.hand.store import MOST_WORDS, place_by_hand, read_placement, read_trail

router = APIRouter(prefix="/api", tags=["appeals"])


class Placing(BaseModel):
    """Where a person says that an appeal lies: a point with its datum, or a unit."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    lon: float | None = Field(default=None, description="degrees east, or easting by datum")
    lat: float | None = Field(default=None, description="degrees north, or northing by datum")
    datum: str | None = Field(default=None, pattern=DATUM)
    unit: str | None = Field(
        default=None, max_length=100, description="code, or level:code where several have the code"
    )
    name: str = Field(default="", max_length=100, description="name of the place, to be taught")
    who: str = Field(
        min_length=1, max_length=MOST_WORDS, description="who says so; the person, with accounts"
    )
    reason: str = Field(min_length=1, max_length=MOST_WORDS, description="why")


@router.post("/appeals/{appeal_id}/place", summary="Place one appeal by hand")
def place(desk: TheDesk, caller: TheCaller, appeal_id: Number, asked: Placing) -> Response:
    """Set an appeal's place; the place before is kept, the counts move with it."""
    choice = Choice(asked.lon, asked.lat, asked.datum, asked.unit, asked.name)
    with writing(desk.engine) as connection:
        moved = place_by_hand(
            connection,
            appeal_id,
            choice,
            who=caller.said_by(asked.who),
            reason=asked.reason,
            now=desk.clock(),
            box=desk.settings.jurisdiction.bounding_box,
        )
        where = read_placement(connection, caller.viewer, appeal_id)
    told = {
        "changed": moved.serial is not None,
        "alias_id": moved.alias_id,
        "suggested_name": moved.suggested_name,
    }
    return answer({"appeal_id": appeal_id, "place": where} | told)


@router.get("/appeals/{appeal_id}/trail", summary="All places that an appeal had")
def trail(desk: TheDesk, viewer: TheViewer, appeal_id: Number) -> Response:
    """Give the place of each version, oldest first: who set it, when and why."""
    with reading(desk.engine) as connection:
        items = read_trail(connection, viewer, appeal_id)
    return answer({"items": [in_zone(one, desk.zone) for one in items]})


@router.get("/aliases", summary="Names that people taught")
def aliases(desk: TheDesk, viewer: TheViewer) -> Response:
    """List the names and what each leads to, the newest first, withdrawn ones too."""
    with reading(desk.engine) as connection:
        items = read_aliases(connection, viewer)
    return answer({"items": [in_zone(one, desk.zone) for one in items]})
