"""Which right each route asks for: the one table, and every route has its row."""

from collections.abc import Mapping
from typing import Final

from appeals.people.roles import Right

ROUTES: Final[Mapping[str, Right | None]] = {
    "GET /health": None,
    "GET /login": None,
    "POST /api/session": None,
    "GET /api/session": Right.ACCOUNT,
    "DELETE /api/session": Right.ACCOUNT,
    "POST /api/session/password": Right.ACCOUNT,
    "GET /": Right.ALERTS,
    "GET /hotspots": Right.FIGURES,
    "GET /alerts/backtest": Right.ALERTS,
    "GET /metrics": Right.MONITOR,
    "GET /openapi.json": Right.ACCOUNT,
    "POST /api/appeals": Right.INTAKE,
    "GET /api/appeals": Right.APPEALS,
    "GET /api/appeals/{appeal_id}": Right.APPEALS,
    "GET /api/appeals/{appeal_id}/trail": Right.APPEALS,
    "POST /api/appeals/{appeal_id}/place": Right.PLACE,
    "GET /api/aliases": Right.PLACE,
    "GET /api/alerts": Right.ALERTS,
    "GET /api/backtest": Right.ALERTS,
    "GET /api/alerts/stream": Right.ALERTS,
    "GET /api/alerts/feed.atom": Right.ALERTS,
    "GET /api/alerts/{alert_id}/cap.xml": Right.ALERTS,
    "GET /api/alerts/{alert_id}": Right.ALERTS,
    "POST /api/alerts/{alert_id}/verdict": Right.JUDGE,
    "POST /api/alerts/{alert_id}/undo-verdict": Right.JUDGE,
    "GET /ogc": Right.FIGURES,
    "GET /ogc/": Right.FIGURES,
    "GET /ogc/api": Right.FIGURES,
    "GET /ogc/conformance": Right.FIGURES,
    "GET /ogc/collections": Right.FIGURES,
    "GET /ogc/collections/{name}": Right.FIGURES,
    "GET /ogc/collections/{name}/items": Right.FIGURES,
    "GET /ogc/collections/{name}/items/{item:path}": Right.FIGURES,
    "GET /api/overview": Right.FIGURES,
    "GET /api/hotspots": Right.FIGURES,
    "GET /api/layers/{level}": Right.FIGURES,
    "GET /api/place": Right.LOCATE,
    "GET /api/units/{code}": Right.LOCATE,
    "POST /api/locate": Right.LOCATE,
}
"""``None`` asks nothing. A route without a row answers 500 to everybody: forgetting shuts."""
