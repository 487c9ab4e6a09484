"""What is wrong with a setting, in words for the person who wrote it."""

import difflib
from collections.abc import Iterable, Mapping

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from appeals.declared import CHOICES

PREFIX = "WANGGE_"
"""Of the environment variables that set a value."""

_WORDS: dict[str, str] = {
    **dict.fromkeys(("string_type", "path_type"), "must be a text in quotes"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "must be a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
    **dict.fromkeys(("model_type", "dict_type"), "must be a section with keys of its own"),
    "tuple_type": "must be a list in square brackets",
    "missing": "has a value too few",
    "too_long": "has a value too many",
}


def unknown(given: Mapping[str, object], model: type[BaseModel], where: str = "") -> str | None:
    """Tell the first key that is no setting, with the nearest one; ``None`` where all are known.

    Parameters
    ----------
    given
        What a file holds.
    model
        The settings or a section of them.
    where
        Name of the section with its point, for the message.
    """
    for key, value in given.items():
        if key not in model.model_fields:
            return f"unknown setting {where}{key}{_hint(key, model.model_fields, where)}"
        inner = model.model_fields[key].annotation
        if isinstance(value, Mapping) and isinstance(inner, type) and issubclass(inner, BaseModel):
            found = unknown(value, inner, f"{where}{key}.")
            if found:
                return found
    return None


def misspelt_variable(names: Iterable[str], model: type[BaseModel]) -> str | None:
    """Tell the first environment variable that was probably meant to be a setting and is none.

    A name that is like no setting is somebody else's and left alone.
    """
    for name in sorted(names):
        if not name.startswith(PREFIX):
            continue
        top, mark, rest = name.removeprefix(PREFIX).lower().partition("__")
        near = difflib.get_close_matches(top, model.model_fields, n=1, cutoff=0.75)
        if near and near[0] != top:
            meant = PREFIX + (near[0] + mark + rest).upper()
            return f"unknown variable {name}; did you mean {meant}?"
    return None


def wrong_value(
    error: ErrorDetails, variables: Iterable[str], model: type[BaseModel], file: str
) -> str:
    """Say which value is wrong, where it stands and what it must be; the value is not repeated.

    Parameters
    ----------
    error
        As the settings' model found it.
    variables
        Names of the environment variables; one that gave the value is told.
    model
        The settings.
    file
        Name of the file.
    """
    path = [str(part) for part in error["loc"]]
    name = ".".join(path)
    variable = _variable(path, variables)
    section = _section(path, model)
    if error["type"] == "extra_forbidden" and section is not None:
        above = ".".join([*path[:-1], ""])
        return f"unknown setting {name}{variable}{_hint(path[-1], section.model_fields, above)}"
    reason = _WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        reason = "must be six digits in quotes"
        if path[0] == "datum":
            reason = f"must be one of {CHOICES}"
    reason = reason.replace("Input should be", "must be")
    return f"{file}: {name}{variable}: {reason}"


def _variable(path: list[str], variables: Iterable[str]) -> str:
    """Name the variable that gave this value, if one did: it wins over the file."""
    known = {name.upper() for name in variables}
    for n_parts in range(len(path), 0, -1):
        name = PREFIX + "__".join(path[:n_parts]).upper()
        if name in known:
            return f" ({name})"
    return ""


def _section(path: list[str], model: type[BaseModel]) -> type[BaseModel] | None:
    section = model
    for part in path[:-1]:
        field = section.model_fields.get(part)
        inner = None if field is None else field.annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return None
        section = inner
    return section


def _hint(key: str, known: Iterable[str], where: str) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.0)
    return f"; did you mean {where}{near[0]}?" if near else ""
