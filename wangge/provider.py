"""The file that says where people sign in (``accounts.oidc``): mode 600, it holds a secret."""

import stat
import tomllib
from dataclasses import fields
from pathlib import Path

from api.oidc import Provider
from appeals.errors import InputError


def read_provider(path: Path | None) -> Provider | None:
    """Read the provider of sign-ins; ``None`` without a file.

    Raises
    ------
    InputError
        The file is missing or malformed, others may read it, or a value is missing or unknown.
    """
    if path is None:
        return None
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"accounts.oidc: {path.name} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InputError(f"accounts.oidc: {path.name} is not valid TOML") from error
    if mode & 0o077:
        raise InputError(f"{path.name} has mode {mode:o}, others may read it: chmod 600 {path}")
    names = {field.name for field in fields(Provider)}
    if given.keys() != names or not all(isinstance(value, str) for value in given.values()):
        raise InputError(f"{path.name}: give {', '.join(sorted(names))}, each a text")
    return Provider(**given | {"address": given["address"].rstrip("/")})
