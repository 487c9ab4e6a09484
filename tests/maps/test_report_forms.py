"""The four forms say the same, open elsewhere, and hold nothing of a caller."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.shared import Mm, Pt

from appeals.database import METADATA, Connection, open_database, reading, writing
from appeals.errors import InputError
from maps.report import typeset
from maps.report.figures import written
from maps.report.letterhead import BODY, BODY_MARK, SHORT, TITLE
from maps.report.paper import Column, Heading, Paper, Paragraph, Picture, Table
from maps.report.papers import paper_of
from maps.report.web import page_of
from maps.report.word import read_template
from maps.report.write import FORMS, write_report, write_template
from tests.maps.made_report import NOW, PLANTED, bring_fortnight, facts

SUNDAY = date(2024, 3, 10)


@pytest.fixture(scope="module")
def town() -> Iterator[Connection]:
    """A database in memory that holds the fortnight."""
    engine = open_database("sqlite://")
    METADATA.create_all(engine)
    with writing(engine) as connection:
        bring_fortnight(connection)
    with reading(engine) as connection:
        yield connection
    engine.dispose()


@pytest.fixture(scope="module")
def month(town: Connection) -> Paper:
    return paper_of(facts(town, "month", SUNDAY))


@pytest.fixture(scope="module")
def files(month: Paper, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    for form in FORMS:
        write_report(month, folder / f"month.{form}")
    return {form: folder / f"month.{form}" for form in FORMS}


def small(*blocks: Heading | Paragraph | Table | Picture, compact: bool = False) -> Paper:
    return Paper("标题", "统计时间", "样板市", NOW, blocks, compact=compact)


def test_every_figure_of_the_body_stands_in_word_workbook_and_page(
    month: Paper, files: dict[str, Path]
) -> None:
    document = docx.Document(str(files["docx"]))
    in_word = [[cell.text for row in table.rows for cell in row.cells] for table in document.tables]
    bodies = [block for block in month.blocks if isinstance(block, Table)]
    wanted = [
        [*(column.title for column in table.columns),
         *(written(cell) for row in table.rows for cell in row)]
        for table in bodies
    ]  # fmt: skip
    assert in_word == wanted
    page = files["html"].read_text(encoding="utf-8")
    cells = re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", page)
    assert cells[: sum(map(len, wanted))] == [text for table in wanted for text in table]
    words = [paragraph.text for paragraph in document.paragraphs]
    for block in month.blocks:
        if isinstance(block, Heading | Paragraph):
            assert block.text in words
            assert block.text in page.replace("&#34;", '"').replace("&#39;", "'")
    book = openpyxl.load_workbook(files["xlsx"])
    assert len(book.sheetnames) == 1 + len(month.tables)
    for sheet, table in zip(book.worksheets[1:], month.tables, strict=True):
        for number, row in enumerate(table.rows, 4):
            for at, cell in enumerate(row, 1):
                stored = sheet.cell(number, at).value
                figure = None if isinstance(cell, str) else cell.number
                assert stored == ((written(cell) or None) if figure is None else figure)


def test_nothing_of_a_caller_is_in_the_bytes_of_any_form(
    month: Paper, files: dict[str, Path]
) -> None:
    # What is typeset is packed: what it is made of is looked at too.
    assert not any(word in repr(month) for word in PLANTED)
    for form, file in files.items():
        parts = [file.read_bytes()]
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                parts += [packed.read(name) for name in packed.namelist()]
        if form == "pdf" and shutil.which("pdftotext"):
            said = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True)
            assert "受理诉求" in said.stdout.decode()
            parts.append(said.stdout)
        for word in (*PLANTED, "111.005", "sensitive"):
            assert not any(word.encode() in part for part in parts), (form, word)


def test_codes_are_text_in_the_workbook_and_shares_are_figures(files: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(files["xlsx"])
    sheet = next(one for one in book.worksheets if one.title.startswith("社区（村）诉求量全表"))
    titles = [cell.value for cell in sheet[3]]
    long = sheet.cell(4, titles.index("12位编码") + 1)
    assert (long.data_type, len(str(long.value)), long.number_format) == ("s", 12, "@")
    topics = next(one for one in book.worksheets if one.title.startswith("诉求类别前"))
    share = topics.cell(4, [cell.value for cell in topics[3]].index("占比") + 1)
    assert isinstance(share.value, float)
    assert share.number_format == "0.0%"


def test_the_page_asks_for_nothing_and_is_safe_for_any_name() -> None:
    name = "<script>alert(1)</script>&街道"
    page = page_of(small(Paragraph(name), Table("表", (Column("街"),), ((name,),))))
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)
    assert "http" not in page
    assert "@import" not in page


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    file = tmp_path / "f.xlsx"
    write_report(small(Table("表", (Column("街"),), (("=1+1",),))), file)
    cell = openpyxl.load_workbook(file).worksheets[1].cell(4, 1)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_word_document_has_the_form_of_an_official_paper(files: dict[str, Path]) -> None:
    document = docx.Document(str(files["docx"]))
    section = document.sections[0]
    assert section.left_margin is not None
    assert section.right_margin is not None
    assert section.page_width is not None
    # GB/T 9704-2012, 5.1: the type area is 156 mm wide.
    assert abs(section.page_width - section.left_margin - section.right_margin - Mm(156)) < Mm(0.1)
    title, body = document.styles[TITLE], document.styles[BODY]
    assert (title.font.name, title.font.size) == ("方正小标宋简体", Pt(22))
    assert (body.font.name, body.font.size) == ("仿宋_GB2312", Pt(16))
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert BODY_MARK not in "".join(paragraph.text for paragraph in document.paragraphs)


def test_an_office_uses_its_own_template(tmp_path: Path, month: Paper) -> None:
    own = tmp_path / "own.docx"
    write_template(own)
    changed = docx.Document(str(own))
    changed.sections[0].header.paragraphs[0].add_run("样板市{{单").bold = True
    changed.sections[0].header.paragraphs[0].add_run("位}}第1号")
    changed.styles[BODY].font.size = Pt(15)
    changed.save(str(own))
    write_report(month, tmp_path / "out.docx", own)
    made = docx.Document(str(tmp_path / "out.docx"))
    assert made.sections[0].header.paragraphs[0].text == "样板市样板市第1号"
    assert made.styles[BODY].font.size == Pt(15)
    assert made.paragraphs[0].text == month.title


def test_a_template_that_does_not_fit_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    plain, text = tmp_path / "plain.docx", tmp_path / "text.docx"
    docx.Document().save(str(plain))
    text.write_text("no document")
    marked = tmp_path / "marked.docx"
    write_template(marked)
    document = docx.Document(str(marked))
    document.paragraphs[2].runs[0].text = ""
    document.save(str(marked))
    for file, says in (
        (plain, f"lacks the style {TITLE}"),
        (text, "is no Word document"),
        (marked, "has no paragraph"),
        (tmp_path / "absent.docx", "is no Word document"),
    ):
        with pytest.raises(InputError, match=says):
            read_template(file)


def test_a_report_of_a_day_is_one_page(town: Connection, tmp_path: Path) -> None:
    paper = paper_of(facts(town, "day", date(2024, 3, 6)))
    write_report(paper, tmp_path / "day.pdf")
    write_report(paper, tmp_path / "day.docx")
    pages = re.findall(rb"/Type\s*/Page\b", (tmp_path / "day.pdf").read_bytes())
    assert len(pages) == 1
    document = docx.Document(str(tmp_path / "day.docx"))
    assert document.paragraphs[0].style is not None
    assert document.paragraphs[0].style.name == SHORT + TITLE


def test_the_signature_never_stands_alone_on_a_page(tmp_path: Path) -> None:
    # GB/T 9704-2012, 7.3.5.1: no page holds the signature alone.
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext (Debian package poppler-utils)")
    for lines in range(19, 24):
        said = [Paragraph(f"第{number}段。") for number in range(lines)]
        write_report(small(*said), tmp_path / "p.pdf")
        text = subprocess.run(["pdftotext", tmp_path / "p.pdf", "-"], capture_output=True)
        pages = text.stdout.decode().replace(" ", "").split("\f")
        signed = next(one for one in pages if "样板市" in one)
        assert f"第{lines - 1}段。" in signed


def test_a_title_too_long_for_a_line_breaks_before_its_brackets(month: Paper) -> None:
    long = replace(month, title="演示·云泽市诉求周分析（2025年4月28日至5月4日）")

    assert month.title_lines == month.title
    assert long.title_lines.split("\n") == ["演示·云泽市诉求周分析", "（2025年4月28日至5月4日）"]


@pytest.mark.slow
def test_a_second_office_program_opens_the_word_document(
    files: dict[str, Path], tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice (Debian package libreoffice-writer)")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(files["docx"])], check=True, capture_output=True, timeout=120)
    assert (tmp_path / "month.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("report.dox", "did you mean .docx"),
        ("report", "ends in none of .docx, .xlsx, .pdf, .html"),
        ("nowhere/report.pdf", "there is no folder"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_reason(
    tmp_path: Path, name: str, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        write_report(small(), tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "r.html"
    file.write_text("older")

    def full(self: Path, *args: object, **more: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match=r"cannot be written: No space left"):
        write_report(small(), file)
    assert file.read_bytes() == b"older"
    assert [one.name for one in tmp_path.iterdir()] == ["r.html"]


def test_without_a_chinese_font_the_package_that_helps_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bare:
        def families(self) -> list[str]:
            return ["DejaVu Sans"]

    monkeypatch.setattr("typst.Fonts", Bare)
    typeset._fonts.cache_clear()
    try:
        with pytest.raises(InputError, match="fonts-noto-cjk"):
            write_report(small(), tmp_path / "r.pdf")
        write_report(small(), tmp_path / "r.html")
    finally:
        typeset._fonts.cache_clear()
