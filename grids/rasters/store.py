"""Rasters are drawn once for each set of borders and kept in files that processes share.

A file is named by the digest of its borders, so a changed border is another file. It is one line
of JSON (version, shapes and sum of the arrays), then the arrays as they lie in memory; it is
mapped, not read. What is short, old or damaged is drawn anew.
"""

import hashlib
import json
import mmap
import os
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.boundaries import Boundaries
from grids.rasters.draw import rasterise
from grids.rasters.raster import Raster

Shapes = NDArray[np.object_]

LEAST_VERTICES = 200_000
"""Below, the polygons are asked as fast as a raster pays for itself."""

_VERSION = 1
_HEAD = 1024  # bytes
_ARRAYS = {"frame": "<f8", "large": "<i4", "pages": "<i4", "starts": "<i4", "members": "<i4"}


def with_rasters(
    editions: Sequence[Boundaries], folder: Path, least_vertices: int = LEAST_VERTICES
) -> tuple[Boundaries, ...]:
    """Give the same boundaries with rasters for large layers whose ground no finer one covers.

    Parameters
    ----------
    editions
        All that are in use: rasters of other borders are removed.
    folder
        Where rasters are kept; it is made if need be. One that cannot be written keeps nothing.
    least_vertices
        Layers of fewer are left as they are.
    """
    held: dict[Path, Raster] = {}
    out = []
    for boundaries in editions:
        layers = dict(boundaries.layers)
        ground = 0.0
        for level in reversed(boundaries.levels):
            layer = layers.get(level)
            if layer is None:
                continue
            own = float(shapely.area(layer.shapes).sum())
            large = shapely.get_num_coordinates(layer.shapes).sum() >= least_vertices
            # Where finer units cover the ground, the coarser ones are hardly asked.
            if large and own > 1.1 * ground:
                path = folder / f"raster-{_digest(layer.shapes)}.bin"
                if path not in held:
                    held[path] = _kept(path, layer.shapes)
                layers[level] = replace(layer, raster=held[path])
            ground = max(ground, own)
        out.append(replace(boundaries, layers=layers))
    # With those of borders that are gone go the halves that a killed process left.
    for path in set(folder.glob("raster-*")) - held.keys():
        with suppress(OSError):
            path.unlink()
    return tuple(out)


def _kept(path: Path, shapes: Shapes) -> Raster:
    """Read the raster of these shapes, or draw and keep it."""
    raster = _read(path)
    if raster is None:
        raster = rasterise(shapes)
        # Without a place to keep it, it is drawn again next time.
        with suppress(OSError):
            _write(path, raster)
    return raster


def _digest(shapes: Shapes) -> str:
    digest = hashlib.sha256()
    for wkb in shapely.to_wkb(shapes):
        digest.update(len(wkb).to_bytes(8, "little"))
        digest.update(wkb)
    return digest.hexdigest()[:32]


def _write(path: Path, raster: Raster) -> None:
    arrays = {
        name: np.ascontiguousarray(getattr(raster, name), kind) for name, kind in _ARRAYS.items()
    }
    body = b"".join(array.tobytes() for array in arrays.values())
    about = {
        "version": _VERSION,
        "shapes": {name: array.shape for name, array in arrays.items()},
        "sum": zlib.crc32(body),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        part.write_bytes(json.dumps(about).encode().ljust(_HEAD) + body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _read(path: Path) -> Raster | None:
    """Map a file that is whole and of this version."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        about = json.loads(mapped[:_HEAD])
        if about["version"] != _VERSION or zlib.crc32(memoryview(mapped)[_HEAD:]) != about["sum"]:
            return None
        arrays = {}
        at = _HEAD
        for name, kind in _ARRAYS.items():
            shape = about["shapes"][name]
            arrays[name] = np.frombuffer(mapped, kind, int(np.prod(shape)), at).reshape(shape)
            at += arrays[name].nbytes
        return Raster(**arrays)
    except (OSError, ValueError, KeyError, TypeError):
        return None
