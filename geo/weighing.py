"""How sure each reading of a text is, beside the others."""

from collections.abc import Mapping, Sequence

from geo.confidence import ALONE_CAP, CAP, CAP_OF, NEAR_CAP, Weights, chance_of, score
from geo.places import FAR_M
from geo.reading import Point, apart_m


def weighed(points: Sequence[Point], weights: Weights) -> list[Point]:
    """Give each reading its chance; readings that agree support each other.

    A text has one place: readings that lie far apart share the certainty by their odds.
    """
    scores = [score(weights[point.sort], point.features) for point in points]
    alone = [chance_of(one) for one in scores]
    if len(points) == 1:
        return [points[0].weighed(points[0].features, min(alone[0], _cap(points[0])))]
    clash = _clashes(points)
    full, sure = [], []
    for i, point in enumerate(points):
        support, features, chance = 0.0, point.features, alone[i]
        for j, other in enumerate(points):
            if alone[j] > support and not clash[i][j] and _supports(other, point):
                support = alone[j]
        if support:
            features = {**features, "support": support}
            chance = chance_of(scores[i] + weights[point.sort].get("support", 0.0) * support)
        full.append(features)
        sure.append(min(chance, _cap(point)))
    odds = [one / (1 - one) for one in sure]
    # What sounds alike competes by its lead, and gives way to what is written.
    written = [j for j, point in enumerate(points) if point.sort != "heard"]
    return [
        point.weighed(
            full[i], odds[i] / (1 + odds[i] + sum(odds[j] for j in written if clash[i][j]))
        )
        for i, point in enumerate(points)
    ]


def clash(a: Point, b: Point) -> bool:
    """Tell whether two readings cannot both be true."""
    return apart_m(a, b) > max(FAR_M, a.radius_m + b.radius_m)


def _clashes(points: Sequence[Point]) -> list[list[bool]]:
    n = len(points)
    table = [[False] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            table[i][j] = table[j][i] = clash(points[i], points[j])
    return table


def _supports(other: Point, point: Point) -> bool:
    overlap = other.span[0] < point.span[1] and point.span[0] < other.span[1]
    apart = other.name != point.name and not overlap
    return apart and not (point.sort == other.sort == "heard")


def _cap(point: Point) -> float:
    features = point.features
    cap = CAP_OF.get(point.sort, CAP)
    if "family" in features or "other" in features:
        cap = ALONE_CAP
    elif point.sort == "heard":
        if not (features.get("district") or features["road"] or _is_misheard(features)):
            cap = ALONE_CAP
    elif point.sort == "road" and "lane" in features:
        cap = CAP
    return min(cap, NEAR_CAP) if "near" in features else cap


def _is_misheard(features: Mapping[str, float]) -> bool:
    """Tell whether the words themselves witness an error of hearing.

    All sounds are right, no name has these pairs of characters, it ends, is long enough, and no
    other sounds nearly alike: in folds right .98 of the time, of names that are known.
    """
    bounded = not (features["unbound_left"] or features["unbound_right"])
    return bool(
        bounded
        and features["sounds"]
        and features["odd"] >= 0.5
        and features["length"] >= 0
        and features["lead"] >= 0.3
    )
