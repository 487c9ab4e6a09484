"""A name of the gazetteer that stands in a text, read as a point."""

import re
from math import log1p

from geo.asked import Asked
from geo.gazetteer import Rows
from geo.ground import FAR_M, Ground
from geo.located import RADIUS_M
from geo.matcher import Hit
from geo.reading import LEVEL_OF_KIND, Point

# Parts of one compound lie some hundred metres apart.
_PART_M = 300.0
_WORD = {"plate": "门牌", "building": "建筑", "compound": "小区"}
_MEMBER = re.compile(
    r"[甲乙丙丁]?\d+号|[东西南北中前后]{0,2}(?:[\da-z]{0,2}[区期]|里(?!弄)|[园街]?院)"
)
# Called after a bridge, a village or a temple, a family is a quarter and wider than an estate.
_QUARTER = re.compile(r".*[桥庄坟营村店门口堡铺屯寺庙沟坡山河井]")
_PART = re.compile(r"(?:第?\d+|[a-z东西南北])[区期]")

Features = dict[str, float]


def as_written(asked: Asked, hit: Hit, rows: Rows) -> Point | None:
    """Read a name, another that it holds, or its family's.

    Parameters
    ----------
    hit
        A place, alias or family in the text.
    rows
        Its places that may be meant; of these those on a road of the text are.

    Returns
    -------
    Point or None
        ``None`` where the places lie too far apart to be one.
    """
    ground, key = asked.ground, asked.finding.key
    same_road = asked.on_roads(rows, beside=(hit.start, hit.end))
    rows = same_road or rows
    lon, lat, spread_m = ground.spread(rows)
    family = hit.what == "family"
    if family and not hit.right and _MEMBER.match(key, hit.end) is None:
        return None  # a quarter's name before that of another place: 新街口 in 新街口罗儿胡同
    if 2 * spread_m > FAR_M * (1 + family):
        return None
    row = rows[0]
    found = _PART.match(key, hit.end)
    part = found[0] if found else ""
    features = {**asked.about, **_of_words(hit, part)}
    if same_road:
        features["road"] = 1.0
    features |= _of_places(ground, hit, rows, spread_m, part)
    level = LEVEL_OF_KIND.get(ground.kind(row), "compound")
    radius_m = RADIUS_M[level] + spread_m
    if family:
        # Only some parts of 某某园 are known.
        why, radius_m = f"文字中有「{hit.name}」，地名库中有其各部分", radius_m + _PART_M
    else:
        why = f"文字中有地名库的{_WORD[level]}「{ground.name(row)}」"
        if part:
            # 某某园三区 where only 某某园 or its other parts are known.
            radius_m, why = radius_m + _PART_M, why + "，分区未见"
    sort = "sibling" if family or part else "named"
    span = (hit.start, hit.end)
    return Point(sort, hit.name, level, lon, lat, radius_m, why, row, span, features)


def _of_words(hit: Hit, part: str) -> Features:
    """Tell how a name stands in its text: how long, by what it is bound, of which part."""
    features: Features = {}
    length = len(hit.name)
    if length < 4 and not (hit.what == "family" or part):
        features["short" if length == 2 else "three"] = 1.0
    if hit.what == "alias":
        features["alias"] = 1.0
    if not hit.left:
        features["unbound_left"] = 1.0
    if part:
        if part[0].isdigit() or part[0] == "第":
            features["numbered"] = 1.0
    elif not hit.right:
        features["unbound_right"] = 1.0
        if hit.other:
            features["other"] = 1.0
    return features


def _of_places(ground: Ground, hit: Hit, rows: Rows, spread_m: float, part: str) -> Features:
    """Tell what the places of a name are: a family, how many, how far apart, how sure."""
    features: Features = {}
    family = hit.what == "family"
    if family:
        features["family"] = 1.0
    if family or part:
        features["crowd"] = ground.crowd(rows[0])
        features["length"] = min(len(hit.name), 6) - 4.0
        if _QUARTER.fullmatch(hit.name) is not None:
            features["quarter"] = 1.0
    if len(rows) > 1:
        features["several"] = 1.0
        features["spread"] = log1p(spread_m / 200)
    if ground.is_doubtful(rows[0]):
        features["doubt"] = 1.0
    return features
