"""Appeals in and out of the database: versions that are only ever added.

The face of the room's stores: what is kept by :mod:`appeals.versions` and :mod:`appeals.reference`
is known here too. Whatever a person may read leaves by :func:`appeals.privacy.view`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from appeals.audit.store import AUDIT, append_entry
from appeals.database import METADATA, Connection, Instant, upsert
from appeals.errors import NotAllowed, NotFound
from appeals.privacy import Role, Viewer, view
from appeals.record import Personal
from appeals.reference.store import (
    CALENDAR,
    CLASSES,
    CROSSWALK,
    add_calendar,
    add_classes,
    add_crosswalk,
    calendar,
    class_tree,
    crosswalk,
)
from appeals.seals import KeyRing, Sealed, row_name
from appeals.versions.store import APPEALS, SEALED, VERSIONS, Outcome, append, append_again

__all__ = [
    "APPEALS", "AUDIT", "CALENDAR", "CLASSES", "CROSSWALK", "IMPORTS", "SEALED", "VERSIONS",
    "Filters", "Lies", "Outcome", "add_calendar", "add_classes", "add_crosswalk", "appeal_names",
    "append", "append_again", "calendar", "class_tree", "crosswalk", "import_advance",
    "import_finish", "import_position", "newest_received", "read_appeal", "read_appeals",
    "stable_rows", "unfit_keys", "unseal",
]  # fmt: skip

IMPORTS = sa.Table(
    "imports",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # of the file and of how it was read
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("rows_done", sa.BigInteger, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
)

_OWN = ("street_id", "grid_id")
_PAGE = 5_000  # rows that lie in memory at once
_PLACES = 64  # where unfit_keys looks
_OPEN = (APPEALS.c.source, APPEALS.c.source_id, *(c for c in VERSIONS.c if c.name != "caller_hash"))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which appeals to read; a class takes in the classes below it."""

    first_day: date | None = None
    last_day: date | None = None
    class_code: str | None = None
    kind: str | None = None
    source: str | None = None
    source_id: str | None = None
    among: sa.Select[tuple[int]] | None = None  # numbers of appeals


Lies = sa.Select[tuple[int, int, int]]
"""Query for serial, ``street_id`` and ``grid_id`` of versions: they say whose own an appeal is."""


# --- files that were read -------------------------------------------------------------------------


def import_position(connection: Connection, digest: str, source: str, now: datetime) -> int:
    """Give how many rows of a file are done; a file that was never seen is noted, with 0.

    Parameters
    ----------
    digest
        Of the file's bytes, ``/``, of the way in which they are read. Where the same bytes were
        read another way since, as with a wrong datum, the file begins anew, so that reading it as
        before puts right what that changed.
    """
    upsert(
        connection,
        IMPORTS,
        [{"digest": digest, "source": source, "rows_done": 0, "started_at": now}],
    )
    own = IMPORTS.c.digest == digest
    done, since = connection.execute(
        sa.select(IMPORTS.c.rows_done, IMPORTS.c.started_at).where(own)
    ).one()
    same_bytes = IMPORTS.c.digest.startswith(digest.partition("/")[0] + "/", autoescape=True)
    otherwise = sa.select(sa.func.count()).where(same_bytes, IMPORTS.c.started_at > since)
    if connection.execute(otherwise).scalar_one():
        anew = sa.update(IMPORTS).where(own)
        connection.execute(anew.values(rows_done=0, started_at=now, finished_at=None))
        return 0
    return int(done)


def import_advance(connection: Connection, digest: str, rows_done: int) -> None:
    """Note in a batch's own transaction how far the file is done; it never goes back."""
    update = sa.update(IMPORTS).where(IMPORTS.c.digest == digest, IMPORTS.c.rows_done < rows_done)
    connection.execute(update.values(rows_done=rows_done))


def import_finish(connection: Connection, digest: str, now: datetime) -> None:
    """Note that a file was read to its end; the first time stays."""
    update = sa.update(IMPORTS).where(IMPORTS.c.digest == digest, IMPORTS.c.finished_at.is_(None))
    connection.execute(update.values(finished_at=now))


# --- appeals out ----------------------------------------------------------------------------------


def read_appeals(
    connection: Connection,
    viewer: Viewer,
    *,
    filters: Filters | None = None,
    after: int | None = None,
    limit: int = 50,
    lies: Lies | None = None,
) -> list[dict[str, object]]:
    """Give current versions, the newest appeal first, as this viewer may see them.

    An update does not move an appeal: it keeps its place while somebody turns the pages.

    Parameters
    ----------
    after
        ``appeal_id`` of the last one of the page before; ``None`` begins with the newest.
    limit
        Most records to give.
    lies
        Where appeals lie; without it none is the viewer's own.
    """
    wanted = filters or Filters()
    query = _current(lies).order_by(APPEALS.c.appeal_id.desc()).limit(limit)
    if after is not None:
        query = query.where(APPEALS.c.appeal_id < after)
    if wanted.first_day is not None:
        query = query.where(VERSIONS.c.local_day >= wanted.first_day)
    if wanted.last_day is not None:
        query = query.where(VERSIONS.c.local_day <= wanted.last_day)
    if wanted.kind is not None:
        query = query.where(VERSIONS.c.kind == wanted.kind)
    if wanted.source is not None:
        query = query.where(APPEALS.c.source == wanted.source)
    if wanted.source_id is not None:
        query = query.where(APPEALS.c.source_id == wanted.source_id)
    if wanted.among is not None:
        query = query.where(APPEALS.c.appeal_id.in_(wanted.among))
    if wanted.class_code is not None:
        tree = class_tree(connection)
        below = [code for code in tree.parent if wanted.class_code in tree.path(code)]
        query = query.where(VERSIONS.c.class_code.in_([wanted.class_code, *below]))
    return [_viewed(row, viewer) for row in connection.execute(query)]


def read_appeal(
    connection: Connection, viewer: Viewer, appeal_id: int, lies: Lies | None = None
) -> dict[str, object] | None:
    """Give one appeal's current version as this viewer may see it, ``None`` where there is none.

    Without ``lies`` no appeal is the viewer's own.
    """
    row = connection.execute(_current(lies).where(APPEALS.c.appeal_id == appeal_id)).first()
    return None if row is None else _viewed(row, viewer)


def _current(lies: Lies | None) -> sa.Select[Any]:
    current = sa.select(*_OPEN).join(APPEALS, APPEALS.c.current == VERSIONS.c.serial)
    if lies is None:
        return current
    there = lies.subquery()
    current = current.add_columns(*(there.c[name] for name in _OWN))
    return current.outerjoin(there, there.c.serial == VERSIONS.c.serial)


def _viewed(row: sa.Row[Any], viewer: Viewer) -> dict[str, object]:
    shown = view(row._asdict(), viewer)
    return {name: value for name, value in shown.items() if name not in _OWN}


def unseal(
    connection: Connection, serial: int, *, ring: KeyRing, actor: str, reason: str, now: datetime
) -> Personal:
    """Open the personal fields of one version; who looked and why is written in the same breath.

    Raises
    ------
    NotAllowed
        Actor or reason is empty.
    NotFound
        There is no such version, or nothing of it was kept.
    InputError
        The key is not there or does not fit.
    """
    if not actor.strip() or not reason.strip():
        raise NotAllowed("personal fields are opened only with an actor and a reason")
    # A version that a person made says what the source said before it, and is sealed there.
    asked = VERSIONS.alias("asked")
    same = asked.c.appeal_id == VERSIONS.c.appeal_id, VERSIONS.c.serial <= asked.c.serial
    query = (
        sa.select(APPEALS.c.source, APPEALS.c.source_id, VERSIONS.c.version, VERSIONS.c.serial)
        .join(VERSIONS, VERSIONS.c.appeal_id == APPEALS.c.appeal_id)
        .join(asked, sa.and_(*same))
        .where(asked.c.serial == serial, VERSIONS.c.stated_reason.is_(None))
        .order_by(VERSIONS.c.serial.desc())
        .limit(1)
    )
    found = connection.execute(query).first()
    if found is None:
        raise NotFound(f"there is no version {serial}")
    *owner, said_by = found
    box = connection.execute(
        sa.select(SEALED.c.cipher, SEALED.c.key_id, SEALED.c.box).where(SEALED.c.serial == said_by)
    ).first()
    if box is None:
        why = "" if ring.keeps else ': this site keeps no personal field (personal = "hash")'
        raise NotFound(f"nothing of version {serial} was sealed{why}")
    opened = ring.open(Sealed(*box), row=row_name(*owner))
    said = {"actor": actor, "act": "unseal", "subject": f"version {serial}", "detail": reason}
    append_entry(connection, now=now, **said)
    return opened


def unfit_keys(connection: Connection, ring: KeyRing) -> list[str]:
    """Give the ids of seal keys under which something is sealed that the ring does not open.

    Boxes at 64 places between the first and the last are tried, each with its caller's hash: a key
    seals a stretch of rows until the next one comes. Nothing of what is inside is given out.
    """
    ends = connection.execute(sa.select(sa.func.min(SEALED.c.serial), sa.func.max(SEALED.c.serial)))
    first, last = ends.one()
    if first is None:
        return []
    query = (
        sa.select(SEALED.c.cipher, SEALED.c.key_id, SEALED.c.box, VERSIONS.c.caller_hash)
        .add_columns(APPEALS.c.source, APPEALS.c.source_id, VERSIONS.c.version)
        .join(VERSIONS, VERSIONS.c.serial == SEALED.c.serial)
        .join(APPEALS, APPEALS.c.appeal_id == VERSIONS.c.appeal_id)
        .where(SEALED.c.serial >= sa.bindparam("place"))
        .order_by(SEALED.c.serial)
        .limit(1)
    )
    unfit = set()
    for place in {first + (last - first) * i // (_PLACES - 1) for i in range(_PLACES)}:
        row = connection.execute(query, {"place": place}).one()
        if not ring.fits(Sealed(*row[:3]), row=row_name(*row[4:]), caller_hash=row.caller_hash):
            unfit.add(str(row.key_id))
    return sorted(unfit)


def newest_received(connection: Connection) -> datetime | None:
    """Give the newest time of receipt of all versions."""
    found: datetime | None = connection.execute(
        sa.select(VERSIONS.c.received_at).order_by(VERSIONS.c.received_at.desc()).limit(1)
    ).scalar()
    return found


def appeal_names(connection: Connection) -> dict[int, str]:
    """Give source and source id of each appeal by its number, for the stable dump."""
    query = sa.select(APPEALS.c.appeal_id, APPEALS.c.source, APPEALS.c.source_id)
    return {row[0]: f"{row[1]}/{row[2]}" for row in connection.execute(query)}


def stable_rows(connection: Connection) -> Iterator[dict[str, object]]:
    """Give all versions sorted by source, id and version, without serials and recording times.

    Of personal fields only the content's hash is in it, and whether something is sealed.
    """
    query = (
        sa.select(*_OPEN, SEALED.c.key_id.is_not(None).label("sealed"))
        .join(APPEALS, APPEALS.c.appeal_id == VERSIONS.c.appeal_id)
        .outerjoin(SEALED, SEALED.c.serial == VERSIONS.c.serial)
        .order_by(APPEALS.c.source, APPEALS.c.source_id, VERSIONS.c.version)
        .execution_options(yield_per=_PAGE)
    )
    viewer = Viewer("dump", Role.OPERATOR)
    for row in connection.execute(query):
        shown = view(row._asdict(), viewer, frozenset({"sealed"}))
        for name in ("serial", "appeal_id", "recorded_at"):
            shown.pop(name, None)
        yield shown | {"content_hash": row.content_hash}
