"""What general rules of Chinese addresses ask of the matcher, on a made-up gazetteer."""

import pandas as pd
import pytest

from geo.gazetteer import ALIAS_COLUMNS, COLUMNS
from geo.indexing import build_gazetteer
from geo.locate import Located, NamedUnit, locate_texts

UNITS = (
    NamedUnit("district", "110101", "东城区", None),
    NamedUnit("district", "110102", "西城区", None),
    NamedUnit("district", "110105", "朝阳区", None),
    NamedUnit("street", "110101001", "东四街道", "110101"),
    NamedUnit("street", "110105001", "将台地区", "110105"),
    NamedUnit("street", "110105002", "建外街道", "110105"),
    NamedUnit("community", "110105001001", "示例东里社区居委会", "110105001"),
)
PLACES = [
    ("东四十条小区", "compound", "东四十条7号", "东城区", 116.430, 39.930),
    ("东四10号院", "compound", "", "东城区", 116.417, 39.929),
    ("枫林嘉苑", "compound", "样本路5号", "朝阳区", 116.500, 39.950),
    ("枫林绿洲一区", "compound", "", "朝阳区", 116.520, 39.990),
    ("枫林绿洲二区", "compound", "", "朝阳区", 116.521, 39.992),
    ("紫竹新村", "compound", "", "西城区", 116.340, 39.900),
    ("紫竹新村", "compound", "", "朝阳区", 116.480, 39.920),
    ("百样路小区", "compound", "百样路", "朝阳区", 116.510, 39.960),
    ("海棠花园(丽景家园)", "compound", "", "朝阳区", 116.530, 39.940),
]
GAZETTEER = build_gazetteer(
    pd.DataFrame([(*place, "made up") for place in PLACES], columns=list(COLUMNS)),
    pd.DataFrame(
        [("大白楼", "枫林嘉苑", None, None, ""), ("老乡政府", "", None, None, "110105001")],
        columns=list(ALIAS_COLUMNS),
    ),
)


def where(text: str) -> Located:
    return locate_texts([text], GAZETTEER, UNITS)[0]


def place_of(text: str) -> tuple[float | None, float | None]:
    found = where(text)
    return found.lon, found.lat


def test_a_numeral_after_a_name_is_a_number_and_inside_of_it_a_word() -> None:
    assert place_of("东四十条小区2号楼") == (116.430, 39.930)
    assert place_of("东四十号院") == (116.417, 39.929)


@pytest.mark.parametrize(
    "text", ["枫林嘉园", "枫林佳苑", "峰林嘉苑", "楓林嘉苑", "枫（fēng）林嘉苑"]
)
def test_a_name_is_found_by_its_sound_or_under_damage(text: str) -> None:
    assert place_of(f"朝阳区{text}") == (116.500, 39.950)


@pytest.mark.parametrize("text", ["枫嘉苑", "林枫嘉苑", "枫林苑嘉"])
def test_a_character_left_out_or_two_swapped_are_understood(text: str) -> None:
    assert place_of(f"朝阳区{text}") == (116.500, 39.950)


def test_what_only_sounds_alike_is_never_as_sure_as_what_is_written() -> None:
    written, heard, alone = where("朝阳区枫林嘉苑"), where("朝阳区枫林佳苑"), where("枫林佳苑")

    assert heard.confidence < written.confidence
    assert heard.confidence <= 0.9
    assert alone.confidence < heard.confidence
    assert where("大枫林佳苑").confidence <= 0.65
    assert "相近" in heard.evidence


def test_a_longer_name_that_sounds_right_stands_before_a_shorter_one_inside() -> None:
    rows = [
        ("银杏湾", "compound", "", "朝阳区", 116.40, 39.90, "made up"),
        ("银杏湾中央城", "compound", "", "朝阳区", 116.50, 39.95, "made up"),
    ]
    gazetteer = build_gazetteer(pd.DataFrame(rows, columns=list(COLUMNS)))

    found = locate_texts(["银杏湾中央成"], gazetteer, UNITS)[0]

    assert (found.lon, found.lat) == (116.50, 39.95)


def test_two_wide_names_are_read_where_their_places_meet() -> None:
    rows = [
        ("甲乙园", "compound", "长样路", "朝阳区", 116.40, 39.90, "made up"),
        ("丙丁园", "compound", "长样路", "朝阳区", 116.45, 39.90, "made up"),
        ("戊己园", "compound", "横样街", "朝阳区", 116.45, 39.904, "made up"),
        ("庚辛园", "compound", "横样街", "朝阳区", 116.45, 39.95, "made up"),
    ]
    gazetteer = build_gazetteer(pd.DataFrame(rows, columns=list(COLUMNS)))

    found = locate_texts(["长样路与横样街交叉口"], gazetteer, UNITS)[0]

    assert (found.level, found.lon) == ("road", 116.45)
    assert found.lat == pytest.approx(39.902)
    assert locate_texts(["长样路"], gazetteer, UNITS)[0].lon is None


def test_numbers_and_sides_are_no_errors_of_speech() -> None:
    found = where("朝阳区枫林绿洲三区5号楼")

    assert found.lon is None or "相近" not in found.evidence
    assert found.lon is None or (found.radius_m or 0) >= 500


@pytest.mark.parametrize("text", ["枫林加元小学对面", "你好我想反映一个问题"])
def test_free_text_gives_no_sure_place(text: str) -> None:
    assert where(text).confidence < 0.7


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("宣武区某处", "110102"),
        ("崇文区某处", "110101"),
        ("将台乡某处", "110105001"),
        ("建国门外街道", "110105002"),
        ("老乡政府旁边", "110105001"),
    ],
)
def test_an_older_or_other_name_leads_to_the_unit_of_today(text: str, code: str) -> None:
    assert where(text).named[0] == code


def test_an_old_name_that_a_unit_bears_today_is_that_unit() -> None:
    units = (*UNITS, NamedUnit("district", "990103", "宣武区", None))

    assert locate_texts(["宣武区某处"], None, units)[0].named == ("990103",)


def test_a_taught_name_leads_to_its_place() -> None:
    assert place_of("大白楼门口") == (116.500, 39.950)


def test_homonyms_are_open_until_a_district_is_said() -> None:
    alone, stated = where("紫竹新村"), where("西城区紫竹新村")

    assert (alone.lon, alone.ambiguous, len(alone.candidates)) == (None, True, 2)
    assert (stated.lon, stated.ambiguous) == (116.340, False)


def test_a_compound_named_after_its_road_keeps_its_word() -> None:
    found = where("朝阳区百样路小区3号楼")

    assert (found.level, found.lon) == ("compound", 116.510)
    assert where("朝阳区百样路").level in ("road", "district")


def test_a_name_in_brackets_is_a_name_too() -> None:
    assert place_of("朝阳区丽景家园") == place_of("朝阳区海棠花园") == (116.530, 39.940)


def test_a_named_unit_constrains_the_point_by_the_units_that_places_lie_in() -> None:
    homes = [""] * len(PLACES)
    homes[5], homes[6] = "110102", "110105001001"
    housed = GAZETTEER.housed(homes)

    found = locate_texts(
        ["示例东里社区紫竹新村", "将台乡枫林嘉苑", "建外街道紫竹新村"], housed, UNITS
    )

    assert found[0].lon == 116.480
    assert found[1].lon == 116.500  # where its pin lies is not known: only the district bars
    assert (found[2].level, found[2].named[0], found[2].lon) == ("street", "110105002", None)
    assert [one.name for one in found[2].candidates] == ["紫竹新村", "紫竹新村"]


def test_a_district_in_the_brackets_of_a_name_is_no_other_name_of_the_place() -> None:
    place = ("丽景建材小区(朝阳区)", "compound", "", "朝阳区", 116.51, 39.95, "made up")
    gazetteer = build_gazetteer(pd.DataFrame([place], columns=list(COLUMNS)))

    found = locate_texts(["朝阳区无名路9号", "丽景建材小区"], gazetteer, UNITS)

    assert [one.level for one in found] == ["district", "compound"]


def test_lines_of_buses_are_no_roads() -> None:
    stops = [
        (f"样本{n}站", "point", lines, "朝阳区", 116.5 + i / 100, 39.95, "made up")
        for i, (n, lines) in enumerate([("东", "B34路,61路"), ("西", "B34路,66路"), ("南", "66路")])
    ]
    gazetteer = build_gazetteer(pd.DataFrame(stops, columns=list(COLUMNS)))

    assert gazetteer.rows("road", "b34路") == gazetteer.rows("road", "66路") == ()
    assert locate_texts(["坐B34路到66路换乘"], gazetteer, UNITS)[0].lon is None


ALONG = [
    ("松涛苑", "compound", "某某堡甲2号", "朝阳区", 116.450, 39.950),
    ("竹海苑", "compound", "某某堡20号", "朝阳区", 116.452, 39.950),
    ("梅林苑", "compound", "样本路5号，近样板街", "朝阳区", 116.460, 39.960),
    ("兰亭坊10号院", "compound", "", "朝阳区", 116.470, 39.970),
    ("示例东里一区", "compound", "", "朝阳区", 116.480, 39.980),
    ("示例东里三区", "compound", "", "朝阳区", 116.481, 39.981),
    ("百样路小区", "compound", "百样路2号", "朝阳区", 116.510, 39.960),
]
ALONG_ROADS = build_gazetteer(
    pd.DataFrame([(*place, "made up") for place in ALONG], columns=list(COLUMNS))
)


def along(text: str) -> Located:
    return locate_texts([text], ALONG_ROADS, UNITS)[0]


def test_a_quarter_counts_its_doors_without_any_road() -> None:
    plate, between, bare = along("某某堡甲2号"), along("某某堡11号"), along("某某堡物业")

    assert (plate.level, plate.lon, plate.lat) == ("plate", 116.450, 39.950)
    assert between.level == "road"
    assert between.lon == pytest.approx(116.451, abs=1e-6)
    assert bare.lon is None, "the quarter itself is no point"


def test_the_second_road_of_an_address_leads_to_the_place_too() -> None:
    first, second = along("样本路"), along("样板街")

    assert (second.lon, second.lat) == (first.lon, first.lat) == (116.460, 39.960)
    assert along("样板街5号").level == "road", "the number is the first road's"


def test_a_yard_is_said_by_its_number_alone() -> None:
    assert (along("兰亭坊10号3号楼").lon, along("兰亭坊10号").lon) == (116.470, 116.470)


def test_what_stands_on_a_road_stands_before_the_road() -> None:
    road, compound = along("朝阳区样本路"), along("朝阳区样本路梅林苑")

    assert (road.level, compound.level) == ("road", "compound")
    assert compound.confidence >= road.confidence


def test_a_road_inside_of_what_is_nearly_said_is_no_witness_of_it() -> None:
    beside, inside = along("百样路百样露小区"), along("百样路小西天牌楼")

    assert (beside.level, inside.level) == ("compound", "road")
    assert beside.confidence > 0.65


def test_a_gate_or_a_side_ends_what_was_said_before_a_name() -> None:
    named = along("梅林苑")

    for before in ("某某大学西门", "某某商场对面", "某某公园北侧"):
        assert along(before + "梅林苑").lon == named.lon
    assert along("某某大学西门梅林苑").confidence > along("某某大学梅林苑").confidence


def test_a_road_that_is_surer_than_a_bare_name_of_a_community_stands_before_it() -> None:
    part = along("示例东里二区5号楼")

    assert part.lon is not None
    assert part.named[0] == "110105001001", "the community is told all the same"
