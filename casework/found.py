"""What a grid worker has seen and reports: an event or a part, as a row of the one intake."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

SOURCE: Final = "网格上报"
"""Source of what grid workers report: it has no caller, and its own numbers."""


class Seen(StrEnum):
    """What was seen (GB/T 30428): something that happens, or a thing that belongs to the city."""

    EVENT = "event"
    PART = "part"


SEEN_WORDS: Final[Mapping[Seen, str]] = {Seen.EVENT: "事件", Seen.PART: "部件"}


def as_row(
    *,
    number: str,
    seen: Seen,
    class_code: str,
    words: str,
    lon: float,
    lat: float,
    accuracy_m: float,
    login: str,
    now: datetime,
) -> dict[str, object]:
    """Make the row that intake reads.

    It counts as 其他, so that figures of what citizens ask for leave it out; all that one worker
    reports counts as one caller, so that a diligent one is no surge.
    """
    return {
        "id": number,
        "received_at": now.isoformat(),
        "dispatched_at": now.isoformat(),
        "kind": "其他",
        "class_code": class_code,
        "text": words,
        "lon": lon,
        "lat": lat,
        "radius_m": accuracy_m,
        "channel": f"网格{SEEN_WORDS[seen]}",
        "id_number": f"WORKER{login.encode().hex().upper()}",
    }
