"""The matrix once more: each choice that the interface offers, as every role, files unpacked.

Exports, reports, layers and levels are choices of a route. They are taken from the description of
the interface and the tables of layers and formats, so that a new one is walked without a change.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from appeals.people.roles import Right, StaffRole, rights_of
from maps.catalogue import CATALOGUE
from tests.api.accounts import Door
from tests.api.test_who_sees_what import (
    PART,
    WHO,
    denied,
    door,  # noqa: F401  a fixture
    login_of,
)
from tests.unpacked import forms, unpacked

_FILLED = {"code": "990101001", "level": "street", "period": "day", "alert_id": "1"}


_ON = {"/api/reports/": "date=2026-03-09&"}
_SAME = frozenset({"reading", "first_reports", "mode"})  # other counts of the same rows


# They read as the officer and the official do, and their choices cost as much again.
WALKED = [one for one in WHO if one[0] not in (StaffRole.LEADER, StaffRole.STREET_LEADER)]


def _part(filled: Mapping[str, str], part: re.Match[str]) -> str:
    return filled.get(part[1], "1")


def _choices(one: dict[str, Any]) -> list[str]:
    schema = one["schema"]
    alternatives = [schema, *schema.get("anyOf", ())]
    return next((list(found["enum"]) for found in alternatives if "enum" in found), [])


def described(paths: dict[str, Any]) -> Iterator[str]:
    """Each route that is read, with each choice of each of its parameters once."""
    for path, methods in paths.items():
        for one in methods.get("get", {}).get("parameters", ()):
            for value in () if one["name"] in _SAME else _choices(one):
                filled = _FILLED | {one["name"]: value}
                there = PART.sub(partial(_part, filled), path)
                asked = "" if one["in"] == "path" else f"{one['name']}={value}"
                also = next((more for part, more in _ON.items() if part in there), "")
                yield f"{there}?{also}{asked}"


def tabled() -> Iterator[str]:
    """What is chosen by a name of the table of layers: collections for GIS programs."""
    for name in CATALOGUE:
        yield f"/ogc/collections/{name}/items?limit=1000"
        yield f"/ogc/collections/{name}/items/1"


@pytest.mark.slow
@pytest.mark.parametrize(("role", "duties"), WALKED, ids=lambda one: str(one))
def test_no_choice_shows_what_the_matrix_denies(
    door: Door,  # noqa: F811
    role: StaffRole,
    duties: tuple[str, ...],
) -> None:
    hidden = {what: forms(word) for what, word in denied(role, duties).items()}

    door.come_as(login_of(role, duties))
    paths = door.client.get("/openapi.json").json()["paths"]
    statuses = {}
    for path in [*described(paths), *tabled()]:
        answer = door.client.get(path)
        statuses[path] = answer.status_code
        told = unpacked(answer.content) + repr(answer.headers).encode()
        assert answer.status_code < 500, path
        for what, written in hidden.items():
            assert not any(form in told for form in written), (what, path)
    # The walk is worth something: reports and layers are there for who may have them.
    for right, path in (
        (Right.ALERTS, "/api/reports/day?date=2026-03-09&format=pdf"),
        (Right.APPEALS, "/ogc/collections/appeals/items?limit=1000"),
        (Right.FIGURES, "/ogc/collections/hotspots-street/items?limit=1000"),
    ):
        may = right in rights_of([role])
        assert (statuses[path] == 200) is may, (path, statuses[path])
