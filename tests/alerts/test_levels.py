"""提示等级 come from a table that an office edits, and say which row decided."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.episode import Episode, gather
from alerts.levels import Facts, facts_of, read_levels
from appeals.errors import InputError
from tests.alerts.test_episode import signal

PLAIN = Facts("surge", "", 0.0, False, 8, 5.0, "street", 12)
DANGER = replace(PLAIN, kind="sensitive", family="gas", severity=3.0, callers=1, excess=1.0)


def episode(**given: object) -> Episode:
    episodes: list[Episode] = []
    gather(episodes, [signal(range(40), **given)])  # type: ignore[arg-type]
    return episodes[0]


@pytest.mark.parametrize(
    ("given", "level"),
    [
        ({"callers": 8}, "blue"),
        ({"callers": 12}, "yellow"),
        ({"callers": 40}, "orange"),
        ({"kind": "sensitive", "score": 2.0, "callers": 1}, "yellow"),
        ({"kind": "sensitive", "score": 3.0, "callers": 1}, "orange"),
        ({"kind": "sensitive", "score": 3.0, "callers": 3}, "red"),
        ({"kind": "drift", "callers": 90}, "blue"),
        ({"kind": "possible", "callers": 90}, "blue"),
    ],
)
def test_the_table_that_is_brought_gives_the_levels_of_decision_7(
    given: dict[str, object], level: str
) -> None:
    row = read_levels().of_episode(episode(**given))

    assert row.level == level
    assert row.why


def test_what_time_place_or_person_raise_is_graver() -> None:
    table = read_levels()

    assert table.of(replace(DANGER, raised=True)).level == "red"
    assert table.of(replace(DANGER, severity=2.0, raised=True)).level == "orange"
    assert table.of(replace(DANGER, severity=2.0, raised=False)).level == "yellow"


def test_the_hour_is_of_the_jurisdictions_clock() -> None:
    night = facts_of(episode(), ZoneInfo("Asia/Shanghai"))
    day = facts_of(episode(), ZoneInfo("UTC"))

    assert (night.hour - day.hour) % 24 == 8


def test_an_office_writes_its_own_rows_and_the_first_that_fits_decides(tmp_path: Path) -> None:
    own = tmp_path / "levels.toml"
    own.write_text(
        '[[row]]\nlevel = "red"\nwhy = "夜间燃气"\nfamilies = ["gas"]\nhours = [22, 6]\n'
        '[[row]]\nlevel = "yellow"\nwhy = "其他"\n',
        encoding="utf-8",
    )
    table = read_levels(own)

    hours = {hour: table.of(replace(DANGER, hour=hour)).why for hour in range(24)}
    assert {hour for hour, why in hours.items() if why == "夜间燃气"} == {22, 23, *range(6)}
    assert table.of(replace(DANGER, family="fire", hour=23)).level == "yellow"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the last row must fit every alert"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\ncallers = 3', "the last row must fit every alert"),
        ('[[row]]\nlevel = "purple"\nwhy = "x"', "row 1: level is one of red"),
        ('[[row]]\nlevel = "red"', "row 1: why is empty"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nhour = [1, 2]', "row 1: hour is unknown; known"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nhours = [1, 1]', "two different hours"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nhours = [1, 24]', "two different hours"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nseverity = 4', "severity is a number"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\ncallers = "3"', "callers is a number"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nraised = 1', "raised is true or false"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nkinds = ["rise"]', "kinds: known are"),
        ('[[row]]\nlevel = "red"\nwhy = "x"\nareas = "street"', "areas is a list of words"),
        ("[[row]", "not valid TOML"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(tmp_path: Path, text: str, why: str) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(text, encoding="utf-8")

    with pytest.raises(InputError, match=why):
        read_levels(own)
