"""Every score foretells each month at fixed shares of the cells, and stands beside the tables."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.hotspots_chicago.city import LEARNT, MONTHS, City, Score
from benchmarks.hotspots_chicago.yardstick import DRAWN, FOCUS, SEED, YARDSTICK
from benchmarks.result import Result
from hotspots.focus import MEMORY, RING, focus

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SHARES = (0.01, 0.05, 0.10)
GRID = tuple((a, ring) for a in (0.05, 0.1, 0.15, 0.2, 0.3) for ring in (0.0, 0.15, 0.3, 0.5))
CLOSE = 0.05  # to the tables of the yardstick


def race(data_folder: Path) -> Result:
    """Foretell 36 months with every score, choose on the first twelve, judge on the rest."""
    told: list[str] = []
    data: dict[str, object] = {}
    for first_only in (False, True):
        chance = np.random.default_rng(SEED)
        for resolution in (9, 8):
            city = City.read(data_folder, resolution, first_only=first_only)
            name = f"res {resolution}, {'first reports' if first_only else 'all complaints'}"
            n = int(city.counts.sum())
            told.append(f"{name}: {len(city.ids)} cells, {n} complaints; PAI at 1, 5, 10 % (se)")
            hits = {row: foretold(city, score) for row, score in city.scores().items()}
            data[name] = {row: _table(of) for row, of in hits.items()}
            told += [f"  {row:<30} {_line(of)}" for row, of in hits.items()]
            table = YARDSTICK[resolution, first_only]
            data[f"{name}, beside the yardstick"], lines = _beside(city, hits, table, chance)
            told += lines
            if first_only and resolution == 9:
                told += _focus_lines(city, hits, data)
    return Result(data, told)


def foretold(city: City, score: Score, months: range = range(LEARNT, MONTHS)) -> Floats:
    """Give the PAI of each month at each share, shape (months, shares)."""
    rows = [pai(score(t), city.counts[:, t]) for t in months]
    return np.array(rows)


def pai(score: Floats, came: Floats) -> Floats:
    """Give the PAI at ``SHARES`` of equal cells, scores and complaints of shape (n,).

    Equal scores at the edge share what is left, so that no chance enters.
    """
    out = []
    for size, above, level in _flagged(score):
        hits = came[above].sum() + (size - above.sum()) * came[level].mean()
        out.append(hits / came.sum() / (size / len(score)))
    return np.array(out)


def lot(city: City, score: Score) -> Floats:
    """Give how far the mean PAI scatters where a lot is drawn among equal scores, (shares,).

    The standard deviation; of each month that of a draw without replacement.
    """
    months = range(LEARNT, MONTHS)
    variance = np.zeros(len(SHARES))
    for t in months:
        came = city.counts[:, t]
        for i, (size, above, level) in enumerate(_flagged(score(t))):
            drawn, equal = size - above.sum(), level.sum()
            if drawn < equal:
                hits = drawn * (equal - drawn) / equal * came[level].var(ddof=1)
                variance[i] += hits / (came.sum() * size / len(came)) ** 2
    return np.sqrt(variance) / len(months)


def drawn(city: City, chance: np.random.Generator) -> dict[str, Floats]:
    """Give the PAI of each month where the lots of the yardstick fall, (months, shares) by score.

    Whatever was drawn for scores that do not stand here is drawn too, as all is one stream.
    """
    scores, n = city.scores(), len(city.ids)
    sizes = [max(1, round(share * n)) for share in SHARES]
    out: dict[str, list[list[float]]] = {}
    for t in range(LEARNT, MONTHS):
        chance.random(n)
        for row in DRAWN:
            lots = chance.random(n)
            if row in scores:
                came = city.counts[np.lexsort((lots, -scores[row](t))), t]
                hits = [came[:size].sum() / came.sum() / (size / n) for size in sizes]
                out.setdefault(row, []).append(hits)
    return {row: np.array(of) for row, of in out.items()}


def _flagged(score: Floats) -> list[tuple[int, Flags, Flags]]:
    """Give by share the cells flagged, those surely flagged, and those equal at the edge."""
    sizes = [max(1, round(share * len(score))) for share in SHARES]
    edges = [np.partition(score, -size)[-size] for size in sizes]
    return [(n, score > edge, score == edge) for n, edge in zip(sizes, edges, strict=True)]


def choose(city: City) -> tuple[float, float]:
    """Choose memory and ring on 2012, by the PAI at 1 and 5 %, each over its best mean.

    One year tells little: of the weights that are not worse than the best by more than a standard
    error those of the shortest memory are taken, and of these the best.
    """
    months = range(LEARNT, 2 * LEARNT)
    found = np.array([foretold(city, focus_of(city, *one), months)[:, :2] for one in GRID])
    worth = (found / found.mean(axis=1).max(axis=0)).sum(axis=2)
    short = worth[worth.mean(axis=1).argmax()] - worth
    error = short.std(axis=1, ddof=1) / len(months) ** 0.5
    good = [i for i in range(len(GRID)) if short[i].mean() <= error[i]]
    return GRID[max(good, key=lambda i: (GRID[i][0], worth[i].mean()))]


def focus_of(city: City, memory: float, ring: float) -> Score:
    """Give the focus layer with these weights."""
    return lambda t: focus(city.counts[:, :t], city.around, memory=memory, ring=ring)


def judged(mine: Floats, hits: Mapping[str, Floats]) -> dict[str, dict[str, object]]:
    """Give the paired differences to the best other score, 2013 and 2014.

    ``mine`` and each of ``hits`` have shape (months, shares).
    """
    out: dict[str, dict[str, object]] = {}
    for i, share in enumerate(SHARES[:2]):
        late = {name: of[LEARNT:, i] for name, of in hits.items() if name != FOCUS}
        best = max(late, key=lambda name: float(late[name].mean()))
        apart = mine[LEARNT:, i] - late[best]
        error = float(apart.std(ddof=1)) / len(apart) ** 0.5
        difference = round(float(apart.mean()), 3)
        out[f"{share:.0%}"] = {"best": best, "difference": difference, "error": round(error, 3)}
    return out


def _table(pais: Floats) -> dict[str, list[float]]:
    error = pais.std(axis=0, ddof=1) / len(pais) ** 0.5
    return {"pai": pais.mean(axis=0).round(3).tolist(), "error": error.round(3).tolist()}


def _line(pais: Floats) -> str:
    of = _table(pais)
    return "  ".join(
        f"{value:.2f} ({error:.2f})" for value, error in zip(of["pai"], of["error"], strict=True)
    )


def _beside(
    city: City,
    hits: Mapping[str, Floats],
    table: Mapping[str, tuple[float, ...]],
    chance: np.random.Generator,
) -> tuple[dict[str, int], list[str]]:
    """Say how far the figures lie from those of the yardstick: its own lots, and what to expect."""
    scores, lots = city.scores(), drawn(city, chance)
    told, apart = [], []
    for row, figures in table.items():
        scatter = lot(city, scores[row])
        both = (lots[row].mean(axis=0), hits[row].mean(axis=0))
        for i, (share, figure) in enumerate(zip(SHARES, figures, strict=False)):
            apart.append([abs(one[i] - figure) for one in both])
            if max(apart[-1]) > CLOSE:
                told.append(
                    f"    {row} at {share:.0%}: {figure} in the table, its lots {both[0][i]:.3f}, "
                    f"expected {both[1][i]:.3f} (one lot scatters by {scatter[i]:.3f})"
                )
    near = (np.array(apart) <= CLOSE).sum(axis=0).tolist()
    most = np.max(apart, axis=0)[0]
    line = (
        f"  yardstick: of {len(apart)} figures {near[0]} within {CLOSE} by the tables' own lots "
        f"(at most {most:.3f} apart), {near[1]} by what to expect of a lot"
    )
    return {"figures": len(apart), "drawn": near[0], "expected": near[1]}, [line, *told]


def _focus_lines(city: City, hits: Mapping[str, Floats], data: dict[str, object]) -> list[str]:
    chosen = choose(city)
    lines = []
    for name, weights in (("chosen on 2012", chosen), ("shipped", (MEMORY, RING))):
        of = judged(foretold(city, focus_of(city, *weights)), hits)
        data[f"focus, {name}"] = {"weights": weights, **of}
        lines += [
            f"  focus {name} {weights}, 2013-2014 at {share}: {one['difference']:+}"
            f" ({one['error']}) to {one['best']}"
            for share, one in of.items()
        ]
    return lines
