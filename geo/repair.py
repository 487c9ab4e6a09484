"""Text as it was before web pages and converters damaged it; for the index key alone.

Width, bytes lost in front of GBK pairs, pinyin in brackets after its character, traditional forms.
What people read stays as it came.
"""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_TONED = "a-zāáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ"
_READING = re.compile(rf"(?<=[{_HAN}])\(([{_TONED}]{{1,6}})\)")
# ??偨Y was A1 A3 BF 82 BD 59 (。總結): BF was lost with what stood before it, and pairs shifted.
_LOST = re.compile(r"\?\?([\u4e00-\u9fff]+)([@-~])")
_SIMPLE = OpenCC("t2s")


def repair(text: str) -> str:
    """Undo what was done to a text on its way.

    Examples
    --------
    >>> repair("花家地（dì）西里３號樓")
    '花家地西里3号楼'
    >>> repair("??偨Y(jié)"), repair("请扫码(app)")
    ('。总结', '请扫码(app)')
    """
    if "??" in text:
        text = _LOST.sub(_found_again, text)
    text = unicodedata.normalize("NFKC", text)
    if "(" in text:
        text = _READING.sub(_without_reading, text)
    return str(_SIMPLE.convert(text))


def _found_again(match: re.Match[str]) -> str:
    """Put the pairs of bytes together again, where that alone makes common characters of rare ones.

    A question of two marks before a block's letter (??三区A) is left: its characters are common.
    """
    try:
        whole = b"\xa1\xa3\xbf" + match[1].encode("gbk") + match[2].encode("ascii")
        text = whole.decode("gbk")
    except UnicodeError:
        return match[0]
    rare = not _common(match[1])
    return text if rare and _common(_SIMPLE.convert(text[1:])) else match[0]


def _common(text: str) -> bool:
    try:
        return all(pair[0] >= 0xB0 for pair in (one.encode("gb2312") for one in text))
    except UnicodeEncodeError:
        return False


def _without_reading(match: re.Match[str]) -> str:
    said = match[1]
    readings = _readings(match.string[match.start() - 1])
    return "" if said in readings else match[0]


@cache
def _readings(char: str) -> frozenset[str]:
    """Give all readings of a character, with and without tone marks."""
    from pypinyin import Style, pinyin  # loads in most of a second: only for texts with pinyin

    return frozenset(
        reading
        for style in (Style.TONE, Style.NORMAL)
        for reading in pinyin(char, style=style, heteronym=True)[0]
    )
