"""A report as one page that asks for nothing else."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

import jinja2
from markupsafe import Markup

from maps.report.figures import written
from maps.report.paper import Heading, Paper, Paragraph, Picture, Table
from maps.wording import day_text


def write_html(paper: Paper, path: Path) -> None:
    """Write a report as one file of HTML, drawings inside it."""
    path.write_text(page_of(paper), encoding="utf-8")


def page_of(paper: Paper) -> str:
    """Give the page of a report."""
    source = (files("maps") / "templates" / "report.html").read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(source).render(paper=paper, date=day_text(paper.made_at.date()))


def _is(kind: type) -> Callable[[object], bool]:
    return lambda block: isinstance(block, kind)


_ENVIRONMENT: Final = jinja2.Environment(
    autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters |= {"written": written, "drawn": Markup}
_ENVIRONMENT.tests |= {
    "text": _is(str), "heading": _is(Heading), "paragraph": _is(Paragraph), "table": _is(Table),
    "picture": _is(Picture),
}  # fmt: skip
