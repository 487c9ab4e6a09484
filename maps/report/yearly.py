"""The indicators of 年体检: this year beside the last one."""

import numpy as np

from hotspots.concentration import places_for
from maps.report.facts import RATES, Facts
from maps.report.figures import NO_DATA, NOTHING, Cell, Change, Count, Number, Points, Share
from maps.report.paper import Column, Table
from maps.wording import day_text


def indicators_table(facts: Facts) -> Table:
    """Compare this year with the last one, indicator by indicator."""
    columns = (
        Column("指标", 2.4, figures=False), Column("本年"), Column("上年"),
        Column("变化", 1.4),
    )  # fmt: skip
    now, before = facts.outcome(), facts.outcome("last_year")
    rows: list[tuple[Cell, ...]] = []

    def counted(title: str, this: int, last: int | None) -> None:
        past: Cell = NO_DATA if last is None else Count(last)
        rows.append((title, Count(this), past, Change(this, last)))

    counted("受理量（件）", facts.received() or 0, facts.received("last_year"))
    if now is not None and now.routed:
        for title, name in (("派单量（件）", "dispatched"), ("直办量（件）", "direct")):
            past = None if before is None or not before.routed else before.every[name]
            counted(title, now.every[name], past)
    if now is not None and now.rated:
        for name, title in RATES.items():
            for word, kept in (("剔除前", False), ("剔除后", True)):
                rate = now.rate(name, kept=kept)
                last = None if before is None else before.rate(name, kept=kept)
                change = Points(rate, last)
                unit = "个百分点" if change.number is not None else ""
                rows.append(
                    (
                        f"{title}（{word}）",
                        rate,
                        NO_DATA if last is None else last,
                        change.text + (unit if change.text != "持平" else ""),
                    )
                )
    received, year_ago = facts.received() or 0, facts.spans.compared.get("last_year")
    a_day = None if year_ago is None else (facts.received("last_year") or 0) / year_ago.days
    rows += [
        (
            "日均受理量（件）", Number(received / facts.spans.this.days, 1),
            NO_DATA if a_day is None else Number(a_day, 1), NOTHING,
        ),
        ("一半诉求所在社区（村）占比", *_halves(facts), NOTHING),
        (f"{facts.alerts_of}发出风险提示（条）", Count(len(facts.alerts.sent)), NOTHING, NOTHING),
    ]  # fmt: skip
    daily = facts.days["n"].to_numpy(np.int64)
    peak = facts.days.iloc[int(daily.argmax())]
    busiest = f"最高日受理量（件，{day_text(peak['local_day'])[5:]}）"
    rows.append((busiest, Count(int(daily.max())), NOTHING, NOTHING))
    return Table("体检指标", columns, tuple(rows))


def _halves(facts: Facts) -> tuple[Cell, Cell]:
    """Give the share of communities that hold half of the appeals, this year and last."""
    places = facts.named("community")
    found: list[Cell] = []
    for span in ("this", "last_year"):
        if span not in places.columns or not places[span].sum():
            found.append(NO_DATA)
            continue
        found.append(Share(places_for(places[span].to_numpy(np.int64)), len(places)))
    return found[0], found[1]
