"""One HTTP request to a receiver, and what its answer means for the message."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Collection, Mapping
from typing import Any

from wangge.senders.channel import Busy, Refused, Unheard

MOST_BYTES = 64 * 1024


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A receiver that points elsewhere is not followed: the message would go where nobody said."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> bytes:
    """Post a body and give that of the answer.

    Raises
    ------
    Busy
        Nothing arrived, or the receiver asks to come again.
    Unheard
        It may have arrived: the answer did not come, or says that something broke.
    Refused
        The receiver refuses it as it is.
    """
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with _OPENER.open(request, timeout=timeout_s) as answer:
            read: bytes = answer.read(MOST_BYTES)
            return read
    except urllib.error.HTTPError as error:
        with error:
            fault = f"http {error.code}"
        if error.code in (408, 425, 429, 503):
            raise Busy(fault) from None
        raise (Unheard(fault) if error.code >= 500 else Refused(fault)) from None
    except urllib.error.URLError as error:
        # Of connecting and sending; a time-out here may have come after the last byte had left.
        late = isinstance(error.reason, TimeoutError)
        kind = type(error.reason).__name__
        raise (Unheard("timeout") if late else Busy(kind)) from None
    except TimeoutError:
        raise Unheard("timeout") from None
    except (http.client.HTTPException, OSError) as error:
        raise Unheard(type(error).__name__) from None


def post_json(
    url: str, body: object, timeout_s: float, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Post JSON and give the object that comes back; as of :func:`post`.

    Raises
    ------
    Unheard
        Also where what comes back is no object: somebody else answered.
    """
    written = json.dumps(body, ensure_ascii=False).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    answer = post(url, written, kind | dict(headers or {}), timeout_s)
    try:
        read = json.loads(answer)
    except ValueError:
        raise Unheard("no json") from None
    if not isinstance(read, dict):
        raise Unheard("no json object")
    return read


def refuse_code(code: object, busy: Collection[int]) -> None:
    """Take the code that a robot answers with 200: all but 0 is a failure.

    Raises
    ------
    Busy
        It asks to come again.
    Refused
        It refuses.
    """
    if code == 0:
        return
    known = isinstance(code, int)
    if known and code in busy:
        raise Busy(f"code {code}")
    raise Refused(f"code {code}" if known else "no code")


def cut(text: str, most_bytes: int) -> str:
    """Cut a text to so many bytes of UTF-8, between two characters.

    >>> cut("网格网格", 7)
    '网格'
    """
    return text.encode()[:most_bytes].decode(errors="ignore")
