"""Layers as files: what one may take, and exports that are made aside and fetched by a link."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request, Response
from fastapi import Path as Part
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from api.admission import Caller, TheCaller
from api.answers import answer, in_zone, sends
from api.desk import Desk, TheDesk
from api.export_jobs import Job, Jobs, Made, Stage
from appeals.audit.store import append_entry
from appeals.database import reading, writing
from appeals.errors import Conflict, InputError, NotAllowed, NotFound
from maps.catalogue import CATALOGUE, Asked, read_layer
from maps.export import FORMATS, export
from maps.projections import NAMED

router = APIRouter(prefix="/api/exports", tags=["exports"])

JobId = Annotated[str, Part(pattern=r"^[\w-]{16}$")]

MOST: Final = 200_000
"""Features of appeals and of alerts in one file: the newest ones, in the memory of the server."""

_OCTETS: Final = "application/octet-stream"


class Wish(BaseModel):
    """A layer to be made into a file."""

    model_config = ConfigDict(extra="forbid")
    layer: str = Field(max_length=100)
    format: str = Field(max_length=20)
    crs: Literal["", "EPSG:4326", "EPSG:4490", "EPSG:3857", "cgcs2000-zone", "gcj02"] = ""
    month: str | None = Field(default=None, pattern=r"^[12]\d{3}-(0[1-9]|1[0-2])$")
    category: str | None = Field(default=None, min_length=1, max_length=200)
    reading: Literal["lies", "sent"] = "lies"
    first_reports: Literal["place", "caller"] | None = None
    within: str | None = Field(default=None, pattern=r"^[0-9A-Za-z-]{1,30}$", description="a code")


@router.get("", summary="Layers one may take, and one's exports")
def about(desk: TheDesk, caller: TheCaller, request: Request) -> Response:
    """Give ``layers``, ``formats``, ``systems`` and the caller's ``exports``, the newest first."""
    jobs = _jobs(request).of(caller.viewer.actor, desk.clock())
    return answer(
        {
            "layers": [
                {"name": name, "title": one.title, "filters": one.filters}
                for name, one in CATALOGUE.items()
                if one.right in caller.rights
            ],
            "formats": [
                {"name": one.name, "words": one.words, "any_crs": one.any_crs}
                for one in FORMATS.values()
            ],
            "systems": [{"name": name, "words": words} for name, words in NAMED.items()],
            "exports": [_told(job, desk) for job in jobs],
        }
    )


@router.post("", summary="Have a layer made into a file", status_code=202)
def begin(desk: TheDesk, caller: TheCaller, request: Request, wish: Wish) -> Response:
    """Begin an export; its ``state`` is asked after at ``link``, which the answer names."""
    if wish.layer not in CATALOGUE:
        raise NotFound("there is no layer of this name")
    if CATALOGUE[wish.layer].right not in caller.rights:
        raise NotAllowed("your role has no right to this layer")
    if wish.format not in FORMATS:
        raise InputError(f"format: of {', '.join(FORMATS)}")
    if wish.crs not in ("", "EPSG:4326") and not FORMATS[wish.format].any_crs:
        raise InputError("crs: this format is WGS84 by definition")
    now = desk.clock()
    day = f"{now.astimezone(desk.zone):%Y%m%d}"
    name = f"{wish.layer}-{day}{FORMATS[wish.format].suffix}"
    job = _jobs(request).start(caller.viewer.actor, name, now, _work(desk, caller, wish))
    with writing(desk.engine) as connection:
        asked = (wish.format, wish.crs, wish.month, wish.category, wish.reading, wish.within)
        append_entry(
            connection,
            now=now,
            actor=caller.viewer.actor,
            act="export",
            subject=wish.layer,
            detail=" ".join(word for word in asked if word),
        )
    told = _told(job, desk)
    return answer(told, 202, headers={"Location": str(told["link"])})


@router.get("/{job_id}", summary="How far an export is")
def state(desk: TheDesk, caller: TheCaller, request: Request, job_id: JobId) -> Response:
    """Give ``state`` (waiting, reading, writing, ready, failed), and ``file`` once it is ready."""
    return answer(_told(_jobs(request).get(caller.viewer.actor, job_id, desk.clock()), desk))


@router.get("/{job_id}/file", summary="The file of an export", responses=sends(_OCTETS))
def file(desk: TheDesk, caller: TheCaller, request: Request, job_id: JobId) -> Response:
    """Give the file to its owner, within an hour of asking; 409 while it is not ready."""
    jobs = _jobs(request)
    job = jobs.get(caller.viewer.actor, job_id, desk.clock())
    if job.stage is not Stage.READY:
        raise Conflict("the export is not ready")
    return FileResponse(
        jobs.file(job), filename=job.name, media_type=_OCTETS, headers={"Cache-Control": "no-store"}
    )


def _work(
    desk: Desk, caller: Caller, wish: Wish
) -> Callable[[Path, Callable[[Stage], None]], Made]:
    month = None if wish.month is None else (int(wish.month[:4]), int(wish.month[5:]))
    asked = Asked(
        caller.viewer,
        desk.today,
        desk.zone,
        desk.office,
        month=month,
        class_code=wish.category,
        reading=wish.reading,
        first_reports=wish.first_reports,
        within=wish.within,
        most=MOST,
    )
    taken = f"{caller.viewer.actor}，{desk.clock().astimezone(desk.zone):%Y-%m-%d %H:%M}"

    def make(path: Path, tell: Callable[[Stage], None]) -> Made:
        tell(Stage.READING)
        with reading(desk.engine) as connection:
            read = read_layer(wish.layer, connection, asked)
        tell(Stage.WRITING)
        done = export(
            read.layer,
            path,
            format=wish.format,
            crs=wish.crs or None,
            layer_name=wish.layer,
            notes=[*read.notes, ("下载", taken)],
        )
        return Made(len(read.layer), tuple(one.on_pages for one in done.lost))

    return make


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


def _told(job: Job, desk: Desk) -> dict[str, object]:
    link = f"/api/exports/{job.job_id}"
    ready = job.stage is Stage.READY
    return in_zone(
        {
            "name": job.name,
            "state": job.stage,
            "started_at": job.started_at,
            "link": link,
            "file": f"{link}/file" if ready else None,
            "features": job.made.features if job.made else None,
            "lost": job.made.lost if job.made else (),
            "reason": job.reason,
        },
        desk.zone,
    )
