"""The table of what a matter of a class asks for."""

from datetime import timedelta
from pathlib import Path

import pytest

from appeals.errors import InputError
from casework.rules import read_rules
from tests.casework.town import NOW

WHOLE = """
[[rule]]
respond_h = 24
handle_h = 168
photo = false
near_m = 50
near_days = 7
"""


def table(tmp_path: Path, more: str) -> Path:
    path = tmp_path / "rules.toml"
    path.write_text(WHOLE + more, encoding="utf-8")
    return path


def test_each_value_is_the_most_particular_ones(tmp_path: Path) -> None:
    rules = read_rules(table(tmp_path, """
[[rule]]
class = "甲/乙/丙"
near_m = 5
[[rule]]
class = "乙"
near_m = 20
photo = true
[[rule]]
class = "甲"
near_m = 30
handle_h = 48
[[rule]]
urgency = "紧急"
handle_h = 12
[[rule]]
class = "甲"
urgency = "紧急"
handle_h = 6
"""))  # fmt: skip

    assert rules.of("甲/乙/丙", None).near_m == 5  # a whole code before a name
    assert rules.of("甲/乙/丁", None).near_m == 20  # a finer name before a coarser one
    assert rules.of("甲/乙/丁", None).photo is True
    assert rules.of("甲/乙", "紧急").handle_h == 6
    assert rules.of("甲/乙", "一般").handle_h == 48
    assert rules.of("戊", "紧急").handle_h == 12
    assert rules.of("戊", None) == rules.of("", "")


def test_clocks_run_from_the_dispatch() -> None:
    rule = read_rules().of("", "紧急")

    assert rule.respond_by(NOW) == NOW + timedelta(hours=2)
    assert rule.handle_by(NOW) == NOW + timedelta(hours=24)
    assert rule.handle_by(None) is None


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("[[rule]]\ncolour = 1", "colour is unknown"),
        ("[[rule]]\nnear_m = 0", "near_m is a number above 0"),
        ("[[rule]]\nhandle_h = true", "handle_h is a number above 0"),
        ('[[rule]]\nphoto = "yes"', "photo is true or false"),
        ("[[rule]]\nclass = 1", "class is a text"),
        ("[[rule", "not valid TOML"),
    ],
)
def test_a_table_that_cannot_be_is_refused_by_rule_and_field(
    tmp_path: Path, more: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        read_rules(table(tmp_path, more))


def test_a_table_says_what_holds_for_any_class(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nclass = "甲"\nphoto = true\n', encoding="utf-8")

    with pytest.raises(InputError, match="without class and urgency"):
        read_rules(path)
    with pytest.raises(InputError, match="is not here"):
        read_rules(tmp_path / "none.toml")
