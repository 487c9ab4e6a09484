"""The cursor of a list: opaque to those who page through it, and never an offset."""

import base64
import binascii

import orjson

from appeals.errors import InputError


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
    if not isinstance(parts, list) or len(parts) != 1 or type(parts[0]) is not int:
        raise InputError("after: not a cursor of this list")
    position: int = parts[0]
    return position
