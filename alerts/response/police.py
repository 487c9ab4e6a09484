"""What went between the hotline and 110 about a matter, and with whom it is in the end.

Source: 国务院办公厅关于推动12345政务服务便民热线与110报警服务台高效对接联动的意见 (2022).
A matter that is not plainly of one or the other is talked over by 三方通话 with the caller; where
they do not agree, who received it first keeps it (首接负责).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Keeper(StrEnum):
    """Who deals with a matter."""

    HOTLINE = "hotline"  # 12345
    POLICE = "police"  # 110


@dataclass(frozen=True, slots=True)
class Exchange:
    """One thing that was said between the two, under the number of 110 where it has one.

    ``what`` is ``accepted``, ``returned``, ``reported_back`` or ``three_way``. Of a call of three
    ``parties`` are who spoke, ``first`` is who received the matter first, ``keeper`` who takes it,
    None where nobody agreed.
    """

    what: str
    reference: str
    at: datetime
    words: str = ""
    parties: str = ""
    first: Keeper | None = None
    keeper: Keeper | None = None


def keeper_of(said: Iterable[Exchange]) -> Keeper:
    """Say who deals with a matter after all that was said of it, the oldest first.

    The hotline has what nobody spoke of, for it is its alert.

    Examples
    --------
    >>> at = datetime(2026, 3, 5)
    >>> taken, back = Exchange("accepted", "1", at), Exchange("returned", "1", at)
    >>> [keeper_of(one).value for one in ([], [taken], [taken, back])]
    ['hotline', 'police', 'hotline']
    >>> at_odds = Exchange("three_way", "", at, first=Keeper.POLICE)
    >>> keeper_of([at_odds]).value, keeper_of([at_odds, taken, back]).value
    ('police', 'police')
    """
    first = keeper = Keeper.HOTLINE
    for one in said:
        if one.what == "three_way":
            first = one.first or first
            keeper = one.keeper or first
        elif one.what == "accepted":
            keeper = Keeper.POLICE
        elif one.what == "returned":
            keeper = first
    return keeper
