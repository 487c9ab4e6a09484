"""Named places in and out of the database."""

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA

GAZETTEER = sa.Table(
    "gazetteer",
    METADATA,
    sa.Column("place_id", BIG_ID, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # plate, building, compound, road, point
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("district", sa.Text, nullable=False),
    sa.Column("lon", sa.Float, nullable=False),  # WGS84 degrees
    sa.Column("lat", sa.Float, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.UniqueConstraint("name", "kind", "address", "district", "lon", "lat"),
)
