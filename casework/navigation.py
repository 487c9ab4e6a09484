"""Navigation handed to a map on the device: addresses by configuration, coordinates by datum.

Each map writes the point in its own order and its own datum; one that is sent WGS84 without saying
so lies half a kilometre off in China.

Source: the URI interfaces that 高德, 百度 and 腾讯 publish; RFC 5870 for ``geo:``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import numpy as np

from geo.datums import from_wgs84


@dataclass(frozen=True, slots=True)
class Provider:
    """A map on the device: its name on the button, its address, the datum that this expects.

    ``{lon}``, ``{lat}`` and ``{name}`` stand in the address.
    """

    name: str
    url: str
    datum: str = "wgs84"


PROVIDERS: Final = {
    "amap": Provider(
        "高德",
        "https://uri.amap.com/navigation?to={lon},{lat},{name}&mode=walk&coordinate=wgs84"
        "&src=wangge&callnative=1",
    ),
    "amap-app": Provider(
        "高德",
        "androidamap://route?sourceApplication=wangge&dlat={lat}&dlon={lon}&dname={name}&dev=1&t=2",
    ),
    "baidu": Provider(
        "百度",
        "https://api.map.baidu.com/marker?location={lat},{lon}&title={name}&content={name}"
        "&output=html&coord_type=wgs84&src=wangge",
    ),
    "baidu-app": Provider(
        "百度",
        "bdapp://map/direction?destination=latlng:{lat},{lon}|name:{name}&coord_type=wgs84"
        "&mode=walking&src=webapp.wangge.field",
    ),
    "tencent-app": Provider(
        "腾讯", "qqmap://map/routeplan?type=walk&to={name}&tocoord={lat},{lon}&referer=wangge",
        "gcj02",
    ),
    "geo": Provider("地图应用", "geo:{lat},{lon}?q={lat},{lon}({name})"),
}  # fmt: skip
"""By the key that settings name; a closed device has no route to those that begin with https."""


def links(keys: Sequence[str], lon: float, lat: float, name: str) -> list[dict[str, str]]:
    """Give the addresses that lead to a WGS84 point, in the order of the keys.

    Examples
    --------
    >>> links(["geo"], 104.06, 30.67, "样板路5号")[0]["url"]
    'geo:30.670000,104.060000?q=30.670000,104.060000(%E6%A0%B7%E6%9D%BF%E8%B7%AF5%E5%8F%B7)'
    """
    found = []
    for key in keys:
        provider = PROVIDERS[key]
        x, y = from_wgs84(np.array([lon]), np.array([lat]), provider.datum)
        url = provider.url.format(lon=f"{x[0]:.6f}", lat=f"{y[0]:.6f}", name=quote(name, safe=""))
        found.append({"name": provider.name, "url": url})
    return found
