"""The documents as the tests read them: sections, tables, blocks of code, and the settings."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from wangge.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ROOMS = ("appeals", "geo", "grids", "alerts", "hotspots", "casework", "maps", "api", "wangge")
EVERY = sorted(
    [*ROOT.glob("*.md"), *DOCS.rglob("*.md")], key=lambda path: str(path.relative_to(ROOT))
)
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
HEADS = ("Context", "Decision", "Consequences", "Alternatives", "References")
SHELL = ("sh", "shell", "bash", "console")


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def sections(path: Path, mark: str) -> dict[str, str]:
    """Give what stands under each heading of one depth, by the heading's text."""
    parts = re.split(rf"^{mark} +(.+)$", text_of(path), flags=re.MULTILINE)[1:]
    return {head.strip("` "): body for head, body in zip(parts[::2], parts[1::2], strict=True)}


def rows_of(text: str) -> Iterator[list[str]]:
    """Give the cells of each table row, without heads and rules."""
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if line.startswith("|") and not set(cells[0]) <= set(":- "):
            yield cells


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def code_blocks(text: str, languages: tuple[str, ...]) -> Iterator[str]:
    for language, body in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if language in languages:
            yield body


def settings_of(model: type[BaseModel], before: str = "") -> Iterator[tuple[str, object]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from settings_of(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}", field.get_default(call_default_factory=True)


SETTINGS = dict(settings_of(Settings))
