"""Which theme a weekly analysis is about."""

import numpy as np
import pandas as pd

from appeals.errors import InputError
from hotspots.rates import growth


def choose_theme(topics: pd.DataFrame, asked: str | None = None) -> str:
    """Give the class that a report is about.

    Without one that is asked for, it is the class of the second level that has surely grown most
    against the period before (by the lower end of the interval of its growth), and where none has
    surely grown, the busiest.

    Parameters
    ----------
    topics
        ``class_code`` and appeals by span.
    asked
        A class; those below it belong to it.

    Raises
    ------
    InputError
        No appeal of the period is of the class asked for.

    Examples
    --------
    >>> topics = pd.DataFrame({"class_code": ["噪声/施工/夜间", "噪声/施工/白天", "停车/违停"],
    ...                        "this": [60, 30, 200], "previous": [20, 20, 190]})
    >>> choose_theme(topics), choose_theme(topics[["class_code", "this"]])
    ('噪声/施工', '停车/违停')
    """
    if asked is not None:
        code = topics["class_code"]
        mine = (code == asked) | code.str.startswith(f"{asked}/")
        if not topics.loc[mine, "this"].sum():
            busiest = ", ".join(_second_level(topics)["this"].nlargest(3).index)
            raise InputError(
                f"theme: no appeal of the period is of this class; the busiest are {busiest}"
            )
        return asked
    sums = _second_level(topics)
    now = sums["this"].to_numpy(np.int64)
    if "previous" in sums.columns:
        grown = growth(now, sums["previous"].to_numpy(np.int64)).low
        if np.nanmax(grown, initial=0.0) > 0:
            return str(sums.index[int(np.nanargmax(grown))])
    return str(sums.index[int(now.argmax())])


def _second_level(topics: pd.DataFrame) -> pd.DataFrame:
    second = topics["class_code"].str.split("/").str[:2].str.join("/")
    return topics.drop(columns="class_code").groupby(second, sort=True).sum()
