"""The cursor of a list: opaque to those who page through it, and never an offset."""

import base64
import binascii
from typing import Annotated, Final

import orjson
from fastapi import Path

from appeals.errors import InputError

BIGGEST: Final = 2**63 - 1
"""What a database can hold as the number of a row."""

Number = Annotated[int, Path(ge=1, le=BIGGEST)]
"""Number of a row, as part of an address."""


def write_cursor(position: int) -> str:
    """Write where a page ends.

    >>> read_cursor(write_cursor(17))
    17
    """
    return base64.urlsafe_b64encode(orjson.dumps([position])).decode().rstrip("=")


def read_cursor(text: str | None) -> int | None:
    """Read where the next page begins; ``None`` is the first page.

    Raises
    ------
    InputError
        It is none of ours.
    """
    if text is None:
        return None
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise InputError("after: not a cursor of this list") from error
    match parts:
        case [int(position)] if type(position) is int and 0 <= position <= BIGGEST:
            return position
    raise InputError("after: not a cursor of this list")
