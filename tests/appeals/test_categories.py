from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.categories import (
    UNCLASSED,
    Class,
    ClassTree,
    ancestors,
    class_code,
    read_class_tree,
    read_crosswalk,
)
from appeals.errors import InputError

_name = st.none() | st.text(max_size=8)


@given(st.lists(_name, max_size=4))
def test_a_code_has_as_many_ancestors_as_it_has_names(names: list[str | None]) -> None:
    code = class_code(names)
    said = [name for name in names if name and name.strip()]

    assert len(ancestors(code)) == max(1, len(said))
    assert ancestors(code)[-1] == code
    assert (code == UNCLASSED) == (not said or said == [UNCLASSED])


def test_a_slash_inside_a_name_makes_no_level() -> None:
    assert ancestors(class_code(["水/电", "停电"]))[0] == "水\uff0f电"


def test_the_tree_knows_the_path_of_official_codes_and_of_names() -> None:
    tree = ClassTree(parent={"03": None, "0301": "03"}, names={"03": "噪声", "0301": "施工噪声"})

    assert tree.path("0301") == ("03", "0301")
    assert tree.path("噪声/夜间") == ("噪声", "噪声/夜间")
    assert tree.name("0301") == "施工噪声"
    assert tree.name("噪声/夜间") == "夜间"


def test_a_circle_in_a_damaged_tree_ends() -> None:
    assert ClassTree(parent={"a": "b", "b": "a"}).path("a") == ("b", "a")


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-40, 40))
def test_a_class_learns_for_28_days(first: date, later: int) -> None:
    tree = ClassTree(first_day={"a": first})

    assert tree.learning("a", first + timedelta(days=later)) == (later < 28)


def test_a_class_tree_is_read_from_chinese_headers_in_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "classes.csv"
    path.write_bytes("编码,名称,上级编码\n0301,施工噪声,03\n03,噪声,\n".encode("gb18030"))

    assert read_class_tree(path) == [Class("0301", "施工噪声", "03"), Class("03", "噪声", None)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("code,name\na,A", "no column parent"),
        ("code,name,parent\na,A,\na,B,", "row .* twice"),
        ("code,name,parent\n,A,", "empty"),
        ("code,name,parent\na,A,b", "no such parent"),
        ("code,name,parent\na,A,b\nb,B,a", "circle"),
        ("code,name,parent\na,A,a", "circle"),
    ],
)
def test_a_wrong_class_tree_is_refused(tmp_path: Path, rows: str, words: str) -> None:
    path = tmp_path / "classes.csv"
    path.write_text(rows, encoding="utf-8")

    with pytest.raises(InputError, match=words):
        read_class_tree(path)


def test_a_crosswalk_is_followed_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text("旧编码,新编码\na,b\nb,c\nx,c\n", encoding="utf-8")

    assert read_crosswalk(path) == {"a": "c", "b": "c", "x": "c"}


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("old_code,new_code\na,b\nb,a", "circle"),
        ("old_code,new_code\na,a", "circle"),
        ("old_code,new_code\na,b\na,c", "twice"),
        ("old_code,new_code\na,", "empty"),
        ("from,to\na,b", "no column old_code"),
    ],
)
def test_a_wrong_crosswalk_is_refused(tmp_path: Path, rows: str, words: str) -> None:
    path = tmp_path / "crosswalk.csv"
    path.write_text(rows, encoding="utf-8")

    with pytest.raises(InputError, match=words):
        read_crosswalk(path)
