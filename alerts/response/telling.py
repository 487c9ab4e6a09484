"""Who is told, as the detail of a move keeps it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from alerts.response.moves import Made
from alerts.response.standing import Asked
from alerts.routing import Told


def as_detail(told: Told) -> dict[str, Any]:
    """Write who is told into the detail of a move."""
    return {
        "post": told.post,
        "duty": told.duty,
        "person": told.person,
        "seat": told.seat.value if told.seat else "",
        "channels": list(told.channels),
        "limit_min": told.limit / timedelta(minutes=1),
        "reasons": list(told.reasons),
    }


def from_detail(given: Mapping[str, Any]) -> Told:
    """Read who was told from the detail of a move."""
    return Told(
        post=given["post"],
        duty=given["duty"],
        seat=None,
        person=given["person"],
        reasons=tuple(given["reasons"]),
        channels=tuple(given["channels"]),
        limit=timedelta(minutes=given["limit_min"]),
    )


def as_told(made: Made, asked: Asked) -> Told:
    """Give whom to tell of the end: whoever was asked last at a post."""
    person = next((one for one in reversed(asked.people) if one), "")
    merged = (f"已并入提示{made.detail['into']}，请按该提示处置",) if "into" in made.detail else ()
    reasons = merged or asked.reasons
    return Told(asked.post, asked.duty, None, person, reasons, asked.channels, asked.limit)
