"""Verdicts in and out of the database: append-only, a verdict that is undone stays to be read.

The verdict that is in force stands in the alert's own row too, written in the same transaction.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.store import ALERT_APPEALS, ALERTS, announce
from alerts.verdicts.moves import UNDONE, Verdict, judged_state, undone_state
from alerts.verdicts.teach import Judged
from appeals.audit.store import append_entry
from appeals.database import METADATA, Connection, Instant
from appeals.errors import InputError, NotFound
from appeals.privacy import Viewer, redact, view
from appeals.store import APPEALS, VERSIONS

VERDICTS = sa.Table(
    "verdicts",
    METADATA,
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),  # from 1, by alert
    sa.Column("verdict", sa.Text, nullable=False),  # true, false, known; undone
    sa.Column("level", sa.Text, nullable=False),  # of the alert when it was judged
    sa.Column("who", sa.Text, nullable=False),  # a person or a post
    sa.Column("at", Instant, nullable=False),
    sa.Column("stated_reason", sa.Text, nullable=False),  # redacted
    sa.Column("until", Instant),  # of what is known: its term
)

MOST_WORDS = 500
"""Characters of who and why."""

_NAMED = ("kind", "area_kind", "area", "class_code", "detail", "opened_at")
_OWN_FIELDS = frozenset(VERDICTS.columns.keys())


def give_verdict(
    connection: Connection,
    alert_id: int,
    verdict: Verdict,
    *,
    who: str,
    reason: str = "",
    now: datetime,
    term: timedelta,
) -> None:
    """Write a verdict on an alert, in the caller's transaction.

    Parameters
    ----------
    connection
        A transaction that may write.
    alert_id, verdict
        What is said of which alert.
    who, reason
        A person or a post, and why; the reason is redacted.
    now
        Aware.
    term
        For how long what is known is not told again.

    Raises
    ------
    NotFound
        There is no such alert.
    Conflict
        It was judged already.
    InputError
        Nobody is named, or the words are too many.
    """
    alert = _locked(connection, alert_id)
    state = judged_state(alert.state, verdict)
    until = now + term if verdict is Verdict.KNOWN else None
    _write(connection, alert, verdict, who=who, reason=reason, now=now, until=until)
    said = {"verdict": verdict.value, "verdict_by": who.strip(), "verdict_at": now}
    _move(connection, alert_id, said | {"state": state}, now)
    _log(connection, alert_id, f"verdict {verdict.value}", who, reason, now)


def undo_verdict(
    connection: Connection, alert_id: int, *, who: str, reason: str = "", now: datetime
) -> None:
    """Take back the verdict on an alert, and with it what it taught.

    Raises
    ------
    NotFound
        There is no such alert.
    Conflict
        There is no verdict in force, or the alert has gone further since.
    InputError
        Nobody is named, or the words are too many.
    """
    alert = _locked(connection, alert_id)
    last = _last(connection, alert_id)
    state = undone_state(alert.state, last.verdict if last else None)
    _write(connection, alert, UNDONE, who=who, reason=reason, now=now, until=None)
    nothing = dict.fromkeys(("verdict", "verdict_by", "verdict_at"))
    _move(connection, alert_id, nothing | {"state": state}, now)
    _log(connection, alert_id, "undo verdict", who, reason, now)


def read_verdicts(connection: Connection, viewer: Viewer, alert_id: int) -> list[dict[str, object]]:
    """Give all that was said of an alert, the oldest first, what was undone too."""
    query = sa.select(VERDICTS).where(VERDICTS.c.alert_id == alert_id).order_by(VERDICTS.c.step)
    rows = connection.execute(query).mappings()
    return [view(dict(row), viewer, also=_OWN_FIELDS) for row in rows]


def judged_in_force(connection: Connection) -> list[Judged]:
    """Give the verdicts in force, in the order of their alerts.

    One that was given up because its alert became graver, or came back, is not in force.
    """
    newest = sa.select(VERDICTS.c.alert_id, sa.func.max(VERDICTS.c.step).label("step"))
    last = newest.group_by(VERDICTS.c.alert_id).subquery()
    query = (
        sa.select(VERDICTS, *(ALERTS.c[name] for name in _NAMED))
        .join(last, sa.and_(last.c.alert_id == VERDICTS.c.alert_id, last.c.step == VERDICTS.c.step))
        .join(ALERTS, ALERTS.c.alert_id == VERDICTS.c.alert_id)
        .where(ALERTS.c.verdict.is_not(None))
        .order_by(VERDICTS.c.alert_id)
    )
    return [
        Judged(
            row.alert_id,
            row.verdict,
            row.at,
            row.level,
            (row.kind, row.area_kind, row.area, row.class_code),
            tuple(
                (kind, area_kind, area, code)
                for kind, area_kind, area, _, code in json.loads(row.detail)["keys"]
            ),
            row.until,
            row.opened_at,
        )
        for row in connection.execute(query)
    ]


def judged_texts(connection: Connection) -> list[tuple[str, bool]]:
    """Give the redacted words behind the sensitive alerts that were judged, and the verdicts.

    One row an appeal, in the order of alerts and appeals; 已知 counts as 属实.
    """
    query = (
        sa.select(VERSIONS.c.text, ALERTS.c.verdict)
        .select_from(ALERTS)
        .join(ALERT_APPEALS, ALERT_APPEALS.c.alert_id == ALERTS.c.alert_id)
        .join(APPEALS, APPEALS.c.appeal_id == ALERT_APPEALS.c.appeal_id)
        .join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
        .where(ALERTS.c.verdict.is_not(None), ALERTS.c.kind.in_(("sensitive", "possible")))
        .order_by(ALERTS.c.alert_id, APPEALS.c.appeal_id)
    )
    return [(row.text, row.verdict != Verdict.FALSE) for row in connection.execute(query)]


def _locked(connection: Connection, alert_id: int) -> sa.Row[Any]:
    query = sa.select(ALERTS).where(ALERTS.c.alert_id == alert_id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    return row


def _last(connection: Connection, alert_id: int) -> sa.Row[Any] | None:
    query = sa.select(VERDICTS).where(VERDICTS.c.alert_id == alert_id)
    return connection.execute(query.order_by(VERDICTS.c.step.desc()).limit(1)).one_or_none()


def _write(
    connection: Connection,
    alert: sa.Row[Any],
    verdict: str,
    *,
    who: str,
    reason: str,
    now: datetime,
    until: datetime | None,
) -> None:
    who, reason = who.strip(), reason.strip()
    if not who:
        raise InputError("who: a verdict names who gives it")
    if max(len(who), len(reason)) > MOST_WORDS:
        raise InputError(f"who and reason have at most {MOST_WORDS} characters")
    last = _last(connection, alert.alert_id)
    row = {
        "alert_id": alert.alert_id,
        "step": last.step + 1 if last else 1,
        "verdict": str(verdict),
        "level": alert.level,
        "who": who,
        "at": now,
        "stated_reason": redact(reason),
        "until": until,
    }
    connection.execute(sa.insert(VERDICTS), row)


def _move(
    connection: Connection, alert_id: int, changes: Mapping[str, object], now: datetime
) -> None:
    connection.execute(ALERTS.update().where(ALERTS.c.alert_id == alert_id).values(changes))
    announce(connection, alert_id, "judged", now)


def _log(
    connection: Connection, alert_id: int, act: str, who: str, reason: str, now: datetime
) -> None:
    said = {"actor": who.strip(), "act": act, "subject": f"alert {alert_id}", "detail": reason}
    append_entry(connection, now=now, **said)
