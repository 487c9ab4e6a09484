"""``wangge backtest``: what the detectors would have raised, and what a change would do."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alerts.replays.store import keep_replay
from appeals.database import reading, writing
from appeals.errors import InputError
from wangge.arguments import Commands, add_site_command, count, day
from wangge.city.truth import Truth, read_truth
from wangge.settings import Settings
from wangge.site import Site, wall_clock
from wangge.terminal import Answer, as_json, progress_bar


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    test = add_site_command(commands, shared, "backtest", _backtest)
    test.add_argument("--from", dest="first", type=day, required=True, metavar="DATE")
    test.add_argument("--to", dest="last", type=day, required=True, metavar="DATE")
    test.add_argument("--truth", type=Path, metavar="FILE", help="what is known to have happened")
    test.add_argument("--lexicon", type=Path, metavar="FILE", help="try this list of terms")
    test.add_argument("--false-share", type=float, metavar="Q", help="try this false share")
    test.add_argument("--learning-days", type=count, metavar="N", help="try this learning time")


def _backtest(arguments: argparse.Namespace, site: Site) -> Answer:
    truth = read_truth(arguments.truth) if arguments.truth else None
    as_set = _run(arguments, site, site.settings, truth)
    changed = _changed(arguments, site.settings)
    data: dict[str, Any] = {"from": arguments.first, "to": arguments.last, "as_set": as_set}
    lines = [f"{arguments.first} to {arguments.last}, as set", *_lines(as_set)]
    if changed is not None:
        data["changed"] = _run(arguments, site, changed, truth)
        lines += ["", "with the change", *_lines(data["changed"])]
    with writing(site.engine) as connection:
        keep_replay(connection, as_json(data), wall_clock())
    lines.append("kept for the page /alerts/backtest")
    return Answer(data, lines)


def _changed(arguments: argparse.Namespace, settings: Settings) -> Settings | None:
    tried = {
        "lexicon": arguments.lexicon,
        "false_share": arguments.false_share,
        "learning_days": arguments.learning_days,
    }
    tried = {name: value for name, value in tried.items() if value is not None}
    if not tried:
        return None
    if not 0 < tried.get("false_share", 0.5) < 1:
        raise InputError("--false-share: a share lies between 0 and 1")
    return settings.model_copy(update={"alerts": settings.alerts.model_copy(update=tried)})


def _run(
    arguments: argparse.Namespace,
    site: Site,
    settings: Settings,
    truth: Truth | None,
) -> Mapping[str, Any]:
    # river and scipy are heavy: only where they are needed
    from wangge.backtest import counted, judged, otherwise, table
    from wangge.replay import replay

    with reading(site.engine) as connection:
        run = replay(connection, settings, arguments.first, arguments.last, progress_bar("days"))
        alerts = table(connection, run, run.decide())
        found = counted(run, alerts) | otherwise(connection, run)
    told = alerts[alerts["aside"].isna()]
    return found | (judged(run, told, truth) if truth is not None else {})


def _counts(found: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {n}" for name, n in found.items())


def _verdicts(one: Mapping[str, Any]) -> str:
    counts = f"{one['true']} {one['false']} {one['known']} {one['unjudged']}"
    if one["precision"] is None:
        return counts
    low, high = one["between"]
    return f"{counts}, true {one['precision']:.0%} [{low:.0%}, {high:.0%}]"


def _other(one: Mapping[str, Any]) -> str:
    a_day = f"{one['told_per_day']:.2f}, {one['over_budget_per_day']:.2f} over the budget"
    return f"{a_day}; {_verdicts(one)}" + (" (as set)" if one["set"] else "")


def _lines(found: Mapping[str, Any]) -> list[str]:
    per_day = found["per_day"]
    lines = [
        f"alerts {found['alerts']} in {found['days']} days: {per_day['mean']} a day "
        f"(median {per_day['median']:g}, most {per_day['most']})"
    ]
    lines += [
        f"  {one['kind']:<10} {one['level']:<7} {one['n']:>5}  {one['per_day']:>7.2f} a day"
        for one in found["by_kind_and_level"]
    ]
    lines.append("set apart: " + (_counts(found["aside"]) or "none"))
    lines.append("delay from the first appeal to the alert, median hours: ")
    lines[-1] += _counts({one["kind"]: one["median_h"] for one in found["delays"]})
    lines.append("by verdicts of the desk (true, false, known, unjudged)")
    lines += [f"  {one['kind']:<10} {_verdicts(one)}" for one in found["verdicts"]]
    lines.append("told a day at a false share of")
    lines += [f"  {one['false_share']:>5g}: {_other(one)}" for one in found["false_shares"]]
    lines.append("told a day under a budget of")
    lines += [f"  {one['budget']:>5}: {_other(one)}" for one in found["budgets"]]
    if "hits" in found:
        lines.append(f"matching nothing known: {found['false']} ({found['false_per_day']} a day)")
        lines += [
            f"  {one['kind']:<10} {one['found']} of {one['known']} found"
            + (f", median delay {one['median_delay_h']} h" if one["found"] else "")
            for one in found["hits"]
        ]
    return lines
