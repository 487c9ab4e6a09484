"""The moves of a case, and the photos that came with them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.admission import Caller, TheCaller
from api.answers import answer, sends
from api.case_rights import acts_over, move_name, moves_for, refuse_move
from api.cursor import Number
from api.desk import DATUM, Desk, TheDesk, TheViewer
from api.once import Key, once
from api.parts import Parts, checked, described, read_parts
from api.tasks import workers
from appeals.database import Connection, reading
from appeals.errors import InputError, NotFound
from appeals.privacy import Role
from casework.act import Said, make_move
from casework.moves import LABELS, STATE_WORDS, Move
from casework.photos import clean_photo
from casework.rules import Rules
from casework.standing import Spot
from casework.store import read_photo, read_steps
from casework.tasks.store import read_task
from geo.datums import range_fault, to_wgs84
from grids.units.store import unit_names, units_below

router = APIRouter(prefix="/api", tags=["casework"])

MoveName = StrEnum("MoveName", {one.name: move_name(one) for one in Move})  # type: ignore[misc]


def _rules(request: Request) -> Rules:
    rules: Rules = request.app.state.rules
    return rules


TheRules = Annotated[Rules, Depends(_rules)]


class Position(BaseModel):
    """Where the device said that it was, at this action."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    lon: float
    lat: float
    accuracy_m: float = Field(ge=0, le=1_000_000)
    datum: str = Field(default="wgs84", pattern=DATUM)

    def spot(self) -> Spot:
        """Give it in WGS84.

        Raises
        ------
        InputError
            There is no such place.
        """
        lon, lat = to_wgs84(np.array([self.lon]), np.array([self.lat]), self.datum)
        if range_fault(float(lon[0]), float(lat[0])):
            raise InputError("position: there is no such place")
        return Spot(round(float(lon[0]), 7), round(float(lat[0]), 7), self.accuracy_m)


class Moving(BaseModel):
    """What belongs to a move; each asks for little of it."""

    model_config = ConfigDict(extra="forbid")
    who: str = Field(default="", max_length=100, description="used where nobody signs in")
    words: str = Field(default="", max_length=500)
    seen: int | None = Field(
        default=None, ge=0, le=1_000_000, description="last move that was read"
    )
    client_at: AwareDatetime | None = Field(default=None, description="of the device, as evidence")
    position: Position | None = None
    reached: str | None = Field(default=None, max_length=20, description="of 联系")
    reason: str | None = Field(default=None, max_length=20, description="of 退回")
    unit: str | None = Field(
        default=None, max_length=60, description="level:code, of 派单 and 分派"
    )
    person: str | None = Field(default=None, max_length=100, description="login, of 派单 and 分派")

    def detail(self) -> dict[str, str]:
        """Give what belongs to the kind of move."""
        names = ("reached", "reason", "unit", "person")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


@router.post(
    "/appeals/{appeal_id}/{move}",
    summary="Make one move of a case",
    openapi_extra=described(Moving),
)
async def move(
    desk: TheDesk,
    caller: TheCaller,
    rules: TheRules,
    request: Request,
    appeal_id: Number,
    move: MoveName,
    idempotency_key: Key = None,
) -> Response:
    """Make one move, as JSON or with photos as a form; 409 says who was first and with what."""
    parts = await read_parts(request)
    call = _Call(desk, caller, rules, appeal_id, Move[move.name], parts)
    told = await run_in_threadpool(call.done, idempotency_key)
    return answer(told)


class _Call:
    """One move on its way."""

    def __init__(
        self, desk: Desk, caller: Caller, rules: Rules, appeal_id: int, move: Move, parts: Parts
    ) -> None:
        self._desk, self._caller, self._rules = desk, caller, rules
        self._appeal_id, self._move, self._parts = appeal_id, move, parts

    def done(self, key: str | None) -> Mapping[str, object]:
        """Make it, or tell what it came to before."""
        refuse_move(self._caller, self._move)
        said = checked(self._parts, Moving)
        photos = tuple(clean_photo(one) for one in self._parts.photos)
        spot = said.position.spot() if said.position else None
        who = self._caller.said_by(said.who)
        sent = self._parts.sent(f"POST /api/appeals/{self._appeal_id}/{move_name(self._move)}")

        def act(connection: Connection) -> dict[str, object]:
            task = read_task(connection, self._caller.viewer, self._appeal_id)
            steps = read_steps(connection, self._appeal_id)
            # Who had it in hand is told that it was taken from them, not that it never was.
            if not task.own and all(one.who != who for one in steps):
                raise NotFound("there is no such case")
            detail = said.detail()
            if self._move in (Move.DISPATCH, Move.ASSIGN):
                _check_aim(connection, self._caller, detail)
            words = Said(
                who, self._desk.clock(), said.words, said.seen, said.client_at, spot, detail,
                photos, acts_over(self._caller), task.own,
            )  # fmt: skip
            rule = self._rules.of(task.class_code, task.urgency)
            make_move(connection, self._appeal_id, self._move, words, rule)
            return self._told(connection)

        return once(self._desk, self._caller.viewer.actor, key, sent, act)

    def _told(self, connection: Connection) -> dict[str, object]:
        task = read_task(connection, self._caller.viewer, self._appeal_id)
        at: datetime = self._desk.clock().astimezone(self._desk.zone)
        return {
            "appeal_id": self._appeal_id,
            "move": self._move.value,
            "move_word": LABELS[self._move],
            "seen": task.case.number,
            "state": task.case.state.value,
            "state_word": STATE_WORDS[task.case.state],
            "holder": task.case.holder,
            "own": task.own,
            "moves": moves_for(self._caller, task),
            "at": at.isoformat(),
        }


@router.get(
    "/appeals/{appeal_id}/photos/{photo_id}",
    summary="One photo of a case",
    responses=sends("image/jpeg"),
)
def photo(desk: TheDesk, viewer: TheViewer, appeal_id: Number, photo_id: Number) -> Response:
    """Give a photo, a JPEG without metadata, to those whose the case is."""
    with reading(desk.engine) as connection:
        if not read_task(connection, viewer, appeal_id).own:
            raise NotFound("there is no such photo")
        content = read_photo(connection, appeal_id, photo_id)
    return Response(content, media_type="image/jpeg")


def _check_aim(connection: Connection, caller: Caller, detail: dict[str, Any]) -> None:
    """Refuse to send a case to a unit or person that are not the caller's to send to."""
    unit, person = detail.get("unit"), detail.get("person")
    if unit is not None:
        known = unit in unit_names(connection, unit.partition(":")[2])
        below = units_below(connection, [unit]) if known else frozenset()
        if not below or (caller.viewer.role is Role.STREET and not below <= caller.viewer.area):
            raise InputError("unit: no unit of yours has this code")
    if person is not None and all(one.login != person for one in workers(connection, caller)):
        raise InputError("person: no grid worker of yours has this login")
