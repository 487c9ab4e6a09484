"""How many texts a second, and how soon a process is ready (:mod:`benchmarks.geocoding.start`)."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from geo.gazetteer import COLUMNS, Gazetteer
from geo.indexing import build_gazetteer
from geo.kept import keep
from geo.locate import NamedUnit, locate_texts

_TOWN, _COUNTRY = 12_000, 260_000
_MARK = "bench"
# Others work on the machine too: of each piece of texts the best pass counts.
_PASSES, _PIECE, _STARTS = 5, 250, 3


def enlarged(places: pd.DataFrame, names: Sequence[str], n: int, seed: int) -> pd.DataFrame:
    """Fill a gazetteer up to n names with others at random points among its own."""
    rng = np.random.default_rng(seed)
    more = max(n - len(places), 0)
    pool = list(dict.fromkeys(names))
    # Where the list is too short, its names get parts: a compound of three phases is three names.
    pool += [f"{name}{part}期" for part in "一二三" for name in pool][: max(more - len(pool), 0)]
    chosen = [pool[i] for i in rng.permutation(len(pool))[:more]]
    west, east = np.quantile(places["lon"], [0.02, 0.98])
    south, north = np.quantile(places["lat"], [0.02, 0.98])
    extra = pd.DataFrame(
        {
            "name": chosen,
            "kind": "compound",
            "address": "",
            "district": "",
            "lon": rng.uniform(west, east, len(chosen)),
            "lat": rng.uniform(south, north, len(chosen)),
            "source": "names",
        }
    )
    return pd.concat([places, extra], ignore_index=True)[list(COLUMNS)]


def speeds(
    places: pd.DataFrame, names: Sequence[str], units: Sequence[NamedUnit], seed: int
) -> tuple[dict[str, float], list[str]]:
    """Measure one core with 12 thousand names, and the start with 260 thousand."""
    # Loads in readings of characters, which the process that only opens an index does without.
    from benchmarks.geocoding.texts import homophone

    rng = np.random.default_rng(seed)
    town = build_gazetteer(enlarged(places, names, _TOWN, seed))
    rows = places.iloc[rng.choice(len(places), min(2500, len(places)), replace=False)]
    written = [f"{r['district']}{r['address']}{r['name']}3号楼" for _, r in rows.iterrows()]
    written += [f"您好，我反映{name}南门夜间施工噪声扰民的问题" for name in rows["name"]]
    heard = [f"{r['district']}{homophone(rng, r['name'])}" for _, r in rows.iterrows()][:500]
    exact, heard_ = (_rates(texts, town, units) for texts in (written, heard))
    data = {
        "exact_texts_a_cpu_second": exact[0],
        "exact_texts_a_second_of_clock": exact[1],
        "heard_texts_a_cpu_second": heard_[0],
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.index"
        begun = time.process_time()
        keep(path, _MARK, build_gazetteer(enlarged(places, names, _COUNTRY, seed)))
        data["build_s"] = time.process_time() - begun
        data["file_mb"] = path.stat().st_size / 1e6
        command = [sys.executable, "-m", "benchmarks.geocoding.start", str(path), _MARK]
        starts = [_started(command) for _ in range(_STARTS)]
        data |= min(starts, key=lambda one: one["start_s"])
    lines = [
        f"  {exact[0]:,.0f} texts a CPU second with names written out ({exact[1]:,.0f} a second of "
        f"the clock), {heard_[0]:,.0f} with homophones ({_TOWN:,} names; best of {_PASSES} "
        "passes, piece by piece)",
        f"  {_COUNTRY:,} names: built in {data['build_s']:.1f} s once, {data['file_mb']:.0f} MB; "
        f"a process starts, opens them, answers and ends in {data['start_s']:.2f} s of the clock "
        f"(imports {data['import_s']:.2f} s CPU, the rest {data['open_cpu_s']:.2f} s CPU), "
        f"{data['peak_mb']:.0f} MB at peak",
    ]
    return data, lines


def _started(command: Sequence[str]) -> dict[str, float]:
    """Run a process to its end and give what it told, with the seconds of the clock."""
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"start_s": time.monotonic() - begun, **json.loads(done.stdout)}


def _rates(
    texts: Sequence[str], gazetteer: Gazetteer, units: Sequence[NamedUnit]
) -> tuple[float, float]:
    """Count texts a second of the processor and of the clock, each piece in its best pass."""
    pieces = [texts[i : i + _PIECE] for i in range(0, len(texts), _PIECE)]
    locate_texts(texts[:5], gazetteer, units)
    cpu_s, clock_s = np.empty((2, _PASSES, len(pieces)))
    for one in range(_PASSES):
        for i, piece in enumerate(pieces):
            began, at = time.process_time(), time.perf_counter()
            locate_texts(piece, gazetteer, units)
            cpu_s[one, i] = time.process_time() - began
            clock_s[one, i] = time.perf_counter() - at
    return len(texts) / cpu_s.min(axis=0).sum(), len(texts) / clock_s.min(axis=0).sum()
