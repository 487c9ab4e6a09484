"""A report as a Word document, in the office's own template where it has one."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Final

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from appeals.errors import InputError
from maps.report.figures import written
from maps.report.letterhead import (
    BODY,
    BODY_MARK,
    CAPTION,
    CELL,
    HEADING,
    MARKS,
    NOTE,
    SHORT,
    STYLES,
    letterhead,
)
from maps.report.mark import write_mark
from maps.report.paper import Heading, Paper, Paragraph, Picture, Table
from maps.report.typeset import picture_bytes
from maps.wording import day_text

_MANY: Final = 9
_TOGETHER: Final = 3
"""Rows at either end of a long table that no page parts."""
_SMALLER: Final = Pt(7.5)
"""Size of letters in a table of more columns than that."""


def write_word(paper: Paper, path: Path, template: Path | None = None) -> None:
    """Write a report as a Word document.

    Parameters
    ----------
    paper
        What it says.
    path
        The file to make.
    template
        A document with the styles and marks of :mod:`maps.report.letterhead`.

    Raises
    ------
    InputError
        The template cannot be read, or lacks a style or the mark of the body.
    Unavailable
        A picture is to be drawn and no Chinese font is on this machine.
    """
    document = letterhead() if template is None else read_template(template)
    short = SHORT if paper.compact and SHORT + BODY in _style_names(document) else ""
    mark = next(one for one in document.paragraphs if BODY_MARK in one.text)
    _write_body(document, mark, paper, short)
    mark._p.getparent().remove(mark._p)
    words = (paper.title_lines, paper.period, "", paper.office, day_text(paper.made_at.date()))
    for paragraph in _paragraphs(document):
        _fill(paragraph, dict(zip(MARKS, words, strict=True)), short)
    if paper.mark:
        write_mark(document, paper.mark)
    about = document.core_properties
    about.title, about.author, about.comments = paper.title, paper.office, ""
    about.created = about.modified = paper.made_at.replace(tzinfo=None)
    about.last_modified_by = paper.office
    document.save(str(path))


def read_template(path: Path) -> Doc:
    """Read the template of an office and see that a report can be written into it.

    Raises
    ------
    InputError
        It is no Word document, or lacks a style or the mark of the body.
    """
    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise InputError(f"{path.name} is no Word document (.docx)") from error
    missing = [name for name in STYLES if name not in _style_names(document)]
    if missing:
        raise InputError(f"{path.name} lacks the style {missing[0]}")
    if not any(BODY_MARK in paragraph.text for paragraph in document.paragraphs):
        raise InputError(f"{path.name} has no paragraph {BODY_MARK}, where the report goes")
    return document


def _style_names(document: Doc) -> set[str]:
    return {str(style.name) for style in document.styles}


def _paragraphs(document: Doc) -> list[WordParagraph]:
    """Give the paragraphs in which marks may stand: body, tables, headers and footers."""
    found = list(document.paragraphs)
    tables: list[WordTable] = list(document.tables)
    for section in document.sections:
        for part in (section.header, section.footer, section.first_page_header):
            found += part.paragraphs
            tables += part.tables
    for table in tables:
        for cell in table._cells:
            found += cell.paragraphs
    return found


def _fill(paragraph: WordParagraph, words: dict[str, str], short: str) -> None:
    """Put words in the place of marks, which an editor may have cut into several runs."""
    text = paragraph.text
    if not any(mark in text for mark in words):
        return
    for mark, word in words.items():
        text = text.replace(mark, word)
    for run in paragraph.runs[1:]:
        run.text = ""
    paragraph.runs[0].text = text
    name = str(paragraph.style.name) if paragraph.style is not None else ""
    if short and name in STYLES:
        paragraph.style = short + name


def _write_body(document: Doc, mark: WordParagraph, paper: Paper, short: str) -> None:
    section = document.sections[0]
    page = [section.page_width, section.left_margin, section.right_margin]
    wide, left, right = (Emu(0) if length is None else length for length in page)
    width = Emu(wide - left - right)
    for block, after in zip_longest(paper.blocks, paper.blocks[1:]):
        match block:
            case Heading(text, level):
                mark.insert_paragraph_before(text, style=short + HEADING[level - 1])
            case Paragraph(text, note):
                said = mark.insert_paragraph_before(text, style=short + (NOTE if note else BODY))
                # A sentence stays with its table, and the last one with the signature.
                said.paragraph_format.keep_with_next = after is None or isinstance(after, Table)
            case Table():
                _write_table(document, mark, block, width, short)
            case Picture(caption, svg, share):
                holder = mark.insert_paragraph_before("", style=short + CELL)
                # An exact line would cut the picture off.
                holder.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
                holder.paragraph_format.keep_with_next = True
                holder.add_run().add_picture(picture_bytes(svg), width=Emu(int(width * share)))
                below = mark.insert_paragraph_before(caption, style=short + CAPTION)
                below.paragraph_format.keep_with_next = False


def _write_table(
    document: Doc, mark: WordParagraph, table: Table, width: Length, short: str
) -> None:
    if not short:
        mark.insert_paragraph_before(table.caption, style=CAPTION)
    looks = document.styles[short + CELL].style_id
    made = document.add_table(rows=0, cols=len(table.columns))
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    whole = sum(column.width for column in table.columns)
    widths = [Emu(int(width * column.width / whole)) for column in table.columns]
    for column, wide in zip(made.columns, widths, strict=True):
        column.width = wide
    _narrow_margins(made)
    for paragraph in _add_row(made, [column.title for column in table.columns], widths, looks):
        paragraph.runs[0].bold = True
    _repeat_header(made)
    for row in table.rows:
        written_row = _add_row(made, [written(cell) for cell in row], widths, looks)
        for paragraph, column in zip(written_row, table.columns, strict=True):
            if not column.figures:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    rows = made._tbl.tr_lst
    kept = rows[:-1] if table.whole else [*rows[:_TOGETHER], *rows[-_TOGETHER:-1]]
    for row in kept:
        for paragraph in row.iter(qn("w:pPr")):
            paragraph.get_or_add_keepNext()
    mark._p.addprevious(made._tbl)


def _add_row(
    table: WordTable, texts: Sequence[str], widths: Sequence[Length], looks: str
) -> list[WordParagraph]:
    row = table.add_row()  # type: ignore[no-untyped-call]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    paragraphs = []
    for cell, text, wide in zip(row.cells, texts, widths, strict=True):
        cell.width = wide
        paragraph = cell.paragraphs[0]
        paragraph._p.style = looks  # by its id: to look up a name takes longer than all else
        run = paragraph.add_run(text)
        if len(texts) > _MANY:
            run.font.size = _SMALLER
        paragraphs.append(paragraph)
    return paragraphs


def _narrow_margins(table: WordTable) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("w:left", "w:right"):
        one = OxmlElement(side)
        one.set(qn("w:w"), "40")
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    table._tbl.tblPr.append(margins)


def _repeat_header(table: WordTable) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
