"""Exports that are made aside while their owner goes on: started, asked after, fetched, forgotten.

One process serves (``wangge serve``), so what is under way lives in it: after a restart an export
is asked for again. Files lie in a folder of the process alone, for an hour.
"""

import logging
import secrets
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from appeals.errors import Conflict, NotFound, WanggeError

_LOG = logging.getLogger(__name__)

KEPT: Final = timedelta(hours=1)
"""How long a file can be fetched."""

MOST_WAITING: Final = 3
"""Exports of one person that are not made yet."""

MOST_KEPT: Final = 20
"""Exports of one person that can be fetched; the oldest makes room."""


class Stage(StrEnum):
    """How far an export is."""

    WAITING = "waiting"  # 排队
    READING = "reading"  # 读取
    WRITING = "writing"  # 写出
    READY = "ready"
    FAILED = "failed"


_OVER: Final = (Stage.READY, Stage.FAILED)


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an export: features, and in Chinese what its format could not hold."""

    features: int
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """One export as it stands.

    ``name`` is the file's name for its owner, ``reason`` says why it failed.
    """

    job_id: str
    owner: str
    name: str
    started_at: datetime
    stage: Stage = Stage.WAITING
    made: Made | None = None
    reason: str | None = None


Work = Callable[[Path, Callable[[Stage], None]], Made]
"""Writes the file and tells when it goes from reading to writing."""


class Jobs:
    """The exports of one process, made one after another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._folder: Path | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="export")

    def start(self, owner: str, name: str, now: datetime, work: Work) -> Job:
        """Put an export in the queue.

        Raises
        ------
        Conflict
            The owner has as many waiting as one may have.
        """
        job = Job(secrets.token_urlsafe(12), owner, name, now)
        with self._lock:
            self._forget(now)
            mine = [one for one in self._jobs.values() if one.owner == owner]
            if sum(one.stage not in _OVER for one in mine) >= MOST_WAITING:
                raise Conflict("you have exports that wait already: fetch them first")
            for old in [one for one in mine if one.stage in _OVER][: -MOST_KEPT + 1]:
                self._drop(old)
            self._jobs[job.job_id] = job
        self._pool.submit(self._make, job.job_id, work)
        return job

    def of(self, owner: str, now: datetime) -> list[Job]:
        """Give the owner's exports, the newest first."""
        with self._lock:
            self._forget(now)
            return [one for one in reversed(self._jobs.values()) if one.owner == owner]

    def get(self, owner: str, job_id: str, now: datetime) -> Job:
        """Give one export of the owner.

        Raises
        ------
        NotFound
            There is none, or it is somebody else's.
        """
        found = next((one for one in self.of(owner, now) if one.job_id == job_id), None)
        if found is None:
            raise NotFound("there is no such export, or it was kept for its hour: ask again")
        return found

    def file(self, job: Job) -> Path:
        """Give where the file of an export lies."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="wangge-exports-"))  # mode 700
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder / job.job_id / job.name

    def _make(self, job_id: str, work: Work) -> None:
        with self._lock:
            path = self.file(self._jobs[job_id])
        path.parent.mkdir()
        try:
            made = work(path, lambda stage: self._set(job_id, stage=stage))
        except WanggeError as error:
            self._set(job_id, stage=Stage.FAILED, reason=str(error))
        except Exception as error:
            # The kind alone: a message may hold a citizen's words.
            _LOG.error("an export failed: %s", type(error).__name__)
            self._set(job_id, stage=Stage.FAILED, reason="an unforeseen fault")
        else:
            self._set(job_id, stage=Stage.READY, made=made)

    def _set(self, job_id: str, **changed: object) -> None:
        with self._lock:
            self._jobs[job_id] = replace(self._jobs[job_id], **changed)  # type: ignore[arg-type]

    def _forget(self, now: datetime) -> None:
        for job in list(self._jobs.values()):
            if job.stage in _OVER and now - job.started_at >= KEPT:
                self._drop(job)

    def _drop(self, job: Job) -> None:
        del self._jobs[job.job_id]
        path = self.file(job)
        path.unlink(missing_ok=True)
        path.parent.rmdir()
