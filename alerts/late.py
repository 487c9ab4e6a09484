"""What late appeals say, told as if they had come on time.

Their counts enter with the ring, which is read again from the rows; a sensitive appeal must be told
however late it comes. It is judged with all that was known of its day: a family that waits for so
many callers counts it together with those on time, and what is told grows by it and never shrinks.
"""

from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.columns import Columns
from alerts.episode import Episode, gather
from alerts.find_sensitive import find_sensitive
from alerts.keys import AREA_KINDS, KeyTable, Watched
from alerts.observe import join, rows_of
from alerts.recent import WINDOWS_H
from alerts.watch import Context

AROUND = (-1, 0, 1)
"""Days whose rows are needed, from that of a late appeal on: its windows end on it or the next."""

_COMMUNITY = AREA_KINDS.index("community")
_NO_SUBJECTS = Watched({"subject": ()})


def grave(appeals: Columns, context: Context) -> Columns:
    """Leave out the appeals whose words tell nothing."""
    tells = [context.sensitive.tells(text) for text in appeals.text]
    return appeals.take(np.array(tells, np.bool_))


def find_late(late: npt.NDArray[np.int64], appeals: Columns, context: Context) -> list[Episode]:
    """Run through the days on which late appeals stand in a window, for their words alone.

    Parameters
    ----------
    late
        Numbers of the late appeals, shape (n,).
    appeals
        All of the days :data:`AROUND` theirs, the late ones among them.
    context
        Names, calendar and the list of terms.

    Returns
    -------
    list[Episode]
        Those in which a late appeal stands.
    """
    keys = KeyTable()  # of its own: of words nothing is counted
    days = sorted(set(appeals.day))
    rows = join(
        [rows_of(d, appeals.take(appeals.day == d), keys, watched=_NO_SUBJECTS) for d in days]
    )
    own = rows.take(np.isin(rows.appeal_id, late))
    ends = np.unique(own.number // 24)
    # What is told of them is told of their communities.
    near = np.isin(rows.area[:, _COMMUNITY], own.area[:, _COMMUNITY])
    asked = rows.take(near & np.isin(rows.number // 24, np.concatenate([ends, ends + 1])))
    found: list[Episode] = []
    for number in np.unique(asked.number).tolist():
        tick = context.tick_end(date.fromordinal(number // 24), number % 24)
        past = rows.hours(number - WINDOWS_H[-1] + 1, number)
        gather(found, find_sensitive(asked.hours(number, number), past, tick, context))
    return [episode for episode in found if not episode.appeals.isdisjoint(late.tolist())]
