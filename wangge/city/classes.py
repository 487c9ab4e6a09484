"""The classes of the hotline: their tree, how often each is called about, and in which words."""

import csv
from dataclasses import dataclass
from importlib.resources import files

KINDS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")

# 性质 of a class: shares of 求助, 投诉, 举报, 建议, 表扬 among what is not 咨询.
_SHARES = {
    "投": (0.12, 0.70, 0.12, 0.06, 0.0),
    "求": (0.72, 0.20, 0.03, 0.05, 0.0),
    "举": (0.06, 0.34, 0.58, 0.02, 0.0),
    "建": (0.25, 0.22, 0.02, 0.51, 0.0),
    "扬": (0.0, 0.0, 0.0, 0.0, 1.0),
}

PER_DAY = 940.0  # of an ordinary day; holidays bring the mean down to about 900
CONSULT_SHARE = 0.38


@dataclass(frozen=True, slots=True)
class Leaf:
    """One class of level 3.

    ``per_day`` and ``consult_per_day`` are appeals a mean day of the whole city (without and with
    the kind 咨询); ``rhythm`` is 日, 夜, 晨, 办 or 晚; ``place`` is 小区, 道路 or 店铺.
    ``shares`` are of 求助, 投诉, 举报, 建议, 表扬.
    """

    code: str
    per_day: float
    consult_per_day: float
    shares: tuple[float, ...]
    rhythm: str
    place: str
    matters: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def upper(self) -> str:
        """Code of the class of level 2."""
        return self.code.rpartition("/")[0]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("wangge.city").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _code(row: dict[str, str]) -> str:
    return "/".join(row[level] for level in ("一级", "二级", "三级"))


def read_leaves() -> tuple[Leaf, ...]:
    """Read all classes of level 3, those with a rate first; scaled to about 900 appeals a day.

    Classes that only the first-time issues and the sensitive appeals use come last, with no rate.
    """
    rows = _rows("classes.csv")
    scale = (1 - CONSULT_SHARE) * PER_DAY / sum(float(row["诉求"]) for row in rows)
    scale_consult = CONSULT_SHARE * PER_DAY / sum(float(row["咨询"]) for row in rows)
    leaves = {
        _code(row): Leaf(
            code=_code(row),
            per_day=float(row["诉求"]) * scale,
            consult_per_day=float(row["咨询"]) * scale_consult,
            shares=_SHARES[row["性质"]],
            rhythm=row["时段"],
            place=row["处所"],
            matters=tuple(row["说法"].split("|")),
            questions=tuple(row["问法"].split("|")) if row["问法"] else (),
        )
        for row in rows
    }
    for name, kind in (("first_time.csv", "投"), ("sensitive.csv", "求")):
        for row in _rows(name):
            silent = Leaf(_code(row), 0.0, 0.0, _SHARES[kind], "日", "道路", (), ())
            leaves.setdefault(silent.code, silent)
    return tuple(leaves.values())


@dataclass(frozen=True, slots=True)
class Wording:
    """Words of a planted appeal: its family, its class and its texts ({地点} is filled in)."""

    family: str
    class_code: str
    texts: tuple[str, ...]


def read_first_times() -> tuple[Wording, ...]:
    """Read the first-time issues: each a class without history, in four or five wordings."""
    return tuple(
        Wording("首次", _code(row), tuple(row["说法"].split("|")))
        for row in _rows("first_time.csv")
    )


def read_sensitive() -> tuple[Wording, ...]:
    """Read the appeals that must be raised by their words."""
    return tuple(Wording(row["类别"], _code(row), (row["说法"],)) for row in _rows("sensitive.csv"))


def read_lookalikes() -> tuple[Wording, ...]:
    """Read the appeals that only look sensitive."""
    return tuple(
        Wording(row["类别"], _code(row), (row["说法"],)) for row in _rows("lookalikes.csv")
    )
