"""All tables of the benchmark, one after the other."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.geocoding.ceiling import ceiling
from benchmarks.geocoding.fit import FIT_SEEDS, fit
from benchmarks.geocoding.peers import beside
from benchmarks.geocoding.second import other_half, read_city, teaching
from benchmarks.geocoding.sets import read_sets
from benchmarks.geocoding.speed import speeds
from benchmarks.geocoding.tables import labelled, left_out, under_noise
from benchmarks.result import Result, Share
from geo.indexing import build_gazetteer
from geo.locate import locate_texts

_NOISE_SEED = 77


def report(folder: Path, seeds: Sequence[int]) -> Result:
    """Judge a labelled table, names left out, noise, speed and peers.

    Parameters
    ----------
    folder
        With the sets of :func:`benchmarks.geocoding.sets.read_sets`.
    seeds
        One run of five folds each.
    """
    sets = read_sets(folder)
    data: dict[str, object] = {}
    lines: list[str] = []

    def tell(title: str, shares: Sequence[Share]) -> None:
        data[title] = {share.name: share.data() for share in shares}
        lines.extend([title, *(share.line() for share in shares), ""])

    texts = sets.table["text"].tolist()
    gazetteer = build_gazetteer(sets.places)
    found = locate_texts(texts, gazetteer, sets.units)
    tell("labelled table", labelled(sets.table, found, sets.units, sets.places["name"].tolist()))
    tell("ceiling of the same table", ceiling(sets.table, found, gazetteer, sets.units))
    shares, said = beside(texts, sets.table["district"].tolist())
    tell("peers on the same table", shares)
    lines += [*said, ""]
    for seed in seeds:
        tell(f"names left out, seed {seed}", left_out(sets.places, sets.units, seed))
    tell("names under noise", under_noise(sets.places, sets.units, _NOISE_SEED))
    if sets.names:
        data["speed"], said = speeds(sets.places, sets.names, sets.units, _NOISE_SEED)
        lines += ["speed", *said]
    return Result(data, lines)


def second(folder: Path, seeds: Sequence[int]) -> Result:
    """Judge a second city: addresses of the half that taught nothing, names left out."""
    city = read_city(folder)
    tables = {"addresses of points of interest, from the other half's": other_half(city)}
    for seed in seeds:
        tables[f"names left out, seed {seed}"] = left_out(city.places, city.units, seed)
    lines: list[str] = []
    for title, shares in tables.items():
        lines += [title, *(share.line() for share in shares), ""]
    data = {title: {one.name: one.data() for one in shares} for title, shares in tables.items()}
    return Result(data, lines)


def refit(folder: Path, path: Path) -> Result:
    """Fit the weights of :mod:`geo.confidence` and write them as its file has them."""
    sets = read_sets(folder)
    weights = fit(sets.places, sets.units, FIT_SEEDS, teaching(read_city(folder)))
    tables = [
        f"[{sort}]\n" + "".join(f"{name} = {value}\n" for name, value in table.items())
        for sort, table in weights.items()
    ]
    path.write_text("\n".join(tables), encoding="utf-8")
    return Result({"weights": weights}, [f"weights are written to {path}"])
