"""The four reports: what each reader finds, in which order."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np

from hotspots.concentration import places_for
from hotspots.periods import Step
from maps.layers import SMALL_BELOW
from maps.report.drawing import bars, choropleth
from maps.report.facts import Facts
from maps.report.figures import NO_DATA, Cell, Count, Number, Share
from maps.report.matters import matters
from maps.report.paper import Block, Column, Heading, Paper, Paragraph, Picture, Table
from maps.report.phrases import (
    THIS,
    definitions,
    rate_words,
    subtitle,
    topic_words,
    totals_words,
)
from maps.report.spans import NAMES
from maps.report.tables import (
    alerts_table,
    days_table,
    full_rates_table,
    places_table,
    rates_table,
    topics_table,
)
from maps.report.weekly import week_blocks
from maps.report.yearly import indicators_table
from maps.wording import day_text


def paper_of(facts: Facts) -> Paper:
    """Write the report of a table of facts."""
    step, whole = facts.spans.step, facts.spans.whole
    dated = {
        "day": day_text(whole.first),
        "week": f"{day_text(whole.first)}至{whole.last.month}月{whole.last.day}日",
        "month": f"{whole.last.year}年{whole.last.month}月",
        "year": f"{whole.last.year}年",
    }
    return Paper(
        title=f"{facts.office}诉求{NAMES[step]}（{dated[step]}）",
        period=subtitle(facts),
        office=facts.office,
        made_at=facts.made_at,
        blocks=tuple(_said(block) for block in _BODIES[step](facts)),
        annexes=_annexes(facts),
        compact=step == "day",
    )


def _said(block: Block) -> Block:
    """Give a sentence in the place of a table without rows."""
    if isinstance(block, Table) and not block.rows:
        return Paragraph(f"{block.caption}：没有达到{SMALL_BELOW}件的。")
    return block


def _day(facts: Facts) -> list[Block]:
    return [
        Heading("一、总体情况"),
        Paragraph(totals_words(facts)),
        Heading("二、诉求类别和街乡镇（属地口径）前十位"),
        _side_by_side(facts),
        Heading("三、重点诉求"),
        *(Paragraph(text) for text in matters(facts)),
        Heading("四、风险提示"),
        *_alerts(facts, top=5),
    ]


_DAY_WIDTHS: Final = {
    "名次": 0.8, "诉求类别": 3.0, "街乡镇": 1.6, "件数": 0.9, "较昨日": 1.2, "较上周同日": 1.6,
}  # fmt: skip
"""Columns of the day's table, so that no header is cut."""


def _side_by_side(facts: Facts) -> Table:
    """Give ten topics and ten streets beside each other."""
    halves = topics_table(facts), places_table(facts, "street")
    wanted = [
        [i for i, column in enumerate(half.columns) if i and column.title in _DAY_WIDTHS]
        for half in halves
    ]
    columns = [Column("名次", _DAY_WIDTHS["名次"])]
    columns += [
        replace(half.columns[i], width=_DAY_WIDTHS[half.columns[i].title])
        for half, at in zip(halves, wanted, strict=True)
        for i in at
    ]
    rows = []
    for number in range(max(len(half.rows) for half in halves)):
        row: list[Cell] = [Number(number + 1)]
        for half, at in zip(halves, wanted, strict=True):
            there = number < len(half.rows)
            row += [half.rows[number][i] if there else "" for i in at]
        rows.append(tuple(row))
    return Table("诉求类别和街乡镇前十位", tuple(columns), tuple(rows))


def _month(facts: Facts) -> list[Block]:
    return [Heading("一、总体情况"), *_from_totals_to_notes(facts)]


def _year(facts: Facts) -> list[Block]:
    return [Heading("一、体检指标"), indicators_table(facts), *_from_totals_to_notes(facts)]


def _from_totals_to_notes(facts: Facts) -> list[Block]:
    """Give what a month and a year have alike."""
    return [
        Paragraph(totals_words(facts)),
        *_days_picture(facts),
        Heading("二、主要诉求类别"),
        topics_table(facts),
        Heading("三、街乡镇诉求量"),
        places_table(facts, "street"),
        *_street_map(facts),
        Heading("四、诉求集中的社区（村）"),
        places_table(facts, "community"),
        Paragraph(_half_words(facts)),
        Heading("五、响应率、解决率、满意率"),
        Paragraph(rate_words(facts)),
        *_rates(facts),
        Heading("六、风险提示"),
        *_alerts_summary(facts),
        *_worked_on(facts),
        *_notes(facts),
    ]


def _days_picture(facts: Facts) -> list[Block]:
    days, counts = facts.days["local_day"].tolist(), facts.days["n"].tolist()
    word = "逐月" if len(days) > 60 else "逐日"
    return [Picture(f"{word}受理量（件）", bars(days, counts))] if len(days) > 1 else []


def _street_map(facts: Facts) -> list[Block]:
    streets = facts.units[facts.units["level"] == "street"]
    svg = choropleth(streets, facts.places["street"])
    return [] if svg is None else [Picture("街乡镇诉求量分布（属地口径，件）", svg)]


def _half_words(facts: Facts) -> str:
    """Say how few communities hold half of the appeals."""
    counts = facts.named("community")["this"].to_numpy(np.int64)
    if not counts.sum():
        return f"社区（村）诉求量{NO_DATA}。"
    few = places_for(counts)
    return (
        f"全部{len(counts)}个社区（村）中，{few}个（{Share(few, len(counts)).text}）"
        f"集中了落到社区（村）的诉求的一半。未能落到社区（村）"
        f"{(facts.received() or 0) - facts.placed('community'):,}件。"
    )


def _rates(facts: Facts) -> list[Block]:
    now = facts.outcome()
    if now is None or not now.rated:
        return []
    table = rates_table(facts)
    return [table] if table.rows else [Paragraph("没有诉求派到街乡镇，不列名次。")]


def _alerts(facts: Facts, top: int | None = None) -> list[Block]:
    words, sent = THIS[facts.spans.step] + facts.alerts_of, facts.alerts.sent
    if not sent:
        return [Paragraph(f"{words}没有发出风险提示{_not_sent(facts)}。")]
    table = alerts_table(facts, top)
    more = len(sent) - len(table.rows)
    return [
        Paragraph(
            f"{words}发出风险提示{len(sent)}条{_by_level(facts)}"
            + (f"，以下列前{len(table.rows)}条" if more else "")
            + f"{_not_sent(facts)}。"
        ),
        table,
        Paragraph("内部工作提示，不作为突发事件预警信息发布。", note=True),
    ]


def _not_sent(facts: Facts) -> str:
    """Say how many alerts were only kept, in the words of the duty desk."""
    counts = (facts.alerts.aside, "条未单独提示"), (facts.alerts.historical, "条历史提示")
    said = "、".join(f"{n}{word}" for n, word in counts if n)
    return f"；另有{said}" if said else ""


def _by_level(facts: Facts) -> str:
    counts = Counter(str(one["level"]) for one in facts.alerts.sent)
    said = "、".join(f"{level}{counts[level]}条" for level in "红橙黄蓝" if counts[level])
    return f"（{said}）"


def _alerts_summary(facts: Facts) -> list[Block]:
    counts = Counter((str(one["kind"]), str(one["level"])) for one in facts.alerts.sent)
    if not counts:
        return _alerts(facts)
    kinds = sorted({kind for kind, _ in counts})
    columns = (
        Column("类型", 2, figures=False), *(Column(level) for level in "红橙黄蓝"), Column("合计"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for kind in kinds:
        of = [counts[kind, level] for level in "红橙黄蓝"]
        rows.append((kind, *(Count(n) for n in (*of, sum(of)))))
    intro, _, note = _alerts(facts)
    return [intro, Table("风险提示条数", columns, tuple(rows)), note]


def _worked_on(facts: Facts) -> list[Block]:
    """Tell how far the topics of the month are; nothing where none was chosen."""
    if not facts.worked_on:
        return []
    today = facts.made_at.date()
    return [
        Heading("七、每月一题"),
        *(Paragraph(topic_words(one, today)) for one in facts.worked_on),
    ]


def _notes(facts: Facts) -> list[Block]:
    return [
        Heading(f"{'八' if facts.worked_on else '七'}、统计口径"),
        Paragraph("".join(definitions(facts)), note=True),
    ]


def _week(facts: Facts) -> list[Block]:
    return [*week_blocks(facts), *_alerts_of_week(facts), *_notes(facts)]


def _alerts_of_week(facts: Facts) -> list[Block]:
    return [Heading("六、风险提示"), *_alerts(facts, top=10)]


def _annexes(facts: Facts) -> tuple[Table, ...]:
    full = [
        topics_table(facts, top=None),
        *(places_table(facts, level, top=None) for level in ("district", "street", "community")),
        full_rates_table(facts),
        days_table(facts),
        alerts_table(facts),
    ]
    return tuple(table for table in full if table.rows)


_BODIES: Final[Mapping[Step, Callable[[Facts], list[Block]]]] = MappingProxyType(
    {"day": _day, "week": _week, "month": _month, "year": _year}
)
