"""How sure each reading of a text is, beside the others."""

from collections.abc import Mapping, Sequence
from itertools import combinations

from geo.confidence import ALONE_CAP, CAP, CAP_OF, NEAR_CAP, Weights, chance_of, score
from geo.ground import FAR_M, flat_m
from geo.reading import Point


def weighed(points: Sequence[Point], weights: Weights) -> list[Point]:
    """Give each reading its chance; readings that agree support each other.

    A text has one place: readings that lie far apart share the certainty by their odds.
    """
    scores = [score(weights[point.sort], point.features) for point in points]
    if len(points) == 1:
        one = points[0]
        return [one.weighed(one.features, min(chance_of(scores[0]), _cap(one)))]
    support, clashing = _beside(points, [chance_of(own) for own in scores])
    full, odds = [], []
    for point, own, told in zip(points, scores, support, strict=True):
        features = point.features
        if told:
            features = {**features, "support": told}
            own += weights[point.sort].get("support", 0.0) * told
        sure = min(chance_of(own), _cap(point))
        full.append(features)
        odds.append(sure / (1 - sure))
    found = []
    for point, features, own, rivals in zip(points, full, odds, clashing, strict=True):
        # What sounds alike competes by its lead, and gives way to what is written.
        against = sum(odds[j] for j in rivals if points[j].sort != "heard")
        found.append(point.weighed(features, own / (1 + own + against)))
    return found


def _beside(
    points: Sequence[Point], chances: Sequence[float]
) -> tuple[list[float], list[list[int]]]:
    """Give the best chance that supports each reading, and which readings each clashes with."""
    support = [0.0] * len(points)
    clashing: list[list[int]] = [[] for _ in points]
    for (i, one), (j, other) in combinations(enumerate(points), 2):
        if clash(one, other):
            clashing[i].append(j)
            clashing[j].append(i)
        elif _support(one, other):
            support[i] = max(support[i], chances[j])
            support[j] = max(support[j], chances[i])
    return support, clashing


def clash(a: Point, b: Point) -> bool:
    """Tell whether two readings cannot both be true."""
    if a.lon == b.lon and a.lat == b.lat:  # most often one place by two of its names
        return False
    return flat_m(a.lon, a.lat, b.lon, b.lat) > max(FAR_M, a.radius_m + b.radius_m)


def _support(a: Point, b: Point) -> bool:
    """Tell whether two readings are of words of their own, so that one can witness the other."""
    overlap = a.span[0] < b.span[1] and b.span[0] < a.span[1]
    return not overlap and a.name != b.name and not (a.sort == b.sort == "heard")


def _cap(point: Point) -> float:
    features = point.features
    cap = CAP_OF.get(point.sort, CAP)
    if "other" in features or (point.sort == "heard" and not _is_witnessed(features)):
        cap = ALONE_CAP
    return min(cap, NEAR_CAP) if "near" in features else cap


def _is_witnessed(features: Mapping[str, float]) -> bool:
    """Tell whether a district, a road or its own words speak for what is nearly said."""
    return bool(features.get("district") or features["road"]) or _is_misheard(features)


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
