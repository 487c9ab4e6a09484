"""Signing in elsewhere: OpenID Connect by the code flow with PKCE, as a relying party.

What a sign-in began with (state, nonce, verifier) lies sealed in a cookie of ten minutes, so that
nothing is kept here for sign-ins that never end. A token is believed only when its signature is of
the provider's published keys and it was made for us, for this sign-in, and is not over.

Source: OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE); RFC 9700 2.1 (best current practice).
"""

import base64
import hashlib
import hmac
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from appeals.errors import InputError, NotAllowed, Unavailable
from appeals.seals import KeyRing

TERM: Final = timedelta(minutes=10)
"""How long somebody may take to sign in at the provider."""

BACK: Final = "/api/session/oidc/back"

_ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_ROW: Final = "oidc sign-in"
_LEEWAY_S: Final = 60
_TIMEOUT_S: Final = 5
_MOST_BYTES: Final = 1 << 20
_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "sc"})  # RFC 8176


@dataclass(frozen=True, slots=True, repr=False)
class Provider:
    """Where people sign in: its issuer, what we are to it, and under which address it finds us."""

    issuer: str
    client_id: str
    client_secret: str
    address: str

    def __post_init__(self) -> None:
        for name in ("issuer", "address"):
            parts = urlsplit(getattr(self, name))
            local = parts.hostname in ("127.0.0.1", "::1", "localhost")
            if parts.scheme != "https" and not (local and parts.scheme == "http"):
                raise InputError(f"oidc.{name}: begins with https:// (http on this machine alone)")
        if not self.client_id:
            raise InputError("oidc.client_id: is empty")


@dataclass(frozen=True, slots=True, repr=False)
class Begun:
    """What a sign-in began with."""

    state: str
    nonce: str
    verifier: str
    until: float


@dataclass(frozen=True, slots=True)
class Proven:
    """Who the provider says somebody is, and whether by a second factor too."""

    subject: str
    two_factors: bool


def subject_of(issuer: str, sub: str) -> str:
    """Name somebody for good: a provider never gives one ``sub`` to two people."""
    return f"{issuer} {sub}"


def begin(provider: Provider, ring: KeyRing, now: datetime) -> tuple[str, str]:
    """Give the address to which the browser goes, and what its cookie holds, sealed.

    Raises
    ------
    Unavailable
        The provider does not answer.
    """
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    begun = Begun(state, nonce, verifier, until=(now + TERM).timestamp())
    challenge = hashlib.sha256(begun.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": provider.address + BACK,
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    there = _endpoint(_described(provider), "authorization_endpoint")
    mark = "&" if "?" in there else "?"
    return f"{there}{mark}{urlencode(asked)}", ring.hide(json.dumps(asdict(begun)), row=_ROW)


def finish(
    provider: Provider, ring: KeyRing, now: datetime, *, kept: str, state: str, code: str
) -> Proven:
    """Say who came back from the provider.

    Parameters
    ----------
    kept
        What the cookie holds.
    state, code
        As the provider sent them back.

    Raises
    ------
    NotAllowed
        It is not the sign-in that was begun here, it took too long, or the token is not good.
    Unavailable
        The provider does not answer.
    """
    try:
        begun = Begun(**json.loads(ring.reveal(kept, row=_ROW)))
    except (InputError, ValueError, TypeError) as error:
        raise NotAllowed("the sign-in was not begun in this browser") from error
    if not hmac.compare_digest(begun.state, state) or now.timestamp() >= begun.until:
        raise NotAllowed("the sign-in was not begun in this browser, or took too long")
    said = _described(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.address + BACK,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        "code_verifier": begun.verifier,
    }
    token = _asked(_endpoint(said, "token_endpoint"), form).get("id_token")
    keys = _asked(_endpoint(said, "jwks_uri"))
    claims = _claims(provider, str(token), keys, begun.nonce, now)
    amr = claims.get("amr")
    methods = {str(one) for one in amr} if isinstance(amr, list) else set[str]()
    subject = subject_of(provider.issuer, str(claims["sub"]))
    return Proven(subject, not _FACTORS.isdisjoint(methods))


def _claims(
    provider: Provider, token: str, keys: Mapping[str, Any], nonce: str, now: datetime
) -> Mapping[str, Any]:
    try:
        own: Any = {"keys": list(keys["keys"])}
        told = jwt.decode(token, KeySet.import_key_set(own), algorithms=_ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(told.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotAllowed("the provider's token is not good") from error
    party = told.claims.get("azp", provider.client_id)
    if party != provider.client_id or not str(told.claims["sub"]):
        raise NotAllowed("the provider's token is not good")
    claims: Mapping[str, Any] = told.claims
    return claims


def _described(provider: Provider) -> Mapping[str, Any]:
    said = _asked(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != provider.issuer:
        raise Unavailable("the provider calls itself by another name than oidc.issuer")
    return said


def _endpoint(said: Mapping[str, Any], name: str) -> str:
    address = str(said.get(name, ""))
    if urlsplit(address).scheme not in ("https", "http"):
        raise Unavailable(f"the provider gives no {name}")
    return address


def _asked(address: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
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
    except (OSError, ValueError) as error:
        raise Unavailable("the provider of sign-ins does not answer") from error
    if not isinstance(found, dict):
        raise Unavailable("the provider of sign-ins does not answer as described")
    return found
