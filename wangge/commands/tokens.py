"""``wangge tokens``: the tokens by which machines come in."""

import argparse
from datetime import timedelta

from appeals.database import reading, writing
from appeals.people.words import login_name
from appeals.tokens.store import SCOPES, Token, add_token, read_tokens, revoke_token
from wangge.arguments import Commands, add_family, add_site_command, count
from wangge.site import Site, wall_clock
from wangge.terminal import Answer

_BY = "terminal"


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    tokens = add_family(commands, "tokens")
    make = add_site_command(tokens, shared, "add", _add_token, "a token, which is shown once")
    make.add_argument("name", metavar="NAME")
    scopes = [scope.value for scope in SCOPES]
    make.add_argument("--scope", action="append", choices=scopes, required=True)
    make.add_argument("--days", type=count, default=365, help="until it is over")
    add_site_command(tokens, shared, "list", _list_tokens, "all tokens, without their secrets")
    revoke = add_site_command(tokens, shared, "revoke", _revoke, "let a token in no more")
    revoke.add_argument("name", metavar="NAME")


def _add_token(arguments: argparse.Namespace, site: Site) -> Answer:
    now = wall_clock()
    scopes = tuple(scope for scope in SCOPES if scope.value in arguments.scope)
    token = Token(login_name(arguments.name), scopes, now, now + timedelta(days=arguments.days))
    with writing(site.engine) as connection:
        secret = add_token(connection, token, by=_BY)
    lines = [_token_line(token), "shown this once:", secret]
    return Answer(_token(token) | {"token": secret}, lines)


def _list_tokens(_: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        tokens = read_tokens(connection)
    return Answer({"tokens": [_token(one) for one in tokens]}, [_token_line(one) for one in tokens])


def _revoke(arguments: argparse.Namespace, site: Site) -> Answer:
    name = login_name(arguments.name)
    with writing(site.engine) as connection:
        revoke_token(connection, name, by=_BY, now=wall_clock())
    return Answer({"name": name, "revoked": True}, [f"token {name} may come in no more"])


def _token(token: Token) -> dict[str, object]:
    return {
        "name": token.name,
        "scopes": list(token.scopes),
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    }


def _token_line(token: Token) -> str:
    revoked = "  revoked" if token.revoked_at else ""
    return f"{token.name}  {', '.join(token.scopes)}  until {token.expires_at:%Y-%m-%d}{revoked}"
