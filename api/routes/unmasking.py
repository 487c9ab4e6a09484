"""脱敏信息查看: personal fields opened on request, and the second person who agrees to it."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from alerts.behind.store import read_behind, with_live
from api.admission import TheCaller
from api.answers import answer, in_zone
from api.cursor import Number
from api.desk import Desk, TheDesk, TheViewer
from appeals.database import reading, writing
from appeals.errors import Unavailable
from appeals.seals import KeyRing
from appeals.unmasking.store import MOST_WORDS, agree, ask, take, waiting
from grids.hand.store import units_of_appeals

router = APIRouter(prefix="/api", tags=["appeals"])


class Asking(BaseModel):
    """Which personal fields are needed, and why."""

    model_config = ConfigDict(extra="forbid")
    fields: list[Annotated[str, Field(max_length=20)]] = Field(
        min_length=1,
        max_length=6,
        description="name, phone, id_number, caller_address, address, text",
    )
    reason: str = Field(min_length=1, max_length=MOST_WORDS, description="why; kept for the audit")


@router.post("/appeals/{appeal_id}/unmask", summary="Open personal fields of one appeal")
def unmask(desk: TheDesk, caller: TheCaller, appeal_id: Number, asked: Asking) -> Response:
    """Open the fields; 202 without them where a second person has to agree first (id numbers)."""
    with writing(desk.engine) as connection:
        opened = ask(
            connection,
            appeal_id,
            asked.fields,
            viewer=with_live(connection, caller.viewer),
            ring=_ring(desk),
            reason=asked.reason,
            now=desk.clock(),
            lies=units_of_appeals(),
        )
    told = {"request_id": opened.request_id, "fields": opened.fields}
    return answer(told, 200 if opened.fields is not None else 202)


@router.get("/unmaskings", summary="Requests that wait for a second person")
def requests(desk: TheDesk) -> Response:
    """Give the requests of the last 24 hours to which nobody has agreed, the oldest first."""
    with reading(desk.engine) as connection:
        items = waiting(connection, desk.clock())
    return answer({"items": [in_zone(one, desk.zone) for one in items]})


@router.post(
    "/unmaskings/{request_id}/agree", summary="Agree, as the second person", status_code=204
)
def second(desk: TheDesk, caller: TheCaller, request_id: Number) -> Response:
    """Agree to a request of somebody else; 403 where it is one's own."""
    with writing(desk.engine) as connection:
        agree(connection, request_id, who=caller.viewer.actor, now=desk.clock())
    return Response(status_code=204)


@router.post("/unmaskings/{request_id}/open", summary="Open what was agreed to")
def opened(desk: TheDesk, caller: TheCaller, request_id: Number) -> Response:
    """Open the fields once, for who asked, within 24 hours of the agreement."""
    with writing(desk.engine) as connection:
        fields = take(
            connection, request_id, ring=_ring(desk), who=caller.viewer.actor, now=desk.clock()
        )
    return answer({"request_id": request_id, "fields": fields})


@router.get("/alerts/{alert_id}/appeals", summary="The appeals behind one alert")
def behind(desk: TheDesk, viewer: TheViewer, alert_id: Number) -> Response:
    """Give at most 500, the newest first, as this viewer may see them while the alert is live."""
    with reading(desk.engine) as connection:
        items = read_behind(connection, viewer, alert_id)
    return answer({"items": [in_zone(one, desk.zone) for one in items]})


def _ring(desk: Desk) -> KeyRing:
    if desk.ring is None:
        raise Unavailable("this server has no keys")
    return desk.ring
