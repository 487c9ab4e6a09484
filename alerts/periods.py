"""重点时段 that come again: what a class shows in 供暖季 or 汛期, from the same one before.

A period has phases, counted from its first day. In each the callers of a class are held against the
level from before the period; what an earlier period of the same name has shown enters the
expectation, with the doubt that one year is not like another. Where there was none the office's own
factor stands, no effect without it, with a larger doubt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.focus import Period
from alerts.keys import ClassToken, related

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PHASES = (0, 1, 3, 7, 14, 28, 56, 84)
"""Days after a period's first at which its phases begin."""

UNKNOWN, KNOWN = 0.5**2, 0.25**2
"""Relative variance of a factor that nothing was learnt of, and of one from earlier years."""

_PRIOR = 5.0  # pseudo-counts that draw a learnt factor to the office's
_FORGET = 0.5  # what an earlier period still counts when one more has been learnt
_ANOTHER_D = 60  # a first day moved by less is the same period, corrected
_LEAST = 0.05
_STORED = ("sums", "base", "first")


class Mark(NamedTuple):
    """One period on one day: its first day's ordinal, the phase, and what the office wrote."""

    name: str
    first: int
    phase: int
    classes: tuple[str, ...]
    factor: float


def _empty(*shape: int) -> Floats:
    return np.zeros(shape, np.float64)


@dataclass(slots=True)
class Periods:
    """What was learnt of periods by name, n of them, of m class tokens in p phases.

    ``sums``: callers and expectations of earlier periods and of the one under way, shape
    (4, n, m, p). ``base``: callers an hour of each class before the one under way, shape (n, m);
    ``first`` its first day's ordinal, shape (n,). ``marks`` are the periods of a day by the code
    that its hours carry; 0 is none. ``tokens`` are the m that it has grown to: rows that are still
    to be counted may have brought more.
    """

    names: list[str] = field(default_factory=list)
    sums: Floats = field(default_factory=lambda: _empty(4, 0, 0, len(PHASES)))
    base: Floats = field(default_factory=lambda: _empty(0, 0))
    first: Floats = field(default_factory=lambda: _empty(0))
    marks: list[tuple[Mark, ...]] = field(default_factory=lambda: [()])
    tokens: Sequence[ClassToken] = ()
    _about: dict[tuple[int, tuple[str, ...]], tuple[Bools, Bools]] = field(default_factory=dict)

    def copy(self) -> "Periods":
        """Give a twin that can learn without changing this one."""
        arrays = self.sums.copy(), self.base.copy(), self.first.copy()
        return Periods(self.names.copy(), *arrays, self.marks.copy(), self.tokens)

    def stored(self) -> dict[str, Floats]:
        """Give the arrays that are stored beside the names."""
        return {"period_" + name: getattr(self, name) for name in _STORED}

    def restore(self, stored: Mapping[str, Floats]) -> None:
        """Take stored arrays back."""
        for name in _STORED:
            setattr(self, name, stored["period_" + name])

    def grow(self, tokens: Sequence[ClassToken]) -> None:
        """Make room for new classes."""
        if len(self.tokens) != len(tokens):
            self.tokens = tuple(tokens)
        more = len(tokens) - self.base.shape[1]
        if more > 0:
            self.sums = np.pad(self.sums, ((0, 0), (0, 0), (0, more), (0, 0)))
            self.base = np.pad(self.base, ((0, 0), (0, more)))

    def code(self, periods: Sequence[Period], day: date) -> int:
        """Give the code of the periods that a day falls into, 0 for none.

        Only periods that name classes count; of several of one name the one that began last.
        """
        number = day.toordinal()
        found = {
            one.name: Mark(
                one.name,
                one.first.toordinal(),
                int(np.searchsorted(PHASES, number - one.first.toordinal(), "right")) - 1,
                one.classes,
                one.factor,
            )
            for one in sorted(periods, key=lambda one: one.first)
            if one.classes and one.first <= day <= one.last
        }
        marks = tuple(found[name] for name in sorted(found))
        if marks not in self.marks:
            self.marks.append(marks)
        return self.marks.index(marks)

    def factor(self, code: int) -> tuple[Floats, Floats]:
        """Give the factor of each class under a code, and its relative variance, shape (m,) each.

        A class above one that is named has what was learnt of it, never the office's factor.
        """
        factor, unsure = np.ones(len(self.tokens)), np.zeros(len(self.tokens))
        for mark in self.marks[code]:
            own, touched = self._concerned(mark)
            prior = np.where(own, mark.factor, 1.0)
            count, expected = self._past(mark)
            weight = _PRIOR / (expected + _PRIOR)
            learnt = np.maximum((count + _PRIOR * prior) / (expected + _PRIOR), _LEAST)
            doubt = weight * np.where(own, UNKNOWN, 0.0) + (1 - weight) * KNOWN
            factor *= np.where(touched, learnt, 1.0)
            unsure += np.where(touched, doubt, 0.0)
        return factor, unsure

    def touched(self, code: int) -> Bools:
        """Tell which classes a code's periods are about, those above them too, shape (m,)."""
        about = np.zeros(len(self.tokens), np.bool_)
        for mark in self.marks[code]:
            about |= self._concerned(mark)[1]
        return about

    def learn(self, code: int, token: Ints, seen: Floats, level: Floats, exposure: Floats) -> None:
        """Learn one day of the city's keys.

        Parameters
        ----------
        code
            Of the day.
        token
            Class token of each, shape (c,).
        seen
            Callers of the day, shape (c,).
        level
            Expected callers an hour, without season and periods, shape (c,); 0 for a class that was
            never seen outside of them: it learns nothing of a period that begins so.
        exposure
            Sum of the class's season over the hours of the day, without periods, shape (c,).
        """
        for mark in self.marks[code]:
            if mark.name not in self.names:
                self.names.append(mark.name)
                self.sums = np.pad(self.sums, ((0, 0), (0, 1), (0, 0), (0, 0)))
                self.base = np.pad(self.base, ((0, 1), (0, 0)))
                self.first = np.append(self.first, 0.0)
            n = self.names.index(mark.name)
            if mark.first - self.first[n] > _ANOTHER_D:
                self.sums[:2, n] = _FORGET * self.sums[:2, n] + self.sums[2:, n]
                self.sums[2:, n] = 0.0
                self.base[n] = 0.0
                self.base[n, token] = level
            self.first[n] = mark.first
            base = self.base[n, token]
            # Callers that nothing was expected of would be a factor beyond all bounds.
            self.sums[2, n, token, mark.phase] += np.where(base > 0, seen, 0.0)
            self.sums[3, n, token, mark.phase] += base * exposure

    def words(self, code: int, token: int, day: int) -> str:
        """Say which period a class is in on a day, by its ordinal, and what it was expected to do.

        Examples
        --------
        >>> heat = Period("供暖季", date(2026, 11, 15), date(2027, 3, 15), classes=("供热",))
        >>> periods = Periods(tokens=[ClassToken(False, "供热")])
        >>> periods.grow(periods.tokens)
        >>> periods.words(periods.code((heat,), heat.first), 0, heat.first.toordinal())
        '（供暖季首日，尚无往年同期可比）'
        """
        said = ""
        for mark in self.marks[code]:
            own, touched = self._concerned(mark)
            if not touched[token]:
                continue
            nth = day - mark.first
            when = f"{mark.name}{f'第{nth + 1}天' if nth else '首日'}"
            count, expected = self._past(mark)
            if expected[token] > 0:
                times = (count[token] + _PRIOR) / (expected[token] + _PRIOR)
                said += f"（{when}，往年同期为平日的{times:.1f}倍，已计入）"
            elif own[token] and mark.factor != 1:
                said += f"（{when}，尚无往年同期，按平日的{mark.factor:g}倍估计）"
            else:
                said += f"（{when}，尚无往年同期可比）"
        return said

    def _past(self, mark: Mark) -> tuple[Floats, Floats]:
        """Give what earlier periods showed in a mark's phase and what was expected, (m,) each."""
        nothing = np.zeros(len(self.tokens))
        if mark.name not in self.names:
            return nothing, nothing
        n = self.names.index(mark.name)
        past = self.sums[:2, n, :, mark.phase].copy()
        if mark.first - self.first[n] > _ANOTHER_D:  # what was under way is over
            past = _FORGET * past + self.sums[2:, n, :, mark.phase]
        return past[0], past[1]

    def _concerned(self, mark: Mark) -> tuple[Bools, Bools]:
        """Tell which classes a period names, and which it names or lie above them, (m,) each."""
        known = self._about.get((len(self.tokens), mark.classes))
        if known is None:
            codes = [token.code for token in self.tokens]
            own = [any(f"{code}/".startswith(f"{c}/") for c in mark.classes) for code in codes]
            touched = [any(code and related(code, c) for c in mark.classes) for code in codes]
            known = np.array(own, np.bool_), np.array(touched, np.bool_)
            self._about = {**self._about, (len(codes), mark.classes): known}
        return known
