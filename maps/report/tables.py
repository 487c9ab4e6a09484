"""Tables of a report out of its facts."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hotspots.rates import growth, rate
from maps.report.facts import (
    RATES,
    Facts,
    Outcome,
    outcomes_by_area,
    place_count,
    shown_places,
    topic_name,
)
from maps.report.figures import NOTHING, Cell, Change, Count, Number, Rate, Share
from maps.report.paper import Column, Table
from maps.report.phrases import COMPARED

TOP = 10


def sure_words(frame: pd.DataFrame, span: str) -> list[str]:
    """Say of each row whether its change against a span is more than chance.

    The interval of the growth at 95 % tells (``hotspots.rates``).
    """
    of = growth(frame["this"].to_numpy(np.int64), frame[span].to_numpy(np.int64))
    words = np.where(of.low > 0, "明显上升", np.where(of.high < 0, "明显下降", "变化不明显"))
    return [str(word) for word in np.where(np.isnan(of.value), NOTHING, words)]


def topics_table(facts: Facts, *, top: int | None = TOP, within: str | None = None) -> Table:
    """Rank the topics: 件数, share, changes, and whether they are sure; ``top`` None lists all."""
    frame = facts.ranked_topics()
    if within is not None:
        code = frame["class_code"]
        frame = frame[(code == within) | code.str.startswith(f"{within}/")]
    frame = frame[frame["this"] > 0] if top is not None else frame
    shown = frame if top is None else frame.head(top)
    whole = facts.received() or 0
    compared = _compared(facts)
    past = facts.spans.step == "year" and "last_year" in compared
    was = facts.topics.set_index("class_code").get("last_year")
    ranks = {} if was is None else was.rank(method="min", ascending=False).astype(int).to_dict()
    columns = [
        Column("名次", 0.6), *([Column("上年名次", 0.9)] * past),
        Column("诉求类别", 3.0, figures=False),
        Column("件数"), Column("占比"),
        *(Column(word, 1.2) for word in compared.values()),
    ]  # fmt: skip
    first = next(iter(compared), None)
    sure = [] if first is None else sure_words(shown, first)
    if first is not None:
        columns.append(Column(f"{compared[first]}判断", 1.4, figures=False))
    rows = [
        (
            Number(row["rank"]),
            *([Number(ranks.get(row["class_code"]))] * past),
            topic_name(row["class_code"]) if top is not None else row["class_code"],
            Count(row["this"]),
            Share(row["this"], whole),
            *(Change(row["this"], row[name]) for name in compared),
            *([sure[number]] if sure else []),
        )
        for number, row in enumerate(shown.to_dict("records"))
    ]
    caption = "诉求类别" + (f"前{len(rows)}位" if top is not None else "全表")
    return Table(caption, tuple(columns), tuple(rows))


def places_table(facts: Facts, level: str, *, top: int | None = TOP) -> Table:
    """Rank streets or communities by where appeals lie (属地口径)."""
    word = {"district": "区县", "street": "街乡镇", "community": "社区（村）"}[level]
    return counted_places(facts, facts.named(level), word, top=top)


def counted_places(facts: Facts, frame: pd.DataFrame, word: str, *, top: int | None) -> Table:
    """Rank places that were given their figures and names."""
    shown = shown_places(frame)
    if top is not None:
        shown = shown[shown["rank"].notna() & (shown["this"] > 0)].head(top)
    compared = _compared(facts)
    households = np.array(shown["households"].astype("Float64").fillna(np.nan), dtype=np.float64)
    per = rate(shown["this"].to_numpy(np.int64), households).value
    known = bool(np.isfinite(per).any())
    full = top is None
    columns = [
        Column("名次", 0.6),
        *([Column("9位编码", 1.4, figures=False), Column("12位编码", 1.8, figures=False)] * full),
        Column(word, 1.8, figures=False), Column("件数"),
        *([Column("户数")] * (known and full)),
        *([Column("每千户")] * known),
        *(Column(name, 1.2) for name in compared.values()),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for row, by_household in zip(shown.to_dict("records"), per, strict=True):
        n, of = row["this"], row["households"]
        hidden = place_count(n).number is None
        rows.append(
            (
                Number(None if pd.isna(row["rank"]) else row["rank"]),
                *(both_codes(row["code"]) if full else ()),
                row["name"] or row["code"],
                place_count(n),
                *([Number(None if pd.isna(of) else float(of))] * (known and full)),
                *([Number(None if hidden or np.isnan(by_household) else by_household, 1)] * known),
                *(Change(n, row[name], of_place=True) for name in compared),
            )
        )
    which = "全表" if full else f"前{len(rows)}位" if rows else ""
    caption = f"{word}诉求量{which}（属地口径）"
    return Table(caption, tuple(columns), tuple(rows))


def both_codes(code: str) -> tuple[str, str]:
    """Give the code of a street in nine and of it or a community in twelve digits.

    A code of another kind stands as it is in the second column.

    Examples
    --------
    >>> both_codes("990101001"), both_codes("990101001002"), both_codes("B7")
    (('990101001', '990101001000'), ('990101001', '990101001002'), ('', 'B7'))
    """
    if not (code.isascii() and code.isdecimal()):
        return "", code
    if len(code) in (6, 9):
        return code.ljust(9, "0"), code.ljust(12, "0")
    return (code[:9], code) if len(code) == 12 else ("", code)


def rates_table(facts: Facts) -> Table:
    """Give 三率 of each street before and after 剔除, and its ranks as a paper shows them."""
    rows = tuple(
        (
            row.name, Count(row.outcome.every["dispatched"]), Count(row.outcome.left_out),
            *(
                cell
                for one in row.rates
                for cell in (one.before, one.after, _arrow(one.was, one.now))
            ),
        )
        for row in _rated(facts)
    )  # fmt: skip
    columns = [Column("街乡镇", 2.2, figures=False), Column("派单"), Column("剔除", 0.8)]
    for title in RATES.values():
        columns += [Column(f"{title}前", 1.1), Column("后", 1.1), Column("名次", 1.1)]
    return Table("三率及名次（派单口径，剔除前→剔除后）", tuple(columns), rows)


@dataclass(frozen=True, slots=True)
class _Rated:
    """One rate of a street before and after 剔除, with its ranks."""

    before: Rate
    after: Rate
    was: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    outcome: Outcome
    rates: tuple[_Rated, ...]


def _rated(facts: Facts) -> list[_Street]:
    """Rank the streets to which appeals were sent, most appeals first."""
    this = facts.sent[facts.sent["span"] == "this"]
    names = dict(zip(facts.units["unit_id"], facts.units["name"], strict=True))
    found = [
        (str(names.get(area, NOTHING)), outcome) for area, outcome in outcomes_by_area(this).items()
    ]
    columns = []
    for name in RATES:
        before = [outcome.rate(name, kept=False) for _, outcome in found]
        after = [outcome.rate(name, kept=True) for _, outcome in found]
        columns.append(list(map(_Rated, before, after, rank_rates(before), rank_rates(after))))
    streets = [
        _Street(name, outcome, tuple(column[number] for column in columns))
        for number, (name, outcome) in enumerate(found)
    ]
    return sorted(streets, key=lambda street: -street.outcome.every["dispatched"])


def rank_rates(rates: Sequence[Rate]) -> list[int | None]:
    """Rank rates, the highest first; one of too few answers has no rank.

    Examples
    --------
    >>> rank_rates([Rate(90, 10), Rate(95, 5), Rate(1, 2), Rate(90, 10)])
    [2, 1, None, 2]
    """
    shares = [rate.share for rate in rates]
    known = sorted(share for share in shares if share is not None)
    return [
        None if share is None else 1 + len(known) - bisect_right(known, share) for share in shares
    ]


def full_rates_table(facts: Facts) -> Table:
    """Give 三率 of each street with each figure in a column of its own, to be sorted."""
    columns = [Column("街乡镇", figures=False), Column("派单"), Column("剔除")]
    for title in RATES.values():
        columns += [
            Column(f"{title}{word}") for word in ("剔除前", "剔除后", "剔除前名次", "剔除后名次")
        ]
    rows = tuple(
        (
            row.name, Count(row.outcome.every["dispatched"]), Count(row.outcome.left_out),
            *(
                cell
                for one in row.rates
                for cell in (one.before, one.after, Number(one.was), Number(one.now))
            ),
        )
        for row in _rated(facts)
    )  # fmt: skip
    return Table("三率全表（派单口径）", tuple(columns), rows)


def _arrow(before: int | None, after: int | None) -> str:
    if before is None and after is None:
        return NOTHING
    one, other = (NOTHING if rank is None else str(rank) for rank in (before, after))
    return one if one == other else f"{one}→{other}"


def alerts_table(facts: Facts, top: int | None = None) -> Table:
    """List the alerts that were sent in the period, the gravest first."""
    columns = (
        Column("等级", 0.7, figures=False), Column("类型", 2.3, figures=False),
        Column("内容", 1.7, figures=False), Column("地点", 1.4, figures=False),
        Column("人数", 0.7), Column("提示时间", 1.8, figures=False),
        Column("状态", 2.0, figures=False),
    )  # fmt: skip
    rows = tuple(
        (
            str(one["level"]), str(one["kind"]), str(one["topic"]), str(one["place"]),
            Count(int(str(one["callers"]))), f"{one['opened_at']:%m-%d %H:%M}", str(one["state"]),
        )
        for one in facts.alerts.sent[:top]
    )  # fmt: skip
    return Table("风险提示", columns, rows)


def days_table(facts: Facts) -> Table:
    """List the days of the period."""
    rows = tuple(
        (f"{day:%Y-%m-%d}", Count(int(n)))
        for day, n in zip(facts.days["local_day"], facts.days["n"], strict=True)
    )
    return Table("逐日受理量", (Column("日期", figures=False), Column("件数")), rows)


def _compared(facts: Facts) -> dict[str, str]:
    """Give the word of each comparison for which there are data."""
    words = COMPARED[facts.spans.step]
    return {name: word for name, word in words.items() if name in facts.spans.compared}
