"""``wangge spark``: the watch, its closed days looked through side by side in Spark."""

import argparse

from wangge.arguments import Commands, add_family, add_site_command
from wangge.commands.watch import watched
from wangge.site import Site
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "spark")
    backfill = add_site_command(
        family, shared, "backfill", _backfill, "run to the end of what is there, however many years"
    )
    watch = add_site_command(
        family, shared, "watch", _watch, "follow new appeals; days that are over go to Spark"
    )
    for command in (backfill, watch):
        command.add_argument(
            "--master", help="address of the cluster; without it all cores of this machine"
        )


def _backfill(arguments: argparse.Namespace, site: Site) -> Answer:
    return _run(arguments, site, once=True)


def _watch(arguments: argparse.Namespace, site: Site) -> Answer:
    return _run(arguments, site, once=False)


def _run(arguments: argparse.Namespace, site: Site, *, once: bool) -> Answer:
    from wangge.spark import SparkDays, start_spark  # the watch's libraries are heavy

    spark = start_spark(arguments.master)
    try:
        return watched(site, once=once, find=SparkDays(spark, site))
    finally:
        spark.stop()
