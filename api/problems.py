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


_CHOOSE_ANEW = "地址中的条件不对，或所选日期没有数据。", "请回到原来的页面重新选择。"
_IN_BROWSER: Mapping[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: _CHOOSE_ANEW,
    HTTPStatus.FORBIDDEN: (
        "您的岗位不能查看这个页面。",
        "确需查看的，请联系系统管理员调整岗位。",
    ),
    HTTPStatus.NOT_FOUND: (
        "没有这个页面，或不在您的辖区。",
        "请核对地址，或从自己的页面进入。",
    ),
    HTTPStatus.CONFLICT: (
        "与当前情况不符，可能他人已先办理。",
        "请回到原来的页面，刷新后再看。",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("内容过大，没有收下。", "请减少内容，或分几次办理。"),
    HTTPStatus.UNPROCESSABLE_ENTITY: _CHOOSE_ANEW,
    HTTPStatus.TOO_MANY_REQUESTS: ("操作过于频繁。", "请稍等片刻再试。"),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "数据库或所依赖的服务暂时不可用。",
        "已收下的诉求、已登记的处置都在，不会丢失。本页每 15 秒自动再试；"
        "十分钟后仍打不开，请告知系统管理员。",
    ),
}
_OTHERWISE = (
    "系统出错，这个页面没有生成。",
    "已登记的内容不受影响。请稍后再试；仍打不开，请把时间和页面名称告知系统管理员。",
)


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
    """Let every foreseen error leave as a problem; ``api.guard`` does so for the rest.

    Who opened a page gets one in words in its place.
    """
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
    what, then = _IN_BROWSER.get(status, _OTHERWISE)
    headers = dict(_ALSO.get(status, {}))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Refresh"] = "15"
    return HTMLResponse(refused_page(what, then), status, headers)


def unforeseen(request: Request) -> Response:
    """Answer where nothing of what went wrong may be told."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _page(status) if _in_browser(request) else problem(status)


def _of_validation(request: Request, error: Exception) -> Response:
    if _in_browser(request):
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY)
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
