"""Cases are found by the unit that they were sent to."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_unit", "cases", ["unit"])


def downgrade() -> None:
    op.drop_index("ix_cases_unit", "cases")
