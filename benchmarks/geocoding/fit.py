"""Fitting the chances of :mod:`geo.confidence` on gazetteers, names left out fold by fold."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.geocoding.texts import Asked, folds, mixed
from geo.areas import Area
from geo.confidence import WEIGHTS, Weights
from geo.ground import flat_m
from geo.indexing import build_gazetteer
from geo.located import NamedUnit
from geo.matcher import Matcher, matcher_of
from geo.points import read_points
from geo.votes import likeliest_district

FIT_SEEDS = (11, 12, 13)
"""Of the folds that the weights are fitted on: other than those that judge."""

RIGHT_M = 500.0
"""A point is right within it."""

_OF_BOTH = ("door", "road", "meeting")
"""Readings along roads: compounds stand back from their doors, shops at them, so one city of each
teaches."""

_ROUNDS, _RIDGE, _NOISE = 4, 2.0, 0.15

Samples = dict[str, list[tuple[Mapping[str, float], bool]]]


def fit(
    frame: pd.DataFrame,
    units: Sequence[NamedUnit],
    seeds: Sequence[int],
    second: Sequence[tuple[Matcher, Asked]] = (),
) -> dict[str, dict[str, float]]:
    """Find the weights: some rounds, as a reading's rivals have chances of their own.

    Parameters
    ----------
    frame
        Places as for :func:`geo.indexing.build_gazetteer`.
    units
        Whose names count.
    seeds
        One division into folds each.
    second
        Texts of a second city; of readings along roads both cities count alike.
    """
    asked = [one for seed in seeds for one in _asked(frame, units, seed)]
    weights: Weights = WEIGHTS
    for round_ in range(_ROUNDS):
        samples = _samples(asked, weights, best_only=round_ > 1)
        others = _samples(second, weights, best_only=round_ > 1)
        for sort in _OF_BOTH:
            if others[sort]:
                samples[sort] += others[sort] * max(
                    1, round(len(samples[sort]) / len(others[sort]))
                )
        weights = {sort: logistic(samples[sort], weights[sort]) for sort in WEIGHTS}
    return {sort: dict(table) for sort, table in weights.items()}


def _asked(
    frame: pd.DataFrame, units: Sequence[NamedUnit], seed: int
) -> Iterator[tuple[Matcher, Asked]]:
    rng = np.random.default_rng(seed)
    for out in folds(frame, seed):
        gazetteer = build_gazetteer(frame.drop(index=frame.index[out]))
        matcher = matcher_of(gazetteer, tuple(units))
        for one in mixed(frame, out.tolist(), rng, _NOISE):
            yield matcher, one


def _samples(asked: Sequence[tuple[Matcher, Asked]], weights: Weights, best_only: bool) -> Samples:
    samples: Samples = defaultdict(list)
    for matcher, one in asked:
        finding = matcher.find([one.text])[0]
        area = matcher.named(finding)
        reading = read_points(matcher, [finding], [area], weights)[0]
        points = [reading.best] if best_only and reading.best else reading.points
        for point in points:
            off = flat_m(point.lon, point.lat, one.lon, one.lat)
            # A known place is no sibling of itself.
            if not (one.known and point.sort == "sibling"):
                samples[point.sort].append((point.features, off <= RIGHT_M))
        if area == Area() and (reading.best is None or reading.best.chance < 0.5):
            vote = likeliest_district(matcher, finding, reading, weights)
            if vote is not None:
                right = matcher.units.units[vote.district].name == one.district
                samples["district"].append((vote.features, right))
    return samples


def logistic(
    samples: Sequence[tuple[Mapping[str, float], bool]], start: Mapping[str, float]
) -> dict[str, float]:
    """Fit a ridge logistic regression by Newton's steps; features are those seen in samples.

    Examples
    --------
    >>> rows = [({"a": 1.0}, True)] * 90 + [({"a": 1.0}, False)] * 10 + [({}, False)] * 100
    >>> weights = logistic(rows, {})
    >>> weights["base"] < -2 and weights["base"] + weights["a"] > 1.5
    True
    """
    if len(samples) < 20:
        return dict(start)
    names = sorted({name for features, _ in samples for name in features})
    x = np.array([[f.get(name, 0.0) for name in names] for f, _ in samples], np.float64)
    y = np.array([right for _, right in samples], np.float64)
    told = x.std(axis=0) > 0
    names = [name for name, one in zip(names, told, strict=True) if one]
    x = np.column_stack([np.ones(len(x)), x[:, told]])
    ridge = np.diag([1e-3, *[_RIDGE] * len(names)])
    w: NDArray[np.float64] = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (y - p) - ridge @ w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(hessian, gradient)
        w += step
        if np.abs(step).max() < 1e-8:
            break
    return {name: round(float(v), 3) for name, v in zip(["base", *names], w, strict=True)}
