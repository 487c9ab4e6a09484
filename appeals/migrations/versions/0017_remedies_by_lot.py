"""Remedies of which a lot drew who begins."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("remedies", sa.Column("lot", sa.Text(), nullable=True))
    waits: sa.Column[bool] = sa.Column(
        "waits", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("remedies", waits)


def downgrade() -> None:
    for name in ("waits", "lot"):
        op.drop_column("remedies", name)
