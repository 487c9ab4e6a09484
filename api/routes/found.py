"""网格上报: what a grid worker has seen, taken in by the one intake, with the class suggested."""

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.admission import Caller, TheCaller
from api.answers import answer
from api.desk import DATUM, Desk, TheDesk
from api.once import Key
from api.parts import Parts, checked, described, read_parts
from api.routes.casework import Position
from api.taken import Sent, take_once
from appeals.database import Connection, reading
from appeals.errors import InputError
from appeals.store import class_tree
from casework.found import SOURCE, Seen, as_row
from casework.photos import clean_photo
from casework.store import add_photos
from casework.suggest import Suggester, learn
from casework.tasks.store import learnt_from

router = APIRouter(prefix="/api/field", tags=["field"])

LEARNT_FROM: Final = 10_000
"""Newest appeals whose words teach what a class sounds like."""


class Reporting(BaseModel):
    """What was seen, and where the device was."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    who: str = Field(default="", max_length=100, description="used where nobody signs in")
    kind: Seen
    class_code: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=1000)
    lon: float
    lat: float
    accuracy_m: float = Field(default=0, ge=0, le=1_000_000)
    datum: str = Field(default="wgs84", pattern=DATUM)
    client_at: AwareDatetime | None = Field(default=None, description="of the device")


class Words(BaseModel):
    """Words whose class is asked for."""

    model_config = ConfigDict(extra="forbid")
    words: str = Field(max_length=1000)


class Learnt:
    """What words teach about classes, learnt when it is first asked and each day anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[datetime, Suggester] | None = None

    def of(self, desk: Desk) -> Suggester:
        """Give it."""
        with self._lock:
            now = desk.clock()
            if self._known is None or now - self._known[0] > timedelta(days=1):
                with reading(desk.engine) as connection:
                    texts, codes = learnt_from(connection, LEARNT_FROM, but=SOURCE)
                self._known = now, learn(texts, codes)
            return self._known[1]


@router.post("/suggest", summary="Classes that words may belong to")
def suggest(desk: TheDesk, request: Request, asked: Words) -> Response:
    """Give at most three classes, the likeliest first; none where the words say nothing."""
    learnt: Learnt = request.app.state.learnt
    codes = learnt.of(desk).suggest(asked.words)
    with reading(desk.engine) as connection:
        tree = class_tree(connection)
    return answer({"items": [{"code": one, "name": tree.name(one)} for one in codes]})


@router.post(
    "/reports", summary="Report something seen", openapi_extra=described(Reporting), status_code=201
)
async def report(
    desk: TheDesk, caller: TheCaller, request: Request, idempotency_key: Key = None
) -> Response:
    """Take in an event or a part that a grid worker has seen, with photos or without."""
    parts = await read_parts(request)
    told = await run_in_threadpool(_report, desk, caller, parts, idempotency_key)
    return answer(told, 201)


def _report(desk: Desk, caller: Caller, parts: Parts, key: str | None) -> Mapping[str, object]:
    said = checked(parts, Reporting)
    photos = [clean_photo(one) for one in parts.photos]
    who = caller.said_by(said.who.strip())
    if not who:
        raise InputError("who: name a person")
    at = Position(lon=said.lon, lat=said.lat, accuracy_m=said.accuracy_m, datum=said.datum).spot()
    with reading(desk.engine) as connection:
        if said.class_code not in class_tree(connection).parent:
            raise InputError("class_code: there is no such class")
    row = as_row(
        number=f"WG{uuid4().hex.upper()}",
        seen=said.kind,
        class_code=said.class_code,
        words=said.words,
        lon=at.lon,
        lat=at.lat,
        accuracy_m=at.radius_m,
        login=who,
        now=desk.clock(),
    )

    def also(connection: Connection, appeal_id: int) -> None:
        add_photos(connection, appeal_id, 0, photos, who=who, now=desk.clock())

    sent = Sent(caller.viewer.actor, key, parts.sent("POST /api/field/reports"))
    return take_once(desk, sent, SOURCE, row, also)
