"""Requests to open personal fields, publications for planning, people known by another sign-in."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "unmaskings",
        sa.Column("request_id", BIG, nullable=False),
        sa.Column("appeal_id", BIG, nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("agreed_by", sa.Text(), nullable=True),
        sa.Column("agreed_at", Instant(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeals.appeal_id"], name=op.f("fk_unmaskings_appeal_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_unmaskings")),
    )
    op.create_table(
        "publications",
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("publication_id", name=op.f("pk_publications")),
        sa.UniqueConstraint(
            "reading", "first_day", "last_day",
            name=op.f("uq_publications_reading_first_day_last_day"),
        ),
    )  # fmt: skip
    op.create_table(
        "published",
        sa.Column("publication_id", BIG, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["publications.publication_id"],
            name=op.f("fk_published_publication_id"),
        ),
        sa.PrimaryKeyConstraint(
            "publication_id", "level", "area", "class_code", name=op.f("pk_published")
        ),
        sqlite_with_rowid=False,
    )
    op.add_column("people", sa.Column("subject", sa.Text(), nullable=True))
    op.create_index(op.f("ix_people_subject"), "people", ["subject"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_people_subject"), "people")
    op.drop_column("people", "subject")
    for name in ("published", "publications", "unmaskings"):
        op.drop_table(name)
