"""Measured beside the named peer in the same run, as ratios; ``wangge bench`` runs them.

A benchmark is one module (or package) here with ``SUMMARY``, ``add_arguments`` and ``run``.
"""
