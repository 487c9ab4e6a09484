"""A notice: that one person at one post is told one thing about one alert, by one channel.

Routing gives notices, the outbox takes them in the transaction of the move that they tell of.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice tells."""

    RAISE = "raise"  # a new alert, or one that was armed anew
    UPDATE = "update"  # new facts, or a graver level
    CANCEL = "cancel"  # 撤销, 解除, 到期
    ESCALATE = "escalate"  # those who were told have not answered within the limit
    ASK = "ask"  # 会商邀请: a duty is asked in
    WHISTLE = "whistle"  # 吹哨: a bureau is called to a place


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one person.

    Attributes
    ----------
    alert_id
        The alert; of a whistle without an alert 0.
    move
        Number of the move that it tells of: the version of the alert. Of a whistle the number of
        the whistle's move.
    kind, level
        What is told, and the 提示等级 as it stands after the move.
    post
        Name of the post (值班室, 联络员岗) that is told.
    person
        Who holds the post now: key of the list of contacts. Empty where the roster has nobody: the
        post itself is told, and its landline rings.
    duty
        职责 for which it is told (应急, 公安, …, 值班).
    channel
        Name of the channel of the settings (``page`` is the live page, which is always there).
    reasons
        Why this person is told, each a Chinese sentence; one notice carries them all.
    acknowledge_by
        When somebody else is told unless the post has acknowledged; ``None`` asks for no answer.
    whistle_id
        Of a whistle, else ``None``.
    """

    alert_id: int
    move: int
    kind: NoticeKind
    level: str
    post: str
    person: str
    duty: str
    channel: str
    reasons: tuple[str, ...]
    acknowledge_by: datetime | None = None
    whistle_id: int | None = None

    @property
    def key(self) -> str:
        """The idempotency key: the same message to the same person by the same channel.

        Examples
        --------
        >>> Notice(7, 3, NoticeKind.RAISE, "red", "值班室", "wang", "应急", "sms", ("燃气",)).key
        'alert/7/3/raise/wang/sms'
        """
        about = (
            f"alert/{self.alert_id}" if self.whistle_id is None else f"whistle/{self.whistle_id}"
        )
        whom = self.person or f"post:{self.post}"
        return f"{about}/{self.move}/{self.kind}/{whom}/{self.channel}"
