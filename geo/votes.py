"""In which district a text is, where no name of it is sure: all that was read, weighed together."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from geo.confidence import WEIGHTS, Weights, chance
from geo.gazetteer import Rows
from geo.matcher import Finding, Matcher
from geo.names import NO_HINT
from geo.points import Reading


@dataclass(frozen=True, slots=True)
class Vote:
    """The likeliest district, its fitted chance, its features, and what spoke for it."""

    district: int
    chance: float
    features: Mapping[str, float]
    why: str


def likeliest_district(
    matcher: Matcher, finding: Finding, reading: Reading, weights: Weights = WEIGHTS
) -> Vote | None:
    """Weigh places, roads and bare names of units of a text, each for the districts it lies in.

    Returns
    -------
    Vote or None
        ``None`` where nothing speaks for any district.
    """
    said: defaultdict[int, dict[str, float]] = defaultdict(dict)
    words: dict[int, str] = {}
    for sort, shares, strength, why in _witnesses(matcher, finding, reading):
        for district, share in shares.items():
            value = share * strength
            if value > said[district].get(sort, 0.0):
                said[district][sort] = value
            if share > 0.5:
                words.setdefault(district, why)
    votes = []
    for district, features in said.items():
        others = [value for d, one in said.items() if d != district for value in one.values()]
        full = {**features, "against": max(others, default=0.0)}
        sure = chance(weights["district"], full)
        votes.append(Vote(district, sure, full, words.get(district, "")))
    return max(votes, key=lambda vote: vote.chance, default=None)


def _witnesses(
    matcher: Matcher, finding: Finding, reading: Reading
) -> Iterator[tuple[str, Mapping[int, float], float, str]]:
    """Give what speaks for districts: its sort, its share by district, how strongly, and why."""
    for point in reading.points:
        district = matcher.district(point.row)
        if district is not None:
            yield point.sort, {district: 1.0}, point.chance, point.why
    if reading.open_rows:
        why = f"「{reading.open_name}」的各处多在同一个区"
        yield "open", _shares(matcher, reading.open_rows), 1.0, why
    for hit in finding.hits:
        if hit.what == "road" and hit.left:
            sort = "street_of" if not hit.other else "street_other"
            why = f"「{hit.name}」上的地点多在同一个区"
            yield sort, _shares(matcher, hit.who), 1.0 - 0.5 / len(hit.who), why
        elif hit.what in ("hint", "unit"):
            bound = hit.left and hit.right and NO_HINT.fullmatch(hit.name) is None
            sort = "hint" if bound else "weak_hint" if hit.left else "loose_hint"
            why = f"文字中有「{hit.name}」，与社区或街道同名"
            yield sort, _unit_shares(matcher, hit.who), 1.0 if len(hit.name) > 2 else 0.5, why


def _shares(matcher: Matcher, rows: Rows) -> dict[int, float]:
    found: defaultdict[int, float] = defaultdict(float)
    for row in rows:
        district = matcher.district(row)
        if district is not None:
            found[district] += 1 / len(rows)
    return found


def _unit_shares(matcher: Matcher, units: Rows) -> dict[int, float]:
    found: defaultdict[int, float] = defaultdict(float)
    for unit in units:
        district = matcher.units.above(unit, "district")
        if district is not None:
            found[district] += 1 / len(units)
    return found
