"""110: a police matter is handed on with a sheet, and comes back with a reference number."""

import json
from typing import ClassVar, Literal

from wangge.senders.channel import Channel, Outgoing, Refused, Secret, Unheard
from wangge.senders.post import post
from wangge.senders.webhook import signed


class Police(Channel):
    """The desk of 110, by 政务外网 alone: the sheet names matter and place."""

    inside_only: ClassVar[bool] = True
    group: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ("url", "sign_key")

    kind: Literal["110"]
    url: str = ""
    sign_key: Secret | None = None

    def send(self, message: Outgoing) -> str:
        """Hand the sheet over and give 110's reference number; without one it is not taken."""
        assert self.sign_key is not None
        content = (message.sheet or {}) | {"key": message.key, "text": message.text}
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = signed(body, self.sign_key.value(), message.key)
        answer = post(self.url, body, headers, self.timeout_s)
        try:
            read = json.loads(answer)
            taken, reference = read["taken"], str(read["reference"])
        except (ValueError, KeyError, TypeError):
            raise Unheard("no receipt") from None
        if taken is not True or not reference:
            raise Refused("returned")
        return reference
