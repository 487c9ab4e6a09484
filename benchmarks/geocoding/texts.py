"""Texts made from a gazetteer's own rows, clean and with noise; all by a seed."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from opencc import OpenCC
from pypinyin import Style, pinyin

_HAN = re.compile(r"[\u4e00-\u9fff]")

STYLES: dict[str, str] = {
    "name": "{name}",
    "district name": "{district}{name}",
    "road name": "{address}{name}",
    "district road name": "{district}{address}{name}",
    "building": "{name}3号楼",
    "in an appeal": "我住在{name}，楼下商户夜间噪声扰民，多次反映没有结果",
    "road": "{address}",
    "district road": "{district}{address}",
    "near": "{name}附近",
    "near road": "{address}({name}附近)",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, where its place is (WGS84 degrees), and the place's row; ``known`` if it is there."""

    text: str
    lon: float
    lat: float
    district: str
    row: int
    known: bool


def written(row: "pd.Series[str]", style: str, name: str | None = None) -> str:
    """Write a place as a text of one of :data:`STYLES`, by another name where one is given."""
    return STYLES[style].format(
        name=name or row["name"], address=row["address"], district=row["district"]
    )


@cache
def _homophones() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Give the usual reading of common characters (GB 2312, first level), and who has each.

    Rare readings (捐 as yuan) are left out: nothing that hears writes them.
    """
    common = [
        bytes([high, low]).decode("gb2312")
        for high in range(0xB0, 0xD8)
        for low in range(0xA1, 0xFF if high < 0xD7 else 0xFA)
    ]
    readings = {c: pinyin(c, style=Style.NORMAL)[0] for c in common}
    who = defaultdict(list)
    for char, said in readings.items():
        for one in said:
            who[one].append(char)
    return readings, who


def homophone(rng: np.random.Generator, name: str) -> str | None:
    """Put another common character of the same sound in the place of one."""
    readings, who = _homophones()
    places = [i for i, c in enumerate(name) if len(who.get(readings.get(c, [""])[0], ())) > 1]
    if not places:
        return None
    i = int(rng.choice(places))
    others = [c for c in who[readings[name[i]][0]] if c != name[i]]
    return name[:i] + str(rng.choice(others)) + name[i + 1 :]


def two_homophones(rng: np.random.Generator, name: str) -> str | None:
    """Put two others of the same sound in."""
    for _ in range(10):
        once = homophone(rng, name)
        twice = homophone(rng, once) if once else None
        if twice and sum(a != b for a, b in zip(name, twice, strict=True)) == 2:
            return twice
    return None


def left_out(rng: np.random.Generator, name: str) -> str | None:
    """Leave one character out."""
    places = [i for i, c in enumerate(name) if _HAN.match(c)]
    if len(name) < 3 or not places:
        return None
    i = int(rng.choice(places))
    return name[:i] + name[i + 1 :]


def swapped(rng: np.random.Generator, name: str) -> str | None:
    """Swap two neighbours."""
    places = [
        i for i in range(len(name) - 1) if name[i] != name[i + 1] and _HAN.match(name[i : i + 1])
        and _HAN.match(name[i + 1])
    ]  # fmt: skip
    if not places:
        return None
    i = int(rng.choice(places))
    return name[:i] + name[i + 1] + name[i] + name[i + 2 :]


Noise = Callable[[np.random.Generator, str], str | None]
NOISES: dict[str, Noise] = {
    "homophone": homophone,
    "two homophones": two_homophones,
    "left out": left_out,
    "swapped": swapped,
}


def traditional(form: str, text: str) -> str:
    """Write in traditional characters: ``s2t`` or ``s2tw``."""
    return str(_converter(form).convert(text))


@cache
def _converter(form: str) -> OpenCC:
    return OpenCC(form)


def folds(frame: pd.DataFrame, seed: int, n: int = 5) -> list[np.ndarray]:
    """Divide the names of a gazetteer into folds: the rows of each, ascending."""
    names = frame["name"].unique()
    fold_of = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % n, strict=True))
    at = frame["name"].map(fold_of).to_numpy()
    return [np.flatnonzero(at == fold) for fold in range(n)]


def mixed(
    frame: pd.DataFrame, out: Sequence[int], rng: np.random.Generator, noise: float
) -> list[Asked]:
    """Write each row that is out of the gazetteer, and as many that are in it, in some style.

    Parameters
    ----------
    out
        Rows whose names are not in the gazetteer.
    noise
        Share of texts whose name is damaged.
    """
    inside = np.setdiff1d(np.arange(len(frame)), np.asarray(out))
    chosen = [(int(row), False) for row in out]
    picked = rng.choice(inside, min(len(out), len(inside)), replace=False)
    chosen += [(int(row), True) for row in picked]
    styles = list(STYLES)
    asked = []
    for row, known in chosen:
        place = frame.iloc[row]
        style = str(rng.choice(styles))
        damage = str(rng.choice(list(NOISES))) if rng.random() < noise else None
        name = NOISES[damage](rng, place["name"]) if damage else None
        text = written(place, style, name)
        if text:
            asked.append(Asked(text, place["lon"], place["lat"], place["district"], row, known))
    return asked
