"""Every command by name: the module that holds it, and its line of help.

The libraries of all commands together take seconds to load, and each command needs few of them: by
this table a module is loaded when one of its commands is asked for, and not before.
"""

from collections.abc import Mapping
from types import MappingProxyType

# By module of wangge.commands its commands, each with what it is for, in the order of the help.
MODULES: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "setup": {
        "init": "settings file and empty database",
        "upgrade": "bring the schema to this version",
    },
    "units": {"units": "boundaries of districts, streets, communities, grids"},
    "places": {
        "gazetteer": "named places and door plates",
        "locate": "where address texts are (落点)",
        "place": "whose a point is (落图)",
    },
    "appeals": {"ingest": "take in files of appeals"},
    "placing": {
        "appeals": "where single appeals lie",
        "aliases": "names that people taught",
    },
    "watch": {"watch": "follow new appeals, raise alerts"},
    "spark": {"spark": "the watch with its closed days in Spark"},
    "backtest": {"backtest": "replay stored appeals through the detectors"},
    "alerts": {"alerts": "the alert desk on a terminal"},
    "duty": {"duty": "posts and rosters (值班)"},
    "lexicon": {"lexicon": "the list of sensitive terms"},
    "maps": {"hotspots": "places ranked for a month (热点)"},
    "export": {"export": "a layer as a file"},
    "views": {"views": "views in PostGIS that QGIS opens directly"},
    "share": {"share": "layers for another city by a signed agreement"},
    "reports": {"report": "reports as docx, xlsx, pdf or html (日报告…年体检)"},
    "results": {"results": "what came of a platform's orders, for it to read"},
    "send": {
        "send": "speak by the channels, from here",
        "relay": "speak by the channels from a border host, which only pulls",
    },
    "service": {
        "serve": "the pages and the API",
        "doctor": "what is wrong with this installation",
        "dump": "the content as sorted JSON lines",
    },
    "people": {"users": "people, their roles, areas and duties"},
    "tokens": {"tokens": "tokens by which machines come in"},
    "unmasking": {
        "unmask": "open personal fields of an appeal, with a reason",
        "keys": "the keys that seal personal fields",
    },
    "audit": {"audit": "what people did, as a chain"},
    "reference": {
        "classes": "the class tree (问题分类)",
        "calendar": "holidays, make-up days and lunar dates",
    },
    "demo": {"demo": "a made-up city, watched and served"},
    "bench": {"bench": "the product's own benchmarks, as ratios"},
})  # fmt: skip

SUMMARIES: Mapping[str, str] = MappingProxyType(
    {name: line for commands in MODULES.values() for name, line in commands.items()}
)
