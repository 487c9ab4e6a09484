"""Signing in elsewhere, against a provider on loopback that can be told to lie."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from api.elsewhere import back_of, subject_of
from api.oidc import Provider
from appeals.audit.store import latest
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict, InputError
from appeals.people.store import set_disabled, set_subject
from appeals.seals import KeyRing
from tests.api.accounts import Door, open_door
from tests.api.conftest import NOW
from wangge.provider import read_provider

BACK = back_of("oidc")
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two"))


class Fake(ThreadingHTTPServer):
    """A provider: it remembers what it was asked, checks PKCE, and says what a test changes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.challenge = self.nonce = ""
        self.change: dict[str, Any] = {}
        self.key = KEY
        self.algorithm = "RS256"
        self.named = self.issuer
        self.code_used = False


class _Answers(BaseHTTPRequestHandler):
    server: Fake

    def do_GET(self) -> None:
        own = self.server
        if self.path == "/.well-known/openid-configuration":
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            self.tell({"issuer": own.named} | {one: f"{own.issuer}/{one}" for one in names})
        else:
            self.tell(KeySet([KEY]).as_dict(private=False))

    def do_POST(self) -> None:
        own = self.server
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if own.code_used or proof != own.challenge or form["client_secret"] != ["geheim"]:
            self.tell({"error": "invalid_grant"}, 400)
            return
        own.code_used = True
        now = int(NOW.timestamp())
        claims = {
            "iss": own.issuer, "aud": "wangge", "sub": "u-17", "nonce": own.nonce,
            "iat": now, "exp": now + 300,
        }  # fmt: skip
        header = {"alg": own.algorithm, "kid": own.key.kid}
        claims = {name: value for name, value in (claims | own.change).items() if value is not None}
        if own.algorithm == "none":
            parts = (json.dumps(one).encode() for one in (header, claims))
            token = ".".join(base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in parts)
            self.tell({"id_token": token + "."})
            return
        self.tell({"id_token": jwt.encode(header, claims, own.key)})

    def tell(self, data: Any, status: int = 200) -> None:
        body = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def fake() -> Iterator[Fake]:
    server = Fake()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(database: Engine, tmp_path: Path, fake: Fake) -> Iterator[Door]:
    ring = KeyRing.load(tmp_path / "site" / "wangge.key")
    with open_door(database, ring) as door:
        app: Any = door.client.app
        provider = Provider(fake.issuer, "wangge", "geheim", "http://localhost")
        app.state.desk = replace(app.state.desk, elsewhere={"oidc": provider})
        bind(door, fake, "leader")
        yield door


def bind(door: Door, fake: Fake, login: str) -> None:
    with writing(door.engine) as connection:
        subject = subject_of(fake.issuer, "u-17")
        set_subject(connection, login, subject, by="test", now=NOW)


def go(door: Door, fake: Fake) -> dict[str, str]:
    """Begin a sign-in and let the provider read what it is asked."""
    answer = door.client.get("/api/session/oidc", follow_redirects=False)
    assert answer.status_code == 303
    asked = {k: v[0] for k, v in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    fake.challenge, fake.nonce = asked["code_challenge"], asked["nonce"]
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://localhost" + BACK
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert asked["nonce"] not in cookie
    return asked


def come_back(door: Door, state: str, code: str = "c") -> Any:
    return door.client.get(BACK, params={"state": state, "code": code})


def who(door: Door) -> str | None:
    answer = door.client.get("/api/session")
    return answer.json().get("login") if answer.status_code == 200 else None


def test_who_is_bound_comes_in_and_it_is_on_record(door: Door, fake: Fake) -> None:
    asked = go(door, fake)

    answer = come_back(door, asked["state"])

    assert answer.status_code == 200
    assert 'content="0;url=/"' in answer.text  # the page of a leader's work
    assert who(door) == "leader"
    with reading(door.engine) as connection:
        (last,) = latest(connection, limit=1)
    assert (last.actor, last.act) == ("leader", "sign in")
    assert "provider" in last.detail


LIES: list[dict[str, Any]] = [
    {"iss": "https://evil.example"},
    {"aud": "another"},
    {"aud": ["wangge", "another"], "azp": "another"},
    {"nonce": "x"},
    {"nonce": None},
    {"exp": int(NOW.timestamp()) - 3600},
    {"exp": None},
    {"iat": int(NOW.timestamp()) + 3600},
    {"sub": "somebody else"},
    {"sub": ""},
    {"sub": None},
]


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_a_token_that_is_not_for_this_sign_in_lets_nobody_in(
    door: Door, fake: Fake, lie: dict[str, Any]
) -> None:
    asked = go(door, fake)
    fake.change = lie

    assert come_back(door, asked["state"]).status_code == 403
    assert who(door) is None


@pytest.mark.parametrize("forged", ["key", "none", "replayed", "state", "cookie", "late"])
def test_a_forged_a_replayed_and_a_late_way_back_let_nobody_in(
    door: Door, fake: Fake, forged: str
) -> None:
    asked = go(door, fake)
    state = asked["state"]
    if forged == "key":
        fake.key = OTHER
    if forged == "none":
        fake.algorithm = "none"
    if forged == "replayed":
        fake.code_used = True
    if forged == "state":
        state = state[:-1] + "x"
    if forged == "cookie":
        door.client.cookies.clear()
    if forged == "late":
        door.later(minutes=11)

    assert come_back(door, state).status_code == 403
    assert who(door) is None


def test_a_provider_that_is_down_or_calls_itself_otherwise_is_a_503(door: Door, fake: Fake) -> None:
    fake.named = "https://evil.example"
    assert door.client.get("/api/session/oidc").status_code == 503


def test_who_is_disabled_or_lacks_a_second_factor_does_not_come_in(door: Door, fake: Fake) -> None:
    with writing(door.engine) as connection:
        set_disabled(connection, "leader", disabled=True, by="test", now=NOW)
    assert come_back(door, go(door, fake)["state"]).status_code == 403

    fake.code_used = False
    with writing(door.engine) as connection:
        set_subject(connection, "leader", None, by="test", now=NOW)
    bind(door, fake, "system_admin")
    assert come_back(door, go(door, fake)["state"]).status_code == 403

    fake.code_used, fake.change = False, {"amr": ["pwd", "otp"]}
    assert come_back(door, go(door, fake)["state"]).status_code == 200
    assert who(door) == "system_admin"


def test_one_name_at_the_provider_is_one_person(door: Door, fake: Fake) -> None:
    with pytest.raises(Conflict):
        bind(door, fake, "planner")


def test_without_a_provider_there_is_no_such_way(database: Engine, tmp_path: Path) -> None:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        assert door.client.get("/api/session/oidc").status_code == 404
        assert "统一身份认证" not in door.client.get("/login").text


GOOD = (
    'issuer = "https://sso.example"\nclient_id = "wangge"\nclient_secret = "s"\n'
    'address = "https://wangge.example/"\n'
)


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        (GOOD, 0o644, "others may read"),
        (GOOD + "extra = 1\n", 0o600, "give address"),
        (GOOD.replace("https://sso", "http://sso"), 0o600, "https"),
        (GOOD.replace('"wangge"', '""'), 0o600, "client_id"),
        ("issuer", 0o600, "TOML"),
    ],
)
def test_a_file_that_is_not_right_says_why(tmp_path: Path, text: str, mode: int, why: str) -> None:
    path = tmp_path / "oidc.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    with pytest.raises(InputError, match=why):
        read_provider(path, "accounts.oidc", Provider)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "oidc.toml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0o600)
    provider = read_provider(path, "accounts.oidc", Provider)
    assert provider is not None
    assert provider.address == "https://wangge.example"
    assert read_provider(None, "accounts.oidc", Provider) is None
