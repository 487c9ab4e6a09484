"""Named places and the names that people taught, in and out of the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zlib import crc32

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from appeals.database import BIG_ID, METADATA, Instant, append_lock, insert, upsert
from appeals.errors import Conflict, NotFound
from appeals.privacy import Viewer, redact, view
from geo.aliases import Alias
from geo.gazetteer import ALIAS_COLUMNS, COLUMNS, Gazetteer
from geo.indexing import build_gazetteer
from geo.kept import keep, kept
from geo.plugins import Found, Geocoder

_BATCH = 5_000
_INDEX = "names.index"
_MOST_READY = 3
_READY: dict[str, Gazetteer] = {}  # of this process, by mark, the last ones asked for

GAZETTEER = sa.Table(
    "gazetteer",
    METADATA,
    sa.Column("place_id", BIG_ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # plate, building, compound, road, point
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("lon", sa.Float, nullable=False),  # WGS84 degrees
    sa.Column("lat", sa.Float, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.UniqueConstraint("name", "kind", "address", "district", "lon", "lat"),
)

# A name that leads to a point, a unit or a known place; nothing is deleted, it is withdrawn.
ALIASES = sa.Table(
    "aliases",
    METADATA,
    sa.Column("alias_id", BIG_ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False, index=True),  # of geo.addresses.normalise
    sa.Column("lon", sa.Float),  # WGS84 degrees; null where it leads to no point
    sa.Column("lat", sa.Float),
    sa.Column("code", sa.Text, nullable=False),  # of the unit, else empty
    sa.Column("place", sa.Text, nullable=False),  # name of the known place, else empty
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("stated_reason", sa.Text, nullable=False),  # redacted
    sa.Column("at", Instant, nullable=False),
    sa.Column("withdrawn_at", Instant),
    sa.Column("withdrawn_who", sa.Text),
    sa.Column("withdrawn_reason", sa.Text),
)

# What an online geocoder answered, in its own datum; level is null where it knew nothing.
GEOCODES = sa.Table(
    "geocodes",
    METADATA,
    sa.Column("service", sa.Text, primary_key=True),
    sa.Column("asked", sa.Text, primary_key=True),  # digest of the words
    sa.Column("level", sa.Text),  # the service's word
    sa.Column("x", sa.Float),
    sa.Column("y", sa.Float),
    sa.Column("datum", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
)

_HOLDS = ALIASES.c.withdrawn_at.is_(None)
_TOLD = frozenset(
    {
        "alias_id", "place_name", "means_place", "means_unit", "at", "withdrawn_at",
        "withdrawn_who", "withdrawn_reason",
    }
)  # fmt: skip


def add_places(connection: Connection, frame: pd.DataFrame) -> int:
    """Add places that are not there yet.

    Parameters
    ----------
    connection
        An open transaction that may write.
    frame
        Columns of :data:`geo.gazetteer.COLUMNS`; lon, lat in WGS84 degrees.

    Returns
    -------
    int
        How many were new; a place already there, equal in all but its source, is left as it is.
    """
    before = connection.scalar(sa.select(sa.func.count()).select_from(GAZETTEER)) or 0
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [
        dict(zip(COLUMNS, row, strict=True)) for row in frame[list(COLUMNS)].itertuples(index=False)
    ]
    for first in range(0, len(rows), _BATCH):
        statement = make(GAZETTEER).on_conflict_do_nothing()
        connection.execute(statement, rows[first : first + _BATCH])
    after = connection.scalar(sa.select(sa.func.count()).select_from(GAZETTEER)) or 0
    return after - before


def load_places(connection: Connection) -> pd.DataFrame:
    """Load all places, oldest first, as a frame of :data:`geo.gazetteer.COLUMNS`.

    Longitudes and latitudes are WGS84 degrees; an empty gazetteer gives an empty frame.
    """
    wanted = [GAZETTEER.c[name] for name in COLUMNS]
    rows = connection.execute(sa.select(*wanted).order_by(GAZETTEER.c.place_id)).all()
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(COLUMNS))
    return frame.astype({"lon": "float64", "lat": "float64"})


def load_gazetteer(connection: Connection, cache: Path | None = None) -> Gazetteer | None:
    """Load the index of all places and of the names that people taught; ``None`` without any.

    It is built where neither this process nor the cache has it under the mark of what is stored.

    Parameters
    ----------
    cache
        Folder in which the built index is kept; it is made.
    """
    mark = places_mark(connection)
    if mark is None:
        return None
    ready = _READY.get(mark)
    if ready is None and cache is not None:
        ready = kept(cache / _INDEX, mark)
    if ready is None:
        ready = build_gazetteer(load_places(connection), load_aliases(connection))
        if cache is not None:
            keep(cache / _INDEX, mark, ready)
    if mark not in _READY:
        for old in list(_READY)[: 1 - _MOST_READY]:
            _READY.pop(old, None)
        _READY[mark] = ready
    return ready


def places_mark(connection: Connection) -> str | None:
    """Give a word that changes when a place or a taught name does; ``None`` without any."""
    places = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.max(GAZETTEER.c.place_id),
            sa.func.sum(GAZETTEER.c.lon),
            sa.func.sum(GAZETTEER.c.lat),
            sa.func.sum(sa.func.length(GAZETTEER.c.name)),
        )
    ).one()
    taught = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.max(ALIASES.c.alias_id),
            sa.func.sum(ALIASES.c.alias_id),
            sa.func.sum(sa.func.length(ALIASES.c.key)),
            sa.func.sum(ALIASES.c.lon),
            sa.func.sum(ALIASES.c.lat),
        ).where(_HOLDS)
    ).one()
    if not places[0] and not taught[0]:
        return None
    # Two databases may hold as many names of the same lengths.
    whose = crc32(connection.engine.url.render_as_string().encode())
    # Sums of degrees depend on the order in their last digits.
    return " ".join(str(round(float(one or 0), 3)) for one in (whose, *places, *taught))


# --- names that people taught ---------------------------------------------------------------------


def add_aliases(
    connection: Connection, aliases: Sequence[Alias], *, who: str, reason: str, now: datetime
) -> list[int]:
    """Teach names, in the caller's transaction.

    Parameters
    ----------
    aliases
        Each with a name that passed :func:`geo.aliases.name_fault`.
    who, reason, now
        Kept beside each; the reason is redacted.

    Returns
    -------
    list of int
        The number of each, in order; of one that was known already, its own number.

    Raises
    ------
    Conflict
        A name leads elsewhere already; the message names that alias by its number.
    """
    append_lock(connection)
    held: dict[str, tuple[int, Alias]] = {}
    keys = [one.key for one in aliases]
    for first in range(0, len(keys), _BATCH):
        known = ALIASES.c.key.in_(keys[first : first + _BATCH])
        for row in connection.execute(sa.select(ALIASES).where(_HOLDS, known)):
            alias = Alias(row.name, row.lon, row.lat, row.code, row.place)
            held[row.key] = row.alias_id, alias
    highest = connection.scalar(sa.select(sa.func.max(ALIASES.c.alias_id))) or 0
    numbers, rows = [], []
    for one in aliases:
        before = held.get(one.key)
        if before is not None:
            if not one.means_the_same(before[1]):
                raise Conflict(
                    f"this name leads to another place already (alias {before[0]}): "
                    "withdraw that one first"
                )
            numbers.append(before[0])
            continue
        highest += 1
        held[one.key] = highest, one
        numbers.append(highest)
        rows.append(
            {
                "alias_id": highest, "name": one.name.strip(), "key": one.key,
                "lon": one.lon, "lat": one.lat, "code": one.code, "place": one.place,
                "who": who, "stated_reason": redact(reason), "at": now,
            }
        )  # fmt: skip
    insert(connection, ALIASES, rows)
    return numbers


def withdraw_alias(
    connection: Connection, alias_id: int, *, who: str, reason: str, now: datetime
) -> None:
    """Let a name no longer lead anywhere; it stays on the list with who, when and why.

    Raises
    ------
    NotFound
        There is no such alias.
    Conflict
        It was withdrawn before.
    """
    mine = ALIASES.c.alias_id == alias_id
    there = connection.execute(sa.select(ALIASES.c.withdrawn_at).where(mine)).first()
    if there is None:
        raise NotFound(f"there is no alias {alias_id}")
    if there.withdrawn_at is not None:
        raise Conflict(f"alias {alias_id} was withdrawn before")
    said = {"withdrawn_at": now, "withdrawn_who": who, "withdrawn_reason": redact(reason)}
    connection.execute(sa.update(ALIASES).where(mine).values(said))


def load_aliases(connection: Connection) -> pd.DataFrame:
    """Load the aliases that hold, oldest first: a frame of :data:`geo.gazetteer.ALIAS_COLUMNS`.

    Longitudes and latitudes are WGS84 degrees, NaN where the name leads to no point.
    """
    wanted = [ALIASES.c[name] for name in ALIAS_COLUMNS]
    rows = connection.execute(sa.select(*wanted).where(_HOLDS).order_by(ALIASES.c.alias_id))
    frame = pd.DataFrame.from_records([tuple(r) for r in rows], columns=list(ALIAS_COLUMNS))
    return frame.astype({"lon": "float64", "lat": "float64"})


def read_aliases(connection: Connection, viewer: Viewer) -> list[dict[str, object]]:
    """List all aliases, the newest first, withdrawn ones too, as this viewer may see them."""
    rows = connection.execute(sa.select(ALIASES).order_by(ALIASES.c.alias_id.desc())).mappings()
    shown = (
        {
            "alias_id": row["alias_id"], "place_name": row["name"], "lon": row["lon"],
            "lat": row["lat"], "means_unit": row["code"] or None,
            "means_place": row["place"] or None,
            "who": row["who"], "stated_reason": row["stated_reason"], "at": row["at"],
            "withdrawn_at": row["withdrawn_at"], "withdrawn_who": row["withdrawn_who"],
            "withdrawn_reason": row["withdrawn_reason"],
        }
        for row in rows
    )  # fmt: skip
    return [view(row, viewer, _TOLD) for row in shown]


# --- answers of an online geocoder ----------------------------------------------------------------


def read_geocodes(
    connection: Connection, service: str, asked: Sequence[str]
) -> dict[str, Found | None]:
    """Give what a service answered before, by digest of the words; ``None``: it knew nothing."""
    found: dict[str, Found | None] = {}
    for first in range(0, len(asked), _BATCH):
        mine = GEOCODES.c.service == service, GEOCODES.c.asked.in_(asked[first : first + _BATCH])
        for row in connection.execute(sa.select(GEOCODES).where(*mine)):
            found[row.asked] = None if row.level is None else Found(row.x, row.y, row.level)
    return found


def keep_geocodes(
    connection: Connection,
    geocoder: Geocoder,
    answers: Mapping[str, Found | None],
    now: datetime,
) -> None:
    """Keep answers by digest of the words, with the datum that the service declares."""
    same = {"service": geocoder.name, "datum": geocoder.datum, "at": now}
    rows = [
        same
        | {
            "asked": asked,
            "level": None if one is None else one.level,
            "x": None if one is None else one.x,
            "y": None if one is None else one.y,
        }
        for asked, one in answers.items()
    ]
    upsert(connection, GEOCODES, rows, replace=("level", "x", "y", "datum", "at"))
