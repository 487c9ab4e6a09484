"""What names a person inside free words, replaced by fixed marks.

Hidden: phone numbers (also spaced, dashed, in full-width or circled digits or Chinese digit words),
id and card numbers and any other number of seven digits and more, plates (车牌), e-mail addresses,
WeChat and QQ accounts, room numbers below a building, names after a cue word or where a sentence
begins (decision 94), and the given name before a title. Kept: service numbers such as 110 and
12345, dates, money, counts, house numbers of roads, bus lines. Rather too much
is hidden than too little: the words as they came are in the sealed part.

One expression finds candidates in one pass, a second look decides on numbers. The marks hold
nothing that would be found again, so that redacting twice is redacting once. The rules are our own,
for what GB/T 35273-2020 annex A lists as personal.
"""

# ruff: noqa: RUF001, RUF002 -- full-width marks stand in rules and examples
import re

from appeals.person_names import BARE_NAME, NAME_RULES
from appeals.plain_digits import plain_digits

_DIGIT_WORDS = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"

_GAP = r"[\s\-\u2010-\u2015\u2212_·\u200b-\u200f\u2060\ufe0f\ufeff\u20e3]{0,2}"  # inside one number
_NOT_ON = rf"(?!{_GAP}\d)"  # the number does not go on: it is no part of a phone number


_APART = r"[\s\-.。·•/*_~()（）,，]{1,3}"  # parts a telephone number, and nothing else of that form
_OF_PLATE = rf"[A-Za-z0-9{_DIGIT_WORDS}]"
_ROOM = rf"(?:\d{{3,4}}[A-Za-z]?(?!\d)|[{_DIGIT_WORDS}十百]{{3,4}}|\d{{1,2}}(?=\s*[室号户房]))"
_STOREY = rf"(?:[\d{_DIGIT_WORDS}十]{{1,3}}\s*[层楼]\s*)?"
_IN_UNIT = rf"(?:单元|门)\s*{_STOREY}{_GAP}{_ROOM}{_NOT_ON}\s*[室号户房]?间?"
_NO_UNIT = r"[\dA-Za-z零〇一二三四五六七八九两十甲乙丙丁]"
_DASH = r"[\-—–~#]"
_COUNTER = r"(?!\s*[多余]?[万千百]?[户人米元块平个度年家名吨天次只条辆点路月日时分毫公立])"
_SHOP = r"(?!\s*号?(?:商?铺|门面|店|档口|摊位))"

# Each begins with a set of characters; where the name of a rule stands, what is hidden begins (or,
# with a rule of _MARKS, all of the match is).
_RULES = (
    # A mobile number in which Chinese words and digits are mixed, then any long number.
    rf"[1一幺壹](?P<mixed>){_GAP}[3-9三四五六七八九叁肆伍陆柒捌玖]"
    rf"(?:{_GAP}[\d{_DIGIT_WORDS}Oo]){{9}}{_NOT_ON}",
    # The same, parted by brackets, dots, slashes or stars.
    rf"1(?P<parted>)[3-9]\d{_APART}\d{{4}}{_APART}\d{{4}}(?!\d)",
    r"[A-Za-z0-9](?P<mail>)(?:\s?[A-Za-z0-9._%+\-]){0,63}\s?@\s?"
    r"[A-Za-z0-9\-](?:\s?[A-Za-z0-9.\-]){0,63}\s?[.。]\s?[A-Za-z]{2,}",
    # 3-2-501, also in Chinese digits; 12-1203 behind the name of a compound; 12F-1203.
    rf"{_NO_UNIT}(?<![A-Za-z\d].)(?:(?<=[A-Za-z])\d{{0,3}}|[\d{_DIGIT_WORDS}十]{{0,2}})(?P<flat>){_DASH}[\d{_DIGIT_WORDS}十]{{1,2}}"
    rf"{_DASH}(?:\d{{3,4}}(?!\d)|[{_DIGIT_WORDS}]{{3,4}}){_NOT_ON}[室号户]?",
    rf"[里苑园城庭湾寓邨庄住]\d{{1,2}}(?P<pair>){_DASH}\d{{3,4}}(?!\d){_NOT_ON}{_COUNTER}{_SHOP}[室号户]?",
    rf"[\d{_DIGIT_WORDS}十](?P<storey>)(?<![A-Za-z\d].)[\d{_DIGIT_WORDS}十]?\s*(?:[Ff]\s*{_DASH}?\s*\d{{2,4}}|[层楼]\s*(?:{_DASH}\s*\d{{2,4}}|\d{{3,4}}))"
    rf"(?![\dA-Za-z.%‰℃㎡层楼]){_NOT_ON}{_COUNTER}{_SHOP}\s*[室号户房]?",
    rf"\d(?P<number>)(?:{_GAP}\d){{6,}}(?:{_GAP}[Xx](?![A-Za-z]))?",
    rf"[{_DIGIT_WORDS}](?P<words>)(?:{_GAP}[{_DIGIT_WORDS}]){{6,}}(?:{_GAP}[Xx](?![A-Za-z]))?",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?P<plate>)\s?[A-Za-z]"
    rf"[\s·•.\-]{{0,2}}(?:{_OF_PLATE}\s?){{4,5}}(?:{_OF_PLATE}|[挂学警港澳])"
    rf"(?![A-Za-z0-9]){_NOT_ON}",
    # A plate without its province, after a cue or with the dot.
    r"[车牌号辆](?:(?<=车)(?:牌照?|号牌?)?|(?<=牌)照|(?<=号)牌|(?<=尾号)|(?<=辆))(?:号码?)?[:：为是\s]{0,3}(?P<tag>)[A-Za-z]"
    r"[\s·•.\-]{0,2}(?=[A-Za-z0-9]*\d{3})[A-Za-z0-9]{5,6}(?![A-Za-z0-9])",
    r"[A-Z](?P<dotted>)(?<![A-Za-z0-9].)[·•](?=[A-Z0-9]*\d{3})[A-Z0-9]{5,6}(?![A-Za-z0-9])",
    r"[微薇威VvWwQq抖加](?:(?<=[微薇威Vv])信|(?<=[WwVv])[Xx]|(?<=[Qq])[Qq]|(?<=[Ww])[Ee][Cc]hat|(?<=抖)音"
    r"|(?<=加)我?[微薇Vv]信?)"
    rf"(?:号码?|[账帐]号|群)?[:：是为\s]{{0,3}}(?P<account>)(?:\d(?:{_GAP}\d){{6,}}|[A-Za-z0-9_\-]{{5,20}}{_NOT_ON})",
    # 3号楼2单元501室, 3号楼501; then 2单元501 and 501室 by themselves.
    r"[号栋幢座#](?:(?<=号)楼|(?<!号)楼?)[\s\-]{0,2}(?P<building>)"
    rf"(?:{_NO_UNIT}{{1,2}}\s*{_IN_UNIT}|\d{{1,2}}[\-—#]\d{{3,4}}(?!\d){_NOT_ON}[室号户]?|{_STOREY}{_ROOM}{_NOT_ON}{_COUNTER}\s*[室号房]?间?)",
    rf"{_NO_UNIT}(?P<unit>){_NO_UNIT}?\s*{_IN_UNIT}",
    rf"[A-Za-z\d{_DIGIT_WORDS}十](?P<room>)(?:(?<=[A-Za-z])\d{{2,5}}|(?<=\d)\d{{1,4}}[A-Za-z]?"
    rf"|(?<=[{_DIGIT_WORDS}十])[{_DIGIT_WORDS}十]{{2,4}})\s*"
    r"(?:室(?![内外友])|号?房(?![屋产租东价子改管本源款型门])间?)",
)
_CANDIDATE = re.compile("|".join(_RULES + NAME_RULES))
_MARKS = {
    "mixed": "〔电话〕",
    "parted": "〔电话〕",
    "mail": "〔邮箱〕",
    "words": "〔电话〕",
    "plate": "〔车牌〕",
    "dotted": "〔车牌〕",
    "storey": "〔门牌〕",
    "bare": "〔姓名〕",
    "unit": "〔门牌〕",
    "room": "〔门牌〕",
}
_KEEPS_CUE = {
    "flat": "〔门牌〕",
    "pair": "〔门牌〕",
    "tag": "〔车牌〕",
    "account": "〔账号〕",
    "building": "〔门牌〕",
    "label": "〔姓名〕",
    "cue": "〔姓名〕",
    "hint": "〔姓名〕",
    "parts": "〔姓名〕",
    "whole": "〔姓名〕",
    "spelt": "〔姓名〕",
    "named": "〔姓名〕",
    "titled": "**",
}
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d[\-－]\d{1,2}[\-－]\d{1,2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ID = re.compile(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_QUANTITY = re.compile(
    r"(?:[.．]\d+)?\s*[多余]?[万千百亿]?(?:元|块|人|户|平|㎡|米|度|吨|次|件|条|个|辆|公里|公斤|斤|亩|步|票|千瓦|立方)"
)


def redact(text: str) -> str:
    """Replace what names a person in free words by fixed marks.

    Examples
    --------
    >>> redact("我叫王小明，电话138 0000 1234，家住幸福里3号楼2单元501室")
    '我叫〔姓名〕，电话〔电话〕，家住幸福里3号楼〔门牌〕'
    >>> redact("2024-05-06打过110和12345，中山路12号门前300路站牌倒了，损失1200000元")
    '2024-05-06打过110和12345，中山路12号门前300路站牌倒了，损失1200000元'
    """
    shown: list[str] = []
    end = 0
    for match in _CANDIDATE.finditer(plain_digits(text)):
        found = text[match.start() : match.end()]
        shown += text[end : match.start()], _replaced(match, found)
        end = match.end()
    return "".join(shown) + text[end:]


def _replaced(match: re.Match[str], found: str) -> str:
    what = match.lastgroup or ""
    if what == "number":
        hidden = _number(match[0], match.string, match.end())
        return found if hidden == match[0] else hidden
    if what == "bare" and not BARE_NAME.match(found):
        return found
    if what in _KEEPS_CUE:
        return found[: match.end(what) - match.start()] + _KEEPS_CUE[what]
    return _MARKS[what]


def _number(run: str, text: str, end: int) -> str:
    """Give a run of seven digits and more back, with what is no date and no quantity hidden."""
    if _ID.fullmatch(_digits(run)):
        return "〔证件〕"
    pieces = _DATE.split(run)
    last = len(pieces) - 1
    return "".join(
        # Every second piece is a date.
        piece if i % 2 else _piece(piece, bool(_QUANTITY.match(text, end)) and i == last)
        for i, piece in enumerate(pieces)
    )


def _piece(piece: str, is_quantity: bool) -> str:
    digits = _digits(piece)
    n = len(digits)
    if n < 7 or _COMPACT_DATE.fullmatch(piece) or (is_quantity and n < 10 and digits[0] != "0"):
        return piece
    groups = re.findall(r"\d+", piece)
    longest = max(map(len, groups))
    hidden = (
        longest >= 7
        or (n >= 10 and longest >= 3)
        or (n == 11 and digits[0] == "1")
        or (n in (15, 18))
        or _is_local_number(groups)
    )
    if not hidden:
        return piece
    lead = piece[: len(piece) - len(piece.lstrip(" \t\n-－"))]
    tail = piece[len(piece.rstrip(" \t\n-－")) :]
    mark = "电话" if n < 14 else "证件" if n in (15, 18) else "卡号"
    return f"{lead}〔{mark}〕{tail}"


def _is_local_number(groups: list[str]) -> bool:
    # 6234-5678, yet not the years 2023-2024.
    if len(groups) != 2 or len(groups[0]) not in (3, 4) or len(groups[1]) != 4:
        return False
    round_sums = groups[0][-2:] == groups[1][-2:] == "00"  # 5000-8000
    return groups[0][0] in "2345678" and groups[0][:2] != "20" and not round_sums


def _digits(run: str) -> str:
    return "".join(
        str(int(char)) if char.isdecimal() else "X"
        for char in run
        if char.isdecimal() or char in "Xx"
    )


_OWN_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|(\d{17}[\dXx]))(?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_persons_number(reference: str) -> bool:
    """Say whether a number that should be an office's own is a telephone or identity number.

    Numbers of offices are long too: only what is written as a telephone is one, only what has the
    check digit of GB 11643 is an identity number.

    Examples
    --------
    >>> [is_persons_number(one) for one in ("JJ20261127001", "420500202611270002", "13800001234")]
    [False, False, True]
    >>> is_persons_number("11010519491231002X")
    True
    """
    found = _OWN_NUMBER.search(reference)
    if found is None or found[1] is None:
        return found is not None
    total = sum(int(one) * weight for one, weight in zip(found[1], _ID_WEIGHTS, strict=False))
    return found[1][-1].upper() == "10X98765432"[total % 11]


# --- addresses ----------------------------------------------------------------------------------

_TO_BUILDING = re.compile(
    rf".*[\d{_DIGIT_WORDS}十甲乙丙丁A-Za-zＡ-Ｚ]\s*(?:号楼|[#]楼?|栋楼?|幢楼?|座(?!落))",
    re.DOTALL,
)
_BELOW = re.compile(
    rf"〔门牌〕|[\dA-Za-z{_DIGIT_WORDS}十]{{1,3}}\s*(?:单元|层)|[\d{_DIGIT_WORDS}十]{{1,3}}\s*楼(?![村区街道路])"
)


def cut_at_building(address: str) -> str:
    """Cut an address after the building; what names a person in the rest is hidden as well.

    Examples
    --------
    >>> cut_at_building("幸福里小区6号楼2单元301室"), cut_at_building("中山路12号2楼王女士家")
    ('幸福里小区6号楼', '中山路12号')
    """
    text = redact(address)
    if building := _TO_BUILDING.match(text):
        return building[0]
    if below := _BELOW.search(text):
        text = text[: below.start()]
    return text.strip(" \t\n-－—,，、（(")
