"""From the named units and points of one text to one answer on the ladder of levels."""

from collections.abc import Sequence
from typing import NamedTuple

from geo.areas import Area, decide, join
from geo.confidence import CAP
from geo.located import NEAR_M, RADIUS_M, Candidate, Located
from geo.matcher import Finding, Matcher
from geo.names import NO_HINT, UnitNames
from geo.points import Reading, candidates, read_points
from geo.votes import likeliest_district

_AT_ONCE = 64  # texts; from 30 to 250 are alike

_ACCEPT = 0.55
"""Below this a point is only a candidate."""

_ACCEPT_DISTRICT = 0.8
"""Below this nothing is said of a district that no word names."""

# How sure a unit is that is named in full (measured .98 for communities), or by its bare stem.
_NAMED = {"community": 0.9, "street": 0.9, "district": 0.95}
_HINTED = {"community": 0.6, "street": 0.55, "district": 0.75}
_CHINESE = {"community": "社区", "street": "街道", "district": "区"}
_DISAGREE = 0.6


class _Asked(NamedTuple):
    """What a text and its row's columns say of units.

    ``area`` is where the place lies as far as they tell, ``named`` the same without what is only
    hinted at; ``said`` is whose words they are, ``in_text`` the unit that the text names,
    ``hinted`` that it gives no full name, ``disagree`` that text and columns contradict each other.
    """

    area: Area
    named: Area
    said: str
    in_text: int | None
    hinted: bool
    disagree: bool


def answers(matcher: Matcher, texts: Sequence[str], columns: Sequence[Area]) -> list[Located]:
    """Locate texts.

    Parameters
    ----------
    matcher
        Names of gazetteer and units.
    texts
        Addresses or sentences, as they came.
    columns
        The units that the columns of each one's row name.
    """
    # Step by step for many texts: the code of one step stays in the processor's nearest memory,
    # which makes up for a third of the time.
    found: list[Located] = []
    for first in range(0, len(texts), _AT_ONCE):
        last = first + _AT_ONCE
        findings = matcher.find(texts[first:last])
        asked = [
            _asked(matcher, finding, area)
            for finding, area in zip(findings, columns[first:last], strict=True)
        ]
        readings = read_points(matcher, findings, [one.named for one in asked])
        found += [_answer(matcher, *one) for one in zip(findings, asked, readings, strict=True)]
    return found


def _asked(matcher: Matcher, finding: Finding, columns: Area) -> _Asked:
    names = matcher.units
    said_in_full = in_text = matcher.named(finding)
    hinted = False
    hints = _hints(names, finding, in_text)
    if hints.unit is not None and hints is not in_text and hints != in_text:
        in_text, hinted = hints, True
    area, disagree = join(names, in_text, columns)
    said = "文字" if area is in_text else "登记的区、街道或社区"
    # What is only hinted at bars no place.
    named = join(names, said_in_full, columns)[0] if hinted else area
    return _Asked(area, named, said, in_text.unit, hinted, disagree)


def _answer(matcher: Matcher, finding: Finding, asked: _Asked, reading: Reading) -> Located:
    names = matcher.units
    area, hinted, disagree = asked.area, asked.hinted, asked.disagree
    why: list[str] = []
    if reading.best is not None and area.others:
        area = _narrow(names, area, matcher.home(reading.best.row))
    if area.unit is not None:
        unit = names.units[area.unit]
        mark = "，未写全称" if hinted and area.unit == asked.in_text else ""
        why.append(f"{asked.said}写明{_CHINESE[unit.level]}「{unit.name}」{mark}")
    if area.conflict or disagree:
        why.append(
            "文字与登记的区、街道、社区不一致" if disagree else "所写的区、街道、社区互相不一致"
        )
    factor = _DISAGREE if area.conflict or disagree else 1.0
    return (
        _as_point(matcher, finding, area, reading, why, factor, hinted)
        or _as_unit(matcher, area, hinted, reading, why, factor)
        or _as_district(matcher, finding, area, reading, why, factor)
    )


def _hints(names: UnitNames, finding: Finding, named: Area) -> Area:
    """Take a bare stem as the unit's name, where exactly one unit fits and nothing is in doubt."""
    groups: list[tuple[int, ...]] = []
    if named.others:
        return named
    for hit in finding.hits:
        if hit.what != "hint" or not hit.left or not hit.right or NO_HINT.fullmatch(hit.name):
            continue
        fitting = [unit for unit in hit.who if named.unit is None or names.fits(unit, named.unit)]
        if len(fitting) == 1:
            groups.append((fitting[0],))
    if not groups:
        return named
    if named.unit is not None:
        groups.append((named.unit,))
    found = decide(names, groups)
    return named if found.others or found.conflict else found


def _narrow(names: UnitNames, area: Area, district: int | None) -> Area:
    """Let the district of the chosen place decide between units of one name."""
    if district is None:
        return area
    left = tuple(unit for unit in area.others if names.fits(unit, district))
    return Area(left[0], (), area.conflict) if len(left) == 1 else area


def _unit_candidates(names: UnitNames, area: Area) -> tuple[Candidate, ...]:
    shown = []
    for unit in area.others:
        district = names.above(unit, "district")
        known = names.units[unit]
        within = names.units[district].name if district is not None else None
        shown.append(Candidate(known.level, known.name, code=known.code, district=within))
    return tuple(shown)


def _as_point(
    matcher: Matcher,
    finding: Finding,
    area: Area,
    reading: Reading,
    why: list[str],
    factor: float,
    hinted: bool,
) -> Located | None:
    best = reading.best
    names = matcher.units
    if best is None or best.chance < _ACCEPT:
        return None
    named_level = names.units[area.unit].level if area.unit is not None else ""
    if best.sort == "road" and named_level == "community":
        sure = _HINTED if hinted else _NAMED
        if best.chance <= sure[named_level]:
            return None  # the community is the narrower and the surer of the two
    said = [best.why, *why]
    if reading.rivals:
        said.append("文字中另有相距较远的地名")
    if finding.near:
        said.append("文字写的是附近")
    district = matcher.district(best.row)
    named = names.codes(area.unit) if area.unit is not None else ()
    if district is not None and area.unit is None:
        named = names.codes(district)
        said.append(f"地名库记其在{names.units[district].name}")
    return Located(
        level=best.level,
        lon=best.lon,
        lat=best.lat,
        radius_m=round(best.radius_m + (NEAR_M if finding.near else 0.0), 1),
        confidence=_bounded(best.chance * factor),
        evidence="；".join(said),
        named=named,
        candidates=candidates(matcher.gazetteer, [point.row for point in reading.rivals]),
    )


def _as_unit(
    matcher: Matcher, area: Area, hinted: bool, reading: Reading, why: list[str], factor: float
) -> Located | None:
    if area.unit is None or area.others:
        return None
    unit = matcher.units.units[area.unit]
    sure = (_HINTED if hinted else _NAMED)[unit.level]
    said = list(why)
    if reading.barred:
        said.append("同名地点不在所写的区内")
        sure *= 0.9
    if reading.open_rows:
        said.append(_open_words(reading))
    return Located(
        level=unit.level,
        radius_m=RADIUS_M[unit.level],
        confidence=_bounded(sure * factor),
        evidence="；".join(said),
        named=matcher.units.codes(area.unit),
        candidates=candidates(matcher.gazetteer, (*reading.open_rows, *reading.barred)),
        ambiguous=bool(reading.open_rows),
    )


def _as_district(
    matcher: Matcher,
    finding: Finding,
    area: Area,
    reading: Reading,
    why: list[str],
    factor: float,
) -> Located:
    names = matcher.units
    said = list(why)
    shown = _unit_candidates(names, area)
    if shown:
        word = _CHINESE[shown[0].level]
        said.append(f"有 {len(shown)} 个{word}同名或并列，文字不能确定（ambiguous）")
    if reading.open_rows:
        said.append(_open_words(reading))
    shown += candidates(matcher.gazetteer, reading.open_rows)
    best = reading.best
    if best is not None:
        shown += candidates(matcher.gazetteer, (best.row,))
    ambiguous = bool(area.others or reading.open_rows)
    unit, sure = area.unit, 0.7
    if unit is None:
        vote = likeliest_district(matcher, finding, reading)
        if vote is not None and vote.chance >= _ACCEPT_DISTRICT:
            unit, sure = vote.district, vote.chance
            said.append(f"{vote.why}，只取其区「{names.units[unit].name}」")
    if unit is None:
        said = said or ["文字中没有已知的地名"]
        return Located("unlocated", evidence="；".join(said), candidates=shown, ambiguous=ambiguous)
    return Located(
        level=names.units[unit].level,
        radius_m=RADIUS_M[names.units[unit].level],
        confidence=_bounded(sure * factor),
        evidence="；".join(said),
        named=names.codes(unit),
        candidates=shown,
        ambiguous=ambiguous,
    )


def _open_words(reading: Reading) -> str:
    n = len(reading.open_rows)
    return f"「{reading.open_name}」在地名库中有 {n} 处，相距较远，文字不能确定（ambiguous）"


def _bounded(score: float) -> float:
    return round(min(max(score, 0.0), CAP), 3)
