"""Liveness and readiness: does the database answer, does the schema fit, does the watcher tick."""

from fastapi import APIRouter, Response

from alerts.lease.store import lease_is_held, read_mark
from api.answers import answer
from api.desk import Desk, TheDesk
from appeals.database import check_schema, reading
from appeals.errors import WanggeError

router = APIRouter(tags=["health"])


@router.get("/health", summary="Liveness and readiness")
def health(desk: TheDesk) -> Response:
    """Answer 200 when requests can be served, 503 when they cannot; the body says why."""
    checks = _checks(desk)
    ready = checks["database"] == "ok" and checks["schema"] == "ok"
    return answer({"live": True, "ready": ready, **checks}, 200 if ready else 503)


def _checks(desk: Desk) -> dict[str, object]:
    checks: dict[str, object] = {"database": "ok", "schema": "ok", "watcher": None}
    try:
        check_schema(desk.engine)
    except WanggeError as error:
        what = "schema" if isinstance(error, ValueError) else "database"
        return {**checks, what: str(error)}
    with reading(desk.engine) as connection:
        mark = read_mark(connection)
        alive = lease_is_held(connection, desk.clock())
    told = {"alive": alive, "last_tick": mark.tick, "serial": mark.serial}
    # A broken file makes nothing unready: the watcher goes on by what it said before.
    checks["watcher"] = {**told, "faults": desk.faults()}
    return checks
