"""Similar solved cases: who solves a place's topics better, and which remedies of them worked."""

from typing import Final

import numpy as np
import pandas as pd
from scipy import stats

from appeals.database import Connection
from grids.store import unit_versions
from grids.totals.store import handled
from hotspots.governance.parts import LEAST
from hotspots.monthly.store import read_topics
from hotspots.remedies.store import read_remedies
from maps.asking import Question, times_of
from maps.remedies import akin, remedies_of

LEVELS: Final = ("district", "street", "community")
TOPICS: Final = 3
"""Topics of the place that are looked at, the busiest."""

PLACES: Final = 3
"""Places that are named for each of them."""

SURE: Final = 0.95
_WINDOW: Final = 3


def solved_of(
    connection: Connection, asked: Question, code: str, topics: list[str]
) -> dict[str, object]:
    """Tell where the topics of a place are solved, and by what.

    Parameters
    ----------
    asked, code
        The question, and the place of its level.
    topics
        Classes of the place, the busiest first.

    Returns
    -------
    dict
        ``elsewhere``: by topic the place's own 解决率 of three months and the places of its level
        whose rate surely lies above it (派单口径, after 剔除, twenty answers at least);
        ``remedies``: batches of these topics that were followed by 明显下降; ``topics``: topics of
        the month that were brought to their end.
    """
    wanted = topics[:TOPICS]
    elsewhere = _elsewhere(connection, asked, code, wanted) if asked.level in LEVELS else []
    return {
        "elsewhere": elsewhere,
        "remedies": _remedies(connection, asked, wanted),
        "topics": [
            {"month": one.month, "class_code": one.class_code, "lead": one.lead, "plan": one.plan}
            for one in read_topics(connection)
            if one.ended and any(akin(one.class_code, topic) for topic in wanted)
        ],
    }


def _elsewhere(
    connection: Connection, asked: Question, code: str, topics: list[str]
) -> list[dict[str, object]]:
    spans = times_of(connection, asked).months.whole[-_WINDOW:]
    days = spans[0].first, spans[-1].last
    found = handled(
        connection, asked.level, "sent", days, ["area", "class_code"],
        cut_off_hour=asked.office.reckoning.cut_off_hour,
    )  # fmt: skip
    found = found[~found["left_out"] & found["class_code"].isin(topics)]
    versions = unit_versions(connection, asked.level, days[1]).set_index("unit_id")
    units = found["area"].map(versions["code"])
    told = found.assign(code=units, name=found["area"].map(versions["name"]))
    return [_better(told[told["class_code"] == topic], topic, code) for topic in topics]


def _better(rows: pd.DataFrame, topic: str, code: str) -> dict[str, object]:
    """Name the places that surely solve more of a topic than this one."""
    rows = rows.assign(answers=rows["solved_yes"] + rows["solved_no"])
    rows = rows[rows["answers"] >= LEAST]
    mine = rows[rows["code"] == code]
    out: dict[str, object] = {"class_code": topic, "rate": None, "places": []}
    if mine.empty:
        return out
    rate = float(mine["solved_yes"].iloc[0] / mine["answers"].iloc[0])
    yes, no = (rows[f"solved_{said}"].to_numpy(np.float64) for said in ("yes", "no"))
    own_yes, own_no = (float(mine[f"solved_{said}"].iloc[0]) for said in ("yes", "no"))
    # Jeffreys' beta of each rate, their difference taken as normal.
    other, own = stats.beta(yes + 0.5, no + 0.5), stats.beta(own_yes + 0.5, own_no + 0.5)
    apart = (other.mean() - own.mean()) / np.sqrt(other.var() + own.var())
    # As many places are tried, so that chance alone names one in twenty topics.
    better = rows[apart > stats.norm.ppf(1 - (1 - SURE) / len(rows))]
    better = better.assign(rate=better["solved_yes"] / better["answers"])
    better = better.sort_values(["rate", "code"], ascending=[False, True]).head(PLACES)
    names = ["code", "name", "rate"]
    return out | {"rate": round(rate, 3), "places": better[names].round(3).to_dict("records")}


def _remedies(
    connection: Connection, asked: Question, topics: list[str]
) -> list[dict[str, object]]:
    batches = {
        one.batch
        for one in read_remedies(connection)
        if any(akin(one.class_code, topic) for topic in topics)
    }
    if not batches:
        return []
    names = "batch", "level", "category", "what", "places", "trigger_month", "months", "lot"
    found = []
    for one in remedies_of(connection, asked.office, only=batches):
        if one["verdict"] == "fell":
            outcome = one["outcome"]
            seen = outcome if isinstance(outcome, dict) else {}
            said = {name: seen.get(name) for name in ("came", "expected")}
            found.append({name: one[name] for name in names} | said)
    return found
