"""One route a move, all made by one handler: a move is a row of a table, not a function."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from api.move_rights import name_of
from api.move_row import Body, Kind, Row


def add_route(
    router: APIRouter, path: str, row: Row[Kind, Body], handle: Callable[..., Response]
) -> None:
    """Add the route of one move.

    Parameters
    ----------
    path
        Of what is moved; the name of the move is added.
    handle
        A function of its own for each row, whose argument ``said`` takes the row's body.
    """
    handle.__name__, handle.__doc__ = row.move.value, row.about
    handle.__annotations__["said"] = row.body
    router.add_api_route(f"{path}/{name_of(row.move)}", handle, methods=["POST"], summary=row.word)
