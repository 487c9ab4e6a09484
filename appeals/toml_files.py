"""TOML files that people write: read in one way, refused in the same words."""

import tomllib
from pathlib import Path
from typing import Any

from appeals.errors import InputError


def read_toml(path: Path, called: str | None = None) -> dict[str, Any]:
    """Read a file.

    Parameters
    ----------
    path
        The file.
    called
        What a message calls it; else the file's own name.

    Raises
    ------
    InputError
        It is missing, cannot be read or is no TOML in UTF-8.
    """
    name = called or path.name
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{name} is not here") from error
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    return parse_toml(content, name)


def parse_toml(content: bytes, name: str) -> dict[str, Any]:
    r"""Read the bytes of a file; editors of Windows put a mark before the first letter.

    Raises
    ------
    InputError
        They are no TOML in UTF-8.

    Examples
    --------
    >>> parse_toml(b"\xef\xbb\xbfa = 1", "a.toml")
    {'a': 1}
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8: save it as UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{name} is not valid TOML: {error}") from error
