import pandas as pd
import pytest

from geo.gazetteer import COLUMNS
from geo.indexing import build_gazetteer
from geo.locate import LEVELS, Located, NamedUnit, locate_texts
from geo.located import RADIUS_M
from geo.matcher import MOST_READ

UNITS = (
    NamedUnit("district", "990101", "东城区", None),
    NamedUnit("district", "990102", "西城区", None),
    NamedUnit("district", "990112", "通州区", None),
    NamedUnit("street", "990101001", "八里庄街道", "990101"),
    NamedUnit("street", "990102001", "八里庄街道", "990102"),
    NamedUnit("street", "990101002", "建国门外街道", "990101"),
    NamedUnit("street", "990112003", "三间房地区", "990112"),
    NamedUnit("street", "990112004", "苹果园街道", "990112"),
    NamedUnit("community", "990112003001", "示例里社区居委会", "990112003"),
    NamedUnit("community", "990101001001", "竹涛山社区", "990101001"),
    NamedUnit("community", "990101001002", "辛庄村委会", "990101001"),
    NamedUnit("community", "990102001002", "辛庄村委会", "990102001"),
    NamedUnit("community", "990102001003", "甘水胡同社区居委会", "990102001"),
)
PLACES = [
    ("样本花园", "compound", "样板路8号", "东城区", 116.400, 39.900),
    ("花家地西里三区", "compound", "", "东城区", 116.410, 39.910),
    ("银杏湾(东区)", "compound", "样板路30号", "东城区", 116.401, 39.901),
    ("银杏湾(西区)", "compound", "样板路32号", "东城区", 116.402, 39.901),
    ("太平家园", "compound", "", "东城区", 116.40, 39.90),
    ("太平家园", "compound", "", "西城区", 116.30, 39.90),
    ("解放路北口公交站", "point", "", "东城区", 116.40, 39.92),
    ("解放路北口公交站", "point", "", "西城区", 116.32, 39.91),
    ("解放路北口公交站", "point", "", "西城区", 116.30, 39.95),
    ("南京东路", "road", "", "通州区", 116.60, 39.90),
    ("样板路100号", "plate", "样板路100号", "东城区", 116.405, 39.905),
    ("和合小区", "compound", "", "西城区", 116.31, 39.91),
]
GAZETTEER = build_gazetteer(
    pd.DataFrame([(*place, "made up") for place in PLACES], columns=list(COLUMNS))
)


def where(text: str) -> Located:
    return locate_texts([text], GAZETTEER, UNITS)[0]


def test_texts_of_a_batch_do_not_hear_each_other() -> None:
    texts = [
        f"{district}{road}{name}{rest}"
        for district in ("", "东城区", "通州区三间房地区")
        for road in ("", "样板路9号", "样板路")
        for name in ("样本花园", "洋本花元", "太平家园", "银杏湾", "某某园")
        for rest in ("", "3号楼", "附近", "(示例里社区)")
    ]

    together = locate_texts(texts, GAZETTEER, UNITS)

    assert len(texts) == 180
    assert together == [where(text) for text in texts]
    assert locate_texts(texts[::-1], GAZETTEER, UNITS) == together[::-1]


def test_of_a_text_without_end_the_beginning_is_read() -> None:
    endless = "样本花园3号楼附近" * 50_000

    assert where(endless) == where(endless[:MOST_READ])
    assert where(endless).level == "compound"
    assert where("啊" * MOST_READ + endless).level == "unlocated"


def test_every_answer_keeps_to_the_ladder() -> None:
    texts = [
        "东城区样本花园3号楼",
        "八里庄街道",
        "太平家园",
        "样板路9号",
        "样板路100号",
        "",
        "通州区",
    ]

    for found in locate_texts(texts, GAZETTEER, UNITS):
        coarse = found.level in ("community", "street", "district", "unlocated")
        assert found.level in LEVELS
        assert (found.lon is None) == (found.lat is None) == coarse
        assert (found.radius_m is None) == (found.level == "unlocated")
        assert 0 <= found.confidence <= 1
        assert found.evidence
    assert len(locate_texts([], GAZETTEER, UNITS)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "花家地西里三区12号楼",
        "花家地西里3区十二号楼",
        "花家地西里\uff13区12栋",
        "我住在花家地西里三区，楼下夜间有噪声",
        "某某市东城区花家地西里（三区）",
    ],
)
def test_a_compound_is_found_however_it_is_written(text: str) -> None:
    found = where(text)

    assert (found.level, found.lon, found.lat) == ("compound", 116.41, 39.91)
    assert found.radius_m == RADIUS_M["compound"]
    assert "990101" in found.named
    assert found.confidence >= 0.7
    assert not found.ambiguous


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("某某市东城区南京东路(示例)6号", "990101"),
        ("某某市西城区山西路8号", "990102"),
        ("上海城徐汇苑5单元(示例), 通州区", "990112"),
    ],
)
def test_an_explicit_district_beats_a_road_named_after_another_place(text: str, code: str) -> None:
    found = where(text)

    assert found.level == "district"
    assert found.named == (code,)
    assert found.lon is None


def test_a_name_of_several_places_gives_candidates_and_no_point() -> None:
    found = where("解放路北口公交站")

    assert (found.level, found.lon, found.ambiguous) == ("unlocated", None, True)
    assert len(found.candidates) == 3
    assert "ambiguous" in found.evidence


def test_a_stated_district_decides_between_places_of_one_name() -> None:
    found = where("东城区太平家园")
    without = where("太平家园")

    assert (found.level, found.lon, found.named) == ("compound", 116.40, ("990101",))
    assert (without.level, without.ambiguous) == ("unlocated", True)
    assert {c.district for c in without.candidates} == {"东城区", "西城区"}


def test_a_stated_district_beats_the_only_place_of_the_name_which_is_a_candidate() -> None:
    found = where("通州区和合小区5号楼")

    assert (found.level, found.named, found.lon) == ("district", ("990112",), None)
    assert [c.name for c in found.candidates] == ["和合小区"]


def test_a_street_of_two_districts_is_open_until_the_district_is_said() -> None:
    alone, stated = where("八里庄街道"), where("西城区八里庄街道")

    assert (alone.level, alone.ambiguous, alone.named) == ("unlocated", True, ())
    assert {c.code for c in alone.candidates} == {"990101001", "990102001"}
    assert (stated.level, stated.named) == ("street", ("990102001", "990102"))
    assert stated.lon is None


def test_a_place_decides_between_streets_of_one_name() -> None:
    found = where("八里庄街道和合小区")

    assert (found.level, found.lon) == ("compound", 116.31)
    assert found.named == ("990102001", "990102")


def test_a_village_of_two_streets_gives_their_district_or_nothing() -> None:
    assert where("辛庄村").level == "unlocated"
    assert where("东城区辛庄村").named == ("990101001002", "990101001", "990101")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("三间房乡", "990112003"),
        ("三间房地区办事处", "990112003"),
        ("建外街道", "990101002"),
        ("建国门外街道办事处", "990101002"),
        ("示例里社区", "990112003001"),
        ("示例里社区居委会南门", "990112003001"),
        ("竹涛山社区居民委员会", "990101001001"),
    ],
)
def test_a_unit_is_known_by_all_its_suffixes(text: str, code: str) -> None:
    found = where(text)

    assert found.named[0] == code
    assert found.lon is None
    assert found.confidence >= 0.9


def test_a_bare_name_of_a_unit_is_a_weaker_word_than_its_full_one() -> None:
    bare, full = where("竹涛山附近"), where("竹涛山社区附近")

    assert bare.named == full.named
    assert bare.confidence < full.confidence


@pytest.mark.parametrize("text", ["苹果园地铁站旁", "甘水胡同7号", "三间房路口", "东城壕"])
def test_a_unit_name_that_is_part_of_another_place_tells_its_district_at_most(text: str) -> None:
    found = where(text)

    assert found.level in ("district", "unlocated")
    assert found.lon is None
    assert len(found.named) <= 1


def test_door_numbers_give_the_plate_else_the_nearest_of_the_same_side_else_the_road() -> None:
    plate, near, far = where("样板路100号"), where("样板路104号"), where("样板路999号")

    assert (plate.level, plate.lon, plate.radius_m) == ("plate", 116.405, RADIUS_M["plate"])
    assert (near.level, near.lon) == ("road", 116.405)
    assert near.radius_m is not None
    assert far.radius_m is not None
    assert RADIUS_M["plate"] < near.radius_m < RADIUS_M["road"] <= far.radius_m
    assert near.confidence < plate.confidence
    assert far.level in ("road", "district")  # a road alone, or no point at all
    assert [one.name for one in far.candidates] or far.lon is not None


def test_near_a_place_is_never_the_place_itself() -> None:
    at, near = where("样本花园"), where("样本花园对面")

    assert at.radius_m is not None
    assert near.radius_m is not None
    assert near.radius_m > at.radius_m
    assert near.confidence < at.confidence


def test_another_part_of_a_compound_gets_a_wider_radius() -> None:
    known, unknown = where("银杏湾东区"), where("银杏湾三区")

    assert known.radius_m == RADIUS_M["compound"]
    assert unknown.radius_m is not None
    assert unknown.radius_m >= RADIUS_M["compound"] + 300
    assert unknown.confidence < known.confidence


@pytest.mark.parametrize(
    "text", ["东城区不在名录家园12号楼", "不在名录家园12号楼", "样本花园小学", "你好"]
)
def test_an_absent_place_is_never_given_a_confident_point(text: str) -> None:
    found = where(text)

    assert found.lon is None or found.confidence < 0.7


def test_two_distant_places_in_one_text_lower_the_confidence_and_show_the_other() -> None:
    found = where("样本花园的人到和合小区倒垃圾")

    assert found.confidence < 0.7
    assert len(found.candidates) == 1


def test_the_evidence_never_quotes_the_text() -> None:
    found = where("我叫张三，电话13800138000，住东城区样本花园3号楼2单元501")

    for secret in ("张三", "13800138000", "501", "3号楼"):
        assert secret not in repr(found)


def test_nothing_is_found_without_names() -> None:
    found = locate_texts(["东城区样本花园"], None, ())[0]

    assert (found.level, found.named, found.confidence) == ("unlocated", (), 0.0)
