"""What went wrong, in one shape everywhere: RFC 9457 problem+json.

A problem names the row, the field and the kind of value, never the value: what a citizen wrote does
not come back in an error. Validation errors and those of the framework have the same shape.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from appeals.errors import (
    Conflict,
    InputError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    StateMismatch,
    Unavailable,
    WanggeError,
)
from maps.sheet import refused_page

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong: its row (from 1) where there are rows, the field, and why."""

    row: int | None
    field: str
    reason: str


class Problem(BaseModel):
    """The body of every error (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Fault]


RESPONSES: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "A problem, in the one shape of all of them",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    },
    "503": {
        "description": "Try again: a store or a receiver is down, or there is none here",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    },
}
"""For the description: what every route may answer."""


class BadRequest(InputError):
    """What cannot be right in a request to a door whose standard wants 400 for it."""


STATUS: Mapping[type[WanggeError], HTTPStatus] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    Conflict: HTTPStatus.CONFLICT,
    StateMismatch: HTTPStatus.SERVICE_UNAVAILABLE,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The one table of errors and statuses; a sub-class has its parent's status."""


_ALSO: Mapping[int, Mapping[str, str]] = {
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "5"},
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
}


_IN_BROWSER: Mapping[int, str] = {
    HTTPStatus.FORBIDDEN: "您的岗位不能查看这个页面。",
    HTTPStatus.NOT_FOUND: "没有这个页面，或不在您的辖区。",
}
_OTHERWISE = "页面暂时打不开，请稍后再试；仍打不开，请告知系统管理员。"


def problem(
    status: int,
    detail: str | None = None,
    *,
    errors: Sequence[Mapping[str, object]] = (),
    headers: Mapping[str, str] | None = None,
    told: Mapping[str, object] | None = None,
) -> Response:
    """Make the answer for one problem.

    Parameters
    ----------
    status
        HTTP status, 400 to 599.
    detail
        What is wrong with this request, in a sentence without values.
    errors
        Each with ``row`` (from 1) or ``None``, ``field`` and ``reason``.
    headers
        Further headers, such as ``Allow``.
    told
        Further members of the body (RFC 9457, 3.2), such as who was first.
    """
    phrase = HTTPStatus(status).phrase
    body = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "detail": detail or phrase,
        "errors": list(errors),
        **(told or {}),
    }
    return Response(
        orjson.dumps(body), status, dict(headers) if headers else None, media_type=MEDIA_TYPE
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Let every foreseen error leave as a problem; ``api.guard`` does so for the rest."""
    app.add_exception_handler(WanggeError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_framework)


def _of_ours(request: Request, error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS or kind is WanggeError)
    status = STATUS.get(kind, HTTPStatus.INTERNAL_SERVER_ERROR)
    if _in_browser(request):
        return _page(status)
    told = error.told if isinstance(error, Conflict) else None
    return problem(status, str(error), headers=_ALSO.get(status), told=told)


def _in_browser(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _page(status: int) -> Response:
    """Answer who opened a page: to sign in first, or in words and with the way back."""
    if status == HTTPStatus.UNAUTHORIZED:
        return RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    words = _IN_BROWSER.get(status, _OTHERWISE)
    return HTMLResponse(refused_page(words), status, _ALSO.get(status))


def _of_validation(_request: Request, error: Exception) -> Response:
    found = error.errors() if isinstance(error, RequestValidationError) else []
    # Only where and which kind: the framework's own message and input may hold what was sent.
    errors = [
        {
            "row": next((part + 1 for part in one["loc"] if isinstance(part, int)), None),
            "field": ".".join(str(part) for part in one["loc"][1:] if isinstance(part, str))
            or str(one["loc"][0]),
            "reason": str(one["type"]).replace("_", " "),
        }
        for one in found
    ]
    return problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "the request is not as described", errors=errors
    )


def _of_framework(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise TypeError("this handler is for the framework's errors")
    if _in_browser(request):
        return _page(error.status_code)
    return problem(error.status_code, headers=error.headers)
