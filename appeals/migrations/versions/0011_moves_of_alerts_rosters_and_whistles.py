"""Moves of alerts, snoozes, posts and their roster, the log of the duty, whistles."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _alert(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_alert_id_alerts")
    return sa.ForeignKeyConstraint(["alert_id"], ["alerts.alert_id"], name=name)


def upgrade() -> None:
    op.create_table(
        "alert_moves",
        sa.Column("alert_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_texts("move", "state", "level"),
        sa.Column("at", Instant(), nullable=False),
        *_texts("who", "post", "stated_reason", "detail"),
        _alert("alert_moves"),
        sa.PrimaryKeyConstraint("alert_id", "number", name=op.f("pk_alert_moves")),
    )
    op.create_table(
        "snoozes",
        sa.Column("snooze_id", BIG, nullable=False),
        sa.Column("alert_id", BIG, nullable=False),
        *_texts("kind", "area_kind"),
        sa.Column("area", sa.BigInteger(), nullable=False),
        *_texts("class_code", "level"),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        *_texts("who", "stated_reason"),
        _alert("snoozes"),
        sa.PrimaryKeyConstraint("snooze_id", name=op.f("pk_snoozes")),
    )
    _duty()
    _whistles()


def _duty() -> None:
    op.create_table(
        "posts",
        *_texts("name", "duty", "area", "landline"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_posts")),
    )
    op.create_table(
        "contacts",
        *_texts("person", "name", "login", "phone", "mail"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_contacts")),
    )
    op.create_table(
        "shifts",
        *_texts("post", "seat"),
        sa.Column("begins_at", Instant(), nullable=False),
        *_texts("person"),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["post"], ["posts.name"], name=op.f("fk_shifts_post_posts")),
        sa.ForeignKeyConstraint(
            ["person"], ["contacts.person"], name=op.f("fk_shifts_person_contacts")
        ),
        sa.PrimaryKeyConstraint("post", "seat", "begins_at", "person", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_ends_at"), "shifts", ["ends_at"])
    op.create_table(
        "duty_entries",
        sa.Column("entry_id", BIG, nullable=False),
        *_texts("kind"),
        sa.Column("at", Instant(), nullable=False),
        *_texts("who", "post", "words"),
        sa.Column("about", BIG, nullable=True),
        sa.Column("alert_id", BIG, nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        *_texts("detail"),
        sa.ForeignKeyConstraint(
            ["about"], ["duty_entries.entry_id"], name=op.f("fk_duty_entries_about_duty_entries")
        ),
        _alert("duty_entries"),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_duty_entries")),
    )
    op.create_index(op.f("ix_duty_entries_at"), "duty_entries", ["at"])


def _whistles() -> None:
    op.create_table(
        "whistles",
        sa.Column("whistle_id", BIG, nullable=False),
        sa.Column("alert_id", BIG, nullable=True),
        *_texts("street", "street_name", "cause", "state"),
        sa.Column("made_at", Instant(), nullable=False),
        _alert("whistles"),
        sa.PrimaryKeyConstraint("whistle_id", name=op.f("pk_whistles")),
    )
    op.create_index(op.f("ix_whistles_alert_id"), "whistles", ["alert_id"])
    op.create_table(
        "whistle_moves",
        sa.Column("whistle_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_texts("move", "state"),
        sa.Column("at", Instant(), nullable=False),
        *_texts("who", "bureau", "words", "detail"),
        sa.ForeignKeyConstraint(
            ["whistle_id"],
            ["whistles.whistle_id"],
            name=op.f("fk_whistle_moves_whistle_id_whistles"),
        ),
        sa.PrimaryKeyConstraint("whistle_id", "number", name=op.f("pk_whistle_moves")),
    )


def downgrade() -> None:
    for name in ("whistle_moves", "whistles", "duty_entries", "shifts", "contacts", "posts",
                 "snoozes", "alert_moves"):  # fmt: skip
        op.drop_table(name)
