"""Publications in and out of the database: written once, never changed.

A count that a planner was shown stays what it was: later corrections, which would tell by their
difference that one appeal moved, go into no publication that is out.
"""

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Instant

PUBLICATIONS = sa.Table(
    "publications",
    METADATA,
    sa.Column("publication_id", BIG_ID, primary_key=True),
    sa.Column("reading", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.UniqueConstraint("reading", "first_day", "last_day"),
)

PUBLISHED = sa.Table(
    "published",
    METADATA,
    sa.Column("publication_id", sa.ForeignKey("publications.publication_id"), primary_key=True),
    sa.Column("level", sa.Text, primary_key=True),  # city, district, street, community
    sa.Column("area", sa.BigInteger, primary_key=True),  # unit id, 0 for the city
    sa.Column("class_code", sa.Text, primary_key=True),  # of the first level; "" is all
    sa.Column("n", sa.Integer),  # null: hidden
    sqlite_with_rowid=False,
)
