"""Names that people taught: the words of an address, and the place or unit that they mean.

An alias is typed by a person or comes in a file; the product only suggests one. The matcher takes
it before the gazetteer's own pin of the same name, which is how a wrong pin is put right.
"""

import re
from dataclasses import dataclass

import numpy as np

from appeals.privacy import cut_at_building, redact
from geo.addresses import normalise, parts
from geo.measure import distance_m

SAME_M = 100.0
"""Two points of one name that lie closer are one place, in metres."""

LEAST, MOST = 3, 30

# Said of any place: the end of a road's name, a yard or a part by its number, a kind of place.
_ANY = re.compile(
    r"[东西南北中前后内外上下老新大小]{0,2}(?:大街|大道|胡同|路|街|巷|条|弄|道|里)"
    r"|[甲乙丙丁]?\d+号(?:院|楼)?|[东西南北中\d]{1,2}[区院期里门]"
    r"|[东西南北中]?(?:小区|社区|家属院|宿舍|公园|广场|学校|小学|中学|幼儿园|医院|市场|菜市场|超市"
    r"|商场|地铁站|公交站|停车场|工地|派出所|居委会|村委会|物业|路口|十字路口|门口|附近|对面)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAME_END = re.compile(
    r"[甲乙丙丁]?\d+(?:号|栋|幢|单元|层|室|#|米|路)|附近|旁|对面|对过|路口|门口|门前|周边|院内|内|的"
    r"|[东西南北]{1,2}(?:侧|边|口|面|门)|以[东西南北]|地下|底商"
)


@dataclass(frozen=True, slots=True)
class Alias:
    """A name and what it means: a unit by its code, a known place by its name, or a point.

    ``lon`` and ``lat`` are WGS84 degrees.
    """

    name: str
    lon: float | None = None
    lat: float | None = None
    code: str = ""
    place: str = ""

    @property
    def key(self) -> str:
        """The name as the matcher looks for it."""
        return normalise(self.name)

    def means_the_same(self, other: "Alias") -> bool:
        """Tell whether two aliases of one name lead to one place."""
        if self.lon is None or self.lat is None or other.lon is None or other.lat is None:
            mine = self.lon, self.code, normalise(self.place)
            return mine == (other.lon, other.code, normalise(other.place))
        here = np.array([self.lon]), np.array([self.lat])
        return bool(distance_m(*here, np.array([other.lon]), np.array([other.lat]))[0] <= SAME_M)


def name_fault(name: str) -> str | None:
    """Tell why a name must not be taught, ``None`` where it may be; never the name itself.

    Examples
    --------
    >>> name_fault("老电厂宿舍"), name_fault("老电厂3号楼2单元501室")
    (None, 'names a door, a number or a person: a name ends at the building')
    >>> name_fault("中路")
    'is shorter than 3 characters: said of too many places'
    """
    key = normalise(name)
    if len(key) < LEAST:
        return f"is shorter than {LEAST} characters: said of too many places"
    if len(key) > MOST:
        return f"is longer than {MOST} characters: write the place's name alone"
    if redact(name) != name or cut_at_building(name) != name.strip():
        return "names a door, a number or a person: a name ends at the building"
    if len(_HAN.findall(key)) < 2 or _ANY.fullmatch(key):
        return "is said of any place: write the name in full"
    return None


def suggest_name(address: str) -> str | None:
    """Give the words of an address that look like the name of a place, for a person to confirm.

    District, street, community, road and number, building and what is near are left out.

    Examples
    --------
    >>> suggest_name("示例区某某街道样板路7号老电厂宿舍3号楼附近")
    '老电厂宿舍'
    >>> suggest_name("样板路7号") is None
    True
    """
    rest, said = normalise(cut_at_building(address)), parts(address)
    for piece in (said.district, said.street, said.community, said.road):
        if piece and piece in rest:
            rest = rest.partition(piece)[2]
    rest = re.sub(r"^[甲乙丙丁]?\d+(?:-\d+)?号?(?!楼)", "", rest)
    name = _NAME_END.split(rest, maxsplit=1)[0].strip()
    return name if name and name_fault(name) is None else None
