"""What every report says in the same words: period, comparisons, totals, definitions."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from hotspots.monthly.store import Topic, overdue
from hotspots.periods import Span, Step
from hotspots.rates import MIN_BASE
from maps.layers import SMALL_BELOW
from maps.report.facts import RATES, Facts, Outcome
from maps.report.figures import NO_DATA, Change, Points
from maps.silent import silent_words
from maps.wording import day_text, period_text

COMPARED: Final[Mapping[Step, Mapping[str, str]]] = {
    "day": {"previous": "较昨日", "week_ago": "较上周同日"},
    "week": {"previous": "环比"},
    "month": {"previous": "环比", "last_year": "同比"},
    "year": {"last_year": "较上年"},
}
"""The word of each comparison."""

THIS: Final[Mapping[Step, str]] = {"day": "当日", "week": "本周", "month": "本月", "year": "本年"}


def span_text(span: Span, cut_off_hour: int) -> str:
    """Write the exact span of statistical days.

    Examples
    --------
    >>> from datetime import date
    >>> span_text(Span(date(2026, 5, 1), date(2026, 5, 31)), 8)
    '2026年5月1日8时至2026年6月1日8时'
    """
    if not cut_off_hour:
        return period_text(span)
    end = span.last + timedelta(days=1)
    return f"{day_text(span.first)}{cut_off_hour}时至{day_text(end)}{cut_off_hour}时"


def subtitle(facts: Facts) -> str:
    """Write the line under the title: the span counted, and what is special about it."""
    spans = facts.spans
    parts = [f"统计时间：{span_text(spans.this, spans.cut_off_hour)}"]
    if spans.begun_late:
        parts.append(f"数据自{day_text(spans.this.first)}起")
    if spans.running:
        parts.append(f"本期尚未结束（至{day_text(spans.whole.last)}）")
    if facts.demo:
        parts.append("演示数据")
    return "；".join(parts)


def topic_words(topic: Topic, today: date) -> str:
    """Write how far a topic of the month is: what its lists hold, what is done and what is late."""
    parts = []
    for name, word in (("problem", "问题"), ("task", "任务")):
        items = [one for one in topic.items if one.list == name]
        done = sum(one.done for one in items)
        late = sum(overdue(one, today) for one in items)
        said = f"{word}清单{len(items)}项" + (f"，办结{done}项" if items else "")
        parts.append(said + (f"，逾期{late}项" if late else ""))
    parts.append(f"责任清单{len(topic.of('duty'))}项")
    state = "已销题" if topic.ended else "在办"
    name = "·".join(topic.class_code.split("/")[-2:])
    return f"{topic.month}题目“{name}”（{topic.lead}牵头，{state}）：{'；'.join(parts)}。"


def compared_words(facts: Facts, now: int, before: Mapping[str, int | None]) -> str:
    """Write a count's changes: 较昨日上升…，较上周同日下降….

    A comparison for which there are no data is left out.
    """
    words = COMPARED[facts.spans.step]
    said = [
        f"{word}{Change(now, before[name]).words}"
        for name, word in words.items()
        if before.get(name) is not None
    ]
    return "，".join(said) if said else "没有可比时期的数据"


def totals_words(facts: Facts) -> str:
    """Write what came in, what was dispatched and what lies nowhere."""
    step, spans = facts.spans.step, facts.spans.compared
    received = facts.received() or 0
    text = (
        f"{THIS[step]}受理诉求{received:,}件，"
        f"{compared_words(facts, received, {name: facts.received(name) for name in spans})}。"
    )
    now = facts.outcome()
    if now is None or not now.routed:
        text += f"派单量{NO_DATA}（来源未提供派单时间和是否直办）。"
    else:
        dispatched = now.every["dispatched"]
        others = {name: facts.outcome(name) for name in spans}
        before = {name: of.every["dispatched"] for name, of in others.items() if of is not None}
        change = f"，{compared_words(facts, dispatched, before)}" if before else ""
        text += f"派单{dispatched:,}件{change}；直办{now.every['direct']:,}件。"
    nowhere = received - facts.placed("street")
    silent = silent_words(facts.silent, COMPARED[step])
    text += f"{silent}。" if silent else ""
    return text + (
        f"按属地口径落到街乡镇{received - nowhere:,}件，未能落到街乡镇{nowhere:,}件。"
        if nowhere
        else "全部落到街乡镇。"
    )


def rate_words(facts: Facts) -> str:
    """Write 三率 of the whole city before and after 剔除."""
    now = facts.outcome()
    if now is None or not now.rated:
        return f"响应率、解决率、满意率{NO_DATA}：来源未提供回访结果。"
    return "".join(_rate_sentences(facts, now)) + _left_out_words(now)


def _rate_sentences(facts: Facts, now: Outcome) -> Iterator[str]:
    words = COMPARED[facts.spans.step]
    for name, title in RATES.items():
        kept = now.rate(name, kept=True)
        text = f"{title}剔除前{now.rate(name, kept=False).text}、剔除后{kept.text}"
        for span, word in words.items():
            of = facts.outcome(span)
            if of is not None and of.rated:
                text += f"，剔除后{word}{Points(kept, of.rate(name, kept=True)).words}"
        yield text + "；"


def _left_out_words(now: Outcome) -> str:
    return f"剔除{now.left_out:,}件。"


def definitions(facts: Facts) -> Iterator[str]:
    """Give the definitions of the figures that this report has (统计口径)."""
    spans, now = facts.spans, facts.outcome()
    compared = "；".join(
        f"{word}对照{span_text(spans.compared[name], spans.cut_off_hour)}"
        for name, word in COMPARED[spans.step].items()
        if name in spans.compared
    )
    yield f"受理量为统计时间内收到的诉求件数，按受理时间归日；{compared or '没有可比时期的数据'}。"
    if now is not None and now.routed:
        yield "派单量为转交承办单位办理的件数，直办量为当场答复的件数。"
    yield f"件数变化用百分比，比率变化用百分点；对照期不足{MIN_BASE}件的只列件数，不计算比率。"
    yield f"街乡镇和社区（村）按属地口径，即诉求所反映地点；小于{SMALL_BELOW}件的不列具体数。"
    if now is not None and now.rated:
        yield "响应率、解决率、满意率按派单口径，按诉求受理日归期，以回访中明确答复的为分母，"
        yield "未评价的不计入；剔除后不含标记为剔除的诉求。"
    yield _households_words(facts)
    yield "“明显”指变化的95%区间不含零；诉求少不等于问题少，名次相近的不宜比较高低。"


def _households_words(facts: Facts) -> str:
    """Name the source and the year of the denominator."""
    streets = facts.units[facts.units["level"] == "street"]
    if not streets["households"].notna().any():
        return f"户数{NO_DATA}，不计算每千户诉求量。"
    years = sorted({day.year for day in streets["valid_from"]})
    since = f"{years[0]}年" if len(years) == 1 else f"{years[0]}至{years[-1]}年"
    return f"每千户诉求量的分母为导入的行政区划数据所载户数（{since}版）。"
