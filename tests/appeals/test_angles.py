import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.angles import Angle, coordinate
from appeals.errors import InputError

FORMS = {
    "signs": "{d}°{m}\u2032{s}\u2033",
    "quotes": "{d}°{m}'{s}\"",
    "two quotes": "{d}° {m}' {s}''",
    "words": "{d}度{m}分{s}秒",
    "colons": "{d}:{m}:{s}",
    "hyphens": "{d}-{m}-{s}",
    "spaces": "{d} {m} {s}",
    "no last mark": "{d}°{m}'{s}",
}
SIDES = [("", None, 1), ("E", "lon", 1), ("W", "lon", -1), ("n", "lat", 1), ("S", "lat", -1)]
CHINESE = [("东经", "lon", 1), ("西经：", "lon", -1), ("北纬 ", "lat", 1), ("南纬", "lat", -1)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("side", "axis", "sign"), SIDES)
@given(d=st.integers(0, 179), m=st.integers(0, 59), s=st.integers(0, 599_999))
def test_an_angle_is_read_however_it_is_marked(
    form: str, side: str, axis: str | None, sign: int, d: int, m: int, s: int
) -> None:
    text = FORMS[form].format(d=d, m=m, s=f"{s / 10_000:.4f}")

    for written in (text + side, text + " " + side, side + text):
        found = coordinate(written)

        assert found is not None
        assert found.axis == axis
        assert found.value == pytest.approx(sign * (d + m / 60 + s / 36_000_000), abs=1e-12)


@pytest.mark.parametrize(("side", "axis", "sign"), CHINESE)
def test_chinese_sides_stand_before_or_after(side: str, axis: str, sign: int) -> None:
    degrees = sign * (116 + 23 / 60)

    for text in (f"{side}116度23分", f"{side}116°23'", f"116°23'{side.strip('： ')}"):
        found = coordinate(text)
        assert found is not None
        assert found.value == pytest.approx(degrees)
        assert found.axis == axis


@pytest.mark.parametrize(
    "text",
    [
        "\uff11\uff11\uff16度23\uff0e4分",
        "116\u00ba23\u02b924\u02ba",
        "116\u00b023\u203224\u2033",
        "116\u02da23\u201924\u201d",
        "116°23'24''",
    ],
)
def test_signs_of_all_keyboards_are_the_same(text: str) -> None:
    assert coordinate(text) == Angle(pytest.approx(116.39))  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", " ", "-", "--", "无", None])
def test_an_empty_cell_is_nothing(text: str | None) -> None:
    assert coordinate(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("东经", "not a number"),
        ("116.39,39.91", "not a number"),
        ("116 39", "not a number"),
        ("116:39", "not a number"),
        ("12号", "not a number"),
        ("inf", "not a number"),
        ("1_1", "not a number"),
        ("116-23:24", "not a number"),
        ("116°60'", "60 minutes or seconds"),
        ("116°23'60\"", "60 minutes or seconds"),
        ("116.5°30'", "decimals before its minutes"),
        ("东经116W", "two sides"),
        ("-116°23'W", "two sides"),
    ],
)
def test_what_is_no_angle_is_told_and_never_quoted(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as refusal:
        coordinate(text)

    assert text not in str(refusal.value)
