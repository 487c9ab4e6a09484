import csv
import gzip
import io
import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from appeals.files import open_rows
from appeals.intake import Rules, plan, understand
from appeals.mapping import DEFAULT, Mapping, read_mapping
from appeals.record import Answer, Appeal, Arrival, Kind, Personal, Pin, Precision, Reject
from appeals.times import NumberCell

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("WANGGE_EVAL_DATA", ROOT.parent / "shared" / "data"))

WIDE = {ord(".") + mark: 0xFF0E + mark for mark in range(12)}

# A made-up row; nobody lives there.
ROW: dict[str, str | None] = {
    "工单编号": "2024010100001",
    "受理时间": "2024-01-01 08:05:33",
    "诉求类型": "投诉类",
    "一级分类": "噪声",
    "二级分类": "施工噪声",
    "三级分类": "夜间施工",
    "诉求标题": "夜间施工扰民",
    "诉求内容": "市民来电反映工地夜间施工，联系电话13800000000。",
    "问题发生地址": "甲区乙街道丙小区3号楼2单元501室",
    "来电人地址": "甲区丁街道",
    "经度": "116.301234",
    "纬度": "39.851234",
    "区": "甲区",
    "街乡镇": "乙街道",
    "社区/村": "丙社区",
    "承办单位": "乙街道办事处",
    "来源渠道": "电话",
    "紧急程度": "一般",
    "是否直办": "否",
    "工单状态": "3-受理中",
    "派单时间": "2024/1/1 9:05",
    "办结时间": "",
    "被反映主体": "某建筑公司",
    "是否重复": "1",
    "是否已转接": "110",
    "是否联系": "已联系",
    "是否解决": "否",
    "是否满意": "未评价",
    "是否剔除": "false",
    "剔除原因": "--",
    "诉求人": "王某某",
    "来电号码": "13800000000".translate(WIDE),
    "身份证号": None,
}


def rules(mapping: Mapping = DEFAULT, datum: str | None = "gcj02") -> Rules:
    return Rules("hotline", mapping, SHANGHAI, datum, now=datetime(2024, 6, 1, tzinfo=UTC))


def arrive(**changes: str | None) -> Arrival | Reject:
    row = ROW | changes
    return understand(7, row, plan(list(row), rules()))


def appeal(**changes: str | None) -> Appeal:
    arrival = arrive(**changes)
    assert isinstance(arrival, Arrival)
    return arrival.appeal


def test_a_usual_row_is_understood_whole() -> None:
    arrival = arrive()

    assert isinstance(arrival, Arrival)
    assert (arrival.row, arrival.unread) == (7, ())
    found = arrival.appeal
    assert found.received_at == datetime(2024, 1, 1, 0, 5, 33, tzinfo=UTC)
    assert (found.local_day, found.local_hour) == (date(2024, 1, 1), 8)
    assert found.received_precision is Precision.SECOND
    assert (found.kind, found.class_code) == (Kind.COMPLAINT, "噪声/施工噪声/夜间施工")
    assert found.dispatched_at == datetime(2024, 1, 1, 1, 5, tzinfo=UTC)
    assert found.closed_at is None
    assert (found.direct, found.repeat, found.excluded) == (False, True, False)
    assert (found.contacted, found.solved, found.satisfied) == (
        Answer.YES,
        Answer.NO,
        Answer.UNRATED,
    )
    assert (found.status, found.transferred, found.exclusion_reason) == ("3-受理中", "110", None)
    assert (found.district, found.street, found.community) == ("甲区", "乙街道", "丙社区")
    assert (found.channel, found.urgency, found.sent_to) == ("电话", "一般", "乙街道办事处")
    assert found.pin == Pin(116.301234, 39.851234, "gcj02")


def test_open_fields_are_redacted_and_the_words_are_sealed() -> None:
    arrival = arrive()

    assert isinstance(arrival, Arrival)
    assert arrival.appeal.text.startswith("夜间施工扰民\n市民来电反映工地夜间施工")
    assert "13800000000" not in arrival.appeal.text
    assert "501" not in arrival.appeal.address
    assert arrival.appeal.address.startswith("甲区乙街道丙小区")
    assert arrival.personal == Personal(
        name="王某某",
        phone="13800000000",
        caller_address="甲区丁街道",
        address="甲区乙街道丙小区3号楼2单元501室",
        text="夜间施工扰民\n市民来电反映工地夜间施工，联系电话13800000000。",
    )


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"工单编号": " "}, "id", "is empty"),
        ({"工单编号": "1.1E+14"}, "id", "last digits are lost"),
        ({"来电号码": "1.38E+10"}, "phone", "last digits are lost"),
        ({"身份证号": "1.10101E+17"}, "id_number", "last digits are lost"),
        ({"受理时间": None}, "received_at", "is empty"),
        ({"受理时间": "--"}, "received_at", "is empty"),
        ({"受理时间": "昨晚八点"}, "received_at", "is not a time"),
        ({"受理时间": "1989-12-31 08:00:00"}, "received_at", "is before 1990"),
        ({"受理时间": "2024-06-03 08:00:00"}, "received_at", "lies in the future"),
        ({"经度": "东经"}, "lon", "is not a number"),
        ({"经度": "inf"}, "lon", "is not a number"),
        ({"经度": "1_1"}, "lon", "is not a number"),
        ({"经度": ""}, "lon", "is empty where lat is not"),
        ({"纬度": "--"}, "lat", "is empty where lon is not"),
        ({"经度": "116°75'"}, "lon", "has 60 minutes"),
        ({"经度": "北纬39度"}, "lon", "says that it is a latitude"),
        ({"纬度": "116.3E"}, "lat", "says that it is a longitude"),
        ({"radius_m": "-1"}, "radius_m", "is negative"),
        ({"level_of_place": "乡"}, "level_of_place", "does not name"),
    ],
)
def test_what_cannot_be_read_is_told_by_field_and_never_quoted(
    changes: dict[str, str | None], field: str, told: str
) -> None:
    reject = arrive(**changes)

    assert isinstance(reject, Reject)
    assert (reject.row, reject.field) == (7, field)
    assert told in reject.reason
    assert "昨晚" not in reject.reason


def test_handling_that_cannot_be_read_is_left_empty_and_named() -> None:
    arrival = arrive(办结时间="处理中", 是否满意="五星", 是否剔除="待定")

    assert isinstance(arrival, Arrival)
    assert arrival.unread == ("closed_at", "satisfied", "excluded")
    assert arrival.appeal.closed_at is None


def test_blank_coordinates_and_nought_are_no_point() -> None:
    assert appeal(经度="", 纬度=None).pin is None
    assert appeal(经度="0", 纬度="0.000").pin is None


def test_full_width_coordinates_and_a_radius_are_read() -> None:
    pin = appeal(经度="116.3".translate(WIDE) + "°", 纬度="39.9", radius_m="50").pin

    assert pin == Pin(116.3, 39.9, "gcj02", 50.0)


def test_metres_of_a_plane_have_no_range_of_degrees() -> None:
    row = ROW | {"经度": "447945.46", "纬度": "4419207.62"}
    arrival = understand(1, row, plan(list(row), rules(datum="EPSG:4548")))

    assert isinstance(arrival, Arrival)
    assert arrival.appeal.pin == Pin(447945.46, 4419207.62, "EPSG:4548")


@pytest.mark.parametrize(
    "path", ["噪声/施工噪声/夜间施工", "噪声-施工噪声-夜间施工", "噪声 > 施工噪声 > 夜间施工"]
)
def test_a_path_of_classes_is_parted(path: str) -> None:
    row = {"id": "1", "received_at": "2024-01-01", "问题分类": path}
    arrival = understand(1, row, plan(list(row), rules()))

    assert isinstance(arrival, Arrival)
    assert arrival.appeal.class_code == "噪声/施工噪声/夜间施工"


def test_a_class_of_one_level_keeps_its_marks() -> None:
    one = {"id": "1", "received_at": "2024-01-01", "一级分类": "水-电-气"}
    named = {"id": "1", "received_at": "2024-01-01", "问题分类": "水-电", "二级分类": "停电"}
    for row, code in ((one, "水-电-气"), (named, "水-电/停电")):
        arrival = understand(1, row, plan(list(row), rules()))
        assert isinstance(arrival, Arrival)
        assert arrival.appeal.class_code == code


def test_a_class_code_of_the_source_stands() -> None:
    assert appeal(分类编码="010203").class_code == "010203"


def test_an_unknown_kind_is_other() -> None:
    assert appeal(诉求类型="疫情专项").kind is Kind.OTHER
    assert appeal(诉求类型=None).kind is Kind.OTHER


def test_a_mapping_names_columns_constants_levels_and_zone() -> None:
    mapping = Mapping(
        time_zone="America/Los_Angeles",
        datum="bd09",
        columns={"id": "No", "received_at": "When", "lon": "X", "lat": "Y", "level_of_place": "G",
                 "status": ""},
        constants={"district": "西区", "kind": "建议"},
        level_of_place={"region": "district", "ok": "point"},
    )  # fmt: skip
    row = {
        "No": "1",
        "When": "2018-03-11",
        "X": "1",
        "Y": "2",
        "G": "region",
        "区": "东区",
        "状态": "开",
    }
    arrival = understand(1, row, plan(list(row), Rules("la", mapping, SHANGHAI)))

    assert isinstance(arrival, Arrival)
    found = arrival.appeal
    assert found.received_at == datetime(2018, 3, 11, 8, tzinfo=UTC)
    assert (found.local_day, found.local_hour) == (date(2018, 3, 11), None)
    assert (found.district, found.kind, found.status) == ("西区", Kind.SUGGESTION, None)
    assert (found.level_of_place, found.pin) == ("district", Pin(1.0, 2.0, "bd09"))


def test_the_run_s_datum_comes_before_the_mapping_s() -> None:
    assert plan(list(ROW), rules(Mapping(datum="wgs84"), "gcj02")).datum == "gcj02"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (
            ["工单编号码", "受理时间", "内容"],
            "no column for id: the headers are 工单编号码, 受理时间",
        ),
        (["工单编号码", "受理时间", "内容"], "is 工单编号码 it. It is known as 工单编号"),
        (["工单信息", "地址信息"], "known as 工单编号; none is known: a head of two rows"),
        (["日期", "备注", "内容"], "备注, 内容; it is known as 工单编号"),
        (["工单编号", "内容"], "no column for received_at"),
        (["20240101001", "13800000000", "王某某"], "looks like data"),
        (["工单编号", "受理时间", "经度"], "a column for lon and none for lat"),
    ],
)
def test_a_file_without_the_needed_columns_is_told(headers: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        plan(headers, rules())
    assert "王某某" not in str(caught.value)


def test_coordinates_without_a_datum_are_refused_and_others_are_not() -> None:
    with pytest.raises(InputError, match="datum"):
        plan(list(ROW), rules(datum=None))
    assert plan(["工单编号", "受理时间"], rules(datum=None)).datum == ""


def test_a_mapped_column_that_is_not_there_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError, match="column createdate, not there; did you mean createddate"):
        plan(["id", "createddate"], rules(Mapping(columns={"received_at": "createdate"})))


def test_a_row_that_the_file_found_wrong_is_passed_on() -> None:
    fault = Reject(3, "row", "has 2 fields where the header has 3")

    assert understand(3, fault, plan(list(ROW), rules())) is fault


def test_a_serial_day_of_a_workbook_is_a_time_of_receipt() -> None:
    assert appeal(受理时间=NumberCell("45292.5")).local_hour == 12


texts = st.text(max_size=12) | st.sampled_from(["2024-01-01", "A1", "116.3", "39.9", "是", "1E+9"])


@given(st.lists(st.lists(texts, min_size=4, max_size=4), max_size=8))
def test_every_row_of_any_table_is_an_arrival_or_a_reject(table: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["id", "received_at", "lon", "lat"], *table])
    with open_rows(io.BytesIO(out.getvalue().encode("utf-8", "replace")), "a.csv") as rows:
        made = plan(rows.headers, rules())
        seen = [(number, understand(number, cells, made)) for number, cells in rows]
    assert [number for number, _ in seen] == list(range(1, len(seen) + 1))
    assert all(found.row == number for number, found in seen)


@given(st.dictionaries(st.sampled_from(sorted(ROW)), texts))
def test_no_value_breaks_a_row(changes: dict[str, str]) -> None:
    found = arrive(**changes)

    assert isinstance(found, Arrival | Reject)


def evaluated(name: str, mapping: str) -> list[Arrival | Reject]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs the evaluation data: {name} is not there")
    found = read_mapping(ROOT / "examples" / mapping)
    with open_rows(path) as rows:
        made = plan(rows.headers, Rules(found.source or "", found, SHANGHAI))
        return [understand(number, cells, made) for number, cells in rows]


def test_the_cases_of_yichang_are_understood() -> None:
    found = evaluated("yichang-2024/cases_h1.csv", "yichang.toml")
    arrivals = [row for row in found if isinstance(row, Arrival)]

    assert len(found) == len(arrivals) == 8790
    levels = Counter(row.appeal.level_of_place for row in arrivals)
    assert levels == {"point": 5311, "district": 3479}
    assert all(row.appeal.local_hour is None for row in arrivals)


def test_the_requests_of_los_angeles_are_understood() -> None:
    found = evaluated("la-311/requests_2017-12.csv.gz", "la-311.toml")
    arrivals = [row for row in found if isinstance(row, Arrival)]

    assert len(found) == 19_999
    assert sum(row.appeal.pin is None for row in arrivals) == 2855
    assert not [row for row in arrivals if row.unread]


def test_a_packed_file_goes_from_bytes_to_appeals(tmp_path: Path) -> None:
    path = tmp_path / "热线.csv.gz"
    row = {key: value or "" for key, value in ROW.items()}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    path.write_bytes(gzip.compress(text.encode("gb18030")))
    with open_rows(path) as rows:
        made = plan(rows.headers, rules())
        found = [understand(number, cells, made) for number, cells in rows]

    assert isinstance(found[0], Arrival)
    assert found[0].appeal == appeal()
