"""How right answers are: on a labelled table, on names left out, and under noise."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from benchmarks.geocoding.fit import RIGHT_M
from benchmarks.geocoding.texts import NOISES, Asked, folds, mixed, traditional
from benchmarks.result import Share
from geo.addresses import normalise
from geo.ground import flat_m
from geo.indexing import build_gazetteer
from geo.locate import Located, NamedUnit, locate_texts
from geo.names import UnitNames

SURE = 0.7
"""The confidence from which a point is shown."""

_FAR_M = 1000.0


def labelled(
    table: pd.DataFrame, found: Sequence[Located], units: Sequence[NamedUnit], names: Sequence[str]
) -> list[Share]:
    """Judge answers by a table of texts with labels.

    Parameters
    ----------
    table
        Columns text, lon, lat (WGS84 degrees, NaN where unknown), district, street, source.
    found
        One answer a row.
    units
        The units whose names the labels are.
    names
        Names of the gazetteer.
    """
    known = UnitNames(units)
    shares = []
    for level in ("district", "street"):
        labels = table[level].tolist()
        got = [_unit(known, one, level) for one in found]
        said = [i for i, label in enumerate(labels) if label]
        right = sum(got[i] == labels[i] for i in said)
        wrong = sum(got[i] is not None and got[i] != labels[i] for i in said)
        shares += [
            Share(f"{level} right", right, len(said)),
            Share(f"{level} wrong", wrong, len(said)),
        ]
    off = offs(found, table["lon"].tolist(), table["lat"].tolist())
    there = np.array([_holds_a_name(text, names) for text in table["text"]], bool)
    named = table["source"].str.match(r".*46319943").to_numpy()
    of_place = table["source"].str.startswith("46319943").to_numpy()
    pinned = table["lon"].notna().to_numpy()
    inside, absent = of_place & there, of_place & ~there
    sure = pinned & np.array([one.confidence >= SURE and one.lon is not None for one in found])
    hotels = pinned & ~named
    kept = int(sure.sum())
    return [
        *shares,
        Share("names in the gazetteer: within 100 m", _up_to(off[inside], 100), int(inside.sum())),
        Share("absent names: placed", _up_to(off[absent], np.inf), int(absent.sum())),
        Share("absent names: placed beyond 1 km", _beyond(off[absent]), int(absent.sum())),
        Share("other rows: within 500 m", _up_to(off[hotels], RIGHT_M), int(hotels.sum())),
        Share("confidence >= .7: kept", kept, int(pinned.sum())),
        Share("confidence >= .7: within 500 m", _up_to(off[sure], RIGHT_M), kept),
        Share("confidence >= .7: beyond 1 km", _beyond(off[sure]), kept),
        Share("placed beyond 1 km at confidence >= .7", _beyond(off[sure]), int(pinned.sum())),
        Share("placed within their radius", *_within(found, off)),
    ]


def _within(found: Sequence[Located], off: "np.ndarray") -> tuple[int, int]:
    placed = [(o, one.radius_m or 0.0) for one, o in zip(found, off, strict=True) if np.isfinite(o)]
    return sum(o <= radius for o, radius in placed), len(placed)


def _unit(names: UnitNames, found: Located, level: str) -> str | None:
    for code in found.named:
        if names.level_of(code) == level:
            return names.units[names.number_of(code) or 0].name
    return None


def _holds_a_name(text: str, names: Sequence[str]) -> bool:
    return any(name in text for name in names)


def offs(found: Sequence[Located], lon: Sequence[float], lat: Sequence[float]) -> "np.ndarray":
    """Measure in metres how far answers lie from the truth; infinite where there is no point."""
    return np.array(
        [
            flat_m(one.lon, one.lat, x, y)
            if one.lon is not None and one.lat is not None and x == x
            else np.inf
            for one, x, y in zip(found, lon, lat, strict=True)
        ]
    )


def _up_to(off: "np.ndarray", metres: float) -> int:
    return int((np.isfinite(off) & (off <= metres)).sum())


def _beyond(off: "np.ndarray") -> int:
    return int((np.isfinite(off) & (off > _FAR_M)).sum())


def left_out(frame: pd.DataFrame, units: Sequence[NamedUnit], seed: int) -> list[Share]:
    """Leave names out, fold by fold, and ask for them and for as many that stayed."""
    rng = np.random.default_rng(seed + 1000)
    rows: list[tuple[Asked, Located]] = []
    for out in folds(frame, seed):
        gazetteer = build_gazetteer(frame.drop(index=frame.index[out]))
        asked = mixed(frame, out.tolist(), rng, noise=0.0)
        rows += zip(asked, locate_texts([a.text for a in asked], gazetteer, units), strict=True)
    return [*_judged("absent names", [r for r in rows if not r[0].known]),
            *_judged("known names", [r for r in rows if r[0].known]),
            *_judged("all", rows)]  # fmt: skip


def _judged(name: str, rows: Sequence[tuple[Asked, Located]]) -> list[Share]:
    found = [one for _, one in rows]
    off = offs(found, [a.lon for a, _ in rows], [a.lat for a, _ in rows])
    sure = np.array([one.confidence >= SURE for one in found]) & np.isfinite(off)
    return [
        Share(f"{name}: placed", int(np.isfinite(off).sum()), len(rows)),
        Share(f"{name}: placed beyond 1 km", _beyond(off), len(rows)),
        Share(f"{name}: beyond 1 km at confidence >= .7", _beyond(off[sure]), len(rows)),
        Share(f"{name}: kept at confidence >= .7", int(sure.sum()), len(rows)),
        Share(f"{name}: of those within 500 m", int((off[sure] <= RIGHT_M).sum()), int(sure.sum())),
        Share(f"{name}: placed within their radius", *_within(found, off)),
    ]


Write = Callable[[np.random.Generator, str, str], str | None]


def _noisy(name: str, with_district: bool) -> Write:
    def write(rng: np.random.Generator, place: str, district: str) -> str | None:
        damaged = NOISES[name](rng, place)
        return None if damaged is None else (district if with_district else "") + damaged

    return write


NOISY: dict[str, Write] = {
    "name": lambda rng, name, district: name,
    "name and building": lambda rng, name, district: f"{name}{rng.integers(1, 30)}号楼",
    "in an appeal": lambda rng, name, district: f"您好，我反映{name}南门夜间施工噪声扰民的问题",
    "traditional (s2t)": lambda rng, name, district: traditional("s2t", name),
    "traditional (s2tw)": lambda rng, name, district: traditional("s2tw", name),
    "one homophone": _noisy("homophone", False),
    "one homophone, district": _noisy("homophone", True),
    "two homophones, district": _noisy("two homophones", True),
    "one character left out, district": _noisy("left out", True),
    "two characters swapped, district": _noisy("swapped", True),
}


def under_noise(
    frame: pd.DataFrame, units: Sequence[NamedUnit], seed: int, n: int = 800
) -> list[Share]:
    """Ask for names that are in the gazetteer, damaged in many ways."""
    gazetteer = build_gazetteer(frame)
    keys = frame["name"].map(normalise)
    once = frame[~keys.duplicated(keep=False) & frame["name"].str.match(r"[\u4e00-\u9fff]{3,}")]
    rng = np.random.default_rng(seed)
    rows = once.iloc[rng.choice(len(once), min(n, len(once)), replace=False)]
    shares = []
    for label, write in NOISY.items():
        texts = [write(rng, r["name"], r["district"]) for _, r in rows.iterrows()]
        keep = [i for i, text in enumerate(texts) if text]
        some = rows.iloc[keep]
        found = locate_texts([texts[i] or "" for i in keep], gazetteer, units)
        shares += _of_noise(label, some, found)
    others = sorted(set(frame["district"]))
    wrong = [str(rng.choice([d for d in others if d != r])) for r in rows["district"]]
    found = locate_texts(
        [d + name for d, name in zip(wrong, rows["name"], strict=True)], gazetteer, units
    )
    known = UnitNames(units)
    kept = sum(
        _unit(known, one, "district") == d and one.lon is None and bool(one.candidates)
        for one, d in zip(found, wrong, strict=True)
    )
    return [
        *shares,
        Share("wrong district stated: the district, the match as candidate", kept, len(rows)),
    ]


def _of_noise(label: str, rows: pd.DataFrame, found: Sequence[Located]) -> list[Share]:
    off = offs(found, rows["lon"].tolist(), rows["lat"].tolist())
    sure = np.array([one.confidence >= SURE for one in found]) & np.isfinite(off)
    return [
        Share(f"{label}: within 100 m", int((off <= 100).sum()), len(rows)),
        Share(f"{label}: kept at confidence >= .7", int(sure.sum()), len(rows)),
        Share(
            f"{label}: of those within 500 m", int((off[sure] <= RIGHT_M).sum()), int(sure.sum())
        ),
    ]
