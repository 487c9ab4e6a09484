"""How long who failed to sign in must wait: longer each time, never for good.

A pause that never ended would let anybody shut anybody out. So it ends after a quarter of an hour
at most, and what comes from where the person signed in last is counted apart from the rest.
"""

from typing import Final

ACCOUNT_FREE: Final = 5
"""Failures at one account that cost nothing but the last."""

ADDRESS_FREE: Final = 20
"""The same from one address, where many people may sit behind one."""

MOST_S: Final = 900
FORGOTTEN_S: Final = 86_400
"""After a day without a failure the count begins anew."""

_FIRST_S = 5


def pause_s(failures: int, free: int) -> int:
    """Give the seconds to wait after this many failures.

    >>> [pause_s(n, ACCOUNT_FREE) for n in (4, 5, 6, 7, 13)]
    [0, 5, 10, 20, 900]
    """
    if failures < free:
        return 0
    return int(min(MOST_S, _FIRST_S * 2 ** min(failures - free, 20)))
