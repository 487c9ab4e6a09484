"""Rows of JSON Lines: one object a line, numbers kept exactly as they are written."""

import json
from collections.abc import Iterator
from itertools import islice

from appeals.cells import text_of
from appeals.errors import InputError
from appeals.headers import field_of
from appeals.textlines import TextLines

_FIRST_ROWS = 1000  # the columns are the keys of these


class JsonLines:
    """Objects of a JSON Lines stream as rows under one set of headers.

    The headers are the keys of the first thousand rows. A later row that brings a further key which
    names a field of an appeal is told as wrong, so that nothing is left out unseen; other late
    keys are no columns.

    Raises
    ------
    InputError
        There is no object in it, or it is one JSON array instead of lines.
    """

    def __init__(self, lines: TextLines, name: str) -> None:
        self._objects = _objects(lines, name)
        self._first = list(islice(self._objects, _FIRST_ROWS))
        names = {key: None for row in self._first if isinstance(row, dict) for key in row}
        if not names:
            reason = "no line of it is a JSON object" if self._first else "there is no row in it"
            raise InputError(f"{name}: {reason}: write one object a line")
        self.headers: list[str] = list(names)

    def __iter__(self) -> Iterator[list[str | None] | str]:
        """Give each object's values in the order of the headers, or what is wrong with its line."""
        headers, known = self.headers, set(self.headers)
        for source in (self._first, self._objects):
            for row in source:
                if isinstance(row, str):
                    yield row
                    continue
                late = [key for key in row if key not in known and field_of(key)]
                if late:
                    yield f"has {field_of(late[0])}, which none of the first {_FIRST_ROWS} rows has"
                    continue
                yield [text_of(row.get(header)) for header in headers]
            self._first = []


def _objects(lines: TextLines, name: str) -> Iterator[dict[str, object] | str]:
    first = True
    while True:
        lines.reset()
        line = next(lines, None)
        if line is None:
            return
        text = line.strip("\ufeff\r\n\t ")
        if not text:
            continue
        if first and text.startswith("["):
            raise InputError(f"{name} is one JSON array: write one object a line instead")
        first = False
        yield lines.fault or _object(text)


def _object(text: str) -> dict[str, object] | str:
    try:
        # Numbers stay the text that they are: codes and phones keep all their digits.
        row = json.loads(text, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return "is not a JSON object"
    return row if isinstance(row, dict) else "is not a JSON object"
