"""The words of practice, 四首 and 四高: what an office says of a matter, each by a written rule.

========  ==========================================================================================
首发      the fine class has no history in this area
首创      the fine class has no history in the whole city
首要      of all fine classes of this area, it has the most callers above the expectation
首位      of all areas of this kind, this one has the most callers of this fine class
高频      callers reach the floor of this kind of area (alerts.decide.Bounds.floor)
高集中    at least 60 % of three or more callers are in one community
高危      a term of severity 3 of the sensitive list stands in it, not lowered
高企      callers on each of the last three days, together at least twice the expectation
========  ==========================================================================================
"""

import numpy as np

from alerts.baseline import Baseline, Floats, Ints
from alerts.find import Told
from alerts.keys import AREA_KINDS
from alerts.observe import NOWHERE, Rows
from alerts.recent import WINDOWS_H

NO_HISTORY = 0.5
"""Below so many callers, with a memory of 60 days, a class has no history in an area."""

CONCENTRATED = 0.6
"""Share of the callers in one community from which a matter is concentrated."""

LEAST_CALLERS = 3  # of which a share can be told

_COMMUNITY = AREA_KINDS.index("community")


def practice_words(baseline: Baseline, key: int, rows: Rows, number: int, told: Told) -> list[str]:
    """Give the words that hold for a matter, in the order of the table above.

    Parameters
    ----------
    baseline
        What has been learnt; its ring holds the hours up to ``number``.
    key
        Number of the key: area and fine class.
    rows
        Its appeals over the longest window, not empty.
    number
        The hour's number.
    told
        Floors and the list of sensitive terms.
    """
    keys = baseline.keys
    callers = len(np.unique(rows.caller.astype(str)))
    seen, expected = _window(baseline, np.array([key]), number)
    rules = {
        "首发": bool(baseline.seen[key] < NO_HISTORY),
        "首创": bool(baseline.seen[keys.city[key]] < NO_HISTORY),
        "首要": _leads(baseline, key, _of_area(baseline, key), number, above=True),
        "首位": _leads(baseline, key, _of_class(baseline, key), number, above=False),
        "高频": callers >= told.bounds.floor[keys.kind[key]],
        "高集中": callers >= LEAST_CALLERS and _in_one_community(rows) >= CONCENTRATED,
        "高危": any(h.severity >= 3 for text in rows.text for h in told.sensitive.hits(text)[:1]),
        "高企": bool(seen[0] >= 2 * expected[0]) and _every_day(rows, number),
    }
    return [word for word, holds in rules.items() if holds]


def _window(baseline: Baseline, key: Ints, number: int) -> tuple[Floats, Floats]:
    one = baseline.expect(key, number, WINDOWS_H[-1])
    return one.seen, one.mean


def _of_area(baseline: Baseline, key: int) -> Ints:
    """Give the fine classes of the same area."""
    kind, token, _, whole = baseline.keys.arrays()
    depth = np.array([t.depth for t in baseline.keys.tokens])
    mine = depth[token] == baseline.keys.tokens[token[key]].depth
    return np.flatnonzero(mine & (whole == whole[key]) & (kind == kind[key]))


def _of_class(baseline: Baseline, key: int) -> Ints:
    """Give the same class in all areas of this kind."""
    kind, token, _, _ = baseline.keys.arrays()
    return np.flatnonzero((kind == kind[key]) & (token == token[key]))


def _leads(baseline: Baseline, key: int, others: Ints, number: int, *, above: bool) -> bool:
    """Tell whether this key has the most callers (above the expectation) of at least two."""
    seen, expected = _window(baseline, others, number)
    size = seen - expected if above else seen
    mine = size[others == key][0]
    return len(others) > 1 and bool(mine > 0 and (size[others != key] < mine).all())


def _in_one_community(rows: Rows) -> float:
    area = rows.area[:, _COMMUNITY]
    known = area != NOWHERE
    if not known.any():
        return 0.0
    _, n = np.unique(area[known], return_counts=True)
    return float(n.max() / len(rows))


def _every_day(rows: Rows, number: int) -> bool:
    ages = (number - rows.number) // 24
    return all(bool((ages == age).any()) for age in range(3))
