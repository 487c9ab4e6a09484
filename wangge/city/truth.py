"""What was planted in the made-up city, as a file (``truth.json``) beside the city's own files."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from appeals.errors import InputError


class EventKind(StrEnum):
    """What sort of thing was planted."""

    SURGE = "surge"  # 突增: one area and class rises above its own level
    CLUSTER = "cluster"  # 跨街乡集中: a few hundred metres on both sides of a street border
    SUBJECT = "subject"  # 集中反映: one 被反映主体, many streets
    FIRST_TIME = "first_time"  # 首次反映: no history, three callers within 72 hours
    SENSITIVE = "sensitive"  # one appeal that must be raised by its words
    LOOKALIKE = "lookalike"  # one appeal that only looks sensitive and must not be raised
    CALLER = "caller"  # one caller, thirty calls about one matter: no surge
    WAVE = "wave"  # the whole city, one class of level 2: one matter, not hundreds of alerts


@dataclass(frozen=True, slots=True)
class Event:
    """One planted event.

    Attributes
    ----------
    kind
        What sort of thing it is.
    areas
        Unit codes (6, 9, 12 or 15 digits) that name the event's place: the area of the key for a
        surge, the communities touched for the others, the city's code for the wave.
    class_code
        Path of names, ``一级/二级/三级``; of level 2 for the wave.
    start, end
        First and last of its own appeals, aware, in the city's zone.
    appeals
        工单编号 of the appeals that would not be there without the event.
    base_per_day
        What the key would see on a mean day without the event (诉求 without 咨询); 0 where the
        notion does not apply.
    note
        In words, for the reader of the scoreboard.
    """

    kind: EventKind
    areas: tuple[str, ...]
    class_code: str
    start: datetime
    end: datetime
    appeals: tuple[str, ...]
    base_per_day: float = 0.0
    note: str = ""

    @property
    def size(self) -> int:
        """Number of extra appeals."""
        return len(self.appeals)


@dataclass(frozen=True, slots=True)
class Truth:
    """All that was planted in one city, and what its files hold.

    ``rows`` counts the lines of the appeals files: ``appeals`` (different 工单编号 that can be
    understood), ``corrections`` and ``duplicates`` (later lines of an id already seen, with other
    and with the same content), ``broken`` (lines that must be rejected), ``rows`` (all of these).
    ``sinks`` are (lon, lat) in WGS84 degrees of coordinates that carry improbably many appeals.
    """

    city: str
    seed: int
    start: date
    days: int
    time_zone: str
    events: tuple[Event, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    sinks: tuple[tuple[float, float], ...] = ()

    def of(self, kind: EventKind) -> tuple[Event, ...]:
        """Give the events of one kind, in the order of the file."""
        return tuple(event for event in self.events if event.kind == kind)


def write_truth(path: Path, truth: Truth) -> None:
    """Write ``truth.json`` (UTF-8, times in ISO 8601 with their offset)."""
    content = asdict(truth)
    content["start"] = truth.start.isoformat()
    content["rows"] = dict(truth.rows)
    content["sinks"] = [list(sink) for sink in truth.sinks]
    content["events"] = [
        {
            "kind": event.kind.value,
            "areas": list(event.areas),
            "class": event.class_code,
            "start": event.start.isoformat(),
            "end": event.end.isoformat(),
            "size": event.size,
            "base_per_day": round(event.base_per_day, 3),
            "note": event.note,
            "appeals": list(event.appeals),
        }
        for event in truth.events
    ]
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_truth(path: Path) -> Truth:
    """Read what :func:`write_truth` wrote, or an office's own list of what happened.

    A list needs ``events`` only, each with kind, areas, class, start and end.

    Raises
    ------
    InputError
        The file is missing, is not JSON, or lacks a field; the message names the field.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        events = tuple(
            Event(
                kind=EventKind(item["kind"]),
                areas=tuple(item["areas"]),
                class_code=item["class"],
                start=datetime.fromisoformat(item["start"]),
                end=datetime.fromisoformat(item["end"]),
                appeals=tuple(item.get("appeals", ())),
                base_per_day=float(item.get("base_per_day", 0.0)),
                note=item.get("note", ""),
            )
            for item in content["events"]
        )
        return Truth(
            city=content.get("city", ""),
            seed=int(content.get("seed", 0)),
            start=date.fromisoformat(content.get("start", "1970-01-01")),
            days=int(content.get("days", 0)),
            time_zone=content.get("time_zone", "UTC"),
            events=events,
            rows={str(key): int(value) for key, value in content.get("rows", {}).items()},
            sinks=tuple((float(lon), float(lat)) for lon, lat in content.get("sinks", ())),
        )
    except FileNotFoundError as error:
        raise InputError(f"{path.name} is not here") from error
    except KeyError as error:
        raise InputError(f"{path.name} lacks the field {error}") from error
    except (ValueError, TypeError) as error:
        raise InputError(f"{path.name} is not a truth file: {type(error).__name__}") from error
