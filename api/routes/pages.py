"""The pages: the duty desk, and the hot-spot map that is one file."""

from functools import lru_cache
from importlib import resources

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from api.desk import TheDesk, TheViewer
from api.guard import PAGE_POLICY
from appeals.database import reading

router = APIRouter(include_in_schema=False)


@router.get("/")
def desk_page() -> Response:
    """Give the duty desk; its script asks for everything else."""
    page = resources.files("maps") / "static" / "index.html"
    return HTMLResponse(page.read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})
