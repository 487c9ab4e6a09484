"""Rules in files that an office edits: a wrong key or value is told by its name."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from appeals.errors import InputError
from appeals.toml_files import parse_toml


@dataclass(frozen=True, slots=True)
class RuleFile:
    """Tables of a TOML file, each with exactly the keys that it must have.

    ``name`` is the file's, for messages.
    """

    name: str
    tables: Mapping[str, Mapping[str, object]]

    @classmethod
    def of(cls, text: str, name: str, wanted: Mapping[str, tuple[str, ...]]) -> "RuleFile":
        r"""Read a file's text.

        Parameters
        ----------
        text, name
            TOML, and what the file is called.
        wanted
            Keys of each table.

        Raises
        ------
        InputError
            It is no TOML, or a table or key is missing or unknown (the nearest known one is named).

        Examples
        --------
        >>> RuleFile.of("[enter]\nscore = 0.8", "r.toml", {"enter": ("score",)}).number(
        ...     "enter", "score", most=1
        ... )
        0.8
        """
        given = parse_toml(text.encode(), name)
        _known(given, tuple(wanted), name, "")
        for table, keys in wanted.items():
            of = given.get(table, {})
            if not isinstance(of, dict):
                raise InputError(f"{name}: {table} must be a table, [{table}]")
            _known(of, keys, name, f"{table}.")
            missing = [key for key in keys if key not in of]
            if missing:
                raise InputError(f"{name}: {table}.{missing[0]} is missing")
        return cls(name, given)

    def number(self, table: str, key: str, *, most: float, least: float = 0.0) -> float:
        """Give a number; a refusal names where it stands."""
        value = self.tables[table][key]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not least <= value <= most:  # type: ignore[operator]
            raise InputError(
                f"{self.name}: {table}.{key} must be a number from {least:g} to {most:g}"
            )
        return float(value)  # type: ignore[arg-type]

    def whole(self, table: str, key: str, *, least: int, most: int) -> int:
        """Give a whole number; a refusal names where it stands."""
        value = self.tables[table][key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InputError(
                f"{self.name}: {table}.{key} must be a whole number from {least} to {most}"
            )
        return value

    def weights(self, table: str) -> dict[str, float]:
        """Give the numbers of a table of weights, one of which at least is above 0."""
        found = {key: self.number(table, key, most=1e6) for key in self.tables[table]}
        if not any(found.values()):
            raise InputError(f"{self.name}: {table}: one of them must be above 0")
        return found


def shipped_text(folder: str, name: str) -> str:
    """Give the text of a file that the product brings."""
    return (resources.files("hotspots") / folder / name).read_text(encoding="utf-8")


def own_text(path: Path) -> str:
    """Read the office's own file.

    Raises
    ------
    InputError
        It cannot be read or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8: save it as UTF-8") from error


def _known(given: Mapping[str, object], keys: tuple[str, ...], name: str, where: str) -> None:
    for key in given:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, 1)
            hint = f", did you mean {where}{near[0]}?" if near else f": known are {', '.join(keys)}"
            raise InputError(f"{name}: there is no {where}{key}{hint}")
