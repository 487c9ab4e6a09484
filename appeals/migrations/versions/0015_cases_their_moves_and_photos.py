"""Cases, their moves and photos; whose an appeal is, asked by the grid."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _appeal(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_appeal_id_appeals")
    return sa.ForeignKeyConstraint(["appeal_id"], ["appeals.appeal_id"], name=name)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("appeal_id", BIG, nullable=False),
        *_texts("state", "unit", "holder"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("contacted_at", Instant(), nullable=True),
        _appeal("cases"),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_cases")),
    )
    op.create_index(op.f("ix_cases_holder"), "cases", ["holder"])
    op.create_index(op.f("ix_cases_position"), "cases", ["position"])
    op.create_table(
        "case_moves",
        sa.Column("appeal_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_texts("move", "state"),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("client_at", Instant(), nullable=True),
        *_texts("who", "words", "detail"),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("lon", "lat", "radius_m")),
        _appeal("case_moves"),
        sa.PrimaryKeyConstraint("appeal_id", "number", name=op.f("pk_case_moves")),
    )
    op.create_table(
        "case_photos",
        sa.Column("photo_id", BIG, nullable=False),
        sa.Column("appeal_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        *_texts("who", "digest"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("width", "height")),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _appeal("case_photos"),
        sa.PrimaryKeyConstraint("photo_id", name=op.f("pk_case_photos")),
    )
    op.create_index(op.f("ix_case_photos_appeal_id"), "case_photos", ["appeal_id"])
    op.create_index(op.f("ix_placements_grid_id"), "placements", ["grid_id"])
    doubted = sa.text("status = 'needs_confirm'")
    op.create_index(
        "ix_placements_doubted",
        "placements",
        ["street_id"],
        sqlite_where=doubted,
        postgresql_where=doubted,
    )


def downgrade() -> None:
    op.drop_index("ix_placements_doubted", "placements")
    op.drop_index(op.f("ix_placements_grid_id"), "placements")
    for name in ("case_photos", "case_moves", "cases"):
        op.drop_table(name)
