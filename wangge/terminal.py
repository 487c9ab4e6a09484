"""What a command answers, and how it reaches a person or a script."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TextIO

import numpy as np
import orjson

from appeals.errors import WanggeError


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a command: ``data`` for ``--json``, ``lines`` for a reader."""

    data: Mapping[str, object]
    lines: Sequence[str] = field(default_factory=tuple)
    raw: Iterable[str] | None = None  # lines written as they come, in place of ``lines`` (dump)
    then: Callable[[], None] | None = None  # done when the answer has been written (demo)


class Refused(WanggeError):
    """A command did its work and the answer is a refusal, which stands in ``answer``."""

    def __init__(self, reason: str, answer: Answer) -> None:
        super().__init__(reason)
        self.answer = answer


def plain(value: object) -> object:
    """Give a value that JSON knows for one that it does not.

    >>> plain(np.int64(3)), plain(Path("a/b")), plain(float("nan"))
    (3, 'a/b', None)
    """
    match value:
        case np.generic():
            return plain(value.item())
        case float() if value != value:
            return None
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Path():
            return str(value)
        case set() | frozenset():
            return sorted(str(item) for item in value)
        case np.ndarray():
            return value.tolist()
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    return value


def as_json(data: object) -> bytes:
    """Write one JSON value; dates in ISO 8601, no value that is not JSON.

    >>> as_json({"at": date(2026, 5, 1), 1: None})
    b'{"at":"2026-05-01","1":null}'
    """
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
    return orjson.dumps(data, default=plain, option=options)


def progress_bar(what: str, stream: TextIO = sys.stderr) -> Callable[[int, int | None], None]:
    """Give a function that shows how far a long command is: on a terminal, and nowhere else.

    The function takes the rows done and the rows in all, where they are known.
    """
    if not stream.isatty():
        return lambda done, whole: None

    def show(done: int, whole: int | None) -> None:
        share = f"{done / whole:6.1%} " if whole else ""
        width = 24
        bar = "#" * (width * done // whole) if whole else ""
        stream.write(f"\r{what} {share}{bar:<{width}} {done:,}" + ("\n" if done == whole else ""))
        stream.flush()

    return show
