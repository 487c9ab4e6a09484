"""A paper as the file that its reader takes away, with the reader's 水印 on it."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from fastapi import Response

from api.admission import Caller
from api.desk import Desk
from maps.report.paper import Paper
from maps.report.write import write_report

PaperForm = Literal["docx", "pdf", "xlsx", "html"]

TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
"""Media types by form."""


def paper_file(paper: Paper, name: str, form: PaperForm, caller: Caller, desk: Desk) -> Response:
    """Give a paper as a file of this name, or as a page, marked with who takes it and when."""
    person, now = caller.person, desk.clock().astimezone(desk.zone)
    mark = f"{person.name} {person.login} {now:%Y-%m-%d %H:%M}" if person else ""
    with TemporaryDirectory(prefix="wangge-") as folder:
        file = Path(folder) / f"{name}.{form}"
        write_report(replace(paper, mark=mark), file)
        content = file.read_bytes()
    attached = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    headers = {} if form == "html" else attached
    return Response(content, media_type=TYPES[form], headers=headers)
