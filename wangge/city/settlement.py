"""What stands on the land: names, households and people of the units, and places with addresses."""

from dataclasses import dataclass

import numpy as np
import shapely

from wangge.city.land import Land, Level, degrees, metres
from wangge.city.names import CITY_PLAIN, Namer
from wangge.city.outline import Floats, Ints

COMPOUND, PLATE, SPOT, SHOP = 0, 1, 2, 3
KEEP_OFF_M = 12.0  # places keep this far from a border, so that a small jitter does not cross it
_STREET_WEIGHTS = (3.0, 2.4, 1.8, 1.3, 1.1, 1.0, 0.9, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4)


@dataclass(frozen=True, slots=True)
class Place:
    """One address: its words, its kind, its grid (position) and its point (WGS84 degrees)."""

    name: str
    address: str
    kind: int
    grid: int
    lon: float
    lat: float
    road: str
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Names and numbers per unit, in the order of the codes, and all places.

    ``households`` and ``people`` are per grid; ``weight`` is each community's share of the
    appeals (sums to 1); ``by_community`` are, per community and kind of place, the positions of
    its places.
    """

    district_names: tuple[str, ...]
    street_names: tuple[str, ...]
    community_names: tuple[str, ...]
    grid_names: tuple[str, ...]
    households: Ints
    people: Ints
    weight: Floats
    places: tuple[Place, ...]
    by_community: tuple[tuple[Ints, ...], ...]


def settle(land: Land, rng: np.random.Generator) -> Settlement:
    """Name the units, count their people, and build compounds, roads, shops and public places."""
    namer = Namer(rng)
    streets = [namer.street(edge) for edge in _largest(land.streets, 3)]
    communities = [namer.community(edge) for edge in _largest(land.communities, 26)]
    _repeat_one_name(communities, land.communities)
    households, people, weight = _people(land, rng)
    grids = [
        f"{communities[parent]}第{int(code[-3:])}网格"
        for code, parent in zip(land.grids.codes, land.grids.parent, strict=True)
    ]
    districts = namer.districts()
    places = _places(land, namer, rng, districts, streets)
    home = land.grids.parent[np.array([place.grid for place in places])]
    kinds = np.array([place.kind for place in places])
    by_community = tuple(
        tuple(np.flatnonzero((home == k) & (kinds == kind)) for kind in range(4))
        for k in range(len(communities))
    )
    return Settlement(
        tuple(districts),
        tuple(streets),
        tuple(communities),
        tuple(grids),
        households,
        people,
        weight,
        tuple(places),
        by_community,
    )


def _largest(level: Level, n: int) -> list[bool]:
    """Tell which units are the n largest: those at the edge of the city."""
    size = shapely.area(level.geometry)
    return [bool(one >= np.sort(size)[-n]) for one in size]


def _repeat_one_name(names: list[str], level: Level) -> None:
    """Give one name twice in different streets, as real cities do."""
    other = int(np.flatnonzero(level.parent != level.parent[0])[0])
    names[other] = names[0]


def _people(land: Land, rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    n = len(land.grids.codes)
    large = rng.choice(len(land.communities.codes), size=5, replace=False)
    factor = np.where(np.isin(land.grids.parent, large), 2.2, 1.0)
    households = np.round(430 * np.exp(rng.normal(0, 0.28, n)) * factor).astype(np.int64)
    people = np.round(households * rng.normal(2.55, 0.15, n)).astype(np.int64)
    weights = rng.permutation(_STREET_WEIGHTS)[land.communities.parent]
    calls = np.bincount(land.grids.parent, households) * weights * rng.gamma(8, 1 / 8, len(weights))
    # A street's share follows the list, so that a few streets are busy in every city.
    total = np.bincount(land.communities.parent, calls)[land.communities.parent]
    share = calls / total * weights / sum(_STREET_WEIGHTS)
    return households, people, np.asarray(share / share.sum())


def _places(
    land: Land,
    namer: Namer,
    rng: np.random.Generator,
    districts: list[str],
    streets: list[str],
) -> list[Place]:
    wanted = 8
    points = _points_inside(land, rng, wanted)
    street_of = land.communities.parent[land.grids.parent]
    district_of = land.streets.parent[street_of]
    roads = [[namer.road(), namer.road()] for _ in land.communities.codes]
    managers = [namer.manager() for _ in range(45)]
    number = np.zeros((len(roads), 2), dtype=np.int64)
    places: list[Place] = []
    for grid, community in enumerate(land.grids.parent):
        where = f"{CITY_PLAIN}{districts[district_of[grid]]}{streets[street_of[grid]]}"
        kinds = [COMPOUND, PLATE, PLATE, PLATE, SHOP, SHOP, SPOT]
        if rng.random() < 0.35:
            kinds.append(COMPOUND)
        for kind, (lon, lat) in zip(kinds, points[grid], strict=False):
            side = int(rng.integers(2))
            road = roads[community][side]
            number[community, side] += int(rng.integers(1, 5))
            plate = f"{road}{number[community, side]}号"
            if kind == COMPOUND:
                name = namer.compound()
                manager = managers[int(rng.integers(len(managers)))]
            else:
                name = {SHOP: namer.shop, SPOT: namer.spot}.get(kind, lambda plate=plate: plate)()
                manager = ""
            address = where + plate + ("" if kind == PLATE else name)
            places.append(Place(name, address, kind, grid, float(lon), float(lat), road, manager))
    return places


def _points_inside(land: Land, rng: np.random.Generator, wanted: int) -> Floats:
    """Draw points inside each grid (shape (n, wanted, 2), degrees), off its borders."""
    geometry = land.grids.geometry
    inner = shapely.buffer(geometry, -KEEP_OFF_M / 100_000)
    bounds = shapely.bounds(geometry)
    points = np.repeat(
        shapely.get_coordinates(shapely.point_on_surface(geometry))[:, None, :], wanted, axis=1
    )
    done = np.zeros(len(geometry), dtype=np.int64)
    shapely.prepare(inner)
    for _ in range(40):
        drawn = bounds[:, :2] + rng.random((len(geometry), 2)) * (bounds[:, 2:] - bounds[:, :2])
        good = shapely.contains_xy(inner, drawn[:, 0], drawn[:, 1]) & (done < wanted)
        points[good, done[good]] = drawn[good]
        done[good] += 1
    return degrees(metres(points.reshape(-1, 2))).reshape(points.shape)
