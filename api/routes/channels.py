"""How the channels stand, letters that nobody took, and the counter of a relay."""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.outbox.store import dead_letters, put_again
from api.answers import answer, in_zone
from api.desk import Desk, Outlet, TheDesk
from appeals.database import reading, writing
from appeals.errors import Unavailable

router = APIRouter(prefix="/api", tags=["channels"])

Name = Annotated[str, Field(min_length=1, max_length=100)]


class Asking(BaseModel):
    """A sender at the counter: of which channel, under which name it holds the lease."""

    model_config = ConfigDict(extra="forbid")
    channel: Name
    holder: Annotated[str, Field(pattern=r"^[\w.-]{1,200}:\d{1,10}:\d{1,20}$")]


class Ending(Asking):
    """How an attempt ended."""

    attempt_id: Annotated[int, Field(ge=1, lt=2**63)]
    outcome: Literal["taken", "busy", "unheard", "refused"]
    fault: Annotated[str, Field(max_length=80)] = ""
    reference: Annotated[str, Field(max_length=80)] = ""


class Again(BaseModel):
    """Which dead letter is tried once more."""

    model_config = ConfigDict(extra="forbid")
    position: Annotated[int, Field(ge=1, lt=2**63)]


@router.get("/channels", summary="How the channels stand, and dead letters")
def channels(desk: TheDesk) -> Response:
    """Give each channel with what waits, and the newest hundred letters that were given up."""
    with reading(desk.engine) as connection:
        standings = desk.outlet.standings(connection, desk.clock()) if desk.outlet else []
        dead = dead_letters(connection)
    rows = [in_zone(one, desk.zone) for one in standings]
    return answer({"channels": rows, "dead": [in_zone(one, desk.zone) for one in dead]})


@router.post("/channels/again", summary="Try a dead letter once more")
def again(desk: TheDesk, which: Again) -> Response:
    """Put a dead letter back into the outbox; 409 where it is none."""
    with writing(desk.engine) as connection:
        put_again(connection, which.position, desk.clock())
    return answer({"position": which.position, "state": "waiting"})


@router.post("/relay/next", summary="The next message for a relay")
def following(desk: TheDesk, asking: Asking) -> Response:
    """Give a relay the next message of its channel, or how long it is to wait."""
    return answer(_outlet(desk).next(asking.channel, asking.holder))


@router.post("/relay/end", summary="How a relay's attempt ended")
def ended(desk: TheDesk, ending: Ending) -> Response:
    """Take from a relay how an attempt ended; 409 where it ended before."""
    _outlet(desk).end(
        ending.channel,
        ending.holder,
        ending.attempt_id,
        ending.outcome,
        ending.fault,
        ending.reference,
    )
    return answer({"attempt_id": ending.attempt_id})


def _outlet(desk: Desk) -> Outlet:
    if desk.outlet is None:
        raise Unavailable("no channels are declared here")
    return desk.outlet
