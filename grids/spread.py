"""How a weight, such as households, is spread over a polygon, and how round a polygon is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from geo.datums import Floats

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the weight of a polygon lies: WGS84 points, shape (n, 2), and their weights, (n,).

    ``even``: the points are a lattice and the weight of a part is its share of the area.
    """

    points: Floats
    weights: Floats
    even: bool

    def of(self, part: Polygon, whole: Polygon) -> float:
        """Give the weight of a part of a polygon of which this is the weight."""
        total = float(self.weights.sum())
        if self.even:
            return total * part.area / whole.area
        inside = shapely.intersects_xy(part, self.points[:, 0], self.points[:, 1])
        return float(self.weights[inside].sum())

    def within(self, part: Polygon, whole: Polygon) -> "Spread":
        """Give the spread of a part of a polygon of which this is the spread."""
        inside = shapely.intersects_xy(part, self.points[:, 0], self.points[:, 1])
        weights = self.weights[inside]
        if self.even and len(weights):
            weights = weights * (self.of(part, whole) / weights.sum())
        return Spread(self.points[inside], weights, self.even)


def lattice(whole: Polygon, weight: float, n: int) -> Spread:
    """Spread a weight evenly over a polygon, on about n points."""
    west, south, east, north = whole.bounds
    shrink = shrink_of(whole)
    step = float(np.sqrt(whole.area * shrink / n))
    x, y = (
        axis.ravel()
        for axis in np.meshgrid(
            np.arange(west + step / shrink / 2, east, step / shrink),
            np.arange(south + step / 2, north, step),
        )
    )
    # Rows that are offset: no direction has more points on one line than the others.
    x = x + np.where((np.round((y - south) / step - 0.5) % 2) > 0, 0.31, 0.0) * step / shrink
    inside = shapely.contains_xy(whole, x, y)
    if not inside.any():
        point = whole.representative_point()
        return Spread(np.array([[point.x, point.y]]), np.array([weight]), even=True)
    points = np.column_stack([x[inside], y[inside]])
    return Spread(points, np.full(len(points), weight / len(points)), even=True)


def roundness(shapes: Sequence[Polygon] | Shapes) -> Floats:
    """Measure the compactness of Polsby and Popper: 4π area / perimeter², 1 for a circle.

    Parameters
    ----------
    shapes
        WGS84 polygons of the size of a city or less, shape (n,).

    Examples
    --------
    >>> roundness([shapely.box(0, 0, 0.01, 0.01)]).round(3).tolist()
    [0.785]
    """
    flat = np.array([flat_of(one) for one in shapes], dtype=object)
    return np.asarray(4 * np.pi * shapely.area(flat) / shapely.length(flat) ** 2)


def shrink_of(shape: Polygon) -> float:
    """Tell how long a degree of longitude is there, in degrees of latitude."""
    _, south, _, north = shape.bounds
    return float(np.cos(np.radians((south + north) / 2)))


def flat_of(shape: Polygon) -> Polygon:
    """Draw a polygon in the plane that touches the Earth there, in degrees of latitude."""
    shrink = shrink_of(shape)
    return shapely.transform(shape, lambda points: points * [shrink, 1.0])
