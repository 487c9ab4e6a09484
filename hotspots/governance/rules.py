"""The rules of the list of places under governance (治理类): a file that the office edits."""

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from appeals.errors import InputError

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
    text = (resources.files("hotspots") / "governance" / "rules.toml").read_text(encoding="utf-8")
    return rules_of(text, "rules.toml")


def read_rules(path: Path | None) -> Rules:
    """Read the office's own file, the shipped rules without one.

    Raises
    ------
    InputError
        It cannot be read, or :func:`rules_of` refuses it.
    """
    if path is None:
        return shipped_rules()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8: save it as UTF-8") from error
    return rules_of(text, path.name)


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
        It is no TOML; a key is missing or unknown (the nearest known one is named); a value is out
        of its range; or a place could enter and leave at once.

    Examples
    --------
    >>> rules = shipped_rules()
    >>> rules.enter_score, rules.leave_score, rules.months, round(sum(rules.weights.values()), 2)
    (0.8, 0.65, 3, 1.0)
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not valid TOML: {error}") from error
    _known(given, ("weights", "enter", "leave"), name, "")
    tables = {table: given.get(table, {}) for table in ("weights", "enter", "leave")}
    for table, keys in (("weights", PARTS), ("enter", _ENTER), ("leave", _LEAVE)):
        if not isinstance(tables[table], dict):
            raise InputError(f"{name}: {table} must be a table, [{table}]")
        _known(tables[table], keys, name, f"{table}.")
        missing = [key for key in keys if key not in tables[table]]
        if missing:
            raise InputError(f"{name}: {table}.{missing[0]} is missing")
    weights = {part: _number(tables["weights"], part, name, "weights", 1e6) for part in PARTS}
    if not any(weights.values()):
        raise InputError(f"{name}: weights: one of them must be above 0")
    rules = Rules(
        weights,
        _number(tables["enter"], "score", name, "enter", 1.0),
        _whole(tables["enter"], "months", name, "enter", 1, MOST_MONTHS),
        _whole(tables["enter"], "least", name, "enter", 0, 1_000_000),
        _number(tables["leave"], "score", name, "leave", 1.0),
        _whole(tables["leave"], "months", name, "leave", 1, MOST_MONTHS),
    )
    if rules.leave_score > rules.enter_score:
        raise InputError(f"{name}: leave.score lies above enter.score: places would go in and out")
    return rules


def _known(given: Mapping[str, object], keys: tuple[str, ...], name: str, where: str) -> None:
    for key in given:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, 1)
            hint = f", did you mean {where}{near[0]}?" if near else f": known are {', '.join(keys)}"
            raise InputError(f"{name}: there is no {where}{key}{hint}")


def _number(table: Mapping[str, object], key: str, name: str, where: str, most: float) -> float:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise InputError(f"{name}: {where}.{key} must be a number from 0 to {most:g}")
    return float(value)


def _whole(
    table: Mapping[str, object], key: str, name: str, where: str, least: int, most: int
) -> int:
    value = table[key]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InputError(f"{name}: {where}.{key} must be a whole number from {least} to {most}")
    return value
