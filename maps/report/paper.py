"""What a report says, before it is a file: the same for paper, spreadsheet and page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from maps.report.figures import Cell

_WHOLE: Final = 12  # rows: ten and a little
_LINE: Final = 20  # Chinese characters of a title across the type area


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first (一、) or second level (（一）)."""

    text: str
    level: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the body; a note is set smaller."""

    text: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its header, its share of the width, and whether it holds figures."""

    title: str
    width: float = 1.0
    figures: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption, which names the reading of a ranking."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(f"row {number} of {self.caption} does not fit its columns")

    @property
    def whole(self) -> bool:
        """Tell whether it stays on one page; a longer one goes on under its repeated header."""
        return len(self.rows) <= _WHOLE


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as SVG with its caption; ``width`` is its share of the page."""

    caption: str
    svg: str
    width: float = 1.0


Block: TypeAlias = Heading | Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole report.

    Attributes
    ----------
    title, period, office
        Title, exact span of the counted days, and who signs.
    made_at
        When it was made, in the jurisdiction's zone.
    blocks
        In the order of reading.
    annexes
        Full lists: sheets of the spreadsheet, folded on the page.
    compact
        Set on one page.
    mark
        水印 over each page: who takes the file, and when; empty where nobody has signed in.
    """

    title: str
    period: str
    office: str
    made_at: datetime
    blocks: tuple[Block, ...]
    annexes: tuple[Table, ...] = ()
    compact: bool = False
    mark: str = ""

    @property
    def title_lines(self) -> str:
        """Give the title as it is set: one too long for a line breaks before its brackets."""
        wide = sum(1 if ord(one) > 255 else 0.5 for one in self.title)
        return self.title.replace("（", "\n（") if wide > _LINE else self.title

    @property
    def tables(self) -> tuple[Table, ...]:
        """Give the tables of the body and the annexes, in order."""
        return (*(block for block in self.blocks if isinstance(block, Table)), *self.annexes)
