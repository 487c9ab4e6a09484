"""What is to be said by which channel, each attempt at it, and messages that were issued."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("alert_id", BIG, nullable=True),
        sa.Column("whistle_id", BIG, nullable=True),
        sa.Column("move", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("acknowledge_by", Instant(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.alert_id"], name=op.f("fk_outbox_alert_id")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(op.f("ix_outbox_alert_id"), "outbox", ["alert_id"])
    op.create_index(op.f("ix_outbox_channel_state"), "outbox", ["channel", "state"])
    op.create_table(
        "outbox_attempts",
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["position"], ["outbox.position"], name=op.f("fk_outbox_attempts_position")
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_outbox_attempts")),
    )
    op.create_index(op.f("ix_outbox_attempts_position"), "outbox_attempts", ["position"])
    op.create_index(
        op.f("ix_outbox_attempts_channel_begun_at"), "outbox_attempts", ["channel", "begun_at"]
    )
    op.create_table(
        "cap_messages",
        sa.Column("alert_id", BIG, nullable=False),
        sa.Column("move", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_cap_messages_alert_id")
        ),
        sa.PrimaryKeyConstraint("alert_id", "move", name=op.f("pk_cap_messages")),
        sa.UniqueConstraint("stamp", name=op.f("uq_cap_messages_stamp")),
    )


def downgrade() -> None:
    op.drop_table("cap_messages")
    op.drop_table("outbox_attempts")
    op.drop_table("outbox")
