"""How appeals were handled, counted; filled from the versions that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_UNITS = ("district_id", "street_id", "community_id", "sent_unit_id")
_SAID = ("contacted", "solved", "satisfied")


def upgrade() -> None:
    op.create_table(
        "handled",
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("local_hour", sa.SmallInteger(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _UNITS),
        sa.Column("route", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _SAID),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "local_day", "local_hour", "class_code", *_UNITS, "route", *_SAID, "left_out",
            name=op.f("pk_handled"),
        ),
        sqlite_with_rowid=False,
    )  # fmt: skip
    units = ", ".join(f"COALESCE(p.{name}, 0) AS {name}" for name in _UNITS)
    said = ", ".join(f"COALESCE(v.{name}, '') AS {name}" for name in _SAID)
    op.execute(f"""
        INSERT INTO handled
        SELECT moved.*, COUNT(*) FROM (
            SELECT v.local_day, COALESCE(v.local_hour, -1) AS local_hour, v.class_code, {units},
                CASE WHEN v.direct THEN 'direct'
                     WHEN NOT v.direct OR v.dispatched_at IS NOT NULL THEN 'dispatched'
                     ELSE '' END AS route,
                {said}, COALESCE(v.excluded, false) AS left_out
            FROM appeals a
            JOIN versions v ON v.serial = a.current
            JOIN placements p ON p.serial = v.serial
        ) moved
        GROUP BY local_day, local_hour, class_code, {", ".join(_UNITS)}, route,
            {", ".join(_SAID)}, left_out
    """)


def downgrade() -> None:
    op.drop_table("handled")
