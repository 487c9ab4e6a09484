"""Rooms: which duties are let in to an alert."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    rooms = op.create_table(
        "alert_rooms",
        sa.Column("alert_id", BIG, nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_alert_rooms_alert_id")
        ),
        sa.PrimaryKeyConstraint("alert_id", "duty", name=op.f("pk_alert_rooms")),
    )
    op.create_index(op.f("ix_alert_rooms_duty"), "alert_rooms", ["duty"])
    found = dict(_concerned()) | dict(_told())
    rows = [{"alert_id": a, "duty": duty, "told": told} for (a, duty), told in found.items()]
    if rows:
        op.bulk_insert(rooms, rows)


def _concerned() -> Iterator[tuple[tuple[int, str], bool]]:
    """Give the duties that live alerts concern."""
    query = "SELECT alert_id, detail FROM alerts WHERE aside IS NULL AND NOT historical"
    for number, detail in op.get_bind().execute(sa.text(query)):
        for duty in json.loads(detail).get("duties", ()):
            yield (number, duty), False


def _told() -> Iterator[tuple[tuple[int, str], bool]]:
    """Give the duties whose posts were told of an alert, or called by a whistle about it."""
    bind = op.get_bind()
    for number, detail in bind.execute(sa.text("SELECT alert_id, detail FROM alert_moves")):
        for one in json.loads(detail).get("told", ()):
            yield (number, one["duty"]), True
    called = (
        "SELECT w.alert_id, m.detail FROM whistle_moves m JOIN whistles w"
        " ON w.whistle_id = m.whistle_id WHERE w.alert_id IS NOT NULL AND w.state IN"
        " ('blown', 'answered', 'on_site', 'reported_back', 'ended')"
    )
    for number, detail in bind.execute(sa.text(called)):
        for duty in json.loads(detail).get("bureaus", ()):
            yield (number, duty), True


def downgrade() -> None:
    op.drop_table("alert_rooms")
