"""One appeal (诉求) as the product keeps it, apart from the personal fields that are sealed."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """诉求类型: a dimension of every count."""

    CONSULT = "consult"  # 咨询: has its own baseline and raises no alert by default
    HELP = "help"  # 求助
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报
    SUGGESTION = "suggestion"  # 建议
    PRAISE = "praise"  # 表扬
    OTHER = "other"  # 其他, or a word that is none of these


class Precision(StrEnum):
    """How exactly the time of receipt is known."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


class Answer(StrEnum):
    """One answer of the rating call (回访)."""

    YES = "yes"  # 是
    NO = "no"  # 否
    UNRATED = "unrated"  # 未评价


@dataclass(frozen=True, slots=True)
class Pin:
    """The coordinates as the source gave them, before any conversion to another datum.

    ``x`` is east or longitude, ``y`` north or latitude, in the unit of ``datum`` (degrees or
    metres). ``radius_m`` is the accuracy that the source declares, 0 where it declares none.
    """

    x: float
    y: float
    datum: str
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Appeal:
    """One version of one appeal: the open fields.

    Times are UTC instants; ``local_day`` is the day in the jurisdiction's zone and ``local_hour``
    its hour (0-23), ``None`` where the time is known to the day only. ``text`` and ``address`` are
    redacted; the words as they came stand in :class:`Personal`.
    """

    source: str
    source_id: str
    received_at: datetime
    received_precision: Precision
    local_day: date
    local_hour: int | None
    kind: Kind
    class_code: str
    channel: str | None = None  # 来源渠道
    urgency: str | None = None  # 紧急程度
    direct: bool | None = None  # 是否直办
    status: str | None = None
    dispatched_at: datetime | None = None  # 派单时间
    closed_at: datetime | None = None  # 办结时间
    subject: str | None = None  # 被反映主体: never a private person
    text: str = ""  # redacted
    address: str = ""  # 问题发生地址, cut at the building
    district: str | None = None
    street: str | None = None
    community: str | None = None
    sent_to: str | None = None  # 承办单位
    repeat: bool | None = None  # 是否重复
    transferred: str | None = None  # 是否已转接: 110, 119, 120, utility repair
    contacted: Answer | None = None  # 是否联系
    solved: Answer | None = None  # 是否解决
    satisfied: Answer | None = None  # 是否满意
    excluded: bool | None = None  # 是否剔除
    exclusion_reason: str | None = None
    pin: Pin | None = None
    level_of_place: str | None = None  # the level that the source says its coordinates have


@dataclass(frozen=True, slots=True, repr=False)
class Personal:
    """What is sealed: nobody sees it without a reason that is written down.

    The text form names the fields that are there and shows none of them.
    """

    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    caller_address: str | None = None  # 来电人地址
    address: str | None = None  # 问题发生地址 as it came, door and all
    text: str | None = None  # the words as they came

    def __repr__(self) -> str:
        there = [f.name for f in fields(self) if getattr(self, f.name) is not None]
        return f"Personal({', '.join(there)})"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A row that was understood: its number in the file, its open and its personal part.

    ``unread`` names the fields of its handling whose value could not be read and was left empty.
    """

    row: int
    appeal: Appeal
    personal: Personal
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not understood: where, which field, and why. Never the value itself."""

    row: int
    field: str
    reason: str
