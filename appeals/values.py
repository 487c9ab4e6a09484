"""The words and numbers of a cell: what an office writes for yes, for a kind, for nothing."""

import math
import re
import unicodedata
from collections.abc import Mapping

from appeals.errors import InputError
from appeals.record import Answer, Kind

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

_YES = frozenset(("是", "有", "对", "1", "true", "t", "yes", "y", "√", "✓", "已"))
_NO = frozenset(("否", "没有", "不", "0", "false", "f", "no", "n", "×", "✗", "未"))
_BOOLEANS: dict[str, dict[str, bool]] = {
    "direct": {"直办": True, "直接办理": True, "直接答复": True, "转办": False, "派单": False},
    "repeat": {"重复": True, "重复诉求": True, "非重复": False, "不重复": False, "首次": False},
    "excluded": {"剔除": True, "已剔除": True, "未剔除": False, "不剔除": False, "保留": False},
}
_ANSWERS: dict[str, dict[str, Answer]] = {
    "contacted": {"已联系": Answer.YES, "联系": Answer.YES, "未联系": Answer.NO},
    "solved": {
        "已解决": Answer.YES,
        "解决": Answer.YES,
        "基本解决": Answer.YES,
        "未解决": Answer.NO,
        "不解决": Answer.NO,
    },
    "satisfied": {
        "满意": Answer.YES,
        "非常满意": Answer.YES,
        "很满意": Answer.YES,
        "基本满意": Answer.YES,
        "不满意": Answer.NO,
        "非常不满意": Answer.NO,
        "很不满意": Answer.NO,
    },
}
_UNRATED = frozenset(("未评价", "未回访", "未评", "不评价", "未作评价", "待评价", "unrated"))

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

    Raises
    ------
    InputError
        A spreadsheet kept it as a number and its last digits are gone (``1.1E+14``).
    """
    text = plain_text(value)
    if text is None:
        return None
    text = narrow(text)
    if text[0] in "0123456789+-" and _SPOILT.fullmatch(text):
        raise InputError(
            "a spreadsheet kept it as a number and its last digits are lost "
            "(it reads like 1.1E+14): format the column as text and export again"
        )
    return text


def number(value: str | None) -> float | None:
    """Read a plain decimal number, ``None`` where the cell is empty.

    Raises
    ------
    InputError
        It is none, or not finite.
    """
    text = plain_text(value)
    if text is None:
        return None
    try:
        found = float(narrow(text).rstrip("°")) if "_" not in text else math.nan
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InputError("not a number")
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

    Raises
    ------
    InputError
        It is neither.
    """
    text = plain_text(value)
    if text is None:
        return None
    text = narrow(text).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    own = _BOOLEANS.get(field, {}).get(text)
    if own is None:
        raise InputError("neither yes nor no (是, 否, 1, 0, true, false)")
    return own


def answer(value: str | None, field: str) -> Answer | None:
    """Read an answer of the rating call (回访): 是, 否, 未评价, or the field's own words.

    Raises
    ------
    InputError
        It is none of these.
    """
    text = plain_text(value)
    if text is None:
        return None
    text = narrow(text).casefold()
    if text in _UNRATED:
        return Answer.UNRATED
    own = _ANSWERS.get(field, {}).get(text)
    if own is not None:
        return own
    try:
        return Answer.YES if yes_no(text, field) else Answer.NO
    except InputError as error:
        raise InputError("no answer that is known (是, 否, 未评价)") from error


def transferred(value: str | None) -> str | None:
    """Read 是否已转接: whom the call was passed to (110, 120, a utility), ``None`` for nobody."""
    text = plain_text(value)
    if text is None:
        return None
    text = narrow(text)
    return None if text.casefold() in _NO or text in ("未转接", "没有转接") else text


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
        raise InputError("a level of place that the mapping's [level_of_place] does not name")
    return known
