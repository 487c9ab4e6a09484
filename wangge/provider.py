"""The files that say where people sign in beside here: mode 600, each holds a secret."""

import stat
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from api.elsewhere import Elsewhere
from api.oidc import WAY as OIDC
from api.oidc import Provider
from api.work_app import WAY as WORK_APP
from api.work_app import WorkApp
from appeals.errors import InputError
from appeals.toml_files import read_toml
from wangge.settings import Accounts

P = TypeVar("P", Provider, WorkApp)


def read_elsewhere(accounts: Accounts) -> dict[str, Elsewhere]:
    """Give the ways of signing in elsewhere that the settings name.

    Raises
    ------
    InputError
        As of :func:`read_provider`.
    """
    found = {
        OIDC: read_provider(accounts.oidc, "accounts.oidc", Provider),
        WORK_APP: read_provider(accounts.work_app, "accounts.work_app", WorkApp),
    }
    return {way: one for way, one in found.items() if one is not None}


def read_provider(path: Path | None, setting: str, kind: type[P]) -> P | None:
    """Read one provider of sign-ins; ``None`` without a file.

    Raises
    ------
    InputError
        The file is missing or malformed, others may read it, or a value is missing or unknown.
    """
    if path is None:
        return None
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise InputError(f"{setting}: {path.name} cannot be read: {error.strerror}") from error
    given = read_toml(path, f"{setting}: {path.name}")
    if mode & 0o077:
        raise InputError(f"{path.name} has mode {mode:o}, others may read it: chmod 600 {path}")
    names = {one.name for one in fields(kind) if one.init}
    if given.keys() != names or not all(isinstance(value, str) for value in given.values()):
        raise InputError(f"{path.name}: give {', '.join(sorted(names))}, each a text")
    return kind(**given | {"address": given["address"].rstrip("/")})
