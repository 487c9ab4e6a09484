"""110's way back: its system says what became of a matter that it took."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.letters.store import alert_of
from alerts.response.act import Said, make_move
from alerts.response.moves import Move
from alerts.verdicts.store import MOST_WORDS
from api.admission import TheCaller
from api.answers import answer
from api.desk import TheDesk
from api.routes.response import TheRouting
from appeals.database import writing

router = APIRouter(prefix="/api", tags=["channels"])


class Saying(BaseModel):
    """What became of a matter, under the number that 110 gave it."""

    model_config = ConfigDict(extra="forbid")
    reference: str = Field(min_length=1, max_length=80)
    what: Literal["returned", "reported_back"] = Field(description="退回, 反馈")
    words: str = Field(min_length=1, max_length=MOST_WORDS, description="why, or what was done")


@router.post("/police", summary="What became of a matter that 110 took")
def police(desk: TheDesk, caller: TheCaller, routing: TheRouting, said: Saying) -> Response:
    """Write it to the alert that went under this number; one that is returned stays where it is."""
    detail = {"what": said.what, "reference": said.reference}
    own = Said(caller.viewer.actor, desk.clock(), said.words, detail=detail)
    with writing(desk.engine) as connection:
        alert_id = alert_of(connection, said.reference)
        made = make_move(connection, alert_id, Move.POLICE, own, routing)
    return answer({"reference": said.reference, "move": made.number})
