"""The rules by which topics of the month (每月一题) are nominated: a file that the office edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hotspots.rule_files import RuleFile, own_text, shipped_text

PARTS: Final = (
    "volume", "reach", "even", "months", "slope", "unsolved", "unsatisfied", "outside",
)  # fmt: skip
"""What a class is judged by; of each a higher figure speaks for it."""

_BOUNDS: Final = ("depth", "top", "least", "reach", "months", "nominate")


@dataclass(frozen=True, slots=True)
class Rules:
    """Weights of the parts, and which classes are looked at.

    Attributes
    ----------
    weights
        By part, not negative, not all zero.
    depth
        Of the classes that can be a topic, 1 the coarsest.
    top
        Rank up to which a class is among the busiest of a month.
    least, reach, months
        Appeals in three months, share of streets with five or more, and months of data below which
        nothing is nominated.
    nominate
        Classes that are nominated at most.
    """

    weights: Mapping[str, float]
    depth: int
    top: int
    least: int
    reach: float
    months: int
    nominate: int


def read_rules(path: Path | None) -> Rules:
    """Read the office's own file, the shipped rules without one.

    Raises
    ------
    InputError
        It cannot be read, or :func:`rules_of` refuses it.

    Examples
    --------
    >>> rules = read_rules(None)
    >>> rules.depth, rules.nominate, round(sum(rules.weights.values()), 2)
    (2, 5, 1.0)
    """
    if path is None:
        return rules_of(shipped_text("monthly", "rules.toml"), "rules.toml")
    return rules_of(own_text(path), path.name)


def rules_of(text: str, name: str) -> Rules:
    """Read rules out of their text, TOML with the tables ``weights`` and ``bounds``.

    Raises
    ------
    InputError
        :class:`hotspots.rule_files.RuleFile` refuses it, or a value is out of its range.
    """
    of = RuleFile.of(text, name, {"weights": PARTS, "bounds": _BOUNDS})
    return Rules(
        of.weights("weights"),
        of.whole("bounds", "depth", least=1, most=9),
        of.whole("bounds", "top", least=1, most=1000),
        of.whole("bounds", "least", least=0, most=1_000_000),
        of.number("bounds", "reach", most=1),
        of.whole("bounds", "months", least=1, most=12),
        of.whole("bounds", "nominate", least=1, most=100),
    )
