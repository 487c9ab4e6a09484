"""The service: pages, API and, on an embedded database, the one watcher inside."""

import logging
import multiprocessing
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import uvicorn

from alerts.routing import read_routing
from alerts.whistle.causes import read_causes
from api.app import create_app
from api.desk import Take
from appeals.database import Connection, reading
from appeals.errors import InputError
from appeals.people.store import any_person
from casework.rules import read_rules
from wangge.basemap import read_base
from wangge.demo_people import people_file
from wangge.follow import watch_beside
from wangge.handover import Handover
from wangge.holder import holder_name
from wangge.ingest_report import IngestReport
from wangge.intake import Options
from wangge.outlet import Outlet, open_counter, spoken_here
from wangge.own_files import file_faults
from wangge.provider import read_elsewhere
from wangge.sender import Senders
from wangge.site import Site, wall_clock

_LOG = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def taking(handover: Handover) -> Take:
    """Make the door through which the API hands in appeals: the same intake as that of files."""

    def take(
        rows: Sequence[Mapping[str, object]],
        *,
        source: str | None,
        datum: str | None,
        within: Callable[[Connection, Mapping[str, object]], None] | None,
    ) -> Mapping[str, object]:
        def also(connection: Connection, report: IngestReport) -> None:
            if within is not None:
                within(connection, answer_of(report))

        return answer_of(handover.take(rows, Options(datum=datum, source=source), also))

    return take


def serve(site: Site, host: str, port: int, workers: int) -> None:
    """Serve until stopped; on an embedded database the watcher runs in a process beside.

    Raises
    ------
    InputError
        The host is not loopback while there are no accounts (whoever reaches the pages then sees
        them), more than one worker is asked for where one process must hold the watcher, or
        nobody can listen at that host and port.
    """
    check_bind(site, host, workers)
    with listening(host, port) as door:
        _serve(site, door)


def _serve(site: Site, door: socket.socket) -> None:
    base = read_base(site.settings.basemap, site.folder)
    ring, names = site.ring(), frozenset(LOOPBACK)
    handover = Handover(site.engine, site.settings, ring, wall_clock)
    handover.make_ready()
    counter, channels = open_counter(site)
    app = create_app(
        site.engine,
        site.settings,
        take=taking(handover),
        ring=ring,
        hosts=names,
        demo_people=people_file(site),
        ways=read_elsewhere(site.settings.accounts),
        routing=read_routing(site.settings.alerts.routing),
        causes=read_causes(site.settings.alerts.whistles),
        rules=read_rules(site.settings.field.rules),
        outlet=Outlet(counter, channels),
        base=base,
        faults=lambda: file_faults(site.engine, site.settings),
    )
    spoken = spoken_here(channels, "server").values()
    senders = Senders(counter, spoken, holder_name(id(app)), counter.sweep)
    # A process of its own: what it reckons holds up no page and no appeal. Started anew, not
    # forked: connections and threads of this one are not its own.
    anew = multiprocessing.get_context("spawn")
    # It ends when our end of the pipe closes, also where we are killed.
    theirs, ours = anew.Pipe(duplex=False)
    watcher = anew.Process(target=watch_beside, args=(site.config, theirs), daemon=True)
    if site.embedded:
        watcher.start()
    theirs.close()
    senders.start()
    try:
        config = uvicorn.Config(
            app,
            log_level="warning",
            # Addresses hold what was asked for; who asked is nobody's business either.
            access_log=False,
            server_header=False,
            # A live stream never ends by itself.
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[door])
        if not server.started:
            raise InputError("the server could not start: its reason stands above")
    finally:
        senders.stop(patience_s=3)
        ours.close()
        if site.embedded:
            watcher.join(timeout=30)


def listening(host: str, port: int) -> socket.socket:
    """Open the socket at which the pages are served.

    Raises
    ------
    InputError
        Another program has the port, the host is none of this machine's, or the port is kept.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]  # Python adds the address again
        raise InputError(
            f"cannot listen at {host} port {port} ({reason}): end what listens there, "
            "or give --port another number"
        ) from error


def check_bind(site: Site, host: str, workers: int) -> None:
    """Refuse what would show the pages to strangers or run two watchers.

    Raises
    ------
    InputError
        With the reason.
    """
    if host not in LOOPBACK:
        if people_file(site) is not None:
            raise InputError(
                f"host {host}: a demo shows its passwords to everybody: it is bound to loopback"
            )
        with reading(site.engine) as connection:
            accounts = any_person(connection)
        if not accounts:
            raise InputError(
                f"host {host}: without accounts the pages are bound to loopback (127.0.0.1), "
                "because whoever reaches them sees every appeal: make the first one with "
                "`wangge users add`"
            )
        if not site.settings.accounts.https:
            _LOG.warning("accounts.https is false: passwords cross the network unencrypted")
    if workers > 1:
        raise InputError("workers: exactly one process serves an installation: use 1")


def answer_of(report: IngestReport) -> dict[str, object]:
    """Give the report of an API call, its rejects within."""
    data = report.as_data()
    for name in ("sinks", "rejects_file", "reasons"):
        del data[name]
    rejects = [{"row": r.row, "field": r.field, "reason": r.reason} for r in report.rejects]
    return {**data, "rejects": rejects}
