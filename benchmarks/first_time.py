"""How well new words tell a new matter from an old one, beside MinHash; and what demos found."""

import argparse
import csv
import gzip
import importlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alerts.find_first import NEW_WORDS
from alerts.novelty import RecentTexts
from benchmarks.result import Result, Share

SUMMARY = "first reports: precision on labelled messages beside MinHash, and on made-up cities"

LABELS = Path(__file__).parent / "labels"
_HOURS_TOGETHER = 72.0
_HOURS_KEPT = 60 * 24.0
_FIRST = "first"

Floats = npt.NDArray[np.float64]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where the data lie, and scoreboards of demos."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("WANGGE_EVAL_DATA", "../shared/data")),
        metavar="DIR",
        help="folder that holds appeal-text (WANGGE_EVAL_DATA, else ../shared/data)",
    )
    parser.add_argument(
        "--boards", type=Path, nargs="*", default=[], metavar="FILE", help="of `demo --json`"
    )


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages in the order of time: ids, hours since the first, users and words."""

    ids: list[int]
    hour: Floats
    user: npt.NDArray[np.str_]
    text: list[str]


def read_messages(folder: Path) -> Messages | None:
    """Read the messages; None where they are not here."""
    path = folder / "appeal-text" / "appeals_text_2163.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        rows = [
            (datetime.fromisoformat(r["received_at"]), int(r["id"]), r)
            for r in csv.DictReader(file)
        ]
    rows.sort(key=lambda row: row[:2])
    return Messages(
        [i for _, i, _ in rows],
        np.array([(at - rows[0][0]) / timedelta(hours=1) for at, _, _ in rows]),
        np.array([row["user"] for _, _, row in rows]),
        [f"{row['title']}。{''.join(row['text'].split())}" for _, _, row in rows],
    )


def by_product(messages: Messages) -> Floats:
    """Give the similarity of all messages as the watch has it, shape (n, n)."""
    index = RecentTexts()
    index.add(date(2000, 1, 1), np.arange(len(messages.ids)), messages.text)
    return np.stack([index.similarities(text)[1] for text in messages.text])


def by_minhash(messages: Messages) -> Floats | None:
    """Give the estimated Jaccard similarity of the same pairs and triples; None without rensa."""
    try:
        rensa = importlib.import_module("rensa")  # a peer, in the dependency group bench
    except ImportError:
        return None
    signs: list[list[int]] = []
    for text in messages.text:
        sign = rensa.RMinHash(num_perm=128, seed=1)
        short = text[:120]
        sign.update([short[i : i + k] for k in (2, 3) for i in range(len(short) - k + 1)])
        signs.append(sign.digest())
    digest = np.array(signs)
    return np.stack([np.mean(digest == one, axis=1) for one in digest])


def first_reports(messages: Messages, like: Floats, bound: float) -> list[int]:
    """Give the ids of the messages with which a first report begins.

    The messages carry neither class nor unit, so likeness stands for the class: a message is new
    where nothing of the 60 days before is like it, and is corroborated where another user has
    written something like it, and as new, within 72 hours. One matter is told once.

    Parameters
    ----------
    messages
        In the order of time.
    like
        Similarities, shape (n, n).
    bound
        From which two messages are alike.
    """
    hour, n = messages.hour, len(messages.ids)
    age = hour[:, None] - hour[None, :]
    alike = like >= bound
    old = alike & (age > _HOURS_TOGETHER) & (age <= _HOURS_KEPT)
    new = np.asarray(~old.any(1))
    before = np.tri(n, k=-1, dtype=bool) & (age <= _HOURS_TOGETHER)
    others = np.not_equal(messages.user[:, None], messages.user[None, :])
    group = before & alike & new[:, None] & new[None, :] & others
    matter: dict[int, int] = {}
    for later in np.flatnonzero(group.any(1)).tolist():
        earlier = np.flatnonzero(group[later]).tolist()
        known = next((matter[i] for i in earlier if i in matter), earlier[0])
        matter |= dict.fromkeys([*earlier, later], known)
    return sorted({messages.ids[i] for i in matter.values()})


def _rows(name: str) -> list[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def measured(messages: Messages, like: Floats, bound: float) -> tuple[dict[str, object], list[str]]:
    """Measure a way of telling what is alike: its similarities, shape (n, n), and their bound."""
    labels = {int(row["id"]): row["label"] for row in _rows("appeal_text_first.csv")}
    raised = first_reports(messages, like, bound)
    known = [labels[one] for one in raised if one in labels]
    at = {one: i for i, one in enumerate(messages.ids)}
    pairs = [
        (like[at[int(row["id"])], at[int(row["other"])]] >= bound, row["same"] == "1")
        for row in _rows("appeal_text_pairs.csv")
    ]
    shares = [
        Share("precision of the first reports", sum(k == _FIRST for k in known), len(known)),
        Share(
            "of pairs about one matter, told alike",
            sum(a for a, s in pairs if s),
            sum(s for _, s in pairs),
        ),
        Share(
            "of pairs about two matters, told alike",
            sum(a for a, s in pairs if not s),
            sum(not s for _, s in pairs),
        ),
    ]
    every = 1000 * len(raised) / len(messages.ids)
    data: dict[str, object] = {
        "raised": len(raised),
        "per_1000": every,
        "unlabelled": [one for one in raised if one not in labels],
        **{share.name: share.data() for share in shares},
    }
    lines = [f"  {len(raised)} first reports, {every:.1f} for 1,000 messages"]
    lines += [share.line() for share in shares]
    if len(known) < len(raised):
        lines.append(f"  {len(raised) - len(known)} of them carry no label")
    return data, lines


def pooled(boards: Sequence[Mapping[str, dict[str, int]]]) -> list[Share]:
    """Pool recall and precision of first reports over scoreboards of demos."""
    planted, raised = ([b[name] for b in boards] for name in ("first_time", "first_time_alerts"))
    return [
        Share(
            "recall of planted first reports",
            sum(p["found"] for p in planted),
            sum(p["planted"] for p in planted),
        ),
        Share(
            "precision of first reports",
            sum(r["true"] for r in raised),
            sum(r["raised"] for r in raised),
        ),
    ]


def run(arguments: argparse.Namespace) -> Result:
    """Measure on the messages where they are here, and pool the scoreboards that are given."""
    data: dict[str, object] = {"new_below": NEW_WORDS}
    lines: list[str] = []
    messages = read_messages(arguments.data)
    if messages is None:
        lines.append(f"messages not measured: {arguments.data / 'appeal-text'} is not here")
    ways: dict[str, tuple[Callable[[Messages], Floats | None], float]] = {
        "wangge": (by_product, NEW_WORDS),
        "rensa, MinHash of 128, Jaccard .50": (by_minhash, 0.5),
        "rensa, MinHash of 128, Jaccard .20": (by_minhash, 0.2),
    }
    for name, (way, bound) in ways.items() if messages is not None else ():
        assert messages is not None
        like = way(messages)
        if like is None:
            lines.append(f"{name}: not installed (dependency group bench)")
            continue
        data[name], own = measured(messages, like, bound)
        lines += [name, *own]
    boards = [json.loads(path.read_text(encoding="utf-8")) for path in arguments.boards]
    if boards:
        shares = pooled(boards)
        data["demos"] = {"boards": len(boards), **{share.name: share.data() for share in shares}}
        lines += [f"{len(boards)} made-up cities", *(share.line() for share in shares)]
    return Result(data, lines)
