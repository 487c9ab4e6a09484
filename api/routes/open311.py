"""Open311 GeoReport v2: other systems bring requests in and ask what became of theirs.

Its errors have the standard's own shape, and its keys are machines' tokens, sent as ``api_key``:
``intake`` brings in, ``requests`` reads.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from api.answers import sends
from api.desk import Desk, TheDesk
from api.once import Key
from api.routes.casework import TheRules
from api.taken import Sent, take_once
from appeals.categories import ClassTree
from appeals.database import Connection, reading
from appeals.errors import Conflict, InputError
from appeals.people.roles import Right
from appeals.store import class_tree
from appeals.tokens.store import Token, find_token
from casework.moves import State
from casework.open311.asked import Posted, read_form, read_posted, read_wanted
from casework.open311.fault import Fault
from casework.open311.services import check_service, definition, services, type_of
from casework.open311.store import read_requests, source_of, state_of
from casework.open311.written import MEDIA_TYPES, Tree, write
from casework.rules import Rules

_TYPES: Final = [one.partition(";")[0] for one in MEDIA_TYPES.values()]
_FAULTS: Final = {"description": "Errors", "content": {name: {} for name in _TYPES}}

router = APIRouter(
    prefix="/open311", tags=["open311"], responses={**sends(*_TYPES), "4XX": _FAULTS}
)

SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
_BEARER: Final = "Bearer "
_TOKEN: Final = re.compile("[0-9a-f]{32}")

Authorization = Annotated[str | None, Header(max_length=300)]


@router.get("/discovery.{form}", summary="Where the endpoint is and what it speaks")
def discovery(desk: TheDesk, form: str) -> Response:
    """Give the discovery file."""
    own = desk.settings.open311

    def told(connection: Connection) -> Tree:
        changed = max(class_tree(connection).first_day.values(), default=None)
        changeset = f"{changed:%Y-%m-%d} 00:00" if changed else "1970-01-01 00:00"
        endpoint = {
            "specification": SPECIFICATION,
            "url": f"{desk.settings.field.address.rstrip('/')}/open311/v2",
            "changeset": changeset,
            "type": "test" if desk.settings.demo else "production",
            "formats": ["text/xml", "application/json"],
        }
        return {
            "changeset": changeset,
            "contact": own.contact,
            "key_service": own.key_service,
            "endpoints": [endpoint],
        }

    return _answered(desk, "discovery", form, told)


@router.get("/v2/services.{form}", summary="GET Service List")
def service_list(desk: TheDesk, request: Request, form: str) -> Response:
    """Give the services: the finest classes."""
    screened = desk.settings.open311.screened

    def told(connection: Connection) -> Tree:
        _check_jurisdiction(desk, request.query_params)
        return services(class_tree(connection), screened)

    return _answered(desk, "services", form, told)


@router.get("/v2/services/{name:path}", summary="GET Service Definition")
def service_definition(desk: TheDesk, request: Request, name: str) -> Response:
    """Give what is asked with a service."""
    code, _, form = name.rpartition(".")

    def told(connection: Connection) -> Tree:
        _check_jurisdiction(desk, request.query_params)
        return definition(class_tree(connection), code)

    return _answered(desk, "service_definition", form, told)


@router.post("/v2/requests.{form}", summary="POST Service Request", openapi_extra={
    "requestBody": {"required": True, "content": {
        "application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}})  # fmt: skip
async def post_request(
    desk: TheDesk,
    request: Request,
    form: str,
    authorization: Authorization = None,
    idempotency_key: Key = None,
) -> Response:
    """Take in a request; answer its number, or a token where its service is screened."""
    body = await request.body()

    def told() -> Tree:
        pairs = read_form(body)
        sent = dict(pairs)
        _check_jurisdiction(desk, sent)
        with reading(desk.engine) as connection:
            key = _key_of(connection, desk, sent, authorization, Right.INTAKE)
            posted = read_posted(pairs)
            tree = class_tree(connection)
            check_service(tree, posted.service_code)
            row = _row(connection, desk, tree, posted)
        batch = type_of(tree, posted.service_code, desk.settings.open311.screened) == "batch"
        # Intake asks for connections itself: many who held one while they wait would leave it none.
        return [_taken(desk, key, idempotency_key, body, row, batch)]

    return await run_in_threadpool(_written, "service_requests", form, told)


@router.get("/v2/tokens/{name}", summary="GET service_request_id from a token")
def token(desk: TheDesk, request: Request, name: str) -> Response:
    """Give the number of a request that was screened; empty as long as nobody has looked."""
    number, _, form = name.rpartition(".")

    def told(connection: Connection) -> Tree:
        _check_jurisdiction(desk, request.query_params)
        found = state_of(connection, number) if _TOKEN.fullmatch(number) else None
        if found is None:
            raise Fault(404, "token was not found")
        appeal_id, state = found
        seen = None if state is State.TAKEN_IN else str(appeal_id)
        return [{"service_request_id": seen, "token": number}]

    return _answered(desk, "service_requests", form, told)


@router.get("/v2/requests.{form}", summary="GET Service Requests")
def requests(
    desk: TheDesk, rules: TheRules, request: Request, form: str, authorization: Authorization = None
) -> Response:
    """Give the requests that are asked for, at most 1,000 of at most 90 days."""
    return _requests(desk, rules, request.query_params, form, authorization)


@router.get("/v2/requests/{name}", summary="GET Service Request")
def one_request(
    desk: TheDesk, rules: TheRules, request: Request, name: str, authorization: Authorization = None
) -> Response:
    """Give one request."""
    number, _, form = name.rpartition(".")
    asked = {**request.query_params, "service_request_id": number}
    return _requests(desk, rules, asked, form, authorization, one=True)


def _requests(
    desk: Desk,
    rules: Rules,
    asked: Mapping[str, str],
    form: str,
    authorization: str | None,
    *,
    one: bool = False,
) -> Response:
    def told(connection: Connection) -> Tree:
        _check_jurisdiction(desk, asked)
        key = _key_of(connection, desk, asked, authorization, Right.REQUESTS)
        wanted = read_wanted(asked, desk.clock())
        found = read_requests(connection, wanted, key.name, rules)
        if one and not found:
            raise Fault(404, "service_request_id was not found")
        return found

    return _answered(desk, "service_requests", form, told)


def _answered(desk: Desk, name: str, form: str, told: Callable[[Connection], Tree]) -> Response:
    """Answer with what is read in one transaction."""

    def read() -> Tree:
        with reading(desk.engine) as connection:
            return told(connection)

    return _written(name, form, read)


def _written(name: str, form: str, told: Callable[[], Tree]) -> Response:
    """Answer in the form that is asked for, an error in the standard's shape."""
    status = 404
    tree: Tree
    if form not in MEDIA_TYPES:
        name, form, tree = "errors", "xml", Fault(404, "the format is xml or json").told()
    else:
        status = 200
        try:
            tree = told()
        except Fault as error:
            name, tree, status = "errors", error.told(), error.status
        except (InputError, Conflict) as error:
            name, tree, status = "errors", Fault(400, str(error)).told(), 400
    headers = {"Content-Type": MEDIA_TYPES[form], "Cache-Control": "no-store"}
    return Response(write(name, tree, form), status, headers)


def _key_of(
    connection: Connection,
    desk: Desk,
    sent: Mapping[str, str],
    authorization: str | None,
    right: Right,
) -> Token:
    secret = sent.get("api_key") or (authorization or "").removeprefix(_BEARER)
    found = find_token(connection, secret, desk.clock()) if secret else None
    if found is None or right not in found.scopes:
        raise Fault(403, f"api_key is missing, not valid, or not one of the scope {right}")
    return found


def _check_jurisdiction(desk: Desk, sent: Mapping[str, str] | QueryParams) -> None:
    own, given = desk.settings.open311.jurisdiction_id, sent.get("jurisdiction_id")
    if own and given and given != own:
        raise Fault(404, "jurisdiction_id was not found")


def _row(connection: Connection, desk: Desk, tree: ClassTree, posted: Posted) -> dict[str, object]:
    """Make the row that intake reads; what names the sender is sealed there, the rest is not kept.

    Email, device and account are not asked for by the work, and a media address would have to be
    fetched from elsewhere: neither is kept.
    """
    row: dict[str, object] = {
        "id": uuid4().hex,
        "received_at": desk.clock().isoformat(),
        "kind": "其他",
        "class_code": posted.service_code,
        "text": posted.description or tree.name(posted.service_code),
        "address": posted.address,
        "channel": "Open311",
        "urgency": posted.urgency,
        "subject": posted.subject,
        "name": posted.name,
        "phone": posted.phone,
    }
    if posted.point is not None:
        row |= {"lon": posted.point[0], "lat": posted.point[1]}
    if posted.address_id:
        units = desk.units(connection)
        found = units.coded(posted.address_id)
        if not found:
            raise Fault(400, "address_id: no unit has this code")
        for one in (found[-1], *units.ancestors(found[-1])):
            unit = units.unit(one)
            if unit.level != "grid":
                row[unit.level] = unit.name
    return row


def _taken(
    desk: Desk, key: Token, once: str | None, body: bytes, row: Mapping[str, object], batch: bool
) -> dict[str, object]:
    sent = Sent(f"token {key.name}", once, b"POST /open311/v2/requests\n" + body)
    told = take_once(desk, sent, source_of(key.name), row)
    answered: dict[str, object] = {"service_request_id": str(told["appeal_id"])}
    if batch:
        answered = {"token": told["number"]}
    return {**answered, "service_notice": None, "account_id": None}
