"""The application: everything is handed in, and importing this does nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.staticfiles import StaticFiles

from alerts.routing import Routing, read_routing
from alerts.whistle.causes import Causes, read_causes
from api.admission import admit
from api.collections import Shelf
from api.desk import Desk, Outlet, Settings, Take
from api.elsewhere import Elsewhere
from api.export_jobs import Jobs
from api.guard import Guard
from api.layer_cache import LayerCache
from api.problems import RESPONSES, add_problem_handlers
from api.routes import (
    alerts,
    appeals,
    cap,
    casework,
    channels,
    duty,
    elsewhere,
    exports,
    features,
    field,
    field_page,
    first_report,
    found,
    governance,
    health,
    hotspot_pages,
    hotspots,
    login,
    metrics,
    monthly,
    offices,
    open311,
    overview,
    pages,
    place,
    placing,
    police,
    publications,
    reports,
    response,
    stream,
    tiles,
    unmasking,
    whistles,
)
from appeals.database import Engine
from appeals.seals import KeyRing
from casework.rules import Rules, read_rules
from maps.basemaps import Base

# Stream and feed before the alerts: their names are no alert's number.
_ROUTERS = (
    stream, cap, channels, first_report, alerts, appeals, exports, features, governance, health,
    hotspot_pages, hotspots, login, elsewhere, metrics, monthly, offices, overview, pages, place,
    placing, publications, reports, tiles, unmasking, response, duty, whistles, field, found,
    open311, field_page, police,
    casework,  # last: its move is any word after an appeal's number
)  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    database: Engine,
    settings: Settings,
    *,
    take: Take | None = None,
    clock: Callable[[], datetime] = _now,
    ring: KeyRing | None = None,
    hosts: frozenset[str] = frozenset(),
    demo_people: Path | None = None,
    ways: Mapping[str, Elsewhere] | None = None,
    routing: Routing | None = None,
    causes: Causes | None = None,
    rules: Rules | None = None,
    outlet: Outlet | None = None,
    base: Base | None = None,
    faults: Callable[[], Sequence[str]] = tuple,
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
    ring
        Keys of the second factors; without it those who have one cannot sign in.
    hosts
        Names under which a site without accounts answers; empty, under any.
    demo_people
        File of the people of a demo, whom the page of signing in lists.
    ways
        Where people sign in beside here, by the name in its address.
    routing, causes
        The office's tables of who is told and of 吹哨情形; without them those of the product.
    rules
        The office's table of limits, photos and near cases; without it that of the product.
    outlet
        The channels by which alerts are told; without it a relay is answered 503.
    base
        What lies under the data on maps; without it, nothing.
    faults
        Says what is wrong with the files that the watcher reads, for ``GET /health``.
    """
    app = FastAPI(
        title="wangge 网格",
        description="Geospatial grid governance and early warning on citizens' hotline appeals.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # a route of ours, so that it is admitted as every other
        dependencies=[Depends(admit)],
        responses=RESPONSES,
    )
    app.state.desk = Desk(
        database, settings, clock, take, ring, hosts, demo_people, ways or {}, outlet, faults
    )
    app.state.pages = hotspot_pages.PageCache()
    app.state.shelf = Shelf()
    app.state.layers = LayerCache()
    app.state.jobs = Jobs()
    app.state.base = base or Base()
    app.state.routing = routing or read_routing()
    app.state.causes = causes or read_causes()
    app.state.rules = rules or read_rules()
    app.state.learnt = found.Learnt()
    add_problem_handlers(app)
    app.add_middleware(Guard)
    for module in _ROUTERS:
        app.include_router(module.router)
    for page in (login, publications, offices):
        app.include_router(page.pages)
    files = StaticFiles(packages=[("maps", "static")])
    app.mount("/static", GZipMiddleware(files, minimum_size=500), name="static")
    return app
