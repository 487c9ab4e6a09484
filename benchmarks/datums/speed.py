"""The shifts between datums beside two libraries, in one run."""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from geo.datums import bd09_from_gcj02, gcj02_from_wgs84, wgs84_from_gcj02

_PAIR = Callable[[float, float], tuple[float, float]]


def speeds(n: int = 200_000) -> tuple[dict[str, object], list[str]]:
    """Time the shifts on random points of Beijing beside the peers, in this run.

    Parameters
    ----------
    n
        Points; the peers, which take one at a time, get a tenth.
    """
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(115.4, 117.6, n), rng.uniform(39.4, 41.1, n)
    there = gcj02_from_wgs84(lon, lat)
    own = {
        "wgs84 to gcj02": _rate(lambda: gcj02_from_wgs84(lon, lat), n),
        "gcj02 to wgs84": _rate(lambda: wgs84_from_gcj02(*there), n),
        "gcj02 to bd09": _rate(lambda: bd09_from_gcj02(*there), n),
    }
    data: dict[str, object] = {"own, points a second": {k: round(v) for k, v in own.items()}}
    lines = [f"own {name}: {rate / 1e6:.2f} million points a second" for name, rate in own.items()]
    few = n // 10
    pairs = list(zip(lon[:few].tolist(), lat[:few].tolist(), strict=True))
    back = list(zip(there[0][:few].tolist(), there[1][:few].tolist(), strict=True))
    for peer, calls in _peers().items():
        if not calls:
            data[peer] = None
            lines.append(f"{peer}: not installed, so not measured")
            continue
        ratios = {}
        for name, call in calls.items():
            given = pairs if name.startswith("wgs84") else back
            rate = _rate(partial(_each, call, given), few)
            ratios[name] = round(own[name] / rate, 1)
        data[peer] = {"own is times as fast": ratios}
        lines += [f"{peer} {name}: own is {ratio} times as fast" for name, ratio in ratios.items()]
    return data, lines


def _each(call: _PAIR, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [call(x, y) for x, y in points]


def _rate(work: Callable[[], object], n: int) -> float:
    best = np.inf
    for _ in range(3):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return float(n / best)


def _peers() -> Mapping[str, Mapping[str, _PAIR]]:
    peers: dict[str, Mapping[str, _PAIR]] = {"eviltransform": {}, "coord-convert": {}}
    if find_spec("eviltransform"):
        evil = import_module("eviltransform")
        peers["eviltransform"] = {
            "wgs84 to gcj02": lambda x, y: evil.wgs2gcj(y, x),
            "gcj02 to wgs84": lambda x, y: evil.gcj2wgs_exact(y, x),
        }
    if find_spec("coord_convert"):
        transform = import_module("coord_convert.transform")
        peers["coord-convert"] = {
            "wgs84 to gcj02": transform.wgs2gcj,
            "gcj02 to wgs84": transform.gcj2wgs,
        }
    return peers
