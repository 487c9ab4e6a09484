"""Counts for Prometheus, in its text format 0.0.4; nothing that names a citizen or a place."""

from fastapi import APIRouter, Response

from api.desk import TheDesk
from api.store import count_alerts, count_rows
from appeals.database import reading

router = APIRouter(tags=["health"])

_HELP = {
    "wangge_rows": "Rows in each table of the record.",
    "wangge_alerts": "Alerts by kind, level and state.",
}


def _line(name: str, labels: dict[str, str], value: float) -> str:
    inside = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"{name}{{{inside}}} {value:g}"


@router.get("/metrics", summary="Counts for Prometheus", response_class=Response)
def metrics(desk: TheDesk) -> Response:
    """Give the counts of this moment."""
    with reading(desk.engine) as connection:
        rows = count_rows(connection)
        alerts = count_alerts(connection)
    lines = [f"# HELP wangge_rows {_HELP['wangge_rows']}", "# TYPE wangge_rows gauge"]
    lines += [_line("wangge_rows", {"table": table}, n) for table, n in sorted(rows.items())]
    lines += [f"# HELP wangge_alerts {_HELP['wangge_alerts']}", "# TYPE wangge_alerts gauge"]
    lines += [
        _line("wangge_alerts", {"kind": kind, "level": level, "state": state}, n)
        for (kind, level, state), n in sorted(alerts.items())
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
