"""短信: the gateway of a provider or of the office, by a template of its request."""

import json
import re
from typing import ClassVar, Literal, Self
from urllib.parse import quote

from pydantic import model_validator

from wangge.senders.channel import Channel, Outgoing, Refused, Secret
from wangge.senders.post import post

_PLACE = re.compile(r"\{(phone|text|key|token)\}")


class Sms(Channel):
    """A gateway that takes one POST a message.

    ``body`` is what is posted, with ``{phone}``, ``{text}``, ``{key}`` and ``{token}`` in it; each
    is escaped as ``content_type`` asks. ``taken`` must stand in the answer.
    """

    needs: ClassVar[tuple[str, ...]] = ("url", "body", "taken")

    kind: Literal["sms"]
    url: str = ""
    body: str = ""
    content_type: Literal["application/json", "application/x-www-form-urlencoded"] = (
        "application/json"
    )
    taken: str = ""
    token: Secret | None = None

    @model_validator(mode="after")
    def _names_who_and_what(self) -> Self:
        if self.body and not {"phone", "text"} <= set(_PLACE.findall(self.body)):
            raise ValueError("body: {phone} and {text} must stand in it")
        if "{token}" in self.body and self.token is None:
            raise ValueError("token: the body names it")
        return self

    def send(self, message: Outgoing) -> str:
        """Send it to the phone of whoever is told."""
        if not message.phone:
            raise Refused("no phone")
        values = {"phone": message.phone, "text": message.text, "key": message.key}
        values["token"] = "" if self.token is None else self.token.value()
        body = _PLACE.sub(lambda found: self._escaped(values[found[1]]), self.body).encode()
        kind = {"Content-Type": f"{self.content_type}; charset=utf-8"}
        headers = kind | {"Idempotency-Key": message.key}
        answer = post(self.url, body, headers, self.timeout_s)
        if self.taken not in answer.decode(errors="replace"):
            raise Refused("not taken")
        return ""

    def _escaped(self, value: str) -> str:
        if self.content_type == "application/json":
            return json.dumps(value, ensure_ascii=False)[1:-1]
        return quote(value, safe="")
