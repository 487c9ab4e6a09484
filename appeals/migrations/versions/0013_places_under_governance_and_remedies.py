"""Decisions on places under governance, and remedies."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "listings",
        sa.Column("listing_id", BIG, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("level", "code", "class_code", "month", "act", "proposed")
        ),
        sa.Column("parts", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("who", "reason")),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("listing_id", name=op.f("pk_listings")),
    )
    columns = ["level", "class_code", "code"]
    op.create_index(op.f("ix_listings_level_class_code_code"), "listings", columns)
    op.create_table(
        "remedies",
        sa.Column("remedy_id", BIG, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("batch", "level", "code", "class_code", "trigger_month")
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("what", "who")),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("remedy_id", name=op.f("pk_remedies")),
    )
    op.create_index(op.f("ix_remedies_batch"), "remedies", ["batch"])


def downgrade() -> None:
    op.drop_table("remedies")
    op.drop_table("listings")
