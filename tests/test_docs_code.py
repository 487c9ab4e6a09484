"""Numbers, names and files that the documents tell of are those of the code."""

import importlib
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.decide import Bounds
from tests.documents import DOCS, EVERY, ROOMS, ROOT, SETTINGS, name_of, rows_of, text_of


def named_in_code(dotted: str) -> object:
    """Give what ``room.module.NAME`` or ``room.module.Class.field`` is."""
    parts = dotted.split(".")
    for split in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for part in parts[split:]:
            fields = getattr(found, "__dataclass_fields__", {})
            if isinstance(found, type) and part in fields:
                found = fields[part].default
            else:
                found = getattr(found, part)
        return found
    raise ModuleNotFoundError(dotted)


NUMBERS = [row for row in rows_of(text_of(DOCS / "watch.md")) if re.match(r"`[a-z]+\.", row[0])]


@pytest.mark.parametrize("row", NUMBERS, ids=lambda row: row[0])
def test_a_number_of_early_warning_is_the_one_of_the_code(row: list[str]) -> None:
    value = named_in_code(row[0].strip("`"))

    plain = list(value) if isinstance(value, tuple) else value
    plain = plain / timedelta(hours=1) if isinstance(plain, timedelta) else plain
    assert json.loads(row[1].strip("`")) == plain, f"{row[0]} is {plain}"


def test_the_decision_on_floors_has_the_numbers_of_the_code() -> None:
    text = " ".join(text_of(DOCS / "decisions/0007-alert-floors-and-levels.md").split())
    named: tuple[str, ...] = (
        "city",
        "district",
        "street",
        "community",
        "H3 cell",
        "subject（被反映主体）",
    )
    named += ("grid", "small H3 cell")
    bounds = Bounds()

    for name, least in zip(named, bounds.floor, strict=True):
        assert f"{name} {least}" in text, name
    assert f"at least {bounds.excess:g} callers above the expectation" in text
    assert f"eased to {bounds.ratio_at_100:g} times where 100 or more" in text
    assert f"({bounds.false_share:g})" in text


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_every_name_of_the_code_that_a_document_uses_is_there(path: Path) -> None:
    rooms = "|".join(ROOMS)
    for dotted in re.findall(rf"`((?:{rooms})(?:\.\w+)+)(?:\(\))?`", text_of(path)):
        if dotted in SETTINGS or re.search(r"\.(py|toml|db|key|md)$", dotted):
            continue
        named_in_code(dotted)


@pytest.mark.parametrize("path", EVERY, ids=name_of)
def test_every_file_that_a_document_names_is_there(path: Path) -> None:
    start = "|".join((*ROOMS, "tests", "docs", "examples", r"\.ci"))
    for named in re.findall(rf"`((?:{start})/[\w./*-]*)`", text_of(path)):
        assert list(ROOT.glob(named.rstrip("/"))), f"{named} is not there"
