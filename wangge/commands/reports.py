"""``wangge report``: 日报告, 周分析, 月通报, 年体检 as files."""

import argparse
from datetime import timedelta
from pathlib import Path
from typing import get_args

from appeals.database import reading
from appeals.privacy import Role, Viewer
from hotspots.periods import Step
from maps.office import Office
from maps.report.gather import gather
from maps.report.papers import paper_of
from maps.report.spans import NAMES
from maps.report.write import check_target, write_report, write_template
from wangge.arguments import Commands, add_command, add_family, add_site_command, day
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "report")
    for step in get_args(Step):
        one = add_site_command(family, shared, step, _report, f"{NAMES[step]} of the {step}")
        one.set_defaults(step=step, theme=None)
        one.add_argument(
            "--date", type=day, metavar="D", help="a day in the period; yesterday without it"
        )
        _output(one)
        one.add_argument("--template", type=Path, metavar="FILE", help="the office's own .docx")
        if step == "week":
            one.add_argument("--theme", metavar="C", help="a class and those below it")
    _output(add_command(family, shared, "template", _template, "the Word template, to be changed"))


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", dest="output", type=Path, metavar="FILE", required=True,
        help="its ending is the form",
    )  # fmt: skip


def _report(arguments: argparse.Namespace, site: Site) -> Answer:
    check_target(arguments.output, arguments.template)
    settings = site.settings
    office = Office.of(settings.period, settings.jurisdiction.time_zone)
    with reading(site.engine) as connection:
        facts = gather(
            connection,
            _VIEWER,
            arguments.step,
            arguments.date or today(site) - timedelta(days=1),
            office.reckoning,
            office=settings.jurisdiction.name,
            now=wall_clock().astimezone(site.zone),
            demo=settings.demo,
            theme=arguments.theme,
        )
    write_report(paper_of(facts), arguments.output, arguments.template)
    this = facts.spans.this
    data = {
        "report": arguments.step,
        "file": arguments.output,
        "first_day": this.first,
        "last_day": this.last,
        "running": facts.spans.running,
        "received": facts.received(),
        "theme": None if facts.theme is None else facts.theme.class_code,
    }
    running = ", still running" if facts.spans.running else ""
    span = f"{this.first} to {this.last}{running}: received (受理量) {facts.received()}"
    return Answer(data, [span, f"{NAMES[arguments.step]} in {arguments.output}"])


def _template(arguments: argparse.Namespace) -> Answer:
    write_template(arguments.output)
    return Answer({"file": arguments.output}, [f"the template is in {arguments.output}"])
