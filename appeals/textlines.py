"""Text lines out of a stream of bytes, in UTF-8 or GB18030, where one bad byte costs one line."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal, Self

Encoding = Literal["utf-8", "gb18030"]

SAMPLE_BYTES = 1 << 18
"""How much of a file its encoding is told by; what follows is checked line by line."""


def choose_encoding(sample: bytes) -> Encoding | None:
    """Tell whether these bytes are UTF-8 or GB18030, ``None`` where all are ASCII.

    Each line votes, so that one broken line does not turn a file.

    >>> choose_encoding("工单编号".encode("gb18030")), choose_encoding("工单编号".encode())
    ('gb18030', 'utf-8')
    """
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    if not lines:
        return None
    n_utf8 = sum(_decodes(line, "utf-8") for line in lines)
    n_gb18030 = sum(_decodes(line, "gb18030") for line in lines)
    return "utf-8" if 2 * n_utf8 >= len(lines) or n_utf8 >= n_gb18030 else "gb18030"


def _decodes(line: bytes, encoding: Encoding) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


class TextLines:
    """Lines of text with their line ends, and what was wrong with those taken since ``reset``.

    Asking again after the end is lawful: lines that were put back come then.

    Parameters
    ----------
    stream
        Lines of bytes; neither encoding uses the byte of a line feed inside a character.
    encoding
        As told by a sample; ``None`` lets the first line that is not ASCII decide.
    longest
        Lines that one row may take before reading on is refused with :class:`RowTooLong`.
    """

    def __init__(
        self, stream: Iterable[bytes], encoding: Encoding | None, longest: int = 500
    ) -> None:
        self._source = iter(stream)
        self._encoding = encoding
        self._longest = longest
        self._waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.fault: str | None = None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= self._longest:
            raise RowTooLong
        text = self._waiting.popleft() if self._waiting else self._decode(next(self._source))
        if "\x00" in text:
            self.fault = "holds a NUL byte"
        self.taken.append(text)
        return text

    def reset(self) -> None:
        """Begin a new row: forget the lines of the last one."""
        self.fault = None
        self.taken.clear()

    def put_back(self, lines: Iterable[str]) -> None:
        """Give these lines again, in their order, before any others."""
        self._waiting.extendleft(reversed(list(lines)))

    def _decode(self, line: bytes) -> str:
        if self._encoding is None:
            if line.isascii():
                return line.decode("ascii")
            self._encoding = choose_encoding(line)
        encoding = self._encoding or "utf-8"
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            self.fault = f"holds bytes that are not {encoding.upper()}"
            return line.decode(encoding, errors="replace")


class RowTooLong(Exception):
    """One row took more lines than any row may."""


def byte_lines(stream: BinaryIO, sample: bytes) -> Iterable[bytes]:
    """Give lines that end in a line feed; files of old machines end them in a carriage return.

    Parameters
    ----------
    stream
        The file from its first byte.
    sample
        Its first bytes, which tell the kind of line end.
    """
    if b"\r" not in sample or b"\n" in sample:
        return stream
    return _carriage_returns(stream)


def _carriage_returns(stream: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while block := stream.read(SAMPLE_BYTES):
        *whole, rest = (rest + block).split(b"\r")
        yield from (line + b"\n" for line in whole)
    if rest:
        yield rest
