"""A report into a file: which form, whole or not at all."""

import difflib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from appeals.errors import InputError
from maps.export import write_whole
from maps.report.letterhead import letterhead
from maps.report.paper import Paper
from maps.report.sheets import write_xlsx
from maps.report.typeset import write_pdf
from maps.report.web import write_html
from maps.report.word import write_word

FORMS: Final[Mapping[str, Callable[[Paper, Path], None]]] = MappingProxyType(
    {"docx": write_word, "xlsx": write_xlsx, "pdf": write_pdf, "html": write_html}
)
"""The four forms by the ending of the file."""


def check_target(path: Path, template: Path | None = None) -> str:
    """Give the form that a file's name asks for, before any work is done.

    Raises
    ------
    InputError
        The ending is none of the four, its folder is not there, or a template is given for a
        form that has none.

    Examples
    --------
    >>> check_target(Path("report.docx"))
    'docx'
    >>> check_target(Path("report.dox"))
    Traceback (most recent call last):
    appeals.errors.InputError: file: .dox is none of .docx, .xlsx, .pdf, .html; did you mean .docx?
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMS:
        near = difflib.get_close_matches(form, FORMS, n=1, cutoff=0.5)
        known = ", ".join(f".{name}" for name in FORMS)
        said = f"{path.suffix} is none of {known}" if form else f"the name ends in none of {known}"
        raise InputError(f"file: {said}" + (f"; did you mean .{near[0]}?" if near else ""))
    if not path.parent.is_dir():
        raise InputError(f"file: there is no folder {path.parent}")
    if path.is_dir():
        raise InputError(f"file: {path} is a folder")
    if template is not None and form != "docx":
        raise InputError(f"template: a .{form} file has no template; only .docx has")
    return form


def write_report(paper: Paper, path: Path, template: Path | None = None) -> None:
    """Write a report in the form that the file's name asks for; an older file is replaced.

    Raises
    ------
    InputError
        As of :func:`check_target`; the template does not fit, no Chinese font is here, or the file
        cannot be written.
    """
    form = check_target(path, template)

    def write(half: Path) -> None:
        if template is None:
            FORMS[form](paper, half)
        else:
            write_word(paper, half, template)

    _put(path, write)


def write_template(path: Path) -> None:
    """Write the Word document that an office may change and hand back as its own.

    Raises
    ------
    InputError
        The file is not called .docx or cannot be written.
    """
    if check_target(path) != "docx":
        raise InputError(f"file: a template is a .docx file, not {path.suffix}")
    _put(path, lambda half: letterhead().save(str(half)))


def _put(path: Path, write: Callable[[Path], None]) -> None:
    try:
        write_whole(path, path.suffix.lower(), write)
    except OSError as error:
        raise InputError(f"file: {path} cannot be written: {error.strerror}") from error
