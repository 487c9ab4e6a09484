"""The pages whose scripts ask for everything else."""

from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse

from api.answers import answer
from api.cursor import Number
from maps.office_pages import office_page
from maps.sheet import static_page

router = APIRouter(include_in_schema=False)

_FRESH: Final = {"Cache-Control": "no-cache"}


@router.get("/")
def desk_page() -> Response:
    """Give the duty desk; its script asks for everything else."""
    return HTMLResponse(static_page("index"), headers=_FRESH)


@router.get("/openapi.json")
def description(request: Request) -> Response:
    """Give the description of all routes below ``/api``."""
    app: FastAPI = request.app
    return answer(app.openapi())


@router.get("/alerts/backtest")
def backtest_page() -> Response:
    """Give the page of the last replay; its script asks for the tables."""
    return HTMLResponse(static_page("backtest"), headers=_FRESH)


@router.get("/alerts")
def alerts_page() -> Response:
    """Give the page of all alerts; its script asks for them."""
    return _page("alerts")


@router.get("/alerts/{alert_id}")
def alert_page(alert_id: Number) -> Response:
    """Give the page of one alert; its script asks for it."""
    return _page("alert")


@router.get("/duty")
def duty_page() -> Response:
    """Give the page of rosters and of the log of the duty."""
    return _page("duty")


@router.get("/channels")
def channels_page() -> Response:
    """Give the page of the channels and of what did not arrive."""
    return _page("channels")


@router.get("/whistles")
def whistles_page() -> Response:
    """Give the page of all whistles."""
    return _page("whistles")


@router.get("/whistles/{whistle_id}")
def whistle_page(whistle_id: Number) -> Response:
    """Give the page of one whistle."""
    return _page("whistle")


def _page(name: str) -> Response:
    return HTMLResponse(office_page(name), headers=_FRESH)
