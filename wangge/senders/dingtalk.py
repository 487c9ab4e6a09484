"""钉钉 and 专有钉钉: the robot of a group, signed."""

import base64
import hashlib
import hmac
import time
from datetime import timedelta
from typing import ClassVar, Final, Literal
from urllib.parse import urlencode

from alerts.outbox.pace import Limit
from wangge.senders.channel import Channel, Outgoing, Secret
from wangge.senders.post import cut, post_json, refuse_code

MOST_BYTES: Final = 20_000
_BUSY: Final = (-1, 90030, 130101, 410100)  # out of order, and three words for too many


class DingTalk(Channel):
    """A group's robot whose messages are signed with a key of their own."""

    group: ClassVar[bool] = True
    published: ClassVar[tuple[Limit, ...]] = (Limit(20, timedelta(minutes=1)),)
    needs: ClassVar[tuple[str, ...]] = ("host", "token")

    kind: Literal["dingtalk"]
    host: str = "https://oapi.dingtalk.com"
    token: Secret | None = None
    sign_key: Secret | None = None

    def send(self, message: Outgoing) -> str:
        """Say it in the group."""
        assert self.token is not None
        query = {"access_token": self.token.value()}
        if self.sign_key is not None:
            stamp_ms = str(int(time.time() * 1000))
            query |= {"timestamp": stamp_ms, "sign": sign(self.sign_key.value(), stamp_ms)}
        body = {"msgtype": "text", "text": {"content": cut(message.text, MOST_BYTES)}}
        url = f"{self.host}/robot/send?{urlencode(query)}"  # quotes the signature, once
        refuse_code(post_json(url, body, self.timeout_s).get("errcode"), _BUSY)
        return ""


def sign(key: str, stamp_ms: str) -> str:
    """Sign a moment: HMAC-SHA256 under the key of the moment, a line break and the key."""
    text = f"{stamp_ms}\n{key}".encode()
    return base64.b64encode(hmac.digest(key.encode(), text, hashlib.sha256)).decode()
