"""A sender on a border host: it only pulls, and holds the secrets of its channels itself."""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from alerts.outbox.pace import Outcome
from appeals.errors import Conflict, InputError, NotFound, Unavailable
from wangge.counter import Delivery
from wangge.senders.channel import Outgoing, Secret

_TIMEOUT_S: Final = 15


class Away:
    """The counter of an installation that is reached by HTTP.

    Parameters
    ----------
    address
        Of the pages, as ``https://…``.
    token
        Where the machine's token with the scope ``relay`` is kept.
    """

    def __init__(self, address: str, token: Path) -> None:
        if not address.startswith(("http://", "https://")):
            raise InputError("from: the address must begin with https:// or http://")
        self._address = address.rstrip("/")
        self._token = Secret(file=token)
        self._token.value()

    def next(self, name: str, holder: str) -> Delivery | timedelta:
        """Pull the next message of a channel, or how long to wait."""
        given = self._post("next", {"channel": name, "holder": holder})
        if "wait_s" in given:
            return timedelta(seconds=float(given["wait_s"]))
        return Delivery(int(given["attempt_id"]), Outgoing(**given["outgoing"]))

    def end(
        self,
        name: str,
        holder: str,
        attempt_id: int,
        outcome: Outcome,
        *,
        fault: str = "",
        reference: str = "",
    ) -> None:
        """Say how an attempt ended."""
        about = {"channel": name, "holder": holder, "attempt_id": attempt_id}
        ended = {"outcome": outcome.value, "fault": fault[:80], "reference": reference[:80]}
        self._post("end", about | ended)

    def _post(self, what: str, body: dict[str, object]) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._token.value()}",
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(
            f"{self._address}/api/relay/{what}", json.dumps(body).encode(), headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                read: dict[str, Any] = json.loads(answer.read() or b"{}")
                return read
        except urllib.error.HTTPError as error:
            with error:
                words = f"the server answers {error.code}"
            known = {404: NotFound, 409: Conflict}
            raise known.get(error.code, Unavailable)(words) from None
        except (OSError, ValueError) as error:
            raise Unavailable(f"the server does not answer: {type(error).__name__}") from None
