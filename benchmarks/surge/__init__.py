"""Surges in made-up series whose truth is known: ``wangge bench surge``."""

from benchmarks.surge.run import SUMMARY, add_arguments, run

__all__ = ["SUMMARY", "add_arguments", "run"]
