"""How well the list of sensitive terms finds what people judged sensitive, beside plain peers."""

import argparse
import csv
import gzip
import hashlib
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np

from alerts import learner
from alerts.lexicon.read import Lexicon, read_lexicon
from alerts.sensitive import TOLD_FROM, SensitiveWatch
from benchmarks.result import Result, Share

SUMMARY = "sensitive appeals: recall and false prompts on labelled messages, beside plain lists"

LABELS = Path(__file__).parent / "labels"
AIMS = {"recall": 0.9, "false_per_1000": 30.0}
_Z = NormalDist().inv_cdf(0.975)
_BUDGET = 30.0  # of the classifier, for 1,000 appeals

Finds = Callable[[str], bool]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add where the data and the list lie."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(os.environ.get("WANGGE_EVAL_DATA", "../shared/data")),
        metavar="DIR",
        help="folder that holds appeal-text (WANGGE_EVAL_DATA, else ../shared/data)",
    )
    parser.add_argument("--lexicon", type=Path, metavar="FILE", help="measure this list of terms")


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message: its id, words, what two passes and the final reading said of it."""

    id: int
    text: str
    passes: tuple[str, str]
    final: str

    @property
    def severity(self) -> int:
        """0 where nothing sensitive is in it."""
        return severity_of(self.final)

    @property
    def tuned(self) -> bool:
        """Whether it lies in the half on which rules were tuned."""
        return hashlib.sha256(str(self.id).encode()).digest()[0] % 2 == 0


def severity_of(label: str) -> int:
    """Give the severity of a label.

    Examples
    --------
    >>> severity_of("fire_gas:3"), severity_of("none")
    (3, 0)
    """
    return int(label.rpartition(":")[2]) if ":" in label else 0


def read_texts(folder: Path) -> dict[int, str]:
    """Read the messages: title and words by id; empty where they are not here."""
    path = folder / "appeal-text" / "appeals_text_2163.csv.gz"
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return {int(r["id"]): f"{r['title']}。{r['text']}" for r in csv.DictReader(file)}


def read_labels(name: str, texts: dict[int, str]) -> list[Labelled]:
    """Read a file of labels beside this module, joined with the messages."""
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return [
            Labelled(
                int(row["id"]),
                texts[int(row["id"])],
                (row.get("pass1", ""), row.get("pass2", "")),
                row["final"],
            )
            for row in csv.DictReader(file)
        ]


def kappa(pairs: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """Give Cohen's kappa of two readings and its 95 % interval (Cohen 1960).

    Examples
    --------
    The example of Cohen (1960), table 1 in counts of 200, has kappa 0.492:

    >>> table = {"aa": 88, "ab": 14, "ac": 18, "ba": 10, "bb": 40, "bc": 10,
    ...          "ca": 2, "cb": 6, "cc": 12}
    >>> pairs = [(k[0], k[1]) for k, n in table.items() for _ in range(n)]
    >>> round(kappa(pairs)[0], 3)
    0.492
    """
    n = len(pairs)
    agreed = sum(a == b for a, b in pairs) / n
    classes = {label for pair in pairs for label in pair}
    chance = sum(
        sum(a == label for a, _ in pairs) / n * sum(b == label for _, b in pairs) / n
        for label in classes
    )
    value = (agreed - chance) / (1 - chance)
    half = _Z * sqrt(agreed * (1 - agreed) / (n * (1 - chance) ** 2))
    return value, value - half, min(value + half, 1.0)


def shares(rows: Sequence[Labelled], finds: Finds, least: int = TOLD_FROM) -> dict[str, Share]:
    """Give recall of what is at least this severe, and the false among all messages.

    ``baseless`` are the false ones whose words speak of no family at all; the others mention one
    (severity 1).
    """
    found = [row for row in rows if finds(row.text)]

    def among(name: str, asked: Sequence[Labelled], low: int, high: int) -> Share:
        return Share(name, sum(low <= row.severity <= high for row in found), len(asked))

    grave = [row for row in rows if row.severity >= least]
    return {
        "recall": among("recall", grave, least, 3),
        "false": among("false prompts", rows, 0, TOLD_FROM - 1),
        "baseless": among("false prompts about nothing of any family", rows, 0, 0),
    }


def curve(rows: Sequence[Labelled], watch: SensitiveWatch) -> dict[int, dict[str, Share]]:
    """Give the shares by the least severity that a term must keep to be told."""

    def from_(least: int) -> Finds:
        return lambda text: any(hit.severity >= least for hit in watch.hits(text))

    return {
        least: {
            **shares(rows, from_(least)),
            "recall of 3": shares(rows, from_(least), 3)["recall"],
        }
        for least in (1, 2, 3)
    }


def second_reading(rows: Sequence[Labelled]) -> dict[str, Share]:
    """Give what the first reading would be as a detector of the second: the ceiling of any."""
    first, second = (
        np.array([severity_of(row.passes[i]) >= TOLD_FROM for row in rows], np.bool_)
        for i in (0, 1)
    )
    return {
        "recall": Share("recall", int((first & second).sum()), int(second.sum())),
        "false": Share("false prompts", int((first & ~second).sum()), len(rows)),
    }


def peers(lexicon: Lexicon) -> dict[str, Finds]:
    """Give the plain peers: the list's lone words as substrings, and any word of it."""
    lone = {w for f in lexicon.families for t in f.terms if len(t.parts) == 1 for w in t.parts[0]}
    every = {w for f in lexicon.families for t in f.terms for p in t.parts for w in p if len(w) > 1}
    return {
        "substrings: the list's lone words": _any_of(lone),
        "substrings: any word of the list": _any_of(every),
    }


def _any_of(words: set[str]) -> Finds:
    search = re.compile("|".join(map(re.escape, sorted(words)))).search
    return lambda text: search(text) is not None


def missed(rows: Sequence[Labelled], watch: SensitiveWatch) -> list[dict[str, object]]:
    """Explain each miss: id, label and kind of reason; never its words."""
    out: list[dict[str, object]] = []
    for row in rows:
        hits = watch.hits(row.text)
        if row.severity >= TOLD_FROM and not any(h.severity >= TOLD_FROM for h in hits):
            why = f"lowered: {hits[0].lowered_by}" if hits else "no term of the list"
            out.append({"id": row.id, "label": row.final, "why": why})
    return out


def classified(taught: Sequence[Labelled], asked: Sequence[Labelled], told: Finds) -> Share:
    """Give what a classifier taught by labels finds of what the list misses, under its budget."""
    learnt = learner.learn([r.text for r in taught], [r.severity >= TOLD_FROM for r in taught])
    rest = [row for row in asked if not told(row.text)]
    scores = learner.score(learnt, [row.text for row in rest])
    bound = learner.threshold(scores, _BUDGET * len(asked) / 1000, len(rest))
    chosen = learner.choose(scores, bound, round(_BUDGET * len(asked) / 1000))
    grave = np.array([row.severity >= TOLD_FROM for row in rest], np.bool_)
    return Share(
        "of the list's misses, raised as possible", int(grave[chosen].sum()), int(grave.sum())
    )


def run(arguments: argparse.Namespace) -> Result:
    """Measure the list on both halves and on the messages labelled after it was frozen."""
    texts = read_texts(arguments.data)
    if not texts:
        reason = f"not measured: {arguments.data / 'appeal-text'} is not here"
        return Result({"measured": False, "reason": reason}, [reason])
    lexicon = read_lexicon(arguments.lexicon)
    watch = SensitiveWatch(lexicon)

    def told(text: str) -> bool:
        return any(hit.severity >= TOLD_FROM for hit in watch.hits(text))

    rows = read_labels("appeal_text_sensitive.csv", texts)
    sets = {
        "tuned half": [row for row in rows if row.tuned],
        "held-out half": [row for row in rows if not row.tuned],
        **{
            f"labelled later, {path.stem.rpartition('_')[2]}": read_labels(path.name, texts)
            for path in sorted(LABELS.glob("appeal_text_sensitive_*.csv"))
        },
    }
    agreement = _agreement(rows)
    data: dict[str, object] = {
        "measured": True,
        "lexicon": lexicon.version,
        "aims": AIMS,
        "kappa": agreement,
        "speed": _speed(list(texts.values()), watch, lexicon),
    }
    lines = [f"list {lexicon.version}", *_agreement_lines(agreement)]
    for name, chosen in sets.items():
        positives = sum(row.severity >= TOLD_FROM for row in chosen)
        lines.append(f"{name}: {len(chosen)} messages, {positives} sensitive")
        measured: dict[str, object] = {}
        for who, finds in {"wangge": told, **peers(lexicon)}.items():
            own = shares(chosen, finds)
            measured[who] = {key: share.data() for key, share in own.items()}
            lines.append(f"  {who}: false for 1,000 messages {1000 * own['false'].value:.1f}")
            lines += [share.line() for share in own.values()]
        cuts = curve(chosen, watch)
        measured["curve"] = {
            least: {key: share.data() for key, share in at.items()} for least, at in cuts.items()
        }
        lines += [
            f"  told from severity {least}: recall {at['recall'].value:.3f}, of severity 3 "
            f"{at['recall of 3'].k} of {at['recall of 3'].n}, false for 1,000 "
            f"{1000 * at['false'].value:.1f}"
            for least, at in cuts.items()
        ]
        if all(all(row.passes) for row in chosen):
            ceiling = second_reading(chosen)
            measured["second reading"] = {key: share.data() for key, share in ceiling.items()}
            lines.append("  one reading as a detector of the other")
            lines += [share.line() for share in ceiling.values()]
            lines += _agreement_lines(_agreement(chosen))
        measured["misses"] = missed(chosen, watch)
        lines += [f"  missed {m['id']}: {m['label']}, {m['why']}" for m in missed(chosen, watch)]
        data[name] = measured
    *before, newest = sets.values()
    possible = classified([row for chosen in before for row in chosen], newest, told)
    data["possible"] = possible.data()
    lines += ["classifier taught by all labels but the newest, asked on these", possible.line()]
    return Result(data, lines)


def _agreement(rows: Sequence[Labelled]) -> dict[str, tuple[float, float, float]]:
    """Give kappa of the two passes, by family and severity, and by what is told."""
    told = [(str(severity_of(a) >= TOLD_FROM), str(severity_of(b) >= TOLD_FROM))
            for a, b in (row.passes for row in rows)]  # fmt: skip
    return {
        "family and severity": kappa([row.passes for row in rows]),
        "sensitive or not": kappa(told),
    }


def _agreement_lines(agreement: dict[str, tuple[float, float, float]]) -> list[str]:
    return [
        f"  agreement of the passes, {name:<20} kappa {k:.3f} [{low:.3f}, {high:.3f}]"
        for name, (k, low, high) in agreement.items()
    ]


def _speed(texts: Sequence[str], watch: SensitiveWatch, lexicon: Lexicon) -> dict[str, float]:
    """Give messages a second, and the ratio to a plain alternation of the same words."""
    plain = peers(lexicon)["substrings: any word of the list"]
    timed = {}
    for name, finds in (("wangge", watch.hits), ("alternation", plain)):
        started = time.perf_counter()
        for text in texts:
            finds(text)
        timed[name] = len(texts) / (time.perf_counter() - started)
    return {**timed, "ratio": timed["wangge"] / timed["alternation"]}
