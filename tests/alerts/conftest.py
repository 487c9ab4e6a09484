"""A small stream of appeals with nothing in it, to which a test adds what it needs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from alerts.lexicon.read import read_lexicon
from alerts.sensitive import SensitiveWatch
from alerts.watch import Context
from geo.cells import cell, disk

ZONE = ZoneInfo("Asia/Shanghai")
CLASSES = [f"大{i}/中{i}{j}/小{i}{j}{k}" for i in range(6) for j in range(2) for k in range(2)]
FIRST_DAY = date(2026, 3, 2)
APART = [cell(115.0 + 0.15 * i, 39.9, 8) for i in range(20)]
_BESIDE = [one for one in disk(APART[9], 1) if one != APART[9]]
CELLS = [*APART[:8], _BESIDE[0], APART[9], _BESIDE[1], *APART[11:]]
"""Of two communities each; the three in the middle touch, in two streets."""

MakeDay = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def context() -> Context:
    return Context(
        zone=ZONE,
        name_of=lambda kind, area: f"{kind}{area}",
        nature=lambda day: (False, False),
        learning=lambda code, day: False,
        sensitive=SensitiveWatch(read_lexicon()),
    )


@pytest.fixture(scope="session")
def make_day() -> MakeDay:
    """Give the rows of day ``number``: 40 communities in 4 streets, 300 appeals, 24 classes."""

    def make(
        number: int,
        *,
        extra: list[dict[str, object]] | None = None,
        mean: float = 300.0,
        seed: int = 0,
    ) -> pd.DataFrame:
        rng = np.random.default_rng([seed, number])
        weights = 1.0 / np.arange(1, len(CLASSES) + 1)
        size = int(rng.poisson(mean))
        community = rng.integers(0, 40, size)
        rows = pd.DataFrame(
            {
                "class_code": rng.choice(CLASSES, size, p=weights / weights.sum()),
                "community_id": community,
                "local_hour": rng.integers(8, 22, size),
                "kind": rng.choice(["complaint", "consult", "help"], size, p=[0.5, 0.3, 0.2]),
                "caller_hash": [f"c{c}" for c in rng.integers(0, 10**6, size)],
                "text": [f"第{c}号院的一般问题" for c in community],
                "subject": None,
            }
        )
        if extra:
            plain = {
                "local_hour": 10,
                "kind": "complaint",
                "caller_hash": None,
                "text": "一般问题",
                "subject": None,
            }
            more = pd.DataFrame([plain | one for one in extra])
            rows = pd.concat([rows.astype(object), more.astype(object)], ignore_index=True)
        day = FIRST_DAY + timedelta(days=number)
        community_id = rows["community_id"].astype("Int64")
        hour = rows["local_hour"].astype("Int64")
        ids = number * 10_000 + np.arange(len(rows))
        received = [
            datetime(day.year, day.month, day.day, 0 if pd.isna(h) else int(h), tzinfo=ZONE)
            for h in hour
        ]
        return rows.assign(
            serial=ids,
            appeal_id=ids,
            received_at=[r.astimezone(UTC) for r in received],
            local_day=day,
            local_hour=hour,
            community_id=community_id,
            street_id=community_id // 10 + 100,
            district_id=community_id // 20 + 1000,
            grid_id=pd.array([pd.NA] * len(rows), dtype="Int64"),
            cell_8=np.array(CELLS)[community_id // 2],
            cell_9=community_id + 9000,
            sink=False,
        )

    return make
