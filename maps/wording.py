"""Figures in the words of an office: 件, 每千户, 环比."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import pandas as pd

from hotspots.cube import Reading
from hotspots.months import Months
from hotspots.periods import Span
from hotspots.rates import MIN_BASE
from maps.layers import SMALL_WORD
from maps.palette import KIND_WORDS, LEVEL_WORDS

LEVEL_NAMES: Final = MappingProxyType(
    {
        "district": "区县",
        "street": "街乡镇",
        "community": "社区（村）",
        "grid": "网格",
        "h3-8": "六边形（约 0.7 平方公里）",
        "h3-9": "六边形（约 0.1 平方公里）",
        "h3-10": "六边形（约 1.5 公顷）",
    }
)

MEASURE_NAMES: Final = MappingProxyType({"n": "诉求量", "rate": "每千户诉求量", "growth": "环比"})

READING_NAMES: Final[Mapping[Reading, str]] = MappingProxyType(
    {"lies": "属地口径", "sent": "派单口径"}
)

FIRST_REPORTS_NAMES: Final[Mapping[str | None, str]] = MappingProxyType(
    {None: "计入", "place": "同一地点 30 日内只计首次", "caller": "同一来电人 30 日内只计首次"}
)

COLUMN_NAMES: Final = MappingProxyType(
    {
        "rank": "名次",
        "area": "内部编号",
        "code": "编码",
        "name": "名称",
        "n": "诉求量（件）",
        "small": "小于5未列",
        "households": "户数",
        "rate": "每千户诉求量",
        "rate_low": "每千户下限",
        "rate_high": "每千户上限",
        "n_previous": "上月（件）",
        "growth": "环比",
        "growth_low": "环比下限",
        "growth_high": "环比上限",
        "growth_sure": "环比变化明显",
        "n_last_year": "上年同月（件）",
        "growth_year": "同比",
        "growth_year_low": "同比下限",
        "growth_year_high": "同比上限",
        "growth_year_sure": "同比变化明显",
        "rank_low": "名次区间上端",
        "rank_high": "名次区间下端",
        "n_12": "近12个月（件）",
        "usual_low": "正常波动下限",
        "usual_high": "正常波动上限",
        "surge": "突增",
        "concentrated": "集中",
        "trend": "热点演变",
        "focus": "关注分值",
        "focus_flag": "关注区域",
        "valid_from": "边界起用日期",
        "valid_to": "边界停用日期",
        "area_m2": "面积（平方米）",
        "people": "人口",
        "appeal_id": "诉求编号",
        "received_at": "受理时间",
        "local_day": "受理日期",
        "status": "办理状态",
        "address": "地址（到楼栋）",
        "place_level": "落点精度",
        "radius_m": "落点半径（米）",
        "confidence": "落点可信度",
        "border": "邻近边界",
        "batch": "整改批次",
        "unit_level": "单元层级",
        "category": "整改类别",
        "trigger_month": "触发月份",
        "started_on": "整改开始",
        "months": "已评估月数",
        "what": "整改措施",
        "waits": "抽签等待",
        "verdict": "成效",
        "id": "编号",
        "kind": "类型",
        "level": "提示等级",
        "state": "状态",
        "headline": "标题",
        "reason": "理由",
        "area_name": "地点",
        "class_code": "诉求类别",
        "opened_at": "提示时间",
        "newest_at": "最近诉求时间",
        "cases": "件数",
        "callers": "人数",
        "expected": "往常人数",
        "historical": "历史数据",
        "lon": "经度",
        "lat": "纬度",
    }
)
"""Headers of exported tables."""

ALERT_STATES: Final[Mapping[str, str]] = {
    "detected": "已发现，待核实", "verified": "已核实", "assessed": "已研判", "signed": "已审签",
    "pushed": "已推送", "received": "已签收", "handling": "处置中", "reported_back": "已反馈",
    "lifted": "已解除", "reviewed": "已复盘", "withdrawn": "已撤销", "expired": "已到期",
    "merged": "已并案",
}  # fmt: skip

VALUE_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": KIND_WORDS,
    "level": LEVEL_WORDS,
    "state": ALERT_STATES,
    "unit_level": LEVEL_NAMES,
    "place_level": {
        "point": "来源坐标", "plate": "门牌", "building": "楼栋", "compound": "小区",
        "road": "道路", **LEVEL_NAMES,
    },
    "verdict": {"fell": "明显下降", "unclear": "看不出变化", "rose": "明显上升"},
}  # fmt: skip
"""What tables for people say in place of a column's codes."""


def count_text(n: object, *, small: bool) -> str:
    """Write a count.

    Examples
    --------
    >>> count_text(1234, small=False), count_text(None, small=True)
    ('1,234 件', '小于5 件')
    """
    return f"{SMALL_WORD} 件" if small or _unknown(n) else f"{_number(n):,.0f} 件"


def rate_text(rate: object, low: object, high: object) -> str:
    """Write a rate per thousand households with its interval.

    Examples
    --------
    >>> rate_text(3.21, 2.0, 4.9), rate_text(float("nan"), None, None)
    ('3.2 件（95% 区间 2.0 至 4.9）', '户数不详或数量过小，不计算')
    """
    if _unknown(rate):
        return "户数不详或数量过小，不计算"
    return f"{_number(rate):.1f} 件（95% 区间 {_number(low):.1f} 至 {_number(high):.1f}）"


def growth_text(growth: object, low: object, high: object, base: object, *, sure: bool) -> str:
    """Write a growth against the month before, with its interval.

    Examples
    --------
    >>> growth_text(0.256, 0.1, 0.43, 120, sure=True)
    '上升 25.6%（95% 区间 10.0% 至 43.0%）'
    >>> growth_text(-0.05, -0.2, 0.125, 40, sure=False)
    '下降 5.0%（95% 区间 -20.0% 至 12.5%），变化不明显'
    >>> growth_text(None, None, None, 12, sure=False)
    '上期 12 件，基数不足 20，不计算'
    """
    if _unknown(growth):
        if _unknown(base):
            return "无可比数据"
        if _number(base) >= MIN_BASE:
            return "数量过小，不计算"
        return f"上期 {_number(base):.0f} 件，基数不足 {MIN_BASE}，不计算"
    value = round(_number(growth), 3)
    word = "上升" if value > 0 else "下降" if value < 0 else "持平"
    figure = f" {abs(value):.1%}" if value else ""
    between = ""
    if not _unknown(low) and not _unknown(high):
        between = f"（95% 区间 {_signed(_number(low))} 至 {_signed(_number(high))}）"
    return f"{word}{figure}{between}" + ("" if sure else "，变化不明显")


def growth_short(growth: object, *, sure: bool) -> str:
    """Write a growth for a narrow column; an arrow only where it is sure.

    Examples
    --------
    >>> growth_short(0.256, sure=True), growth_short(0.02, sure=False)
    ('↑26%', '+2%')
    >>> growth_short(-0.004, sure=False)
    '持平'
    """
    if _unknown(growth):
        return "—"
    value = _number(growth)
    if abs(value) < 0.005:
        return "持平"
    if not sure:
        return f"{value:+.0%}"
    return f"{'↑' if value > 0 else '↓'}{abs(value):.0%}"


def period_text(span: Span) -> str:
    """Write a span of days as an office does.

    Examples
    --------
    >>> period_text(Span(date(2026, 10, 1), date(2026, 10, 31)))
    '2026年10月1日0时至10月31日24时'
    >>> period_text(Span(date(2025, 12, 19), date(2026, 1, 18)))
    '2025年12月19日0时至2026年1月18日24时'
    """
    last = day_text(span.last)
    if span.last.year == span.first.year:
        last = last.removeprefix(f"{span.last.year}年")
    return f"{day_text(span.first)}0时至{last}24时"


def compared_text(spans: Months) -> str:
    """Say with what the month is compared."""
    if spans.previous is None:
        return "没有上月数据，不计算环比"
    return f"环比对照：{period_text(spans.previous)}"


def day_text(day: date) -> str:
    """Write a day.

    Examples
    --------
    >>> day_text(date(2026, 3, 9))
    '2026年3月9日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def _signed(share: float) -> str:
    return f"{'-' if share < 0 else ''}{abs(share):.1%}"


def _unknown(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]


def _number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]
