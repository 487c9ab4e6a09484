"""Arrivals become versions, in one transaction of the caller's.

Whoever appends holds the append lock, and numbers are the highest so far plus one: a serial is a
position in the order of commits, without gaps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Connection, Instant, append_lock, insert
from appeals.errors import NotFound
from appeals.record import Appeal, Arrival
from appeals.redaction import redact
from appeals.reference.store import crosswalk_of, learn_classes
from appeals.seals import KeyRing, row_name

APPEALS = sa.Table(
    "appeals",
    METADATA,
    sa.Column("appeal_id", BIG_ID, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_id", sa.Text, nullable=False),
    sa.Column("current", sa.BigInteger, nullable=False),  # serial of the newest version
    sa.UniqueConstraint("source", "source_id"),
)

VERSIONS = sa.Table(
    "versions",
    METADATA,
    sa.Column("serial", BIG_ID, primary_key=True),
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("why", sa.Text, nullable=False),  # intake, update, re-placed, re-classed, state
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("stated_reason", sa.Text),  # of a person who made the version, redacted
    sa.Column("recorded_at", Instant, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),  # named digest: "hmac-sha256:…"
    sa.Column("received_at", Instant, nullable=False, index=True),
    sa.Column("received_precision", sa.Text, nullable=False),
    sa.Column("local_day", sa.Date, nullable=False, index=True),
    sa.Column("local_hour", sa.SmallInteger),  # null: the time is known to the day only
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("channel", sa.Text),
    sa.Column("urgency", sa.Text),
    sa.Column("direct", sa.Boolean),
    sa.Column("status", sa.Text),
    sa.Column("dispatched_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("subject", sa.Text),
    sa.Column("text", sa.Text, nullable=False),  # redacted
    sa.Column("address", sa.Text, nullable=False),  # cut at the building
    sa.Column("district", sa.Text),
    sa.Column("street", sa.Text),
    sa.Column("community", sa.Text),
    sa.Column("sent_to", sa.Text),
    sa.Column("caller_hash", sa.Text),  # named keyed hash, null where the caller is unknown
    sa.Column("repeat", sa.Boolean),
    sa.Column("transferred", sa.Text),
    sa.Column("contacted", sa.Text),
    sa.Column("solved", sa.Text),
    sa.Column("satisfied", sa.Text),
    sa.Column("excluded", sa.Boolean),
    sa.Column("exclusion_reason", sa.Text),
    sa.UniqueConstraint("appeal_id", "version"),
)

SEALED = sa.Table(
    "sealed",
    METADATA,
    sa.Column("serial", sa.ForeignKey("versions.serial"), primary_key=True),
    sa.Column("cipher", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("box", sa.LargeBinary, nullable=False),  # nonce and ciphertext with its tag
)

_CHUNK = 5_000  # ids in one question; both dialects take more than 30,000 values
# Columns of a version that hold a field of the appeal by the same name.
_SHARED = tuple(f.name for f in fields(Appeal) if f.name in VERSIONS.c)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an arrival.

    ``serial`` is of the version that holds it; ``old_serial`` of the version that an update
    follows. The class code in ``arrival`` is the one that is stored, after the crosswalk.
    """

    row: int
    outcome: Literal["accepted", "updated", "duplicate"]
    serial: int
    old_serial: int | None
    arrival: Arrival


@dataclass(slots=True)
class _Newest:
    """The newest version of an appeal so far, in the database or in this batch."""

    appeal_id: int
    version: int
    serial: int
    content_hash: str


def append(
    connection: Connection,
    arrivals: Sequence[Arrival],
    *,
    ring: KeyRing,
    now: datetime,
    who: str,
    why: str = "intake",
) -> list[Outcome]:
    """Append arrivals as versions, in their order, in the caller's transaction.

    An id that is new is accepted; one whose newest version says the same is a duplicate and writes
    nothing; any other is an update, a further version. The same id may come twice.

    Parameters
    ----------
    arrivals
        Rows that were understood, with the class codes of their source.
    ring
        Keys that seal the personal fields and make the hashes.
    now
        Aware time of recording.
    who, why
        Written beside each version; a further version by ``intake`` is an ``update``.
    """
    append_lock(connection)
    crosswalk = crosswalk_of(connection, {one.appeal.class_code for one in arrivals})
    newest = _newest_of(connection, {(a.appeal.source, a.appeal.source_id) for a in arrivals})
    next_id = _highest(connection, APPEALS.c.appeal_id) + 1
    next_serial = _highest(connection, VERSIONS.c.serial) + 1
    outcomes: list[Outcome] = []
    kept: list[Appeal] = []
    added: list[dict[str, object]] = []
    versions: list[dict[str, object]] = []
    sealed: list[dict[str, object]] = []
    for arrival in arrivals:
        appeal, personal = arrival.appeal, arrival.personal
        # The hash is of what the source said, so that a new crosswalk makes no row an update.
        if (code := crosswalk.get(appeal.class_code)) is not None:
            arrival = replace(arrival, appeal=replace(appeal, class_code=code))
        key = appeal.source, appeal.source_id
        known = newest.get(key)
        if known is not None and ring.same_content(known.content_hash, appeal, personal):
            outcomes.append(Outcome(arrival.row, "duplicate", known.serial, None, arrival))
            continue
        if known is None:
            known = newest[key] = _Newest(next_id, 0, 0, "")
            next_id += 1
            added.append({"appeal_id": known.appeal_id, "source": key[0], "source_id": key[1]})
        old_serial = known.serial or None
        known.version, known.serial = known.version + 1, next_serial
        known.content_hash = ring.content_hash(appeal, personal)
        next_serial += 1
        kept.append(arrival.appeal)
        versions.append(
            _version_row(arrival.appeal)
            | {
                "serial": known.serial,
                "appeal_id": known.appeal_id,
                "version": known.version,
                "why": "update" if why == "intake" and old_serial else why,
                "who": who,
                "recorded_at": now,
                "content_hash": known.content_hash,
                "caller_hash": ring.caller_hash(personal),
            }
        )
        if box := ring.seal(personal, row=row_name(*key, known.version)):
            sealed.append(
                {"serial": known.serial, "cipher": box.cipher, "key_id": box.key_id, "box": box.box}
            )
        outcome: Literal["accepted", "updated"] = "updated" if old_serial else "accepted"
        outcomes.append(Outcome(arrival.row, outcome, known.serial, old_serial, arrival))
    if not versions:
        return outcomes
    current = {state.appeal_id: state.serial for state in newest.values()}
    new_ids = {row["appeal_id"] for row in added}
    insert(connection, APPEALS, [r | {"current": current[int(str(r["appeal_id"]))]} for r in added])
    insert(connection, VERSIONS, versions)
    insert(connection, SEALED, sealed)
    changed = {row["appeal_id"] for row in versions} - new_ids
    if changed:
        update = sa.update(APPEALS).where(APPEALS.c.appeal_id == sa.bindparam("of"))
        rows = [{"of": of, "to": current[int(str(of))]} for of in changed]
        connection.execute(update.values(current=sa.bindparam("to")), rows)
    learn_classes(connection, ((a.class_code, a.local_day) for a in kept))
    return outcomes


def append_again(
    connection: Connection, appeal_id: int, *, now: datetime, who: str, why: str, reason: str
) -> tuple[int, int]:
    """Append a version that says what the newest one says, because a person changed what we hold.

    It keeps the hash of what the source said, so that the same row again is a duplicate. What is
    sealed stays with the version that came from the source.

    Parameters
    ----------
    now, who, why, reason
        Written beside the version; the reason is redacted.

    Returns
    -------
    old_serial, serial : int
        Of the version that was current and of the one that is now.

    Raises
    ------
    NotFound
        There is no such appeal.
    """
    append_lock(connection)
    query = sa.select(VERSIONS).join(APPEALS, APPEALS.c.current == VERSIONS.c.serial)
    old = connection.execute(query.where(APPEALS.c.appeal_id == appeal_id)).mappings().first()
    if old is None:
        raise NotFound("there is no such appeal")
    serial = _highest(connection, VERSIONS.c.serial) + 1
    new = {"serial": serial, "version": old["version"] + 1, "recorded_at": now}
    said = {"who": who, "why": why, "stated_reason": redact(reason)}
    insert(connection, VERSIONS, [{**old, **new, **said}])
    update = sa.update(APPEALS).where(APPEALS.c.appeal_id == appeal_id)
    connection.execute(update.values(current=serial))
    return int(old["serial"]), serial


def _version_row(appeal: Appeal) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(appeal, name) for name in _SHARED}
    for name in ("received_precision", "kind", "contacted", "solved", "satisfied"):
        if row[name] is not None:
            row[name] = str(row[name])  # a driver may write an enumeration by its name
    return row


def _highest(connection: Connection, column: sa.Column[Any]) -> int:
    return int(connection.execute(sa.select(sa.func.max(column))).scalar() or 0)


def _newest_of(
    connection: Connection, keys: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], _Newest]:
    by_source: dict[str, list[str]] = {}
    for source, source_id in keys:
        by_source.setdefault(source, []).append(source_id)
    query = sa.select(
        APPEALS.c.source,
        APPEALS.c.source_id,
        APPEALS.c.appeal_id,
        VERSIONS.c.version,
        VERSIONS.c.serial,
        VERSIONS.c.content_hash,
    ).join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
    found: dict[tuple[str, str], _Newest] = {}
    for source, ids in by_source.items():
        for start in range(0, len(ids), _CHUNK):
            among = APPEALS.c.source_id.in_(ids[start : start + _CHUNK])
            for row in connection.execute(query.where(APPEALS.c.source == source, among)):
                found[row[0], row[1]] = _Newest(*row[2:])
    return found
