"""From the stores to the table of facts of a report."""

from datetime import date, datetime, timedelta, tzinfo

import pandas as pd

from alerts.store import read_alerts
from appeals.database import Connection
from appeals.privacy import Reach, Viewer
from grids.store import counted_days, load_boundaries
from grids.totals.store import OUTCOMES, handled, totals
from hotspots.monthly.store import Topic, read_topics
from hotspots.periods import Reckoning, Step
from maps.report.alerts import alerts_of
from maps.report.facts import Facts, Theme
from maps.report.spans import Spans, spans_of
from maps.report.theme import choose_theme
from maps.silent import by_day, silent_days

_LEVELS = ("district", "street", "community")
_ALL = 1_000_000
_AFTER = 31  # days after a period within which its topic is chosen and its report written
_WHOSE = {Reach.AREA: "本辖区", Reach.ROOM: "本职责"}


def gather(
    connection: Connection,
    viewer: Viewer,
    step: Step,
    day: date,
    reckoning: Reckoning,
    *,
    office: str,
    now: datetime,
    demo: bool = False,
    theme: str | None = None,
) -> Facts:
    """Read the facts of the period in which a day lies.

    Parameters
    ----------
    viewer
        Who reads.
    step, day, reckoning
        Kind of report, a statistical day in its period, and how the office divides time.
    office
        Name of the jurisdiction, which signs.
    now
        Present moment, in the jurisdiction's zone.
    demo
        Whether the data are made up.
    theme
        Class of a report about one theme; the week's most conspicuous one without it.

    Raises
    ------
    InputError
        The day lies in the future, there are no data in the period, or no appeal is of the theme.
    """
    data = counted_days(connection)
    spans = spans_of(step, day, reckoning, data=data, today=now.date())
    units = load_boundaries(connection, spans.this.last).units
    topics = _by_span(connection, spans, "city", "lies", "class_code")
    places = {level: _places(connection, spans, level) for level in _LEVELS}
    chosen = choose_theme(topics, theme) if step == "week" else None
    outcomes = _outcomes(connection, spans)
    return Facts(
        office=office,
        made_at=now,
        demo=demo,
        spans=spans,
        topics=topics,
        places=places,
        matters=_matters(connection, spans),
        days=by_day(connection, spans.this, spans.cut_off_hour),
        outcomes=outcomes.groupby(["span", "left_out"])[list(OUTCOMES)].sum().reset_index(),
        sent=outcomes[outcomes["area"] != 0],
        units=units,
        silent=silent_days(connection, spans.every, spans.cut_off_hour),
        alerts=alerts_of(read_alerts(connection, viewer, limit=_ALL), units, spans, now.tzinfo),
        alerts_of=_WHOSE.get(viewer.reach, ""),
        theme=None if chosen is None else _theme(connection, spans, chosen),
        worked_on=_worked_on(connection, spans, now.tzinfo) if step in ("month", "year") else (),
    )


def _worked_on(connection: Connection, spans: Spans, zone: tzinfo | None) -> list[Topic]:
    """Give the topics of the month that were chosen by the report and not ended before it."""

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    written_by = spans.whole.last + timedelta(days=_AFTER)
    return [
        one
        for one in reversed(read_topics(connection))
        if day(one.at) <= written_by
        and not any(move.act == "end" and day(move.at) < spans.whole.first for move in one.moves)
    ]


def _matters(connection: Connection, spans: Spans) -> pd.DataFrame:
    """Count by street and topic for the three matters of a day; a longer report has none."""
    if spans.step != "day":
        return pd.DataFrame({"area": [], "class_code": [], "n": []})
    return totals(
        connection, "street", "lies", (spans.this.first, spans.this.last), ["area", "class_code"],
        cut_off_hour=spans.cut_off_hour,
    )  # fmt: skip


def _by_span(
    connection: Connection, spans: Spans, area_kind: str, reading: str, key: str,
    class_code: str | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Count by a key, one column a span; a key without appeals in any span is not there."""
    columns = [
        totals(
            connection, area_kind, reading, (span.first, span.last), [key],
            cut_off_hour=spans.cut_off_hour, class_code=class_code,
        ).set_index(key)["n"].rename(name)
        for name, span in spans.every.items()
    ]  # fmt: skip
    joined = pd.concat(columns, axis=1).fillna(0).astype("int64").sort_index()
    return joined.reset_index(names=key)


def _places(
    connection: Connection, spans: Spans, level: str, class_code: str | None = None
) -> pd.DataFrame:
    return _by_span(connection, spans, level, "lies", "area", class_code)


def _outcomes(connection: Connection, spans: Spans) -> pd.DataFrame:
    """Count what became of appeals by the street they were sent to, 0 where none is known."""
    parts = [
        handled(
            connection, "street", "sent", (span.first, span.last), ["area"],
            cut_off_hour=spans.cut_off_hour, unknown=True,
        ).assign(span=name)
        for name, span in spans.every.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _theme(connection: Connection, spans: Spans, class_code: str) -> Theme:
    places = {level: _places(connection, spans, level, class_code) for level in _LEVELS[1:]}
    days = by_day(connection, spans.this, spans.cut_off_hour, class_code)
    return Theme(class_code, places, days)
