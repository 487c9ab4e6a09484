"""The watch's memory as bytes: versioned arrays and a little JSON, never a pickle.

What can be read again from the rows (the ring of hours, recent rows, recent texts) is not stored.
"""

import io
import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import numpy as np

from alerts.baseline import Baseline
from alerts.calibrate import Calibrations
from alerts.drift import Drift
from alerts.episode import Episode, Signal
from alerts.keys import ClassToken, KeyTable, Watched
from alerts.recurrence import Recurrence
from alerts.watch import Watch
from appeals.errors import StateMismatch

VERSION = 10
"""Goes up whenever an older state would be misread; a state of another version is rebuilt."""


def pack(watch: Watch) -> bytes:
    """Give the watch's memory at the close of a day."""
    baseline, keys = watch.baseline, watch.baseline.keys
    small = {
        "tokens": [[t.consult, t.code] for t in keys.tokens],
        "subjects": list(keys.subjects_since.items()),
        "days": baseline.days,
        "periods": baseline.course.periods.names,
        "recurrence": asdict(watch.recurrence) if watch.recurrence else None,
        "watched": watch.watched.depths,
        "classes": watch.watched.classes,
        "closed": watch.closed.isoformat() if watch.closed else None,
        "episodes": [_episode_out(e) for e in watch.episodes],
    }
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {
        "small": np.frombuffer(json.dumps(small, ensure_ascii=False).encode(), np.uint8),
        "key": np.array([keys.kind, keys.area, keys.token], np.int64),
        "calibration": watch.calibration.stored(),
        **baseline.stored(),
        **watch.drift.stored(),
    }
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def unpack(version: int, stored: bytes) -> Watch:
    """Give the watch back; its ring, recent rows and texts are still empty.

    Raises
    ------
    StateMismatch
        The state is of another version: build it again from the rows.
    """
    if version != VERSION:
        raise StateMismatch(f"the watch's state is of version {version}, not {VERSION}")
    with np.load(io.BytesIO(stored), allow_pickle=False) as arrays:
        small = json.loads(arrays["small"].tobytes())
        key = arrays["key"].tolist()
        tokens = [ClassToken(consult, code) for consult, code in small["tokens"]]
        keys = KeyTable.of(tokens, small["subjects"], *key)
        baseline = Baseline.restored(keys, small["days"], arrays)
        baseline.course.periods.names = small["periods"]
        drift = Drift.restored(arrays)
        calibration = Calibrations.restored(arrays["calibration"])
    watch = Watch(baseline, calibration)
    watch.drift = drift
    depths = {kind: tuple(own) for kind, own in small["watched"].items()}
    watch.watched = Watched(depths, small.get("classes", ""))
    if small["recurrence"]:
        given = small["recurrence"]
        watch.recurrence = Recurrence(tuple(given["log_rate"]), tuple(given["location"]))
    watch.closed = date.fromisoformat(small["closed"]) if small["closed"] else None
    watch.episodes = [_episode_in(e) for e in small["episodes"]]
    return watch


def _episode_out(episode: Episode) -> dict[str, Any]:
    return {
        "opened_at": episode.opened_at.isoformat(),
        "last_at": episode.last_at.isoformat(),
        "alert_id": episode.alert_id,
        "aside": episode.aside,
        "lesson": episode.lesson,
        "told": episode.told,
        "signals": [
            asdict(s)
            | {
                "tick": s.tick.isoformat(),
                "newest_at": s.newest_at.isoformat(),
                "appeals": sorted(s.appeals),
            }
            for s in episode.signals.values()
        ],
    }


def _episode_in(given: dict[str, Any]) -> Episode:
    episode = Episode(
        datetime.fromisoformat(given["opened_at"]),
        datetime.fromisoformat(given["last_at"]),
    )
    for one in given["signals"]:
        one["tick"] = datetime.fromisoformat(one["tick"])
        one["newest_at"] = datetime.fromisoformat(one["newest_at"])
        one["appeals"] = frozenset(one["appeals"])
        episode.add(Signal(**one))
    episode.last_at = datetime.fromisoformat(given["last_at"])
    episode.alert_id = given["alert_id"]
    episode.aside, episode.lesson = given["aside"], given["lesson"]
    episode.told = given["told"]
    episode.changed = False
    return episode
