"""Days on which a busy source was silent: reports and pages say so, for an outage is no fall."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import pandas as pd

from appeals.database import Connection
from grids.totals.store import totals
from hotspots.periods import Span

BUSY: Final = 10
"""Appeals on a usual day; where they are as many, that none come is no chance."""

MOST_SPANS: Final = 3


def by_day(
    connection: Connection, span: Span, cut_off_hour: int, class_code: str | None = None
) -> pd.DataFrame:
    """Count the city's appeals of every day of a span, ``local_day`` and ``n``, 0 where none came.

    Parameters
    ----------
    connection
        An open transaction; it is only read.
    span, cut_off_hour
        Statistical days, and the hour at which one begins.
    class_code
        Count this class and those below it; all without it.
    """
    counted = totals(
        connection, "city", "lies", (span.first, span.last), ["local_day"],
        cut_off_hour=cut_off_hour, class_code=class_code,
    ).set_index("local_day")["n"]  # fmt: skip
    every = [span.first + timedelta(days=day) for day in range(span.days)]
    return counted.reindex(every, fill_value=0).rename_axis("local_day").reset_index()


def silent_days(
    connection: Connection, spans: Mapping[str, Span], cut_off_hour: int
) -> dict[str, list[date]]:
    """Give by span the days on which nothing came though half of all days have many."""
    days = {name: by_day(connection, span, cut_off_hour) for name, span in spans.items()}
    if float(pd.concat(days.values())["n"].median()) < BUSY:
        return {}
    return {name: of.loc[of["n"] == 0, "local_day"].tolist() for name, of in days.items()}


def silent_words(silent: Mapping[str, Sequence[date]], compared: Mapping[str, str]) -> str:
    """Say on which days nothing came; nothing where there are none.

    Parameters
    ----------
    silent
        Days by span: ``this``, or one with which it is compared.
    compared
        The word of each comparison.

    Examples
    --------
    >>> from datetime import date
    >>> gone = {"this": [date(2026, 6, 3)], "previous": [date(2026, 5, 30), date(2026, 5, 31)]}
    >>> silent_words(gone, {"previous": "环比"})
    '6月3日、环比对照期的5月30日至5月31日没有受理记录，来源可能中断，件数变化仅供参考'
    """
    said = [
        (f"{compared[name]}对照期的" if name in compared else "") + days_text(days)
        for name, days in silent.items()
        if days
    ]
    return f"{'、'.join(said)}没有受理记录，来源可能中断，件数变化仅供参考" if said else ""


def days_text(days: Sequence[date]) -> str:
    """Write days in order, those one after another as a span, three spans at most.

    Examples
    --------
    >>> from datetime import date
    >>> days_text([date(2026, 6, 3), date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)])
    '6月3日、6月29日至7月1日'
    """
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][-1] == timedelta(days=1):
            spans[-1].append(day)
        else:
            spans.append([day])
    said = [
        f"{one[0].month}月{one[0].day}日"
        + (f"至{one[-1].month}月{one[-1].day}日" if one[-1] > one[0] else "")
        for one in spans[:MOST_SPANS]
    ]
    return "、".join(said) + (f"等{len(days)}天" if len(spans) > MOST_SPANS else "")
