"""How sure an answer is: a fitted chance, from what speaks for it and against it.

The weights stand in ``confidence.toml`` with the way they were found; ``wangge bench geocoding
--refit`` finds them anew from a gazetteer.
"""

import math
import tomllib
from collections.abc import Mapping
from importlib.resources import files

Weights = Mapping[str, Mapping[str, float]]
"""For each sort of reading the weight of each feature, ``base`` being the constant."""

CAP = 0.97
"""No text makes us surer than this."""

ALONE_CAP = 0.65
"""Below what is shown as sure: a name nearly said without a second witness (a district, a road),
and a name that goes on (某某园小学)."""

NEAR_CAP = 0.9
"""What is by a place (附近, 对面) is never as sure as the place itself."""

CAP_OF = {"heard": 0.9}
"""Nor does a name that was only nearly said make us surer than this."""


def _read() -> Weights:
    text = (files("geo") / "confidence.toml").read_text(encoding="utf-8")
    return {name: table for name, table in tomllib.loads(text).items() if isinstance(table, dict)}


WEIGHTS = _read()


def chance(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Give the fitted chance, from 0 to 1, of a reading with these features.

    A feature without a weight counts nothing.

    Examples
    --------
    >>> round(chance({"base": 1.0, "short": -1.0}, {"short": 1.0}), 3)
    0.5
    """
    return chance_of(score(weights, features))


def score(weights: Mapping[str, float], features: Mapping[str, float]) -> float:
    """Give the logarithm of the odds of a reading with these features."""
    z, weight = weights["base"], weights.get
    for name, value in features.items():
        z += weight(name, 0.0) * value
    return z


def chance_of(score: float) -> float:
    """Give the chance of which this is the logarithm of the odds."""
    if not -30.0 < score < 30.0:
        score = math.copysign(30.0, score)
    return 1.0 / (1.0 + math.exp(-score))
