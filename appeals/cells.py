"""A typed value of a workbook, a JSON line or a column store becomes the text of a cell."""

import math
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

import orjson

from appeals.times import NumberCell

_EXACT = 1e15  # a spreadsheet's numbers keep fifteen digits


def text_of(value: object) -> str | None:
    """Write a value as the text of a cell, ``None`` for nothing.

    A date without a time of day is written as a day alone. A whole number is written without a
    point; one beyond fifteen digits that went through a floating number is written with its
    exponent, so that nobody takes its lost digits for a code.

    >>> text_of(13800000000.0), text_of(1.10101199003070e17), text_of(True), text_of(" a")
    ('13800000000', '1.10101199003070E+17', 'true', ' a')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        if value.is_integer():
            return str(int(value)) if abs(value) < _EXACT else f"{value:.14E}"
        return repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, Mapping | list | tuple):
        return orjson.dumps(value, default=str).decode()
    return str(value)


def number_cell(value: float) -> NumberCell:
    """Write a workbook's number as text that a time column may take for a serial day."""
    return NumberCell(text_of(value) or "")


def text_cells(row: Mapping[str, object]) -> dict[str, str | None]:
    """Write every value of a row as text, keys as they are."""
    return {key: text_of(value) for key, value in row.items()}


def fault_of(cells: Mapping[str, str | None]) -> str | None:
    """Tell what keeps a row's text from being stored: NUL, or half of a surrogate pair."""
    for value in cells.values():
        if value is None or (value.isascii() and "\x00" not in value):
            continue
        if "\x00" in value:
            return "holds a NUL character"
        try:
            value.encode()
        except UnicodeEncodeError:
            return "holds half a character (an unpaired surrogate)"
    return None
