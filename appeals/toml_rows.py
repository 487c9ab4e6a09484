"""Tables that an office may change: rows of TOML, of a given file or of the product's own."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from appeals.errors import InputError


def read_rows(path: Path | None, brought: tuple[str, str], what: str, key: str) -> tuple[str, Any]:
    """Read the rows of a table.

    Parameters
    ----------
    path
        The office's own file; without one, the file ``brought``.
    brought
        Package and name of the file that comes with the product.
    what, key
        What a message begins with, and under which key the rows stand.

    Returns
    -------
    where, rows
        How a message names the file, and what stands under the key, nothing where it is missing.

    Raises
    ------
    InputError
        The file cannot be read or is no TOML.
    """
    where = f"{what}: {path.name if path else brought[1]}"
    try:
        text = path.read_text(encoding="utf-8-sig") if path else _text(*brought)
        return where, tomllib.loads(text).get(key, [])
    except OSError as error:
        raise InputError(f"{where} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{where} is not valid TOML: {error}") from error


@cache
def _text(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")
