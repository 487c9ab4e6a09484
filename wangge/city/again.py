"""The made-up city's last week once more, at the dates of today: so that a demo has a live list.

A past that is always the same can be compared with what was planted in it; what happens now cannot
be planted ahead. Yesterday and today up to this moment have the calls of the made-up city's last
day of the same weekday, a holiday those of its Sunday. What was planted in the whole of that week
happens in the last twenty-four hours, each call at its time of day.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from wangge.city.export import COLUMN, HEADERS, Row
from wangge.city.rhythm import is_holiday

_SUNDAY = 6
_TIME = "%Y-%m-%d %H:%M:%S"
_AFTER_CLOSE = ("办结时间", "是否联系", "是否解决", "是否满意", "是否剔除", "剔除原因")


def again(week: Sequence[Sequence[str]], now: datetime) -> list[Row]:
    """Give the calls of yesterday and today up to this moment, in the order of time.

    Parameters
    ----------
    week
        Rows of the made-up city's last seven days, as :mod:`wangge.city.export` writes them, and at
        the end of each the number of the planted event that it belongs to, or nothing.
    now
        Local time of the city, naive as an export has it.
    """
    today, yesterday = now.date(), now.date() - timedelta(days=1)
    moved = []
    for *row, event in week:
        at = _received(row)
        if event:
            moved.append(_moved(row, today if at.time() <= now.time() else yesterday, now))
            continue
        for day in (yesterday, today):
            if at.weekday() == (_SUNDAY if is_holiday(day) else day.weekday()):
                moved.append(_moved(row, day, now))
    found = sorted((row for row in moved if _received(row) <= now), key=_received)
    numbers: Counter[date] = Counter()
    for row in found:
        day = _received(row).date()
        numbers[day] += 1
        row[COLUMN["工单编号"]] = f"YZ{day:%Y%m%d}{numbers[day]:05d}"
    return found


def _received(row: Sequence[str]) -> datetime:
    return datetime.strptime(row[COLUMN["受理时间"]], _TIME)  # noqa: DTZ007 as an export has it


def _moved(row: Sequence[str], day: date, now: datetime) -> Row:
    """Give a call at another date, with its case as far as it has come by now."""
    later = timedelta(days=(day - _received(row).date()).days)
    own = list(row[: len(HEADERS)])
    for name in ("受理时间", "派单时间", "办结时间"):
        if own[COLUMN[name]]:
            at = datetime.strptime(own[COLUMN[name]], _TIME) + later  # noqa: DTZ007
            own[COLUMN[name]] = f"{at:{_TIME}}" if at <= now or name == "受理时间" else ""
    if not own[COLUMN["办结时间"]]:
        own[COLUMN["工单状态"]] = "办理中"
        for name in _AFTER_CLOSE:
            own[COLUMN[name]] = ""
    return own
