"""Topics of the month: a plan, three lists, and what was done."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    def words(*names: str) -> list[sa.Column[str]]:
        return [sa.Column(name, sa.Text(), nullable=False) for name in names]

    op.create_table(
        "month_topics",
        sa.Column("topic_id", BIG, nullable=False),
        *words("month", "class_code", "lead", "plan"),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        *words("who"),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_month_topics")),
    )
    op.create_table(
        "month_items",
        sa.Column("item_id", BIG, nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        *words("list"),
        sa.Column("about", BIG, nullable=True),
        *words("what"),
        sa.Column("due_on", sa.Date(), nullable=True),
        *words("who"),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_month_items")),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["month_topics.topic_id"],
            name=op.f("fk_month_items_topic_id_month_topics"),
        ),
        sa.ForeignKeyConstraint(
            ["about"], ["month_items.item_id"], name=op.f("fk_month_items_about_month_items")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_month_items_topic_id"), "month_items", ["topic_id"])
    op.create_table(
        "month_moves",
        sa.Column("move_id", BIG, nullable=False),
        sa.Column("topic_id", BIG, nullable=False),
        sa.Column("item_id", BIG, nullable=True),
        *words("act", "reason", "who"),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_month_moves")),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["month_topics.topic_id"],
            name=op.f("fk_month_moves_topic_id_month_topics"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["month_items.item_id"], name=op.f("fk_month_moves_item_id_month_items")
        ),
    )  # fmt: skip
    op.create_index(op.f("ix_month_moves_topic_id"), "month_moves", ["topic_id"])


def downgrade() -> None:
    op.drop_table("month_moves")
    op.drop_table("month_items")
    op.drop_table("month_topics")
