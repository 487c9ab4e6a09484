"""Verdicts of the desk, what sets an alert apart, and replays that are kept to be looked at."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verdicts",
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("stated_reason", sa.Text(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.alert_id"], name=op.f("fk_verdicts_alert_id_alerts")
        ),
        sa.PrimaryKeyConstraint("alert_id", "step", name=op.f("pk_verdicts")),
    )
    op.create_table(
        "replays",
        sa.Column("at", Instant(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("at", name=op.f("pk_replays")),
    )
    for column in (
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_by", sa.Text(), nullable=True),
        sa.Column("verdict_at", Instant(), nullable=True),
        sa.Column("aside", sa.Text(), nullable=True),
    ):
        op.add_column("alerts", column)


def downgrade() -> None:
    for name in ("aside", "verdict_at", "verdict_by", "verdict"):
        op.drop_column("alerts", name)
    op.drop_table("replays")
    op.drop_table("verdicts")
