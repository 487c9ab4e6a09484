# ruff: noqa: RUF001 -- the marks of redaction
"""Arrivals that tests of the stores append."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime

import sqlalchemy as sa

from appeals.database import Connection, Engine, reading, writing
from appeals.privacy import Role, Viewer
from appeals.record import Answer, Appeal, Arrival, Kind, Personal, Pin, Precision
from appeals.seals import KeyRing
from appeals.store import (
    Outcome,
    append,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DESK = Viewer("desk", Role.OPERATOR)
SECRETS = ("王小明", "13800001234", "11010519491231002X", "501室")


def arrival(
    source_id: str = "A1",
    *,
    row: int = 1,
    source: str = "12345",
    class_code: str = "房屋/漏水",
    day: date = date(2026, 3, 1),
    status: str | None = None,
) -> Arrival:
    return Arrival(
        row,
        Appeal(
            source=source,
            source_id=source_id,
            received_at=datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC),
            received_precision=Precision.MINUTE,
            local_day=day,
            local_hour=9,
            kind=Kind.COMPLAINT,
            class_code=class_code,
            status=status,
            solved=Answer.NO,
            direct=False,
            text="我叫〔姓名〕，电话〔电话〕，3号楼〔门牌〕漏水",
            address="幸福里3号楼",
            pin=Pin(116.4, 39.9, "gcj02"),
        ),
        Personal(
            name="王小明",
            phone="13800001234",
            id_number="11010519491231002X",
            address="幸福里3号楼501室",
            text="我叫王小明，电话13800001234，3号楼501室漏水",
        ),
    )


def put(
    engine: Engine, ring: KeyRing, arrivals: Sequence[Arrival], now: datetime = NOW
) -> list[Outcome]:
    with writing(engine) as connection:
        return append(connection, arrivals, ring=ring, now=now, who="ingest")


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """A transaction that ends in an error."""
    with suppress(RuntimeError), writing(engine) as connection:
        yield connection
        raise RuntimeError


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.outcome for outcome in outcomes]


def count(engine: Engine, table: sa.Table) -> int:
    with reading(engine) as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
