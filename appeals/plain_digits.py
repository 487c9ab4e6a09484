"""Digits and Latin letters of other widths and frames, read as the plain ones.

Place for place: what is found in the result stands at the same place of the text.
"""

# ruff: noqa: RUF002 -- full-width letters stand in the examples
import re
import unicodedata

# Full-width digits, letters and the marks that stand inside numbers and mail addresses.
_WIDE = str.maketrans(
    {chr(0xFEE0 + ord(c)): c for c in map(chr, range(33, 127)) if c.isalnum()}
) | {0xFEE0 + ord(c): ord(c) for c in "@._+-%#"}
_FRAMED_DIGIT = (
    "[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490"
    "\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792]"
)
# One alone numbers an item of a list, or is an exponent.
_FRAMED = re.compile(rf"(?<=\d){_FRAMED_DIGIT}(?=\d)|{_FRAMED_DIGIT}{{2,}}")


def plain_digits(text: str) -> str:
    """Read full-width digits and letters, and digits in circles, brackets or raised, as plain ones.

    Examples
    --------
    >>> plain_digits("①③⑧１２３４ ＡＢ＠ｑｑ．ｃｏｍ")
    '1381234 AB@qq.com'
    >>> plain_digits("①路灯，②垃圾，③④⑤均未办；20m²")
    '①路灯，②垃圾，③④⑤均未办；20m²'
    """
    return _FRAMED.sub(_unframed, text.translate(_WIDE))


def _unframed(run: re.Match[str]) -> str:
    digits = [unicodedata.digit(char) for char in run[0]]
    counts_up = digits == list(range(digits[0], digits[0] + len(digits)))
    around = (
        run.string[max(0, run.start() - 1) : run.start()] + run.string[run.end() : run.end() + 1]
    )
    is_list = counts_up and len(digits) > 1 and not any(map(str.isdecimal, around))
    return run[0] if is_list else "".join(map(str, digits))
