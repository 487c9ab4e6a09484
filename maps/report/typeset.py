"""What is typeset here, without a browser and without fonts of our own: PDF files, pictures."""

import json
from collections.abc import Sequence
from datetime import UTC
from functools import cache
from importlib.resources import files
from io import BytesIO
from itertools import zip_longest
from pathlib import Path
from typing import Final

import typst

from appeals.errors import InputError
from maps.report.figures import written
from maps.report.paper import Block, Heading, Paper, Paragraph, Picture, Table
from maps.wording import day_text

_SERIF: Final = (
    "FangSong_GB2312", "FangSong", "STFangsong", "SimSun", "STSong", "Noto Serif CJK SC",
    "Source Han Serif SC", "AR PL UMing CN",
)  # fmt: skip
_SANS: Final = (
    "SimHei", "STHeiti", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC",
    "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback",
)  # fmt: skip
_FONTS: Final[dict[str, tuple[str, ...]]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", *_SERIF, *_SANS),
    "body": (*_SERIF, *_SANS),
    "heading": (*_SANS, *_SERIF),
    "quiet": ("KaiTi_GB2312", "KaiTi", "STKaiti", "AR PL UKai CN", *_SERIF, *_SANS),
    "table": ("SimSun", "STSong", *_SERIF[5:], *_SERIF[:3], *_SANS),
}
_DOTS_PER_INCH: Final = 200


def write_pdf(paper: Paper, path: Path) -> None:
    """Write a report as PDF.

    Raises
    ------
    InputError
        No Chinese font is on this machine.
    """
    content = {
        "title": paper.title_lines,
        "period": paper.period,
        "office": paper.office,
        "date": day_text(paper.made_at.date()),
        "compact": paper.compact,
        "mark": paper.mark,
        "blocks": [
            _plain(block, after) for block, after in zip_longest(paper.blocks, paper.blocks[1:])
        ],
        "fonts": dict(_fonts()),
    }
    source = (files("maps") / "templates" / "report.typ").read_bytes()
    made = typst.compile(
        source,
        format="pdf",
        sys_inputs={"paper": json.dumps(content, ensure_ascii=False)},
        timestamp=paper.made_at.astimezone(UTC).replace(microsecond=0),
    )
    path.write_bytes(_one(made))


def picture_bytes(svg: str) -> BytesIO:
    """Draw an SVG as PNG, for programs that show no SVG.

    Raises
    ------
    InputError
        No Chinese font is on this machine.
    """
    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg")'
    )
    made = typst.compile(
        page.encode(), format="png", ppi=_DOTS_PER_INCH, sys_inputs={"svg": _lettered(svg)}
    )
    return BytesIO(_one(made))


def _plain(block: Block, after: Block | None) -> dict[str, object]:
    match block:
        case Heading(text, level):
            return {"kind": "heading", "text": text, "level": level}
        case Paragraph(text, note):
            # A sentence stays with its table, and the last one with the signature.
            keeps = after is None or isinstance(after, Table)
            return {"kind": "paragraph", "text": text, "note": note, "keeps": keeps}
        case Picture(caption, svg, width):
            drawn = _lettered(svg)
            return {"kind": "picture", "caption": caption, "svg": drawn, "width": width}
        case Table():
            return {
                "kind": "table",
                "caption": block.caption,
                "whole": block.whole,
                "titles": [column.title for column in block.columns],
                "widths": [column.width for column in block.columns],
                "figures": [column.figures for column in block.columns],
                "rows": [[written(cell) for cell in row] for row in block.rows],
            }


def _lettered(svg: str) -> str:
    """Name the font of this machine first in a drawing."""
    return svg.replace('font-family="', f'font-family="{_fonts()["heading"][0]}, ', 1)


@cache
def _fonts() -> dict[str, tuple[str, ...]]:
    """Give the fonts of each part of a page that are on this machine, the best first."""
    here = set(typst.Fonts().families())
    found = {part: tuple(name for name in names if name in here) for part, names in _FONTS.items()}
    if not all(found.values()):
        raise InputError(
            "no Chinese font is on this machine, which a PDF file and the pictures of a Word "
            "document need: install one (Debian: apt-get install fonts-noto-cjk), or ask for "
            ".html or .xlsx"
        )
    return found


def _one(made: bytes | Sequence[bytes] | None) -> bytes:
    if isinstance(made, bytes):
        return made
    raise TypeError("one document was typeset, and nothing or several came back")
