"""A small city of two weeks, brought in as appeals come, and papers made of it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from alerts.store import ALERTS
from appeals.database import Connection
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries, move_counts
from hotspots.periods import Reckoning, Step
from maps.report.facts import Facts
from maps.report.gather import gather
from tests.grids.town import FIRST, bring_town, version

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 4, 1, 8, 0, 0, 123456, tzinfo=ZONE)
MONDAY = date(2024, 2, 26)
VIEWER = Viewer("test", Role.OPERATOR)
PLANTED = ("欧阳惠兰", "13987654321", "样板路5号3单元1202室")
_CLASSES = ("噪声/施工/夜间", "噪声/施工/白天", "停车/违停/路侧")
_SPOTS = ((111.005, 30.005), (111.015, 30.005), (111.005, 30.015), (112.0, 31.0))


def bring_fortnight(connection: Connection) -> None:
    """Two weeks from a Monday: more and more of one class, some dispatched and rated."""
    bring_town(connection)
    units = load_boundaries(connection, FIRST)
    sent = [units.named("street", name) for name in ("左街道", "右街道")]
    serials = []
    for day in range(14):
        for number in range(4 + day // 2):
            dispatched = number % 3 != 2
            lon, lat = _SPOTS[number % 4]
            solved = "yes" if number % 5 else "no"
            serial, _ = version(
                connection,
                f"{day}-{number}",
                lon=lon,
                lat=lat,
                day=MONDAY + timedelta(days=day),
                hour=(7 * number + day) % 24 if number % 7 else None,
                class_code=_CLASSES[number % 3 if day < 7 else number % 2],
                sent=sent[number % 2] if dispatched else None,
                address=PLANTED[2],
                caller=PLANTED[0] + PLANTED[1],
                units=units,
                **(
                    {"direct": False, "contacted": "yes", "solved": solved, "satisfied": "unrated",
                     "excluded": number % 8 == 3}
                    if dispatched
                    else {"direct": True}
                ),
            )  # fmt: skip
            serials.append(serial)
    move_counts(connection, [], serials)
    community = units.named("community", "右社区")
    opened = datetime(2024, 3, 6, 9, 0, tzinfo=ZONE)
    for callers, kind, level in ((1, "sensitive", "orange"), (9, "surge", "yellow")):
        connection.execute(
            sa.insert(ALERTS).values(
                kind=kind, level=level, state="detected", area_kind="community", area=community,
                class_code="噪声/施工/夜间", opened_at=opened, newest_at=opened, cases=callers,
                callers=callers, historical=False, headline="右社区", reason=PLANTED[0],
                detail='{"named": "右社区", "keys": []}',
            )
        )  # fmt: skip


def facts(
    connection: Connection,
    step: Step,
    day: date,
    *,
    cut_off_hour: int = 0,
    theme: str | None = None,
) -> Facts:
    """Read the facts of one period as the command does."""
    return gather(
        connection, VIEWER, step, day, Reckoning(cut_off_hour=cut_off_hour),
        office="样板市", now=NOW, theme=theme,
    )  # fmt: skip
