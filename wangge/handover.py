"""Appeals that are handed over as JSON objects: the chain of intake, for one appeal or a list.

A transaction costs nearly the same for one appeal as for fifty. Whoever comes while another call is
being stored therefore waits and is stored with all who wait, in one transaction; a call that cannot
be stored takes none of the others with it.
"""

import copy
import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from appeals.cells import fault_of, text_cells
from appeals.database import Connection, Engine, reading, writing
from appeals.errors import DatumError, InputError
from appeals.headers import known_columns
from appeals.intake import Cells, plan
from appeals.mapping import Mapping as ColumnMapping
from appeals.mapping import read_mapping
from appeals.record import Arrival, Reject
from appeals.seals import KeyRing
from grids.placer import Placer, load_placer
from wangge.chain import Chain, notation_of_head
from wangge.ingest_report import IngestReport
from wangge.intake import Clock, Options, make_rules
from wangge.online import online_of
from wangge.settings import Settings

_KEPT_S = 2.0
"""Borders and names that were imported meanwhile hold after so many seconds at most."""

_TOGETHER_S = 0.15
"""Between one transaction and the next, so that under load more go together and others may write:
what a transaction costs hardly depends on how many rows it stores."""

Within = Callable[[Connection, IngestReport], None]


@dataclass(slots=True)
class _Call:
    """One call that was understood; ``done`` when it was stored or ``error`` says why not."""

    chain: Chain
    arrivals: list[Arrival]
    report: IngestReport
    within: Within | None
    done: bool = False
    error: Exception | None = None


class Handover:
    """Takes in what is handed over; for many threads.

    Parameters
    ----------
    engine, settings, ring
        Of the installation.
    clock
        Gives the moment that is recorded.
    """

    def __init__(self, engine: Engine, settings: Settings, ring: KeyRing, clock: Clock) -> None:
        self._engine, self._settings, self._ring, self._clock = engine, settings, ring, clock
        self._adding = threading.Lock()
        # One thread, whose own the borders are: their shapes are not for two at once.
        self._storing = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._waiting: list[_Call] = []
        self._placer: Placer | None = None
        self._loaded_s = self._stored_s = float("-inf")

    def take(
        self,
        rows: Sequence[Mapping[str, object]],
        options: Options,
        within: Within | None = None,
    ) -> IngestReport:
        """Take in appeals; when this returns, what it reports is on disk.

        Parameters
        ----------
        rows
            Objects whose keys are field names or headers that are known by alias.
        options
            How they are to be read.
        within
            Called in the same transaction, after the appeals were stored.

        Raises
        ------
        InputError
            There are coordinates and no datum. Nothing was stored.
        """
        call = self._understand(rows, options, within)
        if call.chain.online is not None:
            # A service is waited for: nobody else shall wait with it.
            with reading(self._engine) as connection:
                placer = load_placer(connection)
            call.chain.ask(call.arrivals, placer, self._clock())
            call.report.geocoder = call.chain.online.as_data()
            self._store([call], placer)
            return call.report
        with self._adding:
            self._waiting.append(call)
        self._storing.submit(self._store_waiting).result()
        if call.error is not None:
            raise call.error
        return call.report

    def make_ready(self) -> None:
        """Read names and borders before the first appeal comes."""
        self._storing.submit(self._placed_by)

    def _understand(
        self, rows: Sequence[Mapping[str, object]], options: Options, within: Within | None
    ) -> _Call:
        mapping = read_mapping(options.mapping) if options.mapping else ColumnMapping()
        rules = make_rules(self._settings, mapping, options, "api", self._clock())
        headers = _headers(rows)
        try:
            how = plan(headers, rules)
        except DatumError as error:
            raise InputError(
                f'{error}: give it as ?datum=…, or "{rules.source}" = "…" under [datum] '
                "in the settings"
            ) from error
        cells = [(n, _cells(n, row, headers)) for n, row in enumerate(rows, start=1)]
        notation = notation_of_head(cells, how, rules)
        online = online_of(self._engine, self._settings)
        chain = Chain(how, rules, self._ring, "api", notation, online)
        arrivals, rejects = chain.understand(cells)
        report = IngestReport(source=rules.source, read=len(rows), ignored=how.ignored)
        report.notation = str(notation)
        report.add_rejects(rejects)
        report.rejects = rejects
        return _Call(chain, arrivals, report, within)

    def _store_waiting(self) -> None:
        """Store all calls that wait, together; where that fails, each by itself."""
        if not self._waiting:
            return
        time.sleep(max(0.0, self._stored_s + _TOGETHER_S - time.monotonic()))
        with self._adding:
            calls, self._waiting = self._waiting, []
        for some in (calls, *([one] for one in calls)):
            left = [one for one in some if not one.done]
            if not left:
                continue
            try:
                self._store(left, self._placed_by())
            except Exception as error:  # each caller is told of its own
                if len(left) == 1:
                    left[0].error, left[0].done = error, True
            else:
                for one in left:
                    one.done = True
        self._stored_s = time.monotonic()

    def _store(self, calls: Sequence[_Call], placer: Placer) -> None:
        """Store calls in one transaction and put into each report what became of its own rows."""
        now, arrivals = self._clock(), [one for call in calls for one in call.arrivals]
        chain = calls[0].chain
        # Before the transaction: nobody else can write while it lasts.
        places = chain.place(arrivals, placer)
        with writing(self._engine) as connection:
            stored = chain.store(connection, arrivals, placer, now, places)
            parts = [stored]
            if len(calls) > 1:
                if stored.hand_kept or stored.hand_given_up:
                    raise _NotTogether
                ends = np.cumsum([0, *(len(call.arrivals) for call in calls)]).tolist()
                parts = [stored.part(low, high) for low, high in itertools.pairwise(ends)]
            reports = [copy.deepcopy(call.report) for call in calls]
            for call, report, part in zip(calls, reports, parts, strict=True):
                report.add_stored(part)
                if call.within is not None:
                    call.within(connection, report)
        for call, report in zip(calls, reports, strict=True):
            call.report = report

    def _placed_by(self) -> Placer:
        """Give names and borders as they stood a moment ago."""
        if self._placer is None or time.monotonic() > self._loaded_s + _KEPT_S:
            with reading(self._engine) as connection:
                self._placer = load_placer(connection)
            self._loaded_s = time.monotonic()
        return self._placer


class _NotTogether(Exception):
    """What became of the rows cannot be told apart by call."""


def _headers(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Give the keys of all rows, and what none of them has: then each row says that it lacks it."""
    headers = list(dict.fromkeys(key for row in rows for key in row))
    known = known_columns(headers)
    lacking = [field for field in ("id", "received_at") if field not in known]
    if ("lon" in known) != ("lat" in known):
        lacking.append("lat" if "lon" in known else "lon")
    return headers + lacking


def _cells(number: int, row: Mapping[str, object], headers: Sequence[str]) -> Cells:
    cells = text_cells({header: row.get(header) for header in headers})
    fault = fault_of(cells)
    return cells if fault is None else Reject(number, "row", fault)
