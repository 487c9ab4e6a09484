import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.addresses import normalise, parts

SAME = [
    (
        "花家地西里三区12号楼",
        "花家地西里3区十二号楼",
        "花家地西里\uff13区12栋",
        "花家地西里 三区 12幢",
    ),
    ("样板路甲12号", "样板路12号甲", "样板路十二甲号", "样板路甲十二号"),
    ("示例花园（东区）", "示例花园(东区)", "示例花园【东区】", "示例花园·东区"),
    ("K2海棠", "k2 海棠", "\uff2b\uff12海棠"),
    ("样板路一百零五号", "样板路105号", "样板路一〇五号"),
]
NAMES = ["东四十条", "东四四条", "三里屯", "五道口", "十里河", "八里庄", "二十一世纪大厦"]


@pytest.mark.parametrize("ways", SAME)
def test_one_address_has_one_key_however_it_is_written(ways: tuple[str, ...]) -> None:
    assert len({normalise(way) for way in ways}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_numeral_inside_a_name_stays_a_word(name: str) -> None:
    assert normalise(name) == name


def test_different_doors_keep_different_keys() -> None:
    doors = ["样板路12号", "样板路甲12号", "样板路2号", "样板路12-1号", "样板路12号楼"]

    assert len({normalise(door) for door in doors}) == len(doors)


@given(st.text(alphabet="示例路里区号楼栋甲乙一二十百零0123456789 aB", max_size=30))
def test_brackets_around_and_spaces_between_change_no_key(text: str) -> None:
    assert normalise(f"（{' '.join(text)}）") == normalise(text)


@given(st.text(max_size=60))
def test_any_text_can_be_taken_apart(text: str) -> None:
    parts(text)


def test_an_address_is_taken_apart_by_its_words() -> None:
    found = parts("某某省某某市示例区某某街道样板路37-3号附近")

    assert (found.district, found.street) == ("示例区", "某某街道")
    assert (found.road, found.number, found.near) == ("样板路", "37-3", True)


@pytest.mark.parametrize(
    ("address", "road", "number"),
    [
        ("样板路", "样板路", ""),
        ("样板大街九号", "样板大街", "9"),
        ("样板北二条甲9号", "样板北二条", "甲9"),
        ("示例区样板路1-7", "样板路", "1-7"),
        ("样板一路与样板二路交叉口", "样板一路", ""),
        ("某某大厦3层", "", ""),
        ("样板路3号线站口", "样板路", ""),
        ("", "", ""),
    ],
)
def test_the_road_and_its_number_are_found(address: str, road: str, number: str) -> None:
    found = parts(address)

    assert (found.road, found.number) == (road, number)
