"""Appeals in and out of the database: versions that are only ever added."""

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Instant

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

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("audit_id", BIG_ID, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("serial", sa.ForeignKey("versions.serial")),
)

IMPORTS = sa.Table(
    "imports",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # of the file and of how it was read
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("rows_done", sa.BigInteger, nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
)

CLASSES = sa.Table(
    "classes",
    METADATA,
    sa.Column("class_code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent_code", sa.Text),
    sa.Column("depth", sa.SmallInteger, nullable=False),  # 1, 2, 3
    sa.Column("first_day", sa.Date),  # of the first appeal: learning for 28 days from here
    sa.Column("edition", sa.Text, nullable=False),  # of the tree that brought it
)

CROSSWALK = sa.Table(
    "crosswalk",
    METADATA,
    sa.Column("old_code", sa.Text, primary_key=True),
    sa.Column("new_code", sa.Text, nullable=False),
    sa.Column("edition", sa.Text, nullable=False),
)

CALENDAR = sa.Table(
    "calendar",
    METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("nature", sa.Text, nullable=False),  # holiday, workday, lunar, season
)
