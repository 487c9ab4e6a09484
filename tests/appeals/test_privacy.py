# ruff: noqa: RUF001 -- the marks of redaction
import h3.api.basic_int as h3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.privacy import (
    MATRIX,
    Role,
    Viewer,
    hide_small,
    is_own,
    mask_id,
    mask_name,
    mask_phone,
    may_ask,
    view,
)

SECRETS = ("王小明", "13800001234", "11010519491231002X", "幸福里3号楼2单元501", "hmac-sha256:00")
RECORD: dict[str, object] = {
    "serial": 7,
    "appeal_id": 77,
    "source": "12345",
    "source_id": "A1",
    "kind": "help",
    "class_code": "房屋/漏水",
    "local_day": "2026-03-01",
    "district": "东区",
    "street": "海滨街道",
    "community": "灯塔社区",
    "street_id": 11,
    "grid_id": 101,
    "cell_8": h3.latlng_to_cell(39.9, 116.4, 8),
    "cell_9": h3.latlng_to_cell(39.9, 116.4, 9),
    "cell_10": h3.latlng_to_cell(39.9, 116.4, 10),
    "lon": 116.4,
    "lat": 39.9,
    # As if an older redaction had missed all of it.
    "text": "我叫王小明，电话13800001234，身份证11010519491231002X，幸福里3号楼2单元501室漏水",
    "address": "幸福里3号楼2单元501",
    "subject": "幸福物业",
    "name": "王小明",
    "phone": "13800001234",
    "id_number": "11010519491231002X",
    "caller_address": "幸福里3号楼2单元501",
    "caller_hash": "hmac-sha256:00",
    "content_hash": "hmac-sha256:00",
    "box": b"",
    "anything_new": "13800001234",
}
_POINT = {"lon", "lat", "cell_10"}
_viewers = [
    Viewer("x", role, area) for role in Role for area in (frozenset(), frozenset({11, 77, 101}))
]


@pytest.mark.parametrize("viewer", _viewers, ids=lambda v: f"{v.role}-{len(v.area)}")
def test_no_secret_leaves_for_any_role(viewer: Viewer) -> None:
    shown = view(RECORD, viewer)

    assert shown.keys() <= RECORD.keys() - {"caller_hash", "content_hash", "id_number", "box"}
    for secret in SECRETS:
        assert secret not in str(shown)
    assert "anything_new" not in shown


@pytest.mark.parametrize("viewer", _viewers, ids=lambda v: f"{v.role}-{len(v.area)}")
def test_a_store_cannot_open_a_sealed_field_by_calling_it_open(viewer: Viewer) -> None:
    also = frozenset({"caller_hash", "id_number", "name", "text", "lon", "address", "anything_new"})

    shown = view(RECORD, viewer, also)

    assert shown.keys() == view(RECORD, viewer).keys() | {"anything_new"}


def test_the_desk_sees_the_exact_point_and_masked_persons() -> None:
    shown = view(RECORD, Viewer("desk", Role.OPERATOR))

    assert shown.keys() >= _POINT | {"text", "address", "name", "phone"}
    assert shown["name"] == "王**"
    assert shown["phone"] == "138****1234"
    assert shown["address"] == "幸福里3号楼"
    assert shown["text"] == "我叫〔姓名〕，电话〔电话〕，身份证〔证件〕，幸福里3号楼〔门牌〕漏水"


# What is shown of name, phone, door, words and point, and what may be asked for.
TABLE = """
operator  own    王** 138****1234 幸福里3号楼 redacted exact  all
grid      own    王** 138****1234 幸福里3号楼 redacted exact  address
grid      other  –    –           幸福里3号楼 –        –      –
street    own    王** 138****1234 –           redacted exact  –
street    other  王** 138****1234 –           redacted –      –
responder own    –    –           幸福里3号楼 redacted exact  caller
responder other  –    –           –           –        –      –
liaison   own    –    –           –           summary  cell   –
liaison   other  –    –           –           –        –      –
planner   other  –    –           –           –        –      –
public    other  –    –           –           –        –      –
log       other  –    –           –           –        –      –
"""
ASKS = {
    "–": set[str](),
    "address": {"address"},
    "caller": {"name", "phone", "id_number"},
    "all": {"name", "phone", "id_number", "caller_address", "address", "text"},
}


@pytest.mark.parametrize("line", TABLE.strip().splitlines())
def test_each_role_sees_what_the_matrix_says(line: str) -> None:
    role, whose, name, phone, door, words, point, asks = line.split()
    viewer = Viewer("x", Role(role), frozenset({11, 77, 101} if whose == "own" else {12}))
    assert is_own(RECORD, viewer) == (whose == "own")

    shown = view(RECORD, viewer)

    assert (shown.get("name", "–"), shown.get("phone", "–")) == (name, phone)
    assert shown.get("address", "–") == door
    assert ("text" in shown) == (words == "redacted")
    assert ("subject" in shown) == (words != "–")
    assert ("lon" in shown) == (point != "–")
    assert (shown.get("lon") == RECORD["lon"]) == (point == "exact")
    assert ("cell_10" in shown) == (point == "exact")
    assert may_ask(RECORD, viewer) == ASKS[asks]


def test_the_table_has_every_line_of_the_matrix() -> None:
    lines = {tuple(line.split()[:2]) for line in TABLE.strip().splitlines()}
    assert lines == {(role, "own" if own else "other") for role, own in MATRIX}
    assert {role for role, _ in MATRIX} == set(Role)


def test_a_coarse_point_is_the_same_for_all_of_a_cell_and_lies_in_it() -> None:
    viewer = Viewer("x", Role.LIAISON, frozenset({77}))
    near = RECORD | {"lon": 116.4001}

    shown = view(RECORD, viewer)

    assert view(near, viewer)["lon"] == shown["lon"]
    assert (
        h3.latlng_to_cell(float(str(shown["lat"])), float(str(shown["lon"])), 9) == near["cell_9"]
    )
    # A place that is not known to a cell's size has no point at all.
    assert "lon" not in view(RECORD | {"cell_9": None}, viewer)


def test_a_street_sees_exact_points_of_its_own_and_no_door() -> None:
    own = view(RECORD, Viewer("x", Role.STREET, frozenset({11})))
    other = view(RECORD, Viewer("x", Role.STREET, frozenset({12})))

    assert own.keys() >= _POINT | {"text", "name", "community"}
    assert "address" not in own
    assert not other.keys() & (_POINT | {"address"})


def test_a_grid_worker_sees_the_words_of_the_own_grid_only() -> None:
    own = view(RECORD, Viewer("x", Role.GRID, frozenset({101})))
    other = view(RECORD, Viewer("x", Role.GRID))

    assert own.keys() >= _POINT | {"text", "address", "phone"}
    assert not other.keys() & (_POINT | {"text", "name", "phone", "source_id"})
    assert other["community"] == "灯塔社区"


def test_planners_the_public_and_logs_see_no_words_and_no_point() -> None:
    for role in (Role.PLANNER, Role.PUBLIC, Role.LOG):
        shown = view(RECORD, Viewer("x", role, frozenset({11, 101})))
        words = {"text", "address", "name", "phone", "subject", "source_id"}
        assert not shown.keys() & (_POINT | words)
        assert "community" not in shown
    assert set(view(RECORD, Viewer("x", Role.LOG))) <= {
        "serial", "source", "kind", "class_code", "cell_8", "cell_9",
    }  # fmt: skip


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20)))
def test_a_field_that_stands_on_no_list_is_absent(record: dict[str, str]) -> None:
    known = set(view(dict.fromkeys(record, ""), Viewer("x", Role.OPERATOR)))

    for role in Role:
        assert set(view(record, Viewer("x", role))) <= known


def test_a_row_without_units_is_nobodys_own() -> None:
    assert "lon" not in view({"lon": 1.0}, Viewer("x", Role.GRID))
    assert "lon" not in view({"lon": 1.0, "street_id": None}, Viewer("x", Role.STREET))


@given(st.text(max_size=12))
def test_masks_never_show_the_middle(words: str) -> None:
    name = words.strip()
    assert mask_name(words) in ("", name[:1] + "**", name[:2] + "**")
    assert mask_phone("138" + "0000" + "1234") == "138****1234"
    assert mask_id("11010519491231002X").count("*") == 16
    assert set(mask_id(name[:6])) <= {"*"}


@pytest.mark.parametrize(("n", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (300, 300)])
def test_small_counts_are_hidden(n: int, shown: int | None) -> None:
    assert hide_small(n) == shown
