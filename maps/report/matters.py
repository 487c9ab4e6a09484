"""The three matters that a leader should know of in the morning."""

from collections.abc import Iterator

from maps.layers import SMALL_BELOW
from maps.report.facts import Facts, topic_name

MOST = 3


def matters(facts: Facts) -> list[str]:
    """Write up to three matters: the gravest alerts, then what was most reported in one street.

    They are matters, never single appeals: a matter of few callers is named by its street, and
    without an alert only what reached five appeals is one.
    """
    found = [*_alerted(facts)][:MOST]
    found += [*_busiest(facts)][: MOST - len(found)]
    if not found:
        return [f"没有发出风险提示，也没有一个街乡镇的同类诉求达到{SMALL_BELOW}件。"]
    return [f"{number}. {text}" for number, text in enumerate(found, 1)]


def _alerted(facts: Facts) -> Iterator[str]:
    for one in facts.alerts.sent:
        yield (
            f"{one['place']}“{one['topic']}”：{one['callers']}人（{one['cases']}件）反映；"
            f"{one['kind']}{one['level']}色提示，{one['state']}。"
        )


def _busiest(facts: Facts) -> Iterator[str]:
    names = dict(zip(facts.units["unit_id"], facts.units["name"], strict=True))
    told = {(one["place"], one["topic"]) for one in facts.alerts.sent}
    order = facts.matters.sort_values(["n", "class_code", "area"], ascending=[False, True, True])
    for row in order[order["n"] >= SMALL_BELOW].head(4 * MOST).to_dict("records"):
        place = str(names.get(row["area"], ""))
        topic = topic_name(row["class_code"])
        if place and (place, topic.split("·")[-1]) not in told:
            yield f"{place}“{topic}”：{row['n']}件，为当日同一街乡镇同类诉求较多者。"
