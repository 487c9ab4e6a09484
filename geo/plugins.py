"""An online geocoder as a plug-in: what it must be, what it may be asked, what its answer is worth.

A plug-in is a package with an entry point in the group :data:`GROUP`; the entry point gives an
object that has what :class:`Geocoder` has. It is off until the settings name it. It is asked only
where our own names end at a unit, only for words that name nobody, and its answer is never more
than a candidate of middling confidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from appeals.privacy import cut_at_building
from geo.datums import in_range, to_wgs84
from geo.located import COARSE, LEVELS, RADIUS_M, Located

GROUP = "wangge.geocoders"

CONFIDENCE = 0.6
"""Of an answer, our rule: below what is shown as sure, since nobody has measured the service."""

LONGEST = 100
"""Longer words are no address and are not sent."""


@dataclass(frozen=True, slots=True)
class Found:
    """One answer: the point as the service gives it, and the service's word for how exact it is."""

    x: float
    y: float
    level: str


class Geocoder(Protocol):
    """What a plug-in is.

    ``name`` stands in the cache and in the evidence. ``datum`` is that of its coordinates, as for
    :func:`geo.datums.check_datum` (高德 ``gcj02``, 天地图 ``cgcs2000``). ``levels`` leads from its
    words for a level to ours (:data:`geo.located.LEVELS`); a word that is missing there makes an
    answer worthless.
    """

    @property
    def name(self) -> str:
        """Name of the service."""

    @property
    def datum(self) -> str:
        """Datum of its coordinates."""

    @property
    def levels(self) -> Mapping[str, str]:
        """Its words for a level, and ours."""

    def ask(self, texts: Sequence[str], timeout_s: float) -> Sequence[Found | None]:
        """Geocode addresses: one answer a text, in order, ``None`` where it knows none.

        It may raise, and may be given up after ``timeout_s`` seconds.
        """


def askable(address: str) -> str | None:
    """Give the words that may be sent for an address: cut at the building, ``None`` for none.

    Nothing is sent of an address that holds what names a person.

    Examples
    --------
    >>> askable("样板路7号幸福里3号楼2单元501室"), askable("找王女士13800001234") is None
    ('样板路7号幸福里3号楼', True)
    """
    cut = cut_at_building(address).strip()
    if len(cut) < 3 or len(cut) > LONGEST or "\u3014" in cut or "*" in cut:
        return None
    return cut


def worth_asking(own: Located) -> bool:
    """Tell whether a service may know better: our own names gave a unit or nothing, and no pin.

    A plate, a building, a compound or a road of our own is never asked about, so it is never
    overridden.
    """
    return own.level in COARSE and own.x is None


def refined(own: Located, found: Found | None, geocoder: Geocoder) -> Located:
    """Give what an answer makes of our own, which stays where the answer is no better.

    Parameters
    ----------
    own
        For which :func:`worth_asking` holds.
    found
        The answer.
    geocoder
        Whose it is.

    Returns
    -------
    Located
        With the radius of our own level; units that the text names still bind the point.
    """
    level = geocoder.levels.get(found.level) if found is not None else None
    if found is None or level is None or level in COARSE or level not in LEVELS:
        return own
    lon, lat = to_wgs84(np.array([found.x]), np.array([found.y]), geocoder.datum)
    if not in_range(lon, lat)[0]:
        return own
    said = f"在线地理编码「{geocoder.name}」（{geocoder.datum}）：{found.level}"
    return replace(
        own, level=level, lon=float(lon[0]), lat=float(lat[0]), radius_m=RADIUS_M[level],
        confidence=CONFIDENCE, evidence=f"{said}；{own.evidence}".rstrip("；"), ambiguous=False,
    )  # fmt: skip
