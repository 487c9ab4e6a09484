"""``wangge report`` as a person or a script runs it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appeals.database import open_database, writing
from tests.maps.made_report import bring_fortnight

Run = Callable[..., Any]


@pytest.fixture
def fortnight(site: Path) -> Path:
    """The site with two weeks of appeals in it."""
    engine = open_database(f"sqlite:///{site / 'wangge.db'}")
    with writing(engine) as connection:
        bring_fortnight(connection)
    engine.dispose()
    return site


def test_each_report_is_a_file_and_tells_what_it_counted(
    run: Run, fortnight: Path, tmp_path: Path
) -> None:
    starts = {"docx": b"PK", "xlsx": b"PK", "pdf": b"%PDF", "html": b"<!doctype"}
    told = {}
    for step, form in zip(("day", "week", "month", "year"), starts, strict=True):
        file = tmp_path / f"{step}.{form}"
        told[step] = run("report", step, "--date", "2024-03-06", "-o", file)
        assert file.read_bytes().startswith(starts[form])
    assert told["week"]["first_day"] == "2024-03-04"
    assert told["week"]["theme"] == "噪声/施工"
    assert not told["week"]["running"]
    assert told["month"]["running"]
    assert told["year"]["received"] >= told["month"]["received"] > told["week"]["received"]
    own = tmp_path / "own.docx"
    run("report", "template", "-o", own)
    run("report", "day", "--date", "2024-03-06", "-o", tmp_path / "d.docx", "--template", own)


def test_what_cannot_be_reported_is_refused_with_its_reason(
    run: Run, fortnight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, says in (
        ("day --date 2999-01-01 -o r.pdf", "lies in the future"),
        ("month --date 2023-05-01 -o r.pdf", "there are no appeals from 2023-05-01"),
        ("day -o r.pdf", "there are no appeals from"),
        ("week --date 2024-03-06 -o r.dpf", "did you mean .pdf"),
        ("week --date 2024-03-06 -o no/r.pdf", "there is no folder no"),
        ("week --date 2024-03-06 -o r.pdf --theme 供暖", "the busiest are"),
        ("day --date 2024-03-06 -o r.pdf --template x", "has no template"),
        ("template -o r.pdf", "a template is a .docx file"),
    ):
        answer = run("report", *words.split(), code=1)
        assert says in answer["error"], words
    assert not list(tmp_path.glob("r.*"))
