"""Signing in elsewhere: what every way of it shares.

What a sign-in began with lies sealed in a cookie of ten minutes, so that nothing is kept here for
sign-ins that never end, and who comes back is held to the browser that set out.

Source: RFC 9700 2.1 (best current practice of OAuth 2.0).
"""

import hmac
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from appeals.errors import InputError, NotAllowed, Unavailable
from appeals.seals import KeyRing

TERM: Final = timedelta(minutes=10)
"""How long somebody may take to sign in elsewhere."""

_TIMEOUT_S: Final = 5
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody is elsewhere, and whether they proved it by a second factor too."""

    subject: str
    two_factors: bool


class Elsewhere(Protocol):
    """Where people sign in beside here."""

    @property
    def label(self) -> str:
        """Its name on the page of signing in."""

    def begin(self, ring: KeyRing, now: datetime, agent: str) -> tuple[str, str]:
        """Give the address to which the browser ``agent`` goes, and what its cookie holds, sealed.

        Raises
        ------
        Unavailable
            The provider does not answer.
        """

    def finish(self, ring: KeyRing, now: datetime, *, kept: str, state: str, code: str) -> Proven:
        """Say who came back.

        Parameters
        ----------
        ring, now
            Keys and the present moment.
        kept
            What the cookie holds.
        state, code
            As the provider sent them back.

        Raises
        ------
        NotAllowed
            It is not the sign-in that was begun here, it took too long, or the proof is not good.
        Unavailable
            The provider does not answer.
        """


def back_of(way: str) -> str:
    """Give the path to which a provider sends the browser back.

    >>> back_of("oidc")
    '/api/session/oidc/back'
    """
    return f"/api/session/{way}/back"


def subject_of(provider: str, name: str) -> str:
    """Name somebody for good: a provider never gives one ``name`` to two people."""
    return f"{provider} {name}"


def check_address(name: str, address: str) -> None:
    """Refuse an address on which a secret could be read on its way.

    Raises
    ------
    InputError
        It is not HTTPS, nor HTTP on this machine.
    """
    parts = urlsplit(address)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise InputError(f"{name}: begins with https:// (http on this machine alone)")


def set_out(ring: KeyRing, way: str, now: datetime, begun: Mapping[str, str]) -> tuple[str, str]:
    """Give a new ``state``, and what the cookie holds: it and what else the sign-in began with."""
    state = secrets.token_urlsafe(32)
    held = {**begun, "state": state, "until": (now + TERM).timestamp()}
    return state, ring.hide(json.dumps(held), row=f"{way} sign-in")


def come_back(ring: KeyRing, way: str, now: datetime, *, kept: str, state: str) -> dict[str, str]:
    """Give what the sign-in of this browser began with.

    Raises
    ------
    NotAllowed
        It was not begun in this browser, or took too long.
    """
    try:
        begun: dict[str, Any] = json.loads(ring.reveal(kept, row=f"{way} sign-in"))
    except (InputError, ValueError) as error:
        raise NotAllowed("the sign-in was not begun in this browser") from error
    same = hmac.compare_digest(str(begun["state"]).encode(), state.encode())
    if not same or now.timestamp() >= begun["until"]:
        raise NotAllowed("the sign-in was not begun in this browser, or took too long")
    return begun


def with_query(address: str, query: Mapping[str, str]) -> str:
    """Add parameters to an address, which may have some.

    >>> with_query("https://sso.example/a?b=1", {"c": "2"})
    'https://sso.example/a?b=1&c=2'
    """
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"


def ask(address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """Ask a provider, and read the JSON that it answers.

    Raises
    ------
    NotAllowed
        It does not accept the ``form``.
    Unavailable
        It does not answer, or not as described. The address is not told: it may hold a secret.
    """
    body = None if form is None else urlencode(form).encode()
    request = urllib.request.Request(address, body, {"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            found = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            if form is not None and error.code < 500:
                raise NotAllowed("the provider does not accept the sign-in") from None
        raise Unavailable("the provider of sign-ins does not answer") from None
    except (OSError, ValueError):
        raise Unavailable("the provider of sign-ins does not answer") from None
    if not isinstance(found, dict):
        raise Unavailable("the provider of sign-ins does not answer as described")
    return found
