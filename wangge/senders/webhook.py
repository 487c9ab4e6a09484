"""A signed webhook: JSON to another system, with a key by which it knows a repetition."""

import hashlib
import hmac
import json
import time
from typing import ClassVar, Literal

from wangge.senders.channel import Channel, Outgoing, Secret
from wangge.senders.post import post


class Webhook(Channel):
    """An address of another system. It must take the same ``Idempotency-Key`` once."""

    needs: ClassVar[tuple[str, ...]] = ("url", "sign_key")

    kind: Literal["webhook"]
    url: str = ""
    sign_key: Secret | None = None

    def send(self, message: Outgoing) -> str:
        """Hand it over; any answer of 2xx says that it was taken."""
        assert self.sign_key is not None
        content = {
            "key": message.key,
            "number": message.number,
            "level": message.level,
            "text": message.text,
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        post(self.url, body, signed(body, self.sign_key.value(), message.key), self.timeout_s)
        return ""


def signed(body: bytes, key: str, message_key: str) -> dict[str, str]:
    """Give the headers of a signed request: HMAC-SHA256 of the second, a point and the body."""
    stamp_s = str(int(time.time()))
    digest = hmac.new(key.encode(), stamp_s.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message_key,
        "X-Wangge-Timestamp": stamp_s,
        "X-Wangge-Signature": f"sha256={digest}",
    }
