"""No channel at all: what is to be said is on record and goes nowhere."""

from typing import Literal

from wangge.senders.channel import Channel, Outgoing


class Nowhere(Channel):
    """Takes everything; for a post that is told in another way."""

    kind: Literal["none"]

    def send(self, message: Outgoing) -> str:
        """Take it."""
        return ""
