"""统一身份认证: OpenID Connect by the code flow with PKCE, as a relying party.

A token is believed only when its signature is of the provider's published keys and it was made for
us, for this sign-in, and is not over.

Source: OpenID Connect Core 1.0, 3.1; RFC 7636 (PKCE); RFC 9700 2.1 (best current practice).
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.elsewhere import (
    Proven,
    ask,
    back_of,
    check_address,
    come_back,
    set_out,
    subject_of,
    with_query,
)
from appeals.errors import InputError, NotAllowed, Unavailable
from appeals.seals import KeyRing

WAY: Final = "oidc"

_ALGORITHMS: Final = ("RS256", "PS256", "ES256")
_LEEWAY_S: Final = 60
_FACTORS: Final = frozenset({"mfa", "otp", "hwk", "sc"})  # RFC 8176


@dataclass(frozen=True, slots=True, repr=False)
class Provider:
    """Where people sign in: its issuer, what we are to it, and under which address it finds us."""

    label: ClassVar = "统一身份认证"

    issuer: str
    client_id: str
    client_secret: str
    address: str

    def __post_init__(self) -> None:
        check_address("oidc.issuer", self.issuer)
        check_address("oidc.address", self.address)
        if not self.client_id:
            raise InputError("oidc.client_id: is empty")

    def subject(self, name: str) -> str:
        """Give by what a person is bound to this provider's name of them."""
        return subject_of(self.issuer, name)

    def begin(self, ring: KeyRing, now: datetime, agent: str) -> tuple[str, str]:
        """Give the address to which the browser goes, and what its cookie holds, sealed."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        state, kept = set_out(ring, WAY, now, {"nonce": nonce, "verifier": verifier})
        challenge = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.client_id,
            "redirect_uri": self.address + back_of(WAY),
            "state": state,
            "nonce": nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return with_query(_endpoint(_described(self), "authorization_endpoint"), asked), kept

    def finish(self, ring: KeyRing, now: datetime, *, kept: str, state: str, code: str) -> Proven:
        """Say who came back, by the token that the code is exchanged for."""
        begun = come_back(ring, WAY, now, kept=kept, state=state)
        said = _described(self)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.address + back_of(WAY),
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code_verifier": begun["verifier"],
        }
        token = ask(_endpoint(said, "token_endpoint"), form).get("id_token")
        keys = ask(_endpoint(said, "jwks_uri"))
        claims = _claims(self, str(token), keys, begun["nonce"], now)
        amr = claims.get("amr")
        methods = {str(one) for one in amr} if isinstance(amr, list) else set[str]()
        return Proven(self.subject(str(claims["sub"])), not _FACTORS.isdisjoint(methods))


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
    said = ask(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if said.get("issuer") != provider.issuer:
        raise Unavailable("the provider calls itself by another name than oidc.issuer")
    return said


def _endpoint(said: Mapping[str, Any], name: str) -> str:
    address = str(said.get(name, ""))
    if urlsplit(address).scheme not in ("https", "http"):
        raise Unavailable(f"the provider gives no {name}")
    return address
