"""The words and numbers of a cell: what an office writes for yes, for a kind, for nothing."""

import math
import re
import unicodedata
from collections.abc import Mapping
from typing import TypeVar

from appeals.errors import InputError
from appeals.record import Answer, Kind

_Meaning = TypeVar("_Meaning")

_NOTHING = frozenset(
    word
    for base in ("", "-", "--", "—", "——", "/", "无", "空", "null", "none", "nan", "nat", "n/a")
    for word in (base, base.upper(), base.capitalize())
) | {"#N/A", "NaN", "NaT", "\\N", "(null)", "<NA>", "0000-00-00", "0000-00-00 00:00:00"}

_KINDS: dict[str, Kind] = {
    "咨询": Kind.CONSULT,
    "求助": Kind.HELP,
    "求决": Kind.HELP,
    "诉求": Kind.HELP,
    "投诉": Kind.COMPLAINT,
    "举报": Kind.REPORT,
    "投诉举报": Kind.COMPLAINT,
    "建议": Kind.SUGGESTION,
    "意见": Kind.SUGGESTION,
    "意见建议": Kind.SUGGESTION,
    "表扬": Kind.PRAISE,
    "感谢": Kind.PRAISE,
} | {kind.value: kind for kind in Kind}

_YES_NO: dict[str, bool] = {
    **dict.fromkeys(("是", "有", "对", "已", "√", "✓", "1", "true", "t", "yes", "y"), True),
    **dict.fromkeys(("否", "没有", "不", "未", "×", "✗", "0", "false", "f", "no", "n"), False),
}
_OWN_YES_NO: dict[str, dict[str, bool]] = {
    "direct": {"直办": True, "直接办理": True, "直接答复": True, "转办": False, "派单": False},
    "repeat": {"重复": True, "重复诉求": True, "非重复": False, "不重复": False, "首次": False},
    "excluded": {"剔除": True, "已剔除": True, "未剔除": False, "不剔除": False, "保留": False},
}
_BOOLEANS = {field: _YES_NO | own for field, own in _OWN_YES_NO.items()}

_RATED: dict[str, dict[str, bool]] = {
    "contacted": {"已联系": True, "联系": True, "未联系": False},
    "solved": {"已解决": True, "解决": True, "基本解决": True, "未解决": False},
    "satisfied": {
        **dict.fromkeys(("满意", "非常满意", "很满意", "基本满意"), True),
        **dict.fromkeys(("不满意", "非常不满意", "很不满意"), False),
    },
}
_UNRATED = ("未评价", "未回访", "未评", "不评价", "未作评价", "待评价", "unrated")
_ANSWERS: dict[str, dict[str, Answer]] = {
    field: {word: Answer.YES if yes else Answer.NO for word, yes in (_YES_NO | own).items()}
    | dict.fromkeys(_UNRATED, Answer.UNRATED)
    for field, own in _RATED.items()
}

# What keeps a long number text in a spreadsheet: ="0012", or an apostrophe before it.
_KEPT_AS_TEXT = re.compile(r"=\"([^\"]*)\"|'(.*)", re.DOTALL)
_SPOILT = re.compile(r"[+-]?\d(?:\.\d*)?[eE]\+?\d+")


def plain_text(value: str | None) -> str | None:
    """Strip a cell; ``None`` where it holds nothing or a word for nothing (``-``, 无, NULL).

    >>> plain_text(" 望京街道 "), plain_text("--"), plain_text("N/A")
    ('望京街道', None, None)
    """
    if not value:
        return None
    value = value.strip()
    return None if value in _NOTHING else value


def narrow(text: str) -> str:
    """Write full-width digits, letters and marks as their plain forms."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def code(value: str | None) -> str | None:
    """Read a code, phone or id number: text as it stands, full-width digits made plain.

    The marks by which an export keeps a spreadsheet from making it a number are no part of it.

    >>> code('="0012"'), code("'0012"), code('="" ')
    ('0012', '0012', None)

    Raises
    ------
    InputError
        A spreadsheet kept it as a number and its last digits are gone (``1.1E+14``).
    """
    text = plain_text(value)
    if text is None:
        return None
    if text[0] in "='" and (kept := _KEPT_AS_TEXT.fullmatch(text)):
        text = plain_text(kept[1] or kept[2])
        if text is None:
            return None
    text = narrow(text)
    if text[0] in "0123456789+-" and _SPOILT.fullmatch(text):
        raise InputError(
            "was kept as a number by a spreadsheet and its last digits are lost "
            "(it reads like 1.1E+14): format the column as text and export again"
        )
    return text


def number(value: str | None) -> float | None:
    """Read a plain decimal number, ``None`` where the cell is empty.

    >>> number(" 116.39"), number("1e2"), number("-")
    (116.39, 100.0, None)

    Raises
    ------
    InputError
        It is none, or not finite.
    """
    text = plain_text(value)
    if text is None:
        return None
    try:
        # The standard library takes full-width digits, but not the full-width point.
        found = float(text if text.isascii() else narrow(text))
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or "_" in text:
        raise InputError("is not a number")
    return found


def kind(value: str | None) -> Kind:
    """Read 诉求类型; an unknown word or none is ``OTHER``.

    >>> kind("投诉类"), kind("咨询件").value, kind("疫情专项").value
    (<Kind.COMPLAINT: 'complaint'>, 'consult', 'other')
    """
    if not value:
        return Kind.OTHER
    text = value.strip()
    known = _KINDS.get(text)
    if known is None:
        known = _KINDS.get(narrow(text).casefold().rstrip("类件"))
    return known or Kind.OTHER


def yes_no(value: str | None, field: str) -> bool | None:
    """Read a yes or no (是, 否, 1, 0, true, false, and the field's own words: 直办, 已剔除).

    >>> yes_no("是", "repeat"), yes_no("转办", "direct"), yes_no("--", "repeat")
    (True, False, None)

    Raises
    ------
    InputError
        It is neither.
    """
    return _word(value, _BOOLEANS.get(field, _YES_NO), "is neither yes nor no (是, 否, 1, 0)")


def answer(value: str | None, field: str) -> Answer | None:
    """Read an answer of the rating call (回访): 是, 否, 未评价, or the field's own words.

    >>> answer("基本满意", "satisfied"), answer("未评价", "solved").value
    (<Answer.YES: 'yes'>, 'unrated')

    Raises
    ------
    InputError
        It is none of these.
    """
    return _word(value, _ANSWERS[field], "is no answer that is known (是, 否, 未评价)")


def _word(value: str | None, words: Mapping[str, _Meaning], reason: str) -> _Meaning | None:
    if not value:
        return None
    meaning = words.get(value)
    if meaning is None:
        text = plain_text(value)
        if text is None:
            return None
        meaning = words.get(narrow(text).casefold())
        if meaning is None:
            raise InputError(reason)
    return meaning


def transferred(value: str | None) -> str | None:
    """Read 是否已转接: whom the call was passed to (110, 120, a utility), ``None`` for nobody."""
    text = plain_text(value)
    if text is None:
        return None
    text = narrow(text)
    return None if _YES_NO.get(text.casefold()) is False or text == "未转接" else text


def level(value: str | None, levels: Mapping[str, str]) -> str | None:
    """Read the level that the source says its coordinates have.

    Parameters
    ----------
    value
        The source's word for it.
    levels
        The source's words to ours.

    Raises
    ------
    InputError
        The word is not known: whether the point is a place cannot be told.
    """
    text = plain_text(value)
    if text is None:
        return None
    known = levels.get(text)
    if known is None:
        raise InputError("is a level of place that [level_of_place] of the mapping does not name")
    return known
