"""Files of shapes as tables and WGS84 shapes: what every reader of layers begins with."""

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from appeals.errors import BoundaryError, InputError
from appeals.packed import check_unpacked
from geo.datums import check_datum, in_range, to_wgs84
from grids.dbf import judge_encoding
from grids.findings import Finding


def read_vector(
    path: Path, datum: str | None, encoding: str | None = None
) -> tuple[pd.DataFrame, np.ndarray, list[Finding]]:
    """Read the features of all layers of a file.

    Parameters
    ----------
    path
        GeoJSON, GPKG, FlatGeobuf, KML, a shapefile, or a zip that holds one.
    datum
        As of :func:`grids.read.read_layer`.
    encoding
        Of text in a shapefile; without one, by what the bytes are.

    Returns
    -------
    table : DataFrame
        Their columns, one row a feature.
    shapes : ndarray of object
        Their shapes in WGS84, longitude first, without heights, shape (n,); ``None`` where a
        feature has none.
    findings : list of Finding
        What was done.

    Raises
    ------
    InputError
        The file cannot be read, or the datum is not known.
    BoundaryError
        There are no shapes, or they are not on the globe.
    """
    notes: list[Finding] = []
    with _opened(path) as file, warnings.catch_warnings():
        if file.suffix.lower() == ".shp":
            encoding, words = judge_encoding(file, encoding)
            notes += [Finding("encoding", detail=words)] if words else []
        else:
            encoding = None
        try:
            warnings.simplefilter("ignore")  # rings that are not closed: reported by ourselves
            layers = [str(layer) for layer, _ in pyogrio.list_layers(file)]
            frames = [
                pyogrio.read_dataframe(file, layer=one, encoding=encoding, on_invalid="ignore")
                for one in layers
            ]
        except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
            raise InputError(f"{path.name}: cannot be read as a layer") from error
    frames = [frame for frame in frames if isinstance(frame, gpd.GeoDataFrame) and len(frame)]
    if not frames:
        raise BoundaryError(f"{path.name}: there are no shapes in it")
    frame = pd.concat(frames, ignore_index=True)
    shapes = np.array(frame.geometry, dtype=object)
    flat = shapely.has_z(shapes)
    if flat.any():
        notes.append(Finding("height", detail=str(int(flat.sum()))))
    shapes = _in_wgs84(shapely.force_2d(shapes), frame.crs, datum, path.name)
    return pd.DataFrame(frame.drop(columns=frame.geometry.name)), shapes, notes


@contextmanager
def _opened(path: Path) -> Iterator[Path]:
    """Give the file to read; of a zip, its shapefile under a plain name."""
    if path.suffix.lower() != ".zip":
        yield path
        return
    with TemporaryDirectory() as folder:
        try:
            with ZipFile(path) as pack:
                check_unpacked(pack, path.name)
                inside = [one for one in pack.namelist() if one.lower().endswith(".shp")]
                if len(inside) != 1:
                    raise InputError(f"{path.name}: holds {len(inside)} shapefiles, not one")
                stem = inside[0][:-4].casefold()
                for member in pack.namelist():
                    head, dot, kind = member.rpartition(".")
                    if dot and head.casefold() == stem:
                        # Names inside may be in any encoding: the parts get a plain one.
                        part = Path(folder) / f"layer.{kind.lower()}"
                        part.write_bytes(pack.read(member))
        except (BadZipFile, zlib.error, RuntimeError) as error:
            raise InputError(f"{path.name}: is no zip file, or damaged or locked") from error
        yield Path(folder) / "layer.shp"


def _in_wgs84(shapes: np.ndarray, crs: CRS | None, datum: str | None, name: str) -> np.ndarray:
    code = crs.to_epsg() if crs is not None else None
    if datum is None:
        if crs is None or code == 4326 or crs == CRS("OGC:CRS84"):
            raise InputError(
                f"{name}: the datum is not declared; give --datum "
                "(wgs84, cgcs2000, gcj02, bd09 or EPSG:n)"
            )
        if code is None:
            raise InputError(f"{name}: its reference system has no EPSG code; give --datum EPSG:n")
        datum = f"EPSG:{code}"
    elif crs is not None and crs.is_projected and not datum.upper().startswith("EPSG"):
        # Metres on the paper of a shifted datum: back to its degrees first.
        shapes = _moved(shapes, f"EPSG:{code}" if code else _no_code(name))
    shapes = _moved(shapes, check_datum(datum))
    west, south, east, north = shapely.total_bounds(shapes)
    if not in_range(np.array([west, east]), np.array([south, north])).all():
        raise BoundaryError(f"{name}: coordinates are not on the globe; is the datum {datum}?")
    return shapes


def _no_code(name: str) -> str:
    raise InputError(f"{name}: its reference system has no EPSG code; give --datum EPSG:n")


def _moved(shapes: np.ndarray, datum: str) -> np.ndarray:
    return np.asarray(
        shapely.transform(
            shapes, lambda points: np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))
        )
    )
