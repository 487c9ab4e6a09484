"""Units, placements and counts in and out of the database."""

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Instant

UNITS = sa.Table(
    "units",
    METADATA,
    sa.Column("unit_id", BIG_ID, primary_key=True),
    sa.Column("level", sa.Text, nullable=False),  # district, street, community, grid
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent_id", sa.ForeignKey("units.unit_id")),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),  # first day on which it no longer holds; null: it still does
    sa.Column("geometry", sa.LargeBinary),  # WKB, WGS84, lon then lat; null: a name without a shape
    sa.Column("area_m2", sa.Float),
    sa.Column("households", sa.Integer),
    sa.Column("people", sa.Integer),
    sa.UniqueConstraint("level", "code", "valid_from"),
)

PLACEMENTS = sa.Table(
    "placements",
    METADATA,
    sa.Column("serial", sa.ForeignKey("versions.serial"), primary_key=True),
    # where: what geo.locate found
    sa.Column("level", sa.Text, nullable=False),  # of geo.locate.LEVELS
    sa.Column("lon", sa.Float),  # WGS84 degrees; null where the level is coarse
    sa.Column("lat", sa.Float),
    sa.Column("radius_m", sa.Float),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("datum", sa.Text),  # as declared, with the coordinates as they came
    sa.Column("x", sa.Float),
    sa.Column("y", sa.Float),
    # whose: what grids.place found
    sa.Column("status", sa.Text, nullable=False),  # placed, needs_confirm, outside, unlocated
    sa.Column("finest", sa.Text),  # level of the finest certain unit
    sa.Column("how", sa.Text),  # point, named, hand
    sa.Column("border", sa.Boolean, nullable=False),
    sa.Column("district_id", sa.ForeignKey("units.unit_id")),
    sa.Column("street_id", sa.ForeignKey("units.unit_id")),
    sa.Column("community_id", sa.ForeignKey("units.unit_id")),
    sa.Column("grid_id", sa.ForeignKey("units.unit_id")),
    sa.Column("candidates", sa.Text),  # unit ids in doubt, JSON list
    sa.Column("cell_8", sa.BigInteger),
    sa.Column("cell_9", sa.BigInteger),
    sa.Column("cell_10", sa.BigInteger),
    sa.Column("sent_unit_id", sa.ForeignKey("units.unit_id")),  # 派单口径: the unit of 承办单位
)

# One row a combination; "lies" is 属地口径, "sent" is 派单口径. They are never added up.
COUNTS = sa.Table(
    "counts",
    METADATA,
    sa.Column("area_kind", sa.Text, primary_key=True),  # city, a unit level, cell_8, cell_9, cell_10
    sa.Column("area", sa.BigInteger, primary_key=True),  # unit id, H3 cell, 0 for the city
    sa.Column("local_day", sa.Date, primary_key=True),
    sa.Column("hour", sa.SmallInteger, primary_key=True),  # -1: known to the day only
    sa.Column("class_code", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("reading", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

SINKS = sa.Table(
    "sinks",
    METADATA,
    sa.Column("lon", sa.Float, primary_key=True),  # WGS84 degrees, as stored in placements
    sa.Column("lat", sa.Float, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("flagged_at", Instant, nullable=False),
)
