"""诉求: taken in durably before they are acknowledged, and read as this viewer may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.answers import answer, encode, in_zone
from api.cursor import Number, read_cursor, write_cursor
from api.desk import DATUM, Desk, TheDesk, TheViewer
from api.problems import problem
from api.store import Reply, keep_reply, read_reply
from appeals.database import Connection, reading
from appeals.errors import Conflict, InputError, NotFound, Unavailable
from appeals.seals import digest
from appeals.store import Filters, read_appeal, read_appeals
from geo.aliases import suggest_name
from grids.hand.store import in_doubt, read_placement, units_of_appeals

router = APIRouter(prefix="/api", tags=["appeals"])

MOST_ROWS = 2_000

PlaceStatus = Literal["placed", "needs_confirm", "outside", "unlocated"]

_ONE: Final = {
    "type": "object",
    "description": "Keys are field names or the usual Chinese headers; values are text or numbers.",
    "properties": {"id": {"type": "string"}, "received_at": {"type": "string"}},
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"oneOf": [_ONE, {"type": "array", "items": _ONE, "maxItems": MOST_ROWS}]}
            }
        },
    }
}


@router.post("/appeals", summary="Take in one appeal or a list", openapi_extra=_BODY)
async def post(
    desk: TheDesk,
    viewer: TheViewer,
    request: Request,
    source: Annotated[str | None, Query(max_length=100)] = None,
    datum: Annotated[str | None, Query(pattern=DATUM)] = None,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Response:
    """Store appeals and acknowledge them: when the answer comes they are on disk.

    The body is one object or a list of at most 2,000; its keys are field names or the usual Chinese
    headers. With an ``Idempotency-Key`` the same request again has the same answer.
    """
    body = await request.body()
    call = _Call(desk, viewer.actor, idempotency_key, body, f"{source}\n{datum}")
    return await run_in_threadpool(_post, call, source, datum)


@dataclass(frozen=True, slots=True)
class _Call:
    desk: Desk
    actor: str
    key: str | None
    body: bytes
    how: str

    @property
    def key_digest(self) -> str | None:
        """Name under which the answer is kept."""
        if self.key is None:
            return None
        name = self.desk.settings.sealing.digest
        return digest(f"POST /api/appeals\n{self.actor}\n{self.key}".encode(), name)

    @property
    def body_digest(self) -> str:
        """Tells whether the same thing was sent."""
        name = self.desk.settings.sealing.digest
        return digest(self.how.encode() + b"\n" + self.body, name)


def _post(call: _Call, source: str | None, datum: str | None) -> Response:
    desk, key = call.desk, call.key_digest
    if desk.take is None:
        raise Unavailable("this server takes no appeals")
    kept = None if key is None else _kept(call, key)
    rows, single = _rows(call.body)
    if kept is not None:
        return _told(orjson.loads(kept.answer), single)

    def keep(connection: Connection, report: Mapping[str, object]) -> None:
        if key is None:
            return
        if read_reply(connection, key) is not None:
            raise Conflict("a request with this Idempotency-Key was answered just now: try again")
        reply = Reply(call.body_digest, encode(report))
        keep_reply(connection, key, reply, desk.clock())

    return _told(desk.take(rows, source=source, datum=datum, within=keep), single)


def _told(report: Mapping[str, object], single: bool) -> Response:
    rejects = report["rejects"]
    if single and isinstance(rejects, Sequence) and rejects:
        return problem(422, "the appeal was not understood", errors=rejects)
    return answer(report, 201 if report["accepted"] else 200)


def _kept(call: _Call, key: str) -> Reply | None:
    with reading(call.desk.engine) as connection:
        reply = read_reply(connection, key)
    if reply is None:
        return None
    if reply.request != call.body_digest:
        raise Conflict("this Idempotency-Key came with another request before")
    return reply


def _rows(body: bytes) -> tuple[list[Mapping[str, object]], bool]:
    """Read the body as rows, and whether it was a single one."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputError("the body is not JSON") from error
    rows = sent if isinstance(sent, list) else [sent]
    if not rows:
        raise InputError("the list is empty")
    if len(rows) > MOST_ROWS:
        raise InputError(f"the list has more than {MOST_ROWS} appeals: send less at once")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise InputError(f"row {number}: an appeal is an object")
        if any(isinstance(value, dict | list) for value in row.values()):
            raise InputError(f"row {number}: a field is a text, a number, true, false or null")
    return rows, not isinstance(sent, list)


@router.get("/appeals", summary="Appeals, the newest first")
def appeals(
    desk: TheDesk,
    viewer: TheViewer,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[str | None, Query(max_length=200)] = None,
    category: Annotated[str | None, Query(max_length=200)] = None,
    first_day: Annotated[date | None, Query()] = None,
    last_day: Annotated[date | None, Query()] = None,
    place: Annotated[PlaceStatus | None, Query()] = None,
) -> Response:
    """Give a page of appeals as this viewer may see them."""
    among = None if place is None else in_doubt(place)
    filters = Filters(class_code=category, first_day=first_day, last_day=last_day, among=among)
    with reading(desk.engine) as connection:
        found = read_appeals(
            connection,
            viewer,
            filters=filters,
            after=read_cursor(after),
            limit=limit + 1,
            lies=units_of_appeals(),
        )
    items = [in_zone(one, desk.zone) for one in found[:limit]]
    following = write_cursor(int(str(items[-1]["appeal_id"]))) if len(found) > limit else None
    return answer({"items": items, "next": following})


@router.get("/appeals/{appeal_id}", summary="One appeal")
def appeal(desk: TheDesk, viewer: TheViewer, appeal_id: Number) -> Response:
    """Give one appeal with its place, as this viewer may see it."""
    with reading(desk.engine) as connection:
        found = read_appeal(connection, viewer, appeal_id, units_of_appeals())
        if found is None:
            raise NotFound("there is no such appeal")
        where = read_placement(connection, viewer, appeal_id)
    name = suggest_name(str(found.get("address", "")))
    told = in_zone(found, desk.zone)
    return answer(told | {"place": where, "suggested_name": name})
