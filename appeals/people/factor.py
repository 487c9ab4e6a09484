"""The second factor: a number of six digits that changes every 30 seconds (TOTP).

Source: RFC 6238 with HMAC-SHA1, which is what every authenticator on a telephone understands, and
RFC 4226 for the truncation.
"""

import base64
import hmac
import secrets
from typing import Final
from urllib.parse import quote

STEP_S: Final = 30
_DIGITS = 6
_DRIFT = 1  # steps by which a telephone's clock may differ, either way


def new_secret() -> str:
    """Make a new secret of 160 bits, in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(secret: str, step: int) -> str:
    """Give the number of one step of 30 seconds since 1970.

    >>> code_at(base64.b32encode(b"12345678901234567890").decode(), 59 // STEP_S)
    '287082'
    """
    mac = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = mac[-1] & 0xF
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}d}"


def step_of(secret: str, code: str, now_s: float, after: int) -> int | None:
    """Give the step whose number this is, ``None`` where it is wrong, stale or was used.

    Parameters
    ----------
    secret
        Of the person, in base 32.
    code
        As typed.
    now_s
        Seconds since 1970.
    after
        Step that was used last: a number works once, and none before it works again.
    """
    now = int(now_s) // STEP_S
    typed = "".join(code.split()).encode()
    found = None
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), typed):
            found = step
    return found


def address_of(secret: str, login: str, place: str) -> str:
    """Give the address that an authenticator reads (``otpauth://``).

    >>> address_of("ABC", "zhang", "本市")
    'otpauth://totp/%E6%9C%AC%E5%B8%82:zhang?secret=ABC&issuer=%E6%9C%AC%E5%B8%82'
    """
    issuer = quote(place, safe="")
    return f"otpauth://totp/{issuer}:{quote(login, safe='')}?secret={secret}&issuer={issuer}"
