"""Other ways to say a place's name: without brackets, without 小区, or its family's name alone."""

import re

from geo.addresses import normalise

ROAD_LIKE = re.compile(r".*(?:大街|大道|胡同|路|街|巷|条|弄|道|号线)")
"""A name that ends as a road's does."""

# What tells one of a family from the others.
_OF_FAMILY = re.compile(
    r"(?:[甲乙丙丁]?\d+号?院(?:\d*[区号]|\d+号楼)?|[甲乙丙丁]?\d+号(?:楼|院)?|第?[\da-z]{1,2}[区期]|[东西南北中]{1,2}[区期]"
    r"|(?<!大)[东西南北中前后]{1,2}[里园街院]|小区|社区|家属院|宿舍|家属楼|大院)$"
)
_TO_ROUND = str.maketrans("（）【】[]", "()()()")
# Brackets hold another name, a part (东区) or a use (商住楼): only what ends as names do is one.
_NAME_IN_BRACKETS = re.compile(
    r"[\u4e00-\u9fff]{2,8}(?:\d?[区园里苑院]|小区|家园|公寓|花园|大厦|胡同)"
)
_PLAIN = re.compile(r"(?:住宅|居住)?小区$|社区$")
# 某某堡10号院 is said 某某堡10号; the number of a road is a door (:mod:`geo.doors`).
_YARD = re.compile(r"(?P<stem>[\u4e00-\u9fff]{2,})[甲乙丙丁]?\d+号(?=院$)")


def other_names(name: str) -> list[str]:
    """List the other names that a name holds: without its brackets, in them, without 小区.

    Examples
    --------
    >>> other_names("示例花园(东区)"), other_names("样板路小区")
    (['示例花园'], [])
    >>> other_names("样板里小区(示例家园)")
    ['样板里小区', '示例家园', '样板里']
    """
    whole = normalise(name)
    head, _, rest = name.translate(_TO_ROUND).partition("(")
    bare, within = normalise(head), normalise(rest.partition(")")[0])
    found = [bare] if bare != whole else []
    if _NAME_IN_BRACKETS.fullmatch(within):
        found.append(within)
    found += [_PLAIN.sub("", one) for one in (bare, whole) if _PLAIN.search(one)]
    yard = _YARD.match(whole)
    if yard is not None and not ROAD_LIKE.fullmatch(yard["stem"]):
        found.append(yard[0])
    # Shorter ones (2号院, 东区) are said of anything.
    return [one for one in dict.fromkeys(found) if len(one) > 2 and not ROAD_LIKE.fullmatch(one)]


def families(key: str) -> list[str]:
    """List the shorter names that a name has in common with its neighbours.

    Examples
    --------
    >>> families("花家地西里3区"), families("百子湾路小区"), families("样板园")
    (['花家地西里', '花家地'], [], [])
    """
    found = []
    for _ in range(3):
        rest = _OF_FAMILY.sub("", key)
        if rest == key or len(rest) < 3 or ROAD_LIKE.fullmatch(rest):
            break
        found.append(rest)
        key = rest
    return found
