"""Times as offices write them: read into a UTC instant that remembers how exact it was."""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from appeals.errors import InputError
from appeals.record import Precision

_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"(?:(?:\s*T\s*|\s*,?\s*)(?P<half>上午|下午|凌晨|[AP]M)?\s*"
    r"(?P<hour>\d{1,2})\s*(?:[时点:]|$)\s*"
    r"(?:(?P<minute>\d{1,2})\s*(?:[分:]|(?=[\sZ+-]|[AP]M|\.\d|$))\s*"
    r"(?:(?P<second>\d{1,2})(?:[.,](?P<part>\d{1,9}))?\s*秒?)?)?"
    r"\s*(?P<after>[AP]M)?\s*(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T ]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?"
    r"(?P<offset>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
# The plain ISO forms by their length: 2024-01-01, 2024-01-01 08:05, 2024-01-01 08:05:00.
_PLAIN = {10: Precision.DAY, 16: Precision.MINUTE, 19: Precision.SECOND}
_BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DAY_FIRST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b.*")
_NO_DAY = re.compile(r"\d{1,2}[:时]\d{1,2}.*")
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  a serial names no zone
_SERIALS = (32_874.0, 73_051.0)  # the years 1990 to 2099


class NumberCell(str):
    """The text of a number cell of a workbook, where a bare number may be a day's serial."""

    __slots__ = ()


def parse_time(text: str, zone: ZoneInfo) -> tuple[datetime, Precision]:
    """Read a time as written and give the UTC instant and how exact it is.

    Known are ISO 8601, the forms with ``-``, ``/``, ``.`` or 年月日 (year first), 8, 12 or 14
    digits without marks, and in workbooks Excel's serial days. Full-width digits are as good as
    others. A day alone is its first instant, with precision ``DAY``; an hour alone or a minute is
    ``MINUTE``. 24:00 is the next day's 0:00.

    A time without an offset is in ``zone``. Where the clocks were set back and the time came
    twice, the first is meant; where they were set forward and it never came, it is moved on by the
    gap.

    Parameters
    ----------
    text
        As it stands in the file; a bare number is a time only as a :class:`NumberCell`.
    zone
        Of a time without an offset.

    Raises
    ------
    InputError
        It is no time, or its order is unclear (``1/2/2024``); the message does not quote it.

    Examples
    --------
    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> moment, precision = parse_time("2024年1月1日 8时5分", shanghai)
    >>> moment.isoformat(), precision.value
    ('2024-01-01T00:05:00+00:00', 'minute')
    >>> parse_time("2024/1/1", shanghai)[1].value
    'day'
    """
    known = _PLAIN.get(len(text))
    if known is not None and text[4] == "-" and text.isascii():
        # By far the most rows: the standard library reads them ten times faster.
        with suppress(ValueError, OverflowError):
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                return moment.replace(tzinfo=zone).astimezone(UTC), known
    try:
        moment, precision = _read(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC), precision
    except OverflowError as error:
        raise InputError("lies outside the years that can be kept") from error


def _read(text: str) -> tuple[datetime, Precision]:
    serial = isinstance(text, NumberCell)
    text = unicodedata.normalize("NFKC", text).strip()
    if serial and _BARE_NUMBER.fullmatch(text) and _SERIALS[0] <= float(text) < _SERIALS[1]:
        seconds = round(float(text) * 86_400)
        whole = float(text).is_integer()
        moment = _SERIAL_ZERO + timedelta(seconds=seconds)
        return moment, Precision.DAY if whole else Precision.SECOND
    match = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise InputError(_why_not(text))
    found = match.groupdict()
    try:
        return _compose(found)
    except ValueError as error:
        raise InputError("is no such day or time of day") from error


def _compose(found: dict[str, str | None]) -> tuple[datetime, Precision]:
    day = datetime(int(found["year"] or 0), int(found["month"] or 0), int(found["day"] or 0))  # noqa: DTZ001
    if found["hour"] is None:
        return day, Precision.DAY
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    second, part = int(found["second"] or 0), (found.get("part") or "")[:6].ljust(6, "0")
    half = (found.get("half") or found.get("after") or "").upper()
    if half in ("下午", "PM") and hour < 12:
        hour += 12
    elif half in ("上午", "凌晨", "AM") and hour == 12:
        hour = 0
    next_day = hour == 24 and minute == second == 0
    moment = day.replace(
        hour=0 if next_day else hour, minute=minute, second=second, microsecond=int(part)
    )
    if next_day:
        moment += timedelta(days=1)
    precision = Precision.MINUTE if found["second"] is None else Precision.SECOND
    offset = (found["offset"] or "").upper()
    if offset in ("Z", "UTC", "GMT"):
        moment = moment.replace(tzinfo=UTC)
    elif offset:
        digits = offset[1:].replace(":", "").ljust(4, "0")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        moment = moment.replace(tzinfo=timezone(-ahead if offset[0] == "-" else ahead))
    return moment, precision


def _why_not(text: str) -> str:
    if _BARE_NUMBER.fullmatch(text):
        return (
            "is a bare number, not a time (a spreadsheet's day?): format the column as a date and "
            "export again, as 2024-01-01 08:05:00"
        )
    if _NO_DAY.fullmatch(text):
        return "names no day: write it as 2024-01-01 08:05:00"
    if _DAY_FIRST.fullmatch(text):
        return "names day and month in an unclear order: write the year first, 2024-01-01 08:05:00"
    return "is not a time: write it as 2024-01-01 08:05:00"


def local_day_hour(utc: datetime, precision: Precision, zone: ZoneInfo) -> tuple[date, int | None]:
    """Give the local day and hour (0-23) of an instant, no hour where only the day is known.

    Parameters
    ----------
    utc
        An aware instant.
    precision
        How exact it is; ``DAY`` counts into its day and never into hour 0.
    zone
        Whose days and hours.

    >>> moment = datetime(2024, 1, 1, 16, 30, tzinfo=UTC)
    >>> local_day_hour(moment, Precision.SECOND, ZoneInfo("Asia/Shanghai"))
    (datetime.date(2024, 1, 2), 0)
    """
    local = utc.astimezone(zone)
    return local.date(), None if precision is Precision.DAY else local.hour
