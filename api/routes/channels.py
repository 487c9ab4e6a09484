"""How the channels stand, letters that nobody took, and the counter of a relay."""

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.letters.store import drop, read_letters, resend
from alerts.outbox.health import fault_words
from alerts.verdicts.store import MOST_WORDS
from api.admission import TheCaller
from api.answers import answer, in_zone
from api.desk import Desk, Outlet, TheDesk
from appeals.database import reading, writing
from appeals.errors import Unavailable
from appeals.privacy import redact

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
    """Which letter, and who decides about it."""

    model_config = ConfigDict(extra="forbid")
    position: Annotated[int, Field(ge=1, lt=2**63)]
    who: str = Field(min_length=1, max_length=100, description="used where nobody signs in")


class Dropping(Again):
    """A letter that need not arrive any more, and why."""

    reason: str = Field(min_length=1, max_length=MOST_WORDS)


@router.get("/channels", summary="How the channels stand, and letters that did not arrive")
def channels(desk: TheDesk) -> Response:
    """Give each channel with what waits and why; the newest hundred dead and waiting letters."""
    now = desk.clock()
    with reading(desk.engine) as connection:
        standings = desk.outlet.standings(connection, now) if desk.outlet else []
        dead = [_letter(one, desk) for one in read_letters(connection, "dead")]
        waiting = [_letter(one, desk) for one in read_letters(connection, "waiting")]
    rows = [in_zone(one, desk.zone) for one in standings]
    return answer({"channels": rows, "dead": dead, "waiting": waiting})


@router.post("/channels/again", summary="Try a dead letter once more")
def again(desk: TheDesk, caller: TheCaller, which: Again) -> Response:
    """Put a dead letter back into the outbox; 409 where it is none."""
    who = caller.said_by(which.who)
    with writing(desk.engine) as connection:
        resend(connection, which.position, who=who, now=desk.clock())
    return answer({"position": which.position, "state": "waiting"})


@router.post("/channels/drop", summary="Try a letter no more")
def dropped(desk: TheDesk, caller: TheCaller, which: Dropping) -> Response:
    """Give up a dead or waiting letter, with the reason; 409 where it was sent."""
    who, reason = caller.said_by(which.who), redact(which.reason)
    with writing(desk.engine) as connection:
        drop(connection, which.position, who=who, reason=reason, now=desk.clock())
    return answer({"position": which.position, "state": "dropped"})


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


def _letter(row: Mapping[str, object], desk: Desk) -> dict[str, object]:
    fault = str(row["fault"] or "")
    words = fault_words(fault) if fault else ""
    return in_zone(dict(row) | {"fault": fault, "reason": words}, desk.zone)


def _outlet(desk: Desk) -> Outlet:
    if desk.outlet is None:
        raise Unavailable("no channels are declared here")
    return desk.outlet
