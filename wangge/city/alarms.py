"""Planted single appeals: those that must be raised by their words, and their look-alikes."""

import numpy as np

from wangge.city.calls import COMPLAINT, CONSULT, HELP, REPORT
from wangge.city.classes import Wording, read_lookalikes, read_sensitive
from wangge.city.settlement import COMPOUND, PLATE
from wangge.city.stage import Planted, Stage
from wangge.city.truth import EventKind

SENSITIVE, LOOKALIKES = 40, 75  # in sixty days


def plant_alarms(stage: Stage, rng: np.random.Generator) -> None:
    """Plant sensitive appeals and harmless look-alikes over the whole time."""
    for kind, wordings, n in (
        (EventKind.SENSITIVE, read_sensitive(), stage.wanted(SENSITIVE)),
        (EventKind.LOOKALIKE, read_lookalikes(), stage.wanted(LOOKALIKES)),
    ):
        order = np.concatenate(
            [rng.permutation(len(wordings)) for _ in range(1 + n // len(wordings))]
        )
        for k in order[:n]:
            _plant_one(stage, kind, wordings[k], rng)


def _plant_one(stage: Stage, kind: EventKind, wording: Wording, rng: np.random.Generator) -> None:
    leaf = next(k for k, one in enumerate(stage.leaves) if one.code == wording.class_code)
    for _ in range(60):
        community = int(rng.choice(len(stage.settlement.weight), p=stage.settlement.weight))
        day = int(rng.integers(stage.days))
        area = stage.land.communities.codes[community]
        if stage.take([area], wording.class_code, day, day):
            break
    rows = stage.extra(leaf, np.array([community]), stage.times(leaf, 1, day, 1, rng), rng)
    homes = np.concatenate([stage.settlement.by_community[community][k] for k in (COMPOUND, PLATE)])
    rows["place"] = int(rng.choice(homes))
    if wording.family == "询问":
        rows["kind"] = CONSULT
    elif kind == EventKind.SENSITIVE:
        rows["kind"] = int(rng.choice([HELP, HELP, COMPLAINT, REPORT]))
    rows["text"] = wording.texts[0]
    stage.plant(Planted(kind, (area,), wording.class_code, 0.0, wording.family), rows)
