"""Figures of a report: each knows how an office writes it and what a spreadsheet stores."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from hotspots.rates import MIN_BASE
from maps.layers import SMALL_BELOW, SMALL_WORD

NO_DATA: Final = "无数据"
NOTHING: Final = "—"


@dataclass(frozen=True, slots=True)
class Count:
    """Appeals; those of a place are hidden from one to four."""

    n: int
    of_place: bool = False

    @property
    def text(self) -> str:
        """Write it as on paper.

        Examples
        --------
        >>> Count(1234).text, Count(3).text, Count(3, of_place=True).text
        ('1,234', '3', '小于5')
        """
        return SMALL_WORD if self._hidden else f"{self.n:,}"

    @property
    def number(self) -> float | None:
        """Give what a spreadsheet stores, None where it stores the text."""
        return None if self._hidden else self.n

    @property
    def form(self) -> str:
        """Give the spreadsheet's number format."""
        return "#,##0"

    @property
    def _hidden(self) -> bool:
        return self.of_place and 0 < self.n < SMALL_BELOW


@dataclass(frozen=True, slots=True)
class Change:
    """A count against that of another period, ``None``: there is none to compare with.

    In per cent; a base under twenty shows figures only, and no figure of a place that is hidden.
    """

    now: int
    before: int | None
    of_place: bool = False

    @property
    def share(self) -> float | None:
        """Give the growth as a share, None where it is not to be told."""
        if self.before is None or self.before < MIN_BASE or self._hides(self.now):
            return None
        return self.now / self.before - 1

    @property
    def text(self) -> str:
        """Write it as on paper.

        Examples
        --------
        >>> [Change(now, before).text for now, before in ((120, 100), (99, 100), (400, 400))]
        ['+20.0%', '-1.0%', '持平']
        >>> Change(30, 12).text, Change(30, None).text, Change(30, 2, of_place=True).text
        ('上期12', '—', '—')
        """
        if self.share is not None:
            shown = f"{self.share:+.1%}"
            return "持平" if shown in ("+0.0%", "-0.0%") else shown
        if self.before is None or self._hides(self.before) or self._hides(self.now):
            return NOTHING
        return f"上期{self.before:,}"

    @property
    def words(self) -> str:
        """Write it into a sentence.

        Examples
        --------
        >>> Change(120, 100).words, Change(80, 100).words, Change(3, 2).words
        ('上升20.0%', '下降20.0%', '由2件变为3件（基数不足20，不计算比率）')
        """
        if self.share is None:
            if self.before is None:
                return "无可比数据"
            return f"由{self.before:,}件变为{self.now:,}件（基数不足{MIN_BASE}，不计算比率）"
        if self.text == "持平":
            return "持平"
        return f"{'上升' if self.share > 0 else '下降'}{abs(self.share):.1%}"

    @property
    def number(self) -> float | None:
        """Give what a spreadsheet stores, None where it stores the text."""
        return self.share

    @property
    def form(self) -> str:
        """Give the spreadsheet's number format."""
        return "+0.0%;-0.0%;0.0%"

    def _hides(self, n: int) -> bool:
        return self.of_place and 0 < n < SMALL_BELOW


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, in per cent."""

    part: int
    whole: int

    @property
    def number(self) -> float | None:
        """Give what a spreadsheet stores, None where it stores the text."""
        return self.part / self.whole if self.whole else None

    @property
    def text(self) -> str:
        """Write it as on paper.

        Examples
        --------
        >>> Share(1, 8).text, Share(0, 0).text
        ('12.5%', '—')
        """
        return NOTHING if self.number is None else f"{self.number:.1%}"

    @property
    def form(self) -> str:
        """Give the spreadsheet's number format."""
        return "0.0%"


@dataclass(frozen=True, slots=True)
class Rate:
    """One of 三率: answers that say yes among those that say yes or no; under twenty, figures."""

    yes: int
    no: int

    @property
    def share(self) -> float | None:
        """Give the rate, None where too few answered."""
        answers = self.yes + self.no
        return self.yes / answers if answers >= MIN_BASE else None

    @property
    def number(self) -> float | None:
        """Give what a spreadsheet stores, None where it stores the text."""
        return self.share

    @property
    def text(self) -> str:
        """Write it as on paper.

        Examples
        --------
        >>> Rate(81, 9).text, Rate(3, 4).text, Rate(0, 0).text
        ('90.0%', '3/7', '无数据')
        """
        answers = self.yes + self.no
        if not answers:
            return NO_DATA
        return f"{self.yes}/{answers}" if self.share is None else f"{self.share:.1%}"

    @property
    def form(self) -> str:
        """Give the spreadsheet's number format."""
        return "0.0%"


@dataclass(frozen=True, slots=True)
class Points:
    """A rate against that of another period, in 个百分点."""

    now: Rate
    before: Rate | None

    @property
    def number(self) -> float | None:
        """Give what a spreadsheet stores, None where it stores the text."""
        if self.before is None or self.now.share is None or self.before.share is None:
            return None
        return 100 * (self.now.share - self.before.share)

    @property
    def text(self) -> str:
        """Write it as on paper, the unit standing in the header.

        Examples
        --------
        >>> Points(Rate(81, 9), Rate(80, 20)).text, Points(Rate(81, 9), None).text
        ('+10.0', '—')
        """
        if self.number is None:
            return NOTHING
        shown = f"{self.number:+.1f}"
        return "持平" if shown in ("+0.0", "-0.0") else shown

    @property
    def words(self) -> str:
        """Write it into a sentence.

        Examples
        --------
        >>> Points(Rate(81, 9), Rate(80, 20)).words
        '上升10.0个百分点'
        """
        if self.number is None:
            return "无可比数据"
        if self.text == "持平":
            return "持平"
        return f"{'上升' if self.number > 0 else '下降'}{abs(self.number):.1f}个百分点"

    @property
    def form(self) -> str:
        """Give the spreadsheet's number format."""
        return "+0.0;-0.0;0.0"


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number with a fixed number of decimals, None: not known."""

    number: float | None
    decimals: int = 0

    @property
    def text(self) -> str:
        """Write it as on paper.

        Examples
        --------
        >>> Number(3.14159, 1).text, Number(12345).text, Number(None).text
        ('3.1', '12,345', '—')
        """
        return NOTHING if self.number is None else f"{self.number:,.{self.decimals}f}"

    @property
    def form(self) -> str:
        """Give the spreadsheet's number format."""
        return "#,##0" + ("." + "0" * self.decimals if self.decimals else "")


Figure: TypeAlias = Count | Change | Share | Rate | Points | Number
Cell: TypeAlias = Figure | str
"""Text stays text: a code is never a number."""


def written(cell: Cell) -> str:
    """Write a cell as on paper."""
    return cell if isinstance(cell, str) else cell.text
