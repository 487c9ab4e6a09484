"""Named places in and out of the database."""

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from appeals.database import BIG_ID, METADATA
from geo.gazetteer import COLUMNS

_BATCH = 5_000

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


def add_places(connection: Connection, frame: pd.DataFrame) -> int:
    """Add places that are not there yet.

    Parameters
    ----------
    connection
        An open transaction that may write.
    frame
        Columns of :data:`geo.gazetteer.COLUMNS`; lon, lat in WGS84 degrees.

    Returns
    -------
    int
        How many were new; a place already there, equal in all but its source, is left as it is.
    """
    before = connection.scalar(sa.select(sa.func.count()).select_from(GAZETTEER)) or 0
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [
        dict(zip(COLUMNS, row, strict=True)) for row in frame[list(COLUMNS)].itertuples(index=False)
    ]
    for first in range(0, len(rows), _BATCH):
        statement = make(GAZETTEER).on_conflict_do_nothing()
        connection.execute(statement, rows[first : first + _BATCH])
    after = connection.scalar(sa.select(sa.func.count()).select_from(GAZETTEER)) or 0
    return after - before


def load_places(connection: Connection) -> pd.DataFrame:
    """Load all places, oldest first, as a frame of :data:`geo.gazetteer.COLUMNS`.

    Longitudes and latitudes are WGS84 degrees; an empty gazetteer gives an empty frame.
    """
    wanted = [GAZETTEER.c[name] for name in COLUMNS]
    rows = connection.execute(sa.select(*wanted).order_by(GAZETTEER.c.place_id)).all()
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(COLUMNS))
    return frame.astype({"lon": "float64", "lat": "float64"})
