"""Whether a batch of points contradicts its declared datum, and what it looks like then.

A datum is declared and never guessed, but it may be declared wrongly: many files say EPSG:4326 over
GCJ-02 numbers. The shift is some 500 m and cannot be seen in the numbers. It can be seen against
things that are known: that is judged here. Nothing is ever converted by what is found; the batch is
marked, and a person declares it anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appeals.declared import short_datum
from geo.datums import Floats, check_datum, from_wgs84, to_wgs84
from geo.measure import distance_m
from geo.systems import central_meridian, false_easting_m, in_degrees
from geo.witnesses import Readings, Surroundings, Witness, by_names, in_units, near_known

_SHIFTED = ("wgs84", "gcj02", "bd09")
_SAME_M = 1.0  # readings closer than this everywhere are one


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the witnesses say of a batch.

    ``state`` is ``agrees``, ``suspect``, ``divided`` (witnesses speak against each other: a
    reference may be wrong itself) or ``unknown`` (nothing that speaks clearly). ``looks_like`` is
    the reading that fits best by the clearest witness, ``None`` where there is no witness. ``same``
    are datums that cannot be told from the declared one, as GCJ-02 from WGS84 outside of China.
    """

    declared: str
    state: str
    looks_like: str | None
    witnesses: tuple[Witness, ...] = ()
    same: tuple[str, ...] = ()

    @property
    def suspect(self) -> bool:
        """Whether the batch contradicts its declared datum."""
        return self.state == "suspect"

    def as_data(self) -> dict[str, Any]:
        """Give it as the command line and the API answer it."""
        return {
            "declared": self.declared,
            "state": self.state,
            "looks_like": self.looks_like,
            "same": list(self.same),
            "witnesses": [
                {
                    "kind": one.kind,
                    "n": one.n,
                    "best": one.best,
                    "clear": one.clear and one.margin >= 3,
                    "figures": {name: dict(values) for name, values in one.figures.items()},
                }
                for one in self.witnesses
            ],
        }

    def line(self) -> str:
        """Say it in one line."""
        words = {
            "agrees": f"the datum {self.declared} agrees with what is known",
            "suspect": f"the datum is declared as {self.declared} but looks like {self.looks_like}",
            "divided": f"what is known is divided on the datum {self.declared}",
            "unknown": f"nothing known tells whether the datum is {self.declared}",
        }[self.state]
        said = [f"{one.kind} (n = {one.n}): {_said(one)}" for one in self.witnesses]
        return "; ".join([words, *said])


def readings(lon: Floats, lat: Floats, declared: str) -> dict[str, tuple[Floats, Floats]]:
    """Give where points would lie if their numbers were of another datum.

    Parameters
    ----------
    lon, lat
        WGS84 degrees of the points as read under the declared datum, shape (n,).
    declared
        For :func:`geo.datums.check_datum`. For metres the degrees of their plane may be shifted,
        and UTM may have been taken for Gauss-Krüger or the reverse (1.77 km at 40 degrees north).

    Returns
    -------
    dict
        Reading to lon, lat, the declared one first, named without a surveying office's parameters.

    Examples
    --------
    >>> lon, lat = np.array([116.391259]), np.array([39.905445])
    >>> {name: at[0].round(4).tolist() for name, at in readings(lon, lat, "gcj02").items()}
    {'gcj02': [116.3913], 'wgs84': [116.3975], 'bd09': [116.3849]}
    """
    declared = check_datum(declared)
    plain = from_wgs84(lon, lat, declared) if declared in ("gcj02", "bd09") else (lon, lat)
    out = {short_datum(declared): (lon, lat)}
    for name in _SHIFTED:
        if name not in out:
            out[name] = to_wgs84(*plain, name)
    twin = _twin(declared)
    if twin is not None:
        x, y = from_wgs84(lon, lat, declared)
        out[twin] = to_wgs84(x - (false_easting_m(declared) or 0.0) + 500_000.0, y, twin)
    return out


def mirrored(lon: Floats, lat: Floats, declared: str) -> dict[str, tuple[Floats, Floats]]:
    """Give where known points must lie on a layer of an uncertain datum, by each reading of it.

    Parameters
    ----------
    lon, lat
        WGS84 degrees of points that are known, shape (n,).
    declared
        Datum under which the layer was read.
    """
    declared = check_datum(declared)
    back = declared if declared in ("gcj02", "bd09") else "wgs84"
    out = {short_datum(declared): (lon, lat)}
    for name in _SHIFTED:
        if name not in out:
            out[name] = to_wgs84(*from_wgs84(lon, lat, name), back)
    return out


def told_apart(every: Readings) -> tuple[dict[str, tuple[Floats, Floats]], tuple[str, ...]]:
    """Part readings that differ from those that are the declared one all over again.

    Parameters
    ----------
    every
        The declared reading first; arrays of shape (n,).
    """
    names = list(every)
    declared = every[names[0]]
    differ = {names[0]: declared}
    same = []
    for name in names[1:]:
        if np.nanmax(distance_m(*declared, *every[name]), initial=0.0) > _SAME_M:
            differ[name] = every[name]
        else:
            same.append(name)
    return differ, tuple(same)


def judge(
    every: Readings,
    *,
    named: tuple[NDArray[np.int64], Floats, Floats] | None = None,
    stated: tuple[NDArray[np.int64], NDArray[np.object_]] | None = None,
    known: Surroundings | None = None,
) -> Verdict:
    """Hear the witnesses on points that were read under a declared datum.

    Parameters
    ----------
    every
        Of :func:`readings`: the declared one first; arrays of shape (n,).
    named
        Positions of points that name a place, shape (k,), and the place's WGS84 lon, lat.
    stated
        Positions of points whose unit is stated, shape (k,), and the unit's WGS84 polygon.
    known
        Places or borders near which the points should lie.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> lon, lat = rng.uniform(116.2, 116.5, 40), rng.uniform(39.8, 40.0, 40)
    >>> raw = from_wgs84(lon, lat, "gcj02")
    >>> verdict = judge(readings(*raw, "wgs84"), named=(np.arange(40), lon, lat))
    >>> verdict.state, verdict.looks_like
    ('suspect', 'gcj02')
    """
    differ, same = told_apart(every)
    declared = next(iter(every))
    heard: list[Witness | None] = []
    if named is not None:
        rows, lon, lat = named
        heard.append(by_names(_at(differ, rows), lon, lat))
    if stated is not None:
        rows, units = stated
        heard.append(in_units(_at(differ, rows), units))
    if known is not None:
        heard.append(near_known(differ, known))
    return conclude(declared, [one for one in heard if one is not None], same)


def conclude(declared: str, witnesses: list[Witness], same: tuple[str, ...] = ()) -> Verdict:
    """Put together what witnesses say of a declared datum."""
    against = [one for one in witnesses if one.against(declared)]
    supported = any(one.speaks_for(declared) for one in witnesses)
    strongest = sorted(against or witnesses, key=lambda one: (one.clear, one.margin), reverse=True)
    looks_like = strongest[0].best if strongest else None
    if against:
        state = "divided" if supported else "suspect"
    else:
        state = "agrees" if supported else "unknown"
    return Verdict(declared, state, looks_like, tuple(witnesses), same)


def _at(every: Readings, rows: NDArray[np.int64]) -> dict[str, tuple[Floats, Floats]]:
    return {name: (lon[rows], lat[rows]) for name, (lon, lat) in every.items()}


def _twin(declared: str) -> str | None:
    """Name the UTM zone of a Gauss-Krüger meridian, or the reverse."""
    if in_degrees(declared):
        return None
    meridian = central_meridian(declared)
    if meridian is None or meridian % 6 != 3 or not 75 <= meridian <= 135:
        return None
    utm = f"EPSG:{32600 + round((meridian + 183) / 6)}"
    return f"EPSG:{4534 + round(meridian - 75) // 3}" if declared == utm else utm


def _said(witness: Witness) -> str:
    units = {"offset_m": "{:.0f} m", "share": "{:.1%}", "median_m": "{:.0f} m"}
    parts = []
    for name, values in witness.figures.items():
        shown: Mapping[str, float] = values
        key = next(key for key in units if key in shown)
        parts.append(f"{name} {units[key].format(shown[key])}")
    return ", ".join(parts)
