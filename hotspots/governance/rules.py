"""The rules of the list of places under governance (治理类): a file that the office edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appeals.errors import InputError
from hotspots.rule_files import RuleFile, own_text, shipped_text

PARTS: Final = (
    "rate_12", "rate_3", "repeats", "topics", "inside", "resolution", "satisfaction",
)  # fmt: skip
"""What a place is judged by."""

BETTER_HIGH: Final = frozenset({"resolution", "satisfaction"})
"""Parts of which a higher figure is better."""

MOST_MONTHS: Final = 12

_ENTER: Final = ("score", "months", "least")
_LEAVE: Final = ("score", "months")


@dataclass(frozen=True, slots=True)
class Rules:
    """Weights of the parts, and when a place enters and leaves.

    Attributes
    ----------
    weights
        By part, not negative, not all zero.
    enter_score, enter_months
        A place is proposed that had this score or more in so many months in a row.
    least
        Appeals in three months below which nothing is proposed.
    leave_score, leave_months
        A place may go that was below this score in so many months in a row.
    """

    weights: Mapping[str, float]
    enter_score: float
    enter_months: int
    least: int
    leave_score: float
    leave_months: int

    @property
    def months(self) -> int:
        """Months that must be looked at."""
        return max(self.enter_months, self.leave_months)


def shipped_rules() -> Rules:
    """Give the rules that the product brings."""
    return rules_of(shipped_text("governance", "rules.toml"), "rules.toml")


def read_rules(path: Path | None) -> Rules:
    """Read the office's own file, the shipped rules without one.

    Raises
    ------
    InputError
        It cannot be read, or :func:`rules_of` refuses it.
    """
    return shipped_rules() if path is None else rules_of(own_text(path), path.name)


def rules_of(text: str, name: str) -> Rules:
    """Read rules out of their text.

    Parameters
    ----------
    text
        TOML with the tables ``weights``, ``enter`` and ``leave``.
    name
        Of the file, for messages.

    Raises
    ------
    InputError
        :class:`hotspots.rule_files.RuleFile` refuses it, a value is out of its range, or a place
        could enter and leave at once.

    Examples
    --------
    >>> rules = shipped_rules()
    >>> rules.enter_score, rules.leave_score, rules.months, round(sum(rules.weights.values()), 2)
    (0.8, 0.65, 3, 1.0)
    """
    of = RuleFile.of(text, name, {"weights": PARTS, "enter": _ENTER, "leave": _LEAVE})
    rules = Rules(
        of.weights("weights"),
        of.number("enter", "score", most=1),
        of.whole("enter", "months", least=1, most=MOST_MONTHS),
        of.whole("enter", "least", least=0, most=1_000_000),
        of.number("leave", "score", most=1),
        of.whole("leave", "months", least=1, most=MOST_MONTHS),
    )
    if rules.leave_score > rules.enter_score:
        raise InputError(f"{name}: leave.score lies above enter.score: places would go in and out")
    return rules
