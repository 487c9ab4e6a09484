"""The pages: the duty desk, and the hot-spot map that is one file."""

from importlib import resources

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)


@router.get("/")
def desk_page() -> Response:
    """Give the duty desk; its script asks for everything else."""
    page = resources.files("maps") / "static" / "index.html"
    return HTMLResponse(page.read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})
