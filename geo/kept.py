"""A gazetteer's index in a file: built once, then mapped into memory and shared by processes.

The file begins with a word, the length of a header, and the header (JSON: form, mark, checksum,
where each array stands); the arrays follow. It holds numbers and text only. A file of another form
or mark, or one that is damaged, is no file: the index is built anew.
"""

import json
import math
import os
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from geo.gazetteer import MEANINGS, Gazetteer
from geo.postings import Postings, Words
from geo.sounding import Sounding
from geo.sounds import SoundTable

FORM = 4
"""Counts up whenever the arrays, or the rules that make keys of names, change."""

_WORD = b"wangge index of names\n"
_ALIGN = 64

Array = NDArray[Any]


def keep(path: Path, mark: str, gazetteer: Gazetteer) -> bool:
    """Write the index of a gazetteer, whole or not at all.

    Parameters
    ----------
    path
        The file; its folder is made.
    mark
        By which the gazetteer is known again.

    Returns
    -------
    bool
        False where the folder cannot be written, or the disk is full: it is a cache.
    """
    arrays = _arrays(gazetteer)
    table, offset, checksum = {}, 0, 0
    for name, array in arrays.items():
        table[name] = [array.dtype.str, list(array.shape), offset]
        checksum = zlib.crc32(_padded(array), checksum)
        offset += _room(array)
    header = json.dumps(
        {"form": FORM, "mark": mark, "size": offset, "checksum": checksum, "arrays": table}
    ).encode()
    start = len(_WORD) + 8 + len(header)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    except OSError:
        return False
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_WORD + len(header).to_bytes(8, "little") + header)
            file.write(bytes(-start % _ALIGN))
            for array in arrays.values():
                file.write(_padded(array))
        Path(draft).replace(path)
    except OSError:
        with suppress(OSError):
            Path(draft).unlink()
        return False
    return True


def kept(path: Path, mark: str) -> Gazetteer | None:
    """Open the index that was kept under this mark; ``None`` where there is none that is whole."""
    try:
        file = np.memmap(path, mode="r")
        return _gazetteer(_read(file, mark))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None


def _read(file: "np.memmap[Any, np.dtype[np.uint8]]", mark: str) -> dict[str, Array]:
    at = len(_WORD) + 8
    if bytes(file[: len(_WORD)]) != _WORD:
        raise ValueError("not an index")
    length = int.from_bytes(bytes(file[len(_WORD) : at]), "little")
    header = json.loads(bytes(file[at : at + length]))
    if (header["form"], header["mark"]) != (FORM, mark):
        raise ValueError("of another form or gazetteer")
    start = at + length + -(at + length) % _ALIGN
    body = np.asarray(file)[start:]
    if len(body) != header["size"] or zlib.crc32(body.data) != header["checksum"]:
        raise ValueError("damaged")
    arrays = {}
    for name, (kind, shape, offset) in header["arrays"].items():
        dtype = np.dtype(kind)
        flat = body[offset : offset + math.prod(shape) * dtype.itemsize]
        arrays[name] = flat.view(dtype).reshape(shape)
    return arrays


def _room(array: Array) -> int:
    return array.nbytes + -array.nbytes % _ALIGN


def _padded(array: Array) -> bytes:
    return array.tobytes() + bytes(-array.nbytes % _ALIGN)


def _arrays(gazetteer: Gazetteer) -> dict[str, Array]:
    one = gazetteer
    sounding = one.sounding
    arrays: dict[str, Array] = {
        "kinds": one.kinds,
        "districts": one.districts,
        "roads": one.roads,
        "lon": one.lon,
        "lat": one.lat,
        "sink": one.sink,
        "crowd": one.crowd,
        "keys": np.frombuffer(one.keys.tobytes(), np.uint8),
        "plates": np.frombuffer(one.plates.tobytes(), np.uint8),
        "door_numbers": one.door_numbers,
        "exact": sounding.table.exact,
        "loose": sounding.table.loose,
        "pairs": sounding.pairs,
        "sizes": sounding.sizes,
    }
    lists = dict(zip(MEANINGS, one.meant, strict=True))
    lists |= {"at_plate": one.at_plate, "doors": one.doors, "sounding": sounding.names}
    for name, postings in lists.items():
        arrays |= {f"{name} starts": postings.starts, f"{name} rows": postings.rows}
    words = {
        "names": one.names,
        "district names": Words.build(one.district_names),
        "heads": Words.build(sorted(one.heads)),
        "numeral names": Words.build(sorted(one.numeral_names)),
        "written": Words.build(sorted(sounding.written)),
        "aliases": Words.build(list(one.unit_aliases)),
        "alias codes": Words.build(list(one.unit_aliases.values())),
    }
    for name, run in words.items():
        arrays |= {f"{name} ends": run.ends, f"{name} text": run.text}
    return arrays


def _gazetteer(arrays: Mapping[str, Array]) -> Gazetteer:
    def lists(name: str) -> Postings:
        return Postings(arrays[f"{name} starts"], arrays[f"{name} rows"])

    def words(name: str) -> Words:
        return Words(arrays[f"{name} ends"], arrays[f"{name} text"])

    def trie(name: str) -> marisa_trie.Trie:
        return marisa_trie.Trie().frombytes(arrays[name].tobytes())

    return Gazetteer(
        names=words("names"),
        kinds=arrays["kinds"],
        district_names=tuple(words("district names").all()),
        districts=arrays["districts"],
        roads=arrays["roads"],
        lon=arrays["lon"],
        lat=arrays["lat"],
        sink=arrays["sink"],
        crowd=arrays["crowd"],
        keys=trie("keys"),
        heads=frozenset(words("heads").all()),
        numeral_names=frozenset(words("numeral names").all()),
        meant=tuple(lists(what) for what in MEANINGS),
        plates=trie("plates"),
        at_plate=lists("at_plate"),
        doors=lists("doors"),
        door_numbers=arrays["door_numbers"],
        sounding=Sounding(
            SoundTable(arrays["exact"], arrays["loose"]),
            arrays["pairs"],
            lists("sounding"),
            arrays["sizes"],
            frozenset(words("written").all()),
        ),
        unit_aliases=dict(zip(words("aliases").all(), words("alias codes").all(), strict=True)),
        homes=np.zeros(len(arrays["lon"]), np.int32),
        home_codes=("",),
    )
