"""Places, units, placements and counts."""

import sqlalchemy as sa
from alembic import op

from appeals.database import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("area_kind", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("area", sa.BigInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("class_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "area_kind",
            "reading",
            "local_day",
            "area",
            "hour",
            "class_code",
            "kind",
            name=op.f("pk_counts"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gazetteer",
        sa.Column("place_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_gazetteer")),
        sa.UniqueConstraint(
            "name",
            "kind",
            "address",
            "district",
            "lon",
            "lat",
            name=op.f("uq_gazetteer_name_kind_address_district_lon_lat"),
        ),
    )
    op.create_table(
        "sinks",
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("half_year", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("flagged_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("lon", "lat", "half_year", name=op.f("pk_sinks")),
    )
    op.create_table(
        "units",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("geometry", sa.LargeBinary(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["units.unit_id"], name=op.f("fk_units_parent_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_units")),
        sa.UniqueConstraint(
            "level", "code", "valid_from", name=op.f("uq_units_level_code_valid_from")
        ),
    )
    op.create_table(
        "placements",
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("radius_m", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("finest", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=True),
        sa.Column("border", sa.Boolean(), nullable=False),
        sa.Column(
            "district_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("candidates", sa.Text(), nullable=True),
        sa.Column("cell_8", sa.BigInteger(), nullable=True),
        sa.Column("cell_9", sa.BigInteger(), nullable=True),
        sa.Column("cell_10", sa.BigInteger(), nullable=True),
        sa.Column(
            "sent_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["units.unit_id"], name=op.f("fk_placements_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["units.unit_id"], name=op.f("fk_placements_district_id")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["units.unit_id"], name=op.f("fk_placements_grid_id")),
        sa.ForeignKeyConstraint(
            ["sent_unit_id"], ["units.unit_id"], name=op.f("fk_placements_sent_unit_id")
        ),
        sa.ForeignKeyConstraint(["serial"], ["versions.serial"], name=op.f("fk_placements_serial")),
        sa.ForeignKeyConstraint(
            ["street_id"], ["units.unit_id"], name=op.f("fk_placements_street_id")
        ),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_placements")),
    )


def downgrade() -> None:
    op.drop_table("placements")
    op.drop_table("units")
    op.drop_table("sinks")
    op.drop_table("gazetteer")
    op.drop_table("counts")
