"""The grammar of Chinese address words, on a key that is the same for all ways of writing.

Keys serve the index alone: what people read stays as it came.
"""

import re
from collections.abc import Set
from dataclasses import dataclass

from geo.spelling import CUT, spelled

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
# Only before these units is a numeral a number: 东四十条, 三里屯, 十里河 and 八里庄 are names.
_NUMERAL = re.compile(
    r"([〇零一二三四五六七八九十百两]+)(?=[甲乙丙丁]?(?:号|栋|幢|单元|区|期|院|楼|层|弄))"
)
_STEM_AFTER = re.compile(r"(\d+)([甲乙丙丁])号")
_STEM_LAST = re.compile(r"(\d+)号([甲乙丙丁])(?![\d楼座栋幢单])")
_BLOCK = re.compile(r"(\d+)(?:栋|幢|#楼?)")

_NO_CUTS: frozenset[int] = frozenset()

NUMBER = re.compile(r"([甲乙丙丁]?\d+(?:-\d+)?)号(?!线)")
BLOCK = re.compile(r"([甲乙丙丁]?\d+)号楼")
# Each branch begins with a character of its own: a search passes over all others at once.
NEAR = re.compile(
    r"附近|旁|对面|对过|斜对|路口|交叉口|交汇|周边|东[侧口]|西[侧口]|南[侧口]|北[侧口]|以[东西南北]"
    r"|米(?<=\d米)"
)
_ROAD = r"(?P<road>[\u4e00-\u9fffa-z0-9]{1,9}?(?:大街|大道|胡同|路|街|巷|条|弄|道|里))"
_ROAD_NUMBER = re.compile(_ROAD + r"(?P<number>[甲乙丙丁]?\d+(?:-\d+)?)(?:号(?!线)|$)")
_ROAD_ALONE = re.compile(_ROAD + r"(?=$|[^\u4e00-\u9fff]|与|和|交|在|附近|旁|对面|[东西南北]侧|口)")
# 十里堡甲2号, 大钟寺13号: the doors of a village or quarter are counted without any road.
_QUARTER = re.compile(r"(?P<road>[\u4e00-\u9fff]{2,5}?)(?P<number>[甲乙丙丁]?\d+(?:-\d+)?)号(?!线)")
_BETWEEN = re.compile(r" 近?|(?<=[\u4e00-\u9fff])-(?=[\u4e00-\u9fff])")
_PREFIX = re.compile(
    r"^(?:中国)?(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,6}?市)?"
    r"(?P<district>[\u4e00-\u9fff]{2,7}?(?:新区|[区县旗])(?!\d))?"
    r"(?P<street>[\u4e00-\u9fff]{2,8}?(?:街道办事处|街道|地区办事处|地区|街办|镇|乡))?"
    r"(?P<community>[\u4e00-\u9fff\d]{2,10}?(?:社区居委会|社区|村委会|居委会))?"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The words of one address by their place in the grammar; empty where absent.

    ``number`` is the door's (``甲12``), ``building`` the block's, ``near`` says that the address is
    by the named place and not in it. All in the form of the key.
    """

    district: str = ""
    street: str = ""
    community: str = ""
    road: str = ""
    number: str = ""
    building: str = ""
    near: bool = False


def normalise(text: str) -> str:
    """Make the index key of a name or an address.

    Damage (:mod:`geo.repair`), full width, traditional forms, case, spaces, brackets, numerals
    before a unit, the place of 甲 and 乙, and the words for a block (栋, 幢, 号楼) all come to one
    form.

    Examples
    --------
    >>> normalise("花家地西里三区12栋") == normalise("花家地西里３区 十二号楼")
    True
    >>> normalise("12号甲"), normalise("十二甲号"), normalise("东四十条")
    ('甲12号', '甲12号', '东四十条')
    """
    return key_and_cuts(text)[0]


def key_and_cuts(text: str, numeral_names: Set[str] = frozenset()) -> tuple[str, frozenset[int]]:
    """Make the key, and tell at which of its indices a bracket or dot stood.

    Parameters
    ----------
    numeral_names
        Names that end in a numeral (东四), which stay words where a number follows them.

    Examples
    --------
    >>> key, cuts = key_and_cuts("安乐林路【景泰西里】")
    >>> key, sorted(cuts)
    ('安乐林路景泰西里', [4, 8])
    >>> key_and_cuts("东四十号院", {"东四"})[0]
    '东四10号院'
    """
    text = spelled(text)

    def in_digits(match: re.Match[str]) -> str:
        numeral, kept = match[1], 0
        for length in range(1, len(numeral)) if numeral_names else ():
            end = match.start() + length
            if any(text[begin:end] in numeral_names for begin in range(max(0, end - 4), end - 1)):
                kept = length
        return numeral[:kept] + str(_number(numeral[kept:]))

    text = _NUMERAL.sub(in_digits, text)
    if "号" in text and ("甲" in text or "乙" in text or "丙" in text or "丁" in text):
        text = _STEM_AFTER.sub(r"\2\1号", text)
        text = _STEM_LAST.sub(r"\2\1号", text)
    if "#" in text or "栋" in text or "幢" in text:
        text = _BLOCK.sub(r"\1号楼", text)
    text = text.strip(" ")
    if CUT not in text:
        return text, _NO_CUTS
    pieces = text.split(CUT)
    cuts, length = set(), 0
    for piece in pieces[:-1]:
        length += len(piece)
        cuts.add(length)
    return "".join(pieces), frozenset(cuts)


def _number(numeral: str) -> int:
    if not set(numeral) & {"十", "百"}:
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, 0
    for c in numeral:
        if c in _DIGITS:
            digit = _DIGITS[c]
        else:
            total += (digit or 1) * (10 if c == "十" else 100)
            digit = 0
    return total + digit


def ends_in_numeral(name: str) -> bool:
    """Tell whether a name's last character reads as a numeral: 东四, 西四."""
    return name[-1:] in _DIGITS or name[-1:] in ("十", "百")


def parts(text: str) -> Parts:
    """Take an address apart by its words alone, without any list of names.

    A district or street found here is only what looks like one.

    Examples
    --------
    >>> parts("某某市示例区某某街道样板路甲12号3栋附近")  # doctest: +NORMALIZE_WHITESPACE
    Parts(district='示例区', street='某某街道', community='', road='样板路', number='甲12',
          building='3', near=True)
    """
    return parts_of_key(normalise(text))


def parts_of_key(key: str) -> Parts:
    """Take a key of :func:`normalise` apart, as :func:`parts` does."""
    head = _PREFIX.match(key)
    assert head is not None, "every part of the pattern is optional"
    rest = key[head.end() :]
    road = _ROAD_NUMBER.match(rest) or _ROAD_ALONE.match(rest)
    block = BLOCK.search(rest)
    return Parts(
        district=head["district"] or "",
        street=head["street"] or "",
        community=head["community"] or "",
        road=road["road"] if road else "",
        number=road.groupdict().get("number") or "" if road else "",
        building=block[1] if block else "",
        near=NEAR.search(rest) is not None,
    )


def doors_of_key(key: str) -> list[tuple[str, str]]:
    """List the roads and quarters that an address counts from, each with its number or none.

    Examples
    --------
    >>> doors_of_key(normalise("样板路7号，近示例街")), doors_of_key(normalise("示例区某某堡甲2号"))
    ([('样板路', '7'), ('示例街', '')], [('某某堡', '甲2')])
    """
    found = []
    for piece in _BETWEEN.split(key):
        one = parts_of_key(piece)
        road, number = one.road, one.number
        if not road:
            head = _PREFIX.match(piece)
            assert head is not None, "every part of the pattern is optional"
            quarter = _QUARTER.match(piece, head.end())
            if quarter is not None:
                road, number = quarter["road"], quarter["number"]
        if road:
            found.append((road, number))
    return found
