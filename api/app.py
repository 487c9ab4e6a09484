"""The application: everything is handed in, and importing this does nothing."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from api.desk import Desk, Settings, Take
from api.guard import Guard
from api.problems import RESPONSES, add_problem_handlers
from api.routes import (
    alerts,
    appeals,
    health,
    hotspots,
    metrics,
    overview,
    pages,
    place,
    placing,
    stream,
)
from appeals.database import Engine

# The stream before the alerts: "stream" is no alert's number.
_ROUTERS = (stream, alerts, appeals, health, hotspots, metrics, overview, pages, place, placing)


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Engine,
    settings: Settings,
    *,
    take: Take | None = None,
    clock: Callable[[], datetime] = _now,
) -> FastAPI:
    """Build the application.

    Parameters
    ----------
    database
        Opened by the caller, schema checked.
    settings
        Of the installation.
    take
        The chain of intake for ``POST /api/appeals``; without it that route answers 503.
    clock
        Gives the present moment, aware.
    """
    app = FastAPI(
        title="wangge 网格",
        description="Geospatial grid governance and early warning on citizens' hotline appeals.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
    )
    app.state.desk = Desk(database, settings, clock, take)
    app.state.pages = pages.PageCache()
    add_problem_handlers(app)
    app.add_middleware(Guard)
    for module in _ROUTERS:
        app.include_router(module.router)
    app.mount("/static", StaticFiles(packages=[("maps", "static")]), name="static")
    return app
