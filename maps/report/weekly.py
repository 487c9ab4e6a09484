"""The body of 周分析: one theme of the week, where it is and how it has changed."""

import numpy as np
import pandas as pd

from hotspots.concentration import places_for
from maps.report.drawing import bars, choropleth
from maps.report.facts import Facts, Theme, topic_name, with_units
from maps.report.figures import Change, Count, Share
from maps.report.paper import Block, Heading, Paragraph, Picture
from maps.report.phrases import totals_words
from maps.report.tables import counted_places, sure_words, topics_table


def week_blocks(facts: Facts) -> list[Block]:
    """Write the week as a whole, then its theme by topic, street and community.

    Raises
    ------
    ValueError
        The facts have no theme.
    """
    theme = facts.theme
    if theme is None:
        raise ValueError("the facts of a week have a theme")
    streets = with_units(theme.places["street"], facts.units, "street")
    communities = with_units(theme.places["community"], facts.units, "community")
    drawn = choropleth(facts.units[facts.units["level"] == "street"], theme.places["street"])
    name = topic_name(theme.class_code)
    days = theme.days["local_day"].tolist()
    return [
        Heading("一、总体情况"),
        Paragraph(totals_words(facts)),
        topics_table(facts),
        Heading(f"二、本周主题：{name}"),
        Paragraph(_theme_words(facts, theme)),
        Picture(f"“{name}”逐日受理量（件）", bars(days, theme.days["n"].tolist())),
        Heading("三、包含哪些诉求"),
        topics_table(facts, within=theme.class_code),
        Heading("四、集中在哪些街乡镇"),
        counted_places(facts, streets, "街乡镇", top=10),
        *([] if drawn is None else [Picture(f"“{name}”街乡镇分布（属地口径，件）", drawn)]),
        Heading("五、集中在哪些社区（村）"),
        Paragraph(_half_words(communities, name)),
        counted_places(facts, communities, "社区（村）", top=10),
    ]


def _theme_words(facts: Facts, theme: Theme) -> str:
    code = facts.topics["class_code"]
    mine = facts.topics[(code == theme.class_code) | code.str.startswith(f"{theme.class_code}/")]
    sums = mine.drop(columns="class_code").sum()
    now = int(sums["this"])
    share = Share(now, facts.received() or 0)
    text = f"“{theme.class_code}”受理{Count(now).text}件，占全部诉求的{share.text}"
    if "previous" not in sums.index:
        return text + "；没有上周数据，不作比较。"
    before = int(sums["previous"])
    sure = sure_words(pd.DataFrame({"this": [now], "previous": [before]}), "previous")[0]
    whole = Change(facts.received() or 0, facts.received("previous"))
    said = "" if sure == "—" else f"，{sure}"
    return text + f"，环比{Change(now, before).words}{said}；同期全部诉求环比{whole.words}。"


def _half_words(communities: pd.DataFrame, name: str) -> str:
    counts = communities["this"].to_numpy(np.int64)
    if not counts.sum():
        return f"“{name}”没有诉求落到社区（村）。"
    few = places_for(counts)
    return f"全部{len(counts)}个社区（村）中，{few}个集中了落到社区（村）的“{name}”诉求的一半。"
