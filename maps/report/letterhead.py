"""The Word document into which a report is written: page and styles of GB/T 9704-2012.

Fonts are named, never shipped: a machine without them shows the nearest that it has. An office may
replace the whole document by its own with the same styles and marks.
"""

from typing import Final

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

TITLE: Final = "报告标题"
PERIOD: Final = "报告统计时间"
HEADING: Final = ("报告一级标题", "报告二级标题")
BODY: Final = "报告正文"
NOTE: Final = "报告附注"
CAPTION: Final = "报告表题"
CELL: Final = "报告表格"
SIGNED: Final = "报告落款"
SHORT: Final = "简报"
"""Before the name of a style: the same, set for a report of one page."""

STYLES: Final = (TITLE, PERIOD, *HEADING, BODY, NOTE, CAPTION, CELL, SIGNED)

BODY_MARK: Final = "{{正文}}"
MARKS: Final = ("{{标题}}", "{{统计时间}}", BODY_MARK, "{{单位}}", "{{成文日期}}")
"""What a template holds where the report's own words go."""

_SONG, _FANG, _HEI, _KAI, _TITLE_FONT = (
    "宋体", "仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体",
)  # fmt: skip
_GRID_SIZE: Final = 16
_LEFT: Final = WD_ALIGN_PARAGRAPH.LEFT
_CENTRE: Final = WD_ALIGN_PARAGRAPH.CENTER
_BOTH: Final = WD_ALIGN_PARAGRAPH.JUSTIFY

# Name: font, size, line, indent of the first line in characters, alignment, space before; points.
_LOOKS: Final = {
    TITLE: (_TITLE_FONT, 22, 33, 0, _CENTRE, 0),
    PERIOD: (_KAI, 14, 24, 0, _CENTRE, 0),
    HEADING[0]: (_HEI, 16, 28.95, 2, _LEFT, 0),
    HEADING[1]: (_KAI, 16, 28.95, 2, _LEFT, 0),
    BODY: (_FANG, 16, 28.95, 2, _BOTH, 0),
    NOTE: (_FANG, 12, 20, 2, _BOTH, 0),
    CAPTION: (_HEI, 12, 20, 0, _CENTRE, 4),
    CELL: (_SONG, 10.5, 15, 0, _CENTRE, 0),
    SIGNED: (_FANG, 16, 28.95, 0, WD_ALIGN_PARAGRAPH.RIGHT, 0),
}
_SHORT_LOOKS: Final = {
    TITLE: (_TITLE_FONT, 20, 28, 0, _CENTRE, 0),
    PERIOD: (_KAI, 12, 18, 0, _CENTRE, 0),
    HEADING[0]: (_HEI, 12, 19, 0, _LEFT, 3),
    HEADING[1]: (_KAI, 12, 19, 0, _LEFT, 3),
    BODY: (_FANG, 12, 18, 2, _BOTH, 0),
    NOTE: (_FANG, 9, 12, 0, _BOTH, 0),
    CAPTION: (_HEI, 10.5, 16, 0, _CENTRE, 2),
    CELL: (_SONG, 9, 14, 0, _CENTRE, 0),
    SIGNED: (_FANG, 12, 18, 0, WD_ALIGN_PARAGRAPH.RIGHT, 0),
}


def letterhead() -> Doc:
    """Give the document that is used where an office has none of its own."""
    document = Document()
    _page(document.sections[0])
    _even_pages_differ(document)
    for looks, before in ((_LOOKS, ""), (_SHORT_LOOKS, SHORT)):
        for name, look in looks.items():
            _style(document, before + name, *look)
    _fonts(document.styles["Normal"], _FANG, 16)
    for mark, style in zip(MARKS, (TITLE, PERIOD, BODY, SIGNED, SIGNED), strict=True):
        document.add_paragraph(mark, style=style)
    return document


def _page(section: Section) -> None:
    """Set A4 with a type area of 156 by 225 mm: 22 lines of 28 characters of 三号."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")  # twentieths of a point: 225 mm / 22
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)


def _number(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    """Write the number of the page, one character in from the outer edge."""
    paragraph.alignment = side
    margin = paragraph.paragraph_format
    margin.left_indent = margin.right_indent = Pt(14)
    for text, field in (("— ", None), ("", "PAGE"), (" —", None)):
        run = paragraph.add_run(text)
        run.font.size = Pt(14)
        _fonts(run, _SONG, 14)
        if field is not None:
            for kind in ("begin", None, "end"):
                if kind is None:
                    part = OxmlElement("w:instrText")
                    part.text = field
                else:
                    part = OxmlElement("w:fldChar")
                    part.set(qn("w:fldCharType"), kind)
                run._r.append(part)


def _even_pages_differ(document: Doc) -> None:
    document.settings.odd_and_even_pages_header_footer = True


def _style(
    document: Doc, name: str, font: str, size: float, line: float, indent: int,
    alignment: WD_ALIGN_PARAGRAPH, before: float,
) -> None:  # fmt: skip
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    _fonts(style, font, size)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
    form.space_before, form.space_after = Pt(before), Pt(0)
    form.alignment = alignment
    form.first_line_indent = Pt(indent * size)
    if size == _GRID_SIZE:
        # 28 of them in 156 mm: closer by a quarter point. A grid of characters would say the same,
        # but programs differ in what they make of it.
        closer = OxmlElement("w:spacing")
        closer.set(qn("w:val"), "-5")
        style.element.get_or_add_rPr().append(closer)
    else:
        # The grid of lines is that of 三号 and would tear smaller ones apart.
        free = OxmlElement("w:snapToGrid")
        free.set(qn("w:val"), "0")
        style.element.get_or_add_pPr().append(free)
    form.keep_with_next = name.removeprefix(SHORT) in (*HEADING, CAPTION, SIGNED)


def _fonts(of: object, font: str, size: float) -> None:
    """Name a font for Chinese and for Latin letters of a style or a run."""
    of.font.name, of.font.size = font, Pt(size)  # type: ignore[attr-defined]
    properties = of.element.get_or_add_rPr()  # type: ignore[attr-defined]
    fonts = properties.get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), font)
