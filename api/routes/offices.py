"""人员 and 审计: who may sign in, and what people did, as pages of the administrators."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.admission import Caller, TheCaller
from api.answers import answer, encode, in_zone, sends
from api.audit_words import detail_of, word_of
from api.cursor import read_cursor, write_cursor
from api.desk import Desk, TheDesk
from api.problems import problem
from appeals.audit.chain import first_break
from appeals.audit.store import append_entry, entries, latest
from appeals.database import reading, writing
from appeals.errors import NotFound
from appeals.people.roles import ROLE_WORDS, Right
from appeals.people.store import find_person, read_people, set_disabled
from appeals.sessions.store import end_sessions
from grids.units.store import named_units
from maps.office_pages import office_page

router = APIRouter(prefix="/api", tags=["administration"])
pages = APIRouter(include_in_schema=False)

Login = Annotated[str, Path(max_length=40, description="login name")]

_FIELDS: Final = ("serial", "at", "actor", "act", "subject", "detail", "hash")
_NO_CACHE: Final = {"Cache-Control": "no-cache"}


@pages.get("/people")
def people_page() -> Response:
    """Give the page of people; its script asks for them."""
    return HTMLResponse(office_page("people"), headers=_NO_CACHE)


@pages.get("/audit")
def audit_page() -> Response:
    """Give the page of the audit log; its script asks for the entries."""
    return HTMLResponse(office_page("audit"), headers=_NO_CACHE)


@router.get("/people", summary="Who may sign in, and as what")
def people(desk: TheDesk, caller: TheCaller) -> Response:
    """Give everybody by login name, disabled ones too; no password, no second factor."""
    with reading(desk.engine) as connection:
        found = read_people(connection)
        areas = named_units(connection, {area for one in found for area in one.areas})
    items = [
        {
            "login": one.login,
            "name": one.name,
            "roles": [ROLE_WORDS[role] for role in one.roles],
            "areas": [areas.get(area, area) for area in one.areas],
            "duties": list(one.duties),
            "disabled_at": one.disabled_at and one.disabled_at.astimezone(desk.zone),
        }
        for one in found
    ]
    return answer({"items": items, "may_disable": Right.DISABLE in caller.rights})


@router.post("/people/{login}/disable", summary="Let somebody in no more", status_code=204)
def disable(desk: TheDesk, caller: TheCaller, login: Login) -> Response:
    """End their sessions; 409 where it is oneself: somebody must be left to let people in."""
    if caller.person is not None and caller.person.login == login:
        return problem(409, "nobody shuts themselves out")
    return _set(desk, caller, login, disabled=True)


@router.post("/people/{login}/enable", summary="Let somebody in again", status_code=204)
def enable(desk: TheDesk, caller: TheCaller, login: Login) -> Response:
    """Let in whoever was let in no more."""
    return _set(desk, caller, login, disabled=False)


@router.get("/audit", summary="What people did, the newest first")
def audit(
    desk: TheDesk,
    actor: Annotated[str | None, Query(max_length=100, description="what this one did")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Give a page of entries; ``next`` is the cursor of the page that follows."""
    with reading(desk.engine) as connection:
        found = latest(connection, actor=actor, before=read_cursor(after), limit=limit + 1)
    items = [
        in_zone({name: getattr(one, name) for name in _FIELDS}, desk.zone)
        | {"word": word_of(one.act, one.subject), "told": detail_of(one.detail, one.subject)}
        for one in found[:limit]
    ]
    following = write_cursor(found[limit - 1].serial) if len(found) > limit else None
    return answer({"items": items, "next": following})


@router.get("/audit/verified", summary="Whether the whole log is as it was written")
def verified(desk: TheDesk) -> Response:
    """Walk the chain from its first entry: ``well``, ``entries``, and the first broken one."""
    with reading(desk.engine) as connection:
        newest = latest(connection, limit=1)
        broken = first_break(entries(connection))
    told: dict[str, object] = {"well": broken is None, "entries": newest[0].serial if newest else 0}
    if newest:
        told |= {"hash": newest[0].hash}
    if broken is not None:
        told |= {"serial": broken.serial, "reason": broken.reason}
    return answer(told)


@router.get(
    "/audit/export", summary="The whole log as JSON lines", responses=sends("application/jsonl")
)
def exported(desk: TheDesk, caller: TheCaller) -> Response:
    """Give all entries with their hashes, the oldest first; who takes it stands in it."""
    now = desk.clock()
    with writing(desk.engine) as connection:
        append_entry(
            connection, now=now, actor=caller.viewer.actor, act="export audit", subject="audit log"
        )
        lines = [
            encode({name: getattr(one, name) for name in (*_FIELDS, "previous")})
            for one in entries(connection)
        ]
    name = f"audit-{now.astimezone(desk.zone):%Y%m%d-%H%M}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(b"\n".join(lines) + b"\n", headers=headers, media_type="application/jsonl")


def _set(desk: Desk, caller: Caller, login: str, *, disabled: bool) -> Response:
    now, by = desk.clock(), caller.viewer.actor
    with writing(desk.engine) as connection:
        if find_person(connection, login) is None:
            raise NotFound("there is no such person")  # what was asked for does not come back
        end_sessions(connection, login)
        set_disabled(connection, login, disabled=disabled, by=by, now=now)
    return Response(status_code=204)
