import pytest

from appeals.headers import (
    ALIASES,
    FIELDS,
    field_of,
    holds_path,
    known_columns,
    looks_like_data,
    plain_header,
    shown,
)

WIDE = {ord("0") + digit: 0xFF10 + digit for digit in range(10)}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("工单编号", "id"),
        ("诉求编号", "id"),
        ("受理时间", "received_at"),
        ("来电时间", "received_at"),
        ("诉求内容", "text"),
        ("问题大类", "class_1"),
        ("问题小类", "class_3"),
        ("问题发生地址", "address"),
        ("来电人地址", "caller_address"),
        ("街道/乡镇", "street"),
        ("社区(村)", "community"),
        ("主办单位", "sent_to"),
        ("联系电话", "phone"),
        ("身份证号", "id_number"),
        ("是否已转接", "transferred"),
        ("是否剔除", "excluded"),
        ("工单状态", "status"),
        (" 经 度（°）", "lon"),
        ("\ufeffLatitude", "lat"),
        ("Received_At", "received_at"),
        ("备注", None),
        ("", None),
    ],
)
def test_a_header_names_its_field(header: str, field: str | None) -> None:
    assert field_of(header) == field


def test_every_field_is_known_by_its_own_name() -> None:
    assert all(field_of(field) == field for field in FIELDS)


def test_no_alias_means_two_fields() -> None:
    plain = [(plain_header(header), field) for header, field in ALIASES.items()]

    assert len({header for header, _ in plain}) == len(set(plain))


def test_of_two_columns_for_a_field_the_better_one_is_read() -> None:
    found = known_columns(["登记时间", "受理时间", "工单编号", "小类", "中类", "大类"])

    assert found == {
        "received_at": "受理时间",
        "id": "工单编号",
        "class_1": "大类",
        "class_2": "中类",
        "class_3": "小类",
    }


def test_a_path_stands_under_the_general_header_alone() -> None:
    assert holds_path("问题分类")
    assert not holds_path("一级分类")


@pytest.mark.parametrize(
    "row",
    [
        ["a1", "2024-01-01 08:05", "噪声"],
        ["20240101001", "x"],
        ["x", "116.397"],
        ["王某", "1380000000".translate(WIDE)],
        ["x", "2024年1月1日"],
    ],
)
def test_a_row_of_data_is_no_header(row: list[str]) -> None:
    assert looks_like_data(row)


def test_headers_with_short_numbers_are_headers() -> None:
    assert not looks_like_data(["工单编号", "受理时间", "110", "119", "2024年"])


def test_a_message_shows_headers_cut_and_counted() -> None:
    assert shown(["a", "", "b" * 30]) == f"a, {'b' * 23}…"
    assert shown([f"c{n}" for n in range(50)]).endswith("c39 … (50 in all)")
