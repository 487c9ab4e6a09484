"""The file of rejects: row, field, reason, and never a value."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from appeals.record import Reject


class RejectFile:
    """A CSV file that comes into being with its first reject.

    Parameters
    ----------
    folder
        Where it is written; made when needed.
    name
        Of the file whose rows were rejected; its rejects are ``<name>-<mark>.csv``.
    mark
        First digits of that file's digest, so that the same file always has the same rejects.
    """

    def __init__(self, folder: Path, name: str, mark: str) -> None:
        self._path = folder / f"{name}-{mark}.csv"
        self._stream: TextIO | None = None

    @property
    def written(self) -> Path | None:
        """The file, or ``None`` where no row was rejected."""
        return self._path if self._stream is not None else None

    def write(self, rejects: Sequence[Reject]) -> None:
        """Add rejects."""
        if not rejects:
            return
        if self._stream is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._path.open("w", encoding="utf-8", newline="")
            csv.writer(self._stream).writerow(("row", "field", "reason"))
        lines = csv.writer(self._stream)
        lines.writerows((reject.row, reject.field, reject.reason) for reject in rejects)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._stream is not None:
            self._stream.close()
