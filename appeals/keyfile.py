"""The key file: where the keys of an installation come from, and who may read them."""

import contextlib
import json
import os
import secrets
import shlex
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from appeals.errors import InputError

_KEY_BYTES = 32
_COMMAND_SECONDS = 30


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What a key file holds; the text form never shows a key.

    ``seal`` has the seal keys by id, oldest first; ``caller`` and ``content`` are the keys of the
    two hashes. Each key is 32 random bytes.
    """

    seal: Mapping[str, bytes]
    caller: bytes
    content: bytes

    def __repr__(self) -> str:
        return f"Keys(seal keys {', '.join(self.seal)})"


def make_keys() -> Keys:
    """Make a new set of keys with one seal key."""
    return Keys(
        new_seal_key({}), caller=secrets.token_bytes(_KEY_BYTES), content=secrets.token_bytes(32)
    )


def new_seal_key(held: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the seal keys with a new one at the end, under an id of its own."""
    return {**held, secrets.token_hex(4): secrets.token_bytes(_KEY_BYTES)}


def create_key_file(path: Path, keys: Keys) -> None:
    """Write a key file of mode 600.

    Raises
    ------
    InputError
        There is a file at this path already; keys are never overwritten.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InputError(f"{path.name} is there already; keys are never overwritten") from error
    _write(descriptor, keys)


def replace_key_file(path: Path, keys: Keys) -> None:
    """Replace a key file in one step: a power cut leaves the old one or the new one."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    create_key_file(beside, keys)
    beside.replace(path)


def read_key_file(path: Path) -> Keys:
    """Read a key file that nobody but its owner may read.

    Raises
    ------
    InputError
        The file is missing or malformed, or group or others have a right to it.
    """
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise InputError(f"{path} has mode {mode:o}, others may read it: chmod 600 {path}")
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise InputError(
            f"the key file {path} is not here: bring back the copy that was kept of it, or mend "
            "sealing.key_file in the settings"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the key file {path} cannot be read by this user") from error
    return _parse(text, path.name)


class KeyFile:
    """The keys of a file, read again when another file stands in its place.

    So a running server seals with a new key, and opens what another process sealed with it, at
    once. The keys of the hashes do not rotate: a file with others is another installation's, and
    one that cannot be read gives none; then the keys stay as they were.

    Parameters
    ----------
    path
        Of the file; raises as :func:`read_key_file`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _stamp(path)
        self._keys = read_key_file(path)

    def __repr__(self) -> str:
        return repr(self._keys)

    @property
    def seal(self) -> Mapping[str, bytes]:
        """The seal keys by id, oldest first, as the file holds them now."""
        stamp = _stamp(self._path)
        if stamp != self._seen:
            self._seen = stamp
            with contextlib.suppress(InputError):
                fresh = read_key_file(self._path)
                if (fresh.caller, fresh.content) == (self.caller, self.content):
                    self._keys = fresh
        return self._keys.seal

    @property
    def caller(self) -> bytes:
        """The key of the callers' hashes."""
        return self._keys.caller

    @property
    def content(self) -> bytes:
        """The key of the contents' hashes."""
        return self._keys.content


def _stamp(path: Path) -> tuple[int, int] | None:
    """Tell one file in a place from the next."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def ask_key_command(command_line: str) -> Keys:
    """Run a command (without a shell) that prints what a key file holds.

    Raises
    ------
    InputError
        It fails, or prints something else. What it printed is not shown: it may be half a key.
    """
    try:
        made = subprocess.run(
            shlex.split(command_line), capture_output=True, timeout=_COMMAND_SECONDS, check=True
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise InputError(f"key_command failed: {type(error).__name__}") from None
    return _parse(made.stdout.decode("ascii", errors="replace"), "key_command")


def _write(descriptor: int, keys: Keys) -> None:
    held = {
        "seal": [{"id": name, "key": key.hex()} for name, key in keys.seal.items()],
        "caller": keys.caller.hex(),
        "content": keys.content.hex(),
    }
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(held, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _parse(text: str, where: str) -> Keys:
    try:
        held = json.loads(text)
        keys = Keys(
            {str(item["id"]): bytes.fromhex(item["key"]) for item in held["seal"]},
            caller=bytes.fromhex(held["caller"]),
            content=bytes.fromhex(held["content"]),
        )
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{where}: not a key file as `wangge init` writes it") from None
    if not keys.seal:
        raise InputError(f"{where}: there is no seal key in it")
    if any(len(key) != _KEY_BYTES for key in (*keys.seal.values(), keys.caller, keys.content)):
        raise InputError(f"{where}: each key must be {_KEY_BYTES} bytes, written in hexadecimal")
    return keys
