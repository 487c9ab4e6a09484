"""How a whistle stands after its moves, bureau by bureau, and whether each was in time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.whistle.causes import Cause
from alerts.whistle.moves import Act, Stage, Step


@dataclass(slots=True)
class Bureau:
    """A bureau that was called: until when it answers and comes, and when it did."""

    name: str
    answer_by: datetime | None = None
    on_site_by: datetime | None = None
    answered_at: datetime | None = None
    on_site_at: datetime | None = None
    reported_at: datetime | None = None
    place: str = ""
    lon: float | None = None
    lat: float | None = None

    def late_to_answer(self, now: datetime) -> bool:
        """Say whether it has answered too late, or has not and the time is over."""
        return self.answer_by is not None and (self.answered_at or now) > self.answer_by

    def late_on_site(self, now: datetime) -> bool:
        """Say whether it came too late, or has not and the time is over."""
        return self.on_site_by is not None and (self.on_site_at or now) > self.on_site_by


@dataclass(slots=True)
class WhistleStanding:
    """What the moves of one whistle come to."""

    number: int = 0
    draft: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""
    drafted_by: str = ""
    blown_at: datetime | None = None
    ended_at: datetime | None = None
    bureaus: dict[str, Bureau] = field(default_factory=dict)

    @property
    def still_there(self) -> list[str]:
        """Bureaus that are on site and have not reported back."""
        return [b.name for b in self.bureaus.values() if b.on_site_at and not b.reported_at]


def whistle_standing(steps: Sequence[Step], cause: Cause) -> WhistleStanding:
    """Give how a whistle stands after its moves, the oldest first."""
    now = WhistleStanding()
    for step in steps:
        now.number = step.number
        act = Act(step.move)
        if act is Act.DRAFT:
            now.draft, now.words, now.drafted_by = step.detail, step.words, step.who
            now.bureaus = {name: Bureau(name) for name in step.detail["bureaus"]}
        elif act is Act.BLOW:
            now.blown_at = step.at
            for bureau in now.bureaus.values():
                _call(bureau, now, cause, step.at)
        elif act is Act.ALLOT:
            for name in step.detail["bureaus"]:
                now.bureaus.setdefault(name, Bureau(name))
                _call(now.bureaus[name], now, cause, step.at)
        elif act is Act.END:
            now.ended_at = step.at
        elif act in (Act.VETO, Act.HANDLE) and step.state == Stage.ON_SITE:
            for bureau in now.bureaus.values():
                if step.bureau in ("", bureau.name):
                    bureau.reported_at = None
        if step.bureau in now.bureaus:
            _of_bureau(now.bureaus[step.bureau], act, step)
    return now


def _call(bureau: Bureau, now: WhistleStanding, cause: Cause, at: datetime) -> None:
    if bureau.answer_by is not None:
        return
    bureau.answer_by = at + timedelta(minutes=cause.answer_min)
    agreed = now.draft.get("agreed_at")
    if cause.on_site_min is not None:
        bureau.on_site_by = at + timedelta(minutes=cause.on_site_min)
    elif agreed:
        bureau.on_site_by = datetime.fromisoformat(agreed)


def _of_bureau(bureau: Bureau, act: Act, step: Step) -> None:
    if act is Act.ANSWER:
        bureau.answered_at = bureau.answered_at or step.at
    elif act is Act.REPORT_IN:
        bureau.answered_at = bureau.answered_at or step.at
        bureau.on_site_at = bureau.on_site_at or step.at
        bureau.place = step.detail.get("place", "")
        bureau.lon, bureau.lat = step.detail.get("lon"), step.detail.get("lat")
    elif act is Act.REPORT_BACK:
        bureau.reported_at = step.at
