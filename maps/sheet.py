"""What stands around the map of a page: title, totals, ranking, tooltips, alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Final

import geopandas as gpd
import jinja2
from markupsafe import Markup

from hotspots.table import HotspotTable
from maps import wording


@dataclass(frozen=True, slots=True)
class LevelSheet:
    """One level on the page: its layer (``maps.layers``) and the table behind it."""

    layer: gpd.GeoDataFrame
    table: HotspotTable


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one page shows.

    Attributes
    ----------
    jurisdiction
        Name of the place, for the title.
    made_at
        When the page was made, aware, in the jurisdiction's zone.
    levels
        Streets first, then communities; one is enough.
    alerts
        Of ``maps.marks.alert_items``: those of the month, with a point or without.
    demo
        Whether the data are made up; the page then says 演示数据.
    source
        Where the borders come from (来源).
    review_no
        审图号 of a public map, empty for internal use.
    silent
        Of :func:`maps.answer.silent_of`: on which days no appeal came, empty where there are none.
    """

    jurisdiction: str
    made_at: datetime
    levels: Sequence[LevelSheet]
    alerts: Sequence[Mapping[str, object]]
    demo: bool = False
    source: str = ""
    review_no: str = ""
    silent: str = ""


def check(sheet: Sheet) -> None:
    """Refuse a sheet whose levels do not belong together.

    Raises
    ------
    ValueError
        There is no level, two levels differ in month, reading or filter, or ``made_at`` is naive.
    """
    if not sheet.levels:
        raise ValueError("the page needs at least one level")
    if sheet.made_at.tzinfo is None:
        raise ValueError("made_at must be aware")
    first = sheet.levels[0].table
    for other in (level.table for level in sheet.levels[1:]):
        if (other.months, other.reading, other.class_code, other.kinds) != (
            first.months, first.reading, first.class_code, first.kinds,
        ):  # fmt: skip
            raise ValueError("the levels of one page must have one month, reading and filter")


def tips(level: LevelSheet) -> list[str]:
    """Write the tooltip of each place, in HTML that is safe for any name."""
    tips = []
    for row in level.layer.drop(columns="geometry").to_dict("records"):
        lines = [
            ("诉求量", wording.count_text(row["n"], small=bool(row["small"]))),
            ("名次", "数量过小，不列名次" if row["small"] else f"第 {row['rank']} 位"),
            ("每千户", wording.rate_text(row["rate"], row["rate_low"], row["rate_high"])),
            (
                "环比",
                wording.growth_text(
                    row["growth"],
                    row["growth_low"],
                    row["growth_high"],
                    row["n_previous"],
                    sure=bool(row["growth_sure"]),
                ),
            ),
        ]
        tips.append(str(_TIP.render(name=row["name"] or row["code"], lines=lines)))
    return tips


def alert_items(sheet: Sheet) -> list[dict[str, object]]:
    """Give the alerts to the page's script; moments as the jurisdiction's clock showed them."""
    zone = sheet.made_at.tzinfo
    items = [
        {
            key: value.astimezone(zone).isoformat() if isinstance(value, datetime) else value
            for key, value in alert.items()
        }
        for alert in sheet.alerts
    ]
    # Open ones, then the gravest first; those of one level stay in the order in which they came.
    return sorted(items, key=lambda i: (bool(i["historical"]), -_GRAVITY.get(str(i["level"]), 0)))


_GRAVITY: Final = {"blue": 1, "yellow": 2, "orange": 3, "red": 4}


def context(sheet: Sheet, title: str) -> dict[str, object]:
    """Give the values of the template."""
    table = sheet.levels[0].table
    kinds = "、".join(table.kinds) if table.kinds else "全部类型"
    return {
        "title": title,
        "demo": sheet.demo,
        "period": wording.period_text(table.months.this),
        "compared": wording.compared_text(table.months),
        "silent": sheet.silent,
        "reading": wording.READING_NAMES[table.reading],
        "filter": f"{table.class_code or '全部类别'} · {kinds}",
        "total": table.n + table.n_not_placeable,
        "unplaced": [
            (wording.LEVEL_NAMES[level.table.level], level.table.n_not_placeable)
            for level in sheet.levels
        ],
        "tops": [_top(level) for level in sheet.levels],
        "n_alerts": len(sheet.alerts),
        "n_historical": sum(bool(alert["historical"]) for alert in sheet.alerts),
        "n_without_point": sum(alert["lon"] is None for alert in sheet.alerts),
        "notes": notes(),
        "made_at": f"{wording.day_text(sheet.made_at.date())}{sheet.made_at:%H:%M}",
        "source": sheet.source,
        "review_no": sheet.review_no,
    }


def _top(level: LevelSheet) -> dict[str, object]:
    best = level.layer[level.layer["n"].fillna(0) > 0].head(10)
    rows = [
        {
            "rank": row["rank"],
            "name": row["name"] or row["code"],
            "n": wording.count_text(row["n"], small=bool(row["small"])),
            "growth": wording.growth_short(row["growth"], sure=bool(row["growth_sure"])),
        }
        for row in best.drop(columns="geometry").to_dict("records")
    ]
    return {"level": wording.LEVEL_NAMES[level.table.level], "rows": rows}


def notes() -> Markup:
    """Give the definitions of all figures (统计口径), the same on every page."""
    text = (files("maps") / "templates" / "notes.html").read_text(encoding="utf-8")
    return Markup(text)


def login_page(jurisdiction: str, *, demo: bool, elsewhere: Mapping[str, str]) -> str:
    """Give the page on which one signs in, here or ``elsewhere``: name in an address, and label."""
    text = (files("maps") / "templates" / "login.html").read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(text).render(
        jurisdiction=jurisdiction, demo=demo, elsewhere=elsewhere
    )


def refused_page(what: str, then: str) -> str:
    """Give the page in place of one that cannot be shown, with the way to one's own.

    Parameters
    ----------
    what, then
        Why it is not shown, and what its reader can do.
    """
    text = (files("maps") / "templates" / "refused.html").read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(text).render(what=what, then=then)


def static_page(name: str) -> str:
    """Give a page that is a file, whose script asks for everything that it shows."""
    page = (files("maps") / "static" / f"{name}.html").read_text(encoding="utf-8")
    return page.replace("<!-- notes -->", notes())


def shell(context: dict[str, object]) -> str:
    """Render what stands around the map."""
    text = (files("maps") / "templates" / "snapshot.html").read_text(encoding="utf-8")
    return _ENVIRONMENT.from_string(text).render(**context)


_ENVIRONMENT: Final = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
_TIP: Final = _ENVIRONMENT.from_string(
    "<b>{{ name }}</b>{% for word, figure in lines %}"
    "<br><span>{{ word }}</span> {{ figure }}{% endfor %}"
)
