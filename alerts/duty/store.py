"""Posts, contacts, shifts and the log of the duty in and out of the database."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.duty.log import Entry
from alerts.duty.roster import Contact, Post, Roster, Seat, Shift
from appeals.database import BIG_ID, METADATA, Connection, Instant, upsert
from appeals.errors import NotFound
from appeals.privacy import redact

POSTS = sa.Table(
    "posts",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("duty", sa.Text, nullable=False),
    sa.Column("area", sa.Text, nullable=False),  # level:code, empty for the city
    sa.Column("landline", sa.Text, nullable=False),
)

CONTACTS = sa.Table(
    "contacts",
    METADATA,
    sa.Column("person", sa.Text, primary_key=True),  # login, else name
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("login", sa.Text, nullable=False),  # empty where none
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("mail", sa.Text, nullable=False),
)

SHIFTS = sa.Table(
    "shifts",
    METADATA,
    sa.Column("post", sa.ForeignKey("posts.name"), primary_key=True),
    sa.Column("seat", sa.Text, primary_key=True),
    sa.Column("begins_at", Instant, primary_key=True),
    sa.Column("person", sa.ForeignKey("contacts.person"), primary_key=True),
    sa.Column("ends_at", Instant, nullable=False, index=True),
)

DUTY_ENTRIES = sa.Table(
    "duty_entries",
    METADATA,
    sa.Column("entry_id", BIG_ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # nil, instruction, done, hand_over, take_over
    sa.Column("at", Instant, nullable=False, index=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("post", sa.Text, nullable=False),  # empty where none
    sa.Column("words", sa.Text, nullable=False),  # redacted
    sa.Column("about", sa.ForeignKey("duty_entries.entry_id")),  # the one that it answers
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id")),
    sa.Column("due_at", Instant),
    sa.Column("detail", sa.Text, nullable=False),  # JSON, by kind
)


def read_posts(connection: Connection) -> list[Post]:
    """Give all posts by name."""
    return [Post(*row) for row in connection.execute(sa.select(POSTS).order_by(POSTS.c.name))]


def read_contacts(connection: Connection) -> dict[str, Contact]:
    """Give everybody on the rosters, by their key."""
    rows = connection.execute(sa.select(CONTACTS).order_by(CONTACTS.c.person))
    return {row.person: Contact(*row) for row in rows}


def read_contact(connection: Connection, person: str) -> Contact | None:
    """Give somebody by their key, ``None`` where there is nobody."""
    query = sa.select(CONTACTS).where(CONTACTS.c.person == person)
    row = connection.execute(query).one_or_none()
    return None if row is None else Contact(*row)


def read_shifts(connection: Connection, begin: datetime, end: datetime) -> list[Shift]:
    """Give the shifts that touch a stretch of time, in the order of their beginning."""
    query = sa.select(SHIFTS).where(SHIFTS.c.ends_at > begin, SHIFTS.c.begins_at < end)
    rows = connection.execute(query.order_by(SHIFTS.c.begins_at, SHIFTS.c.post, SHIFTS.c.seat))
    return [Shift(r.post, Seat(r.seat), r.person, r.begins_at, r.ends_at) for r in rows]


def read_roster(connection: Connection, now: datetime) -> Roster:
    """Give all posts and the shifts of a moment."""
    shifts = read_shifts(connection, now, now + timedelta(microseconds=1))
    return Roster(tuple(read_posts(connection)), tuple(shifts))


def write_roster(
    connection: Connection,
    posts: Sequence[Post],
    contacts: Sequence[Contact],
    shifts: Sequence[Shift],
) -> None:
    """Write a roster: posts and contacts are added or replaced by name.

    Of each post that it names, the shifts that begin within its own span are replaced.
    """
    upsert(connection, POSTS, _rows(posts, Post), replace=("duty", "area", "landline"))
    said = ("name", "login", "phone", "mail")
    upsert(connection, CONTACTS, _rows(contacts, Contact), replace=said)
    for post in {shift.post for shift in shifts}:
        own = [shift for shift in shifts if shift.post == post]
        begin, end = min(s.begins_at for s in own), max(s.ends_at for s in own)
        within = SHIFTS.c.begins_at >= begin, SHIFTS.c.begins_at < end
        connection.execute(sa.delete(SHIFTS).where(SHIFTS.c.post == post, *within))
    upsert(connection, SHIFTS, _rows(shifts, Shift), replace=("ends_at",))


def duties_held(connection: Connection, login: str, now: datetime) -> list[str]:
    """Give the duties of the posts in one of whose seats somebody sits now."""
    query = (
        sa.select(POSTS.c.duty)
        .distinct()
        .join(SHIFTS, SHIFTS.c.post == POSTS.c.name)
        .join(CONTACTS, CONTACTS.c.person == SHIFTS.c.person)
        .where(CONTACTS.c.login == login, SHIFTS.c.begins_at <= now, SHIFTS.c.ends_at > now)
    )
    return list(connection.execute(query.order_by(POSTS.c.duty)).scalars())


def write_entry(connection: Connection, entry: Entry) -> int:
    """Write one entry of the log by hand; give its number.

    Raises
    ------
    NotFound
        It answers an entry that is not there.
    """
    if entry.about is not None and not _is_there(connection, entry.about):
        raise NotFound(f"there is no entry {entry.about}")
    row = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    del row["entry_id"]
    row |= {"words": redact(entry.words)}
    row["detail"] = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True)
    new = sa.insert(DUTY_ENTRIES).values(row).returning(DUTY_ENTRIES.c.entry_id)
    return int(connection.execute(new).scalar_one())


def read_entries(connection: Connection, begin: datetime, end: datetime) -> list[Entry]:
    """Give the entries of a stretch of time, the oldest first."""
    at = DUTY_ENTRIES.c.at
    query = sa.select(DUTY_ENTRIES).where(at >= begin, at < end)
    return [_entry(row) for row in connection.execute(query.order_by(at, DUTY_ENTRIES.c.entry_id))]


def unanswered(connection: Connection, kind: str, answer: str) -> list[Entry]:
    """Give the entries of a kind that no entry of another kind answers, the oldest first.

    An instruction is answered when it is reported as carried out, a hand-over when it is taken.
    """
    about, number = DUTY_ENTRIES.c.about, DUTY_ENTRIES.c.entry_id
    done = sa.select(about).where(DUTY_ENTRIES.c.kind == answer, about.is_not(None))
    query = sa.select(DUTY_ENTRIES).where(DUTY_ENTRIES.c.kind == kind, number.not_in(done))
    return [_entry(row) for row in connection.execute(query.order_by(number))]


def _is_there(connection: Connection, entry_id: int) -> bool:
    query = sa.select(DUTY_ENTRIES.c.entry_id).where(DUTY_ENTRIES.c.entry_id == entry_id)
    return connection.execute(query).first() is not None


def _entry(row: sa.Row[Any]) -> Entry:
    values = {name: row._mapping[name] for name in Entry.__dataclass_fields__}
    return Entry(**values | {"detail": json.loads(row.detail)})


def _rows(things: Iterable[Any], kind: type[Any]) -> list[dict[str, Any]]:
    return [{name: getattr(one, name) for name in kind.__dataclass_fields__} for one in things]
