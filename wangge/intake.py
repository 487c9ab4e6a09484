"""The chain of one appeal: read → understand → locate → place → append, counts moved with it.

One batch is one transaction, and the mark of how far the file has come moves in the same one: a
run that was killed at any moment and is started again ends as one clean run does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain as joined
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal
from zoneinfo import ZoneInfo

from appeals import files
from appeals.database import Connection, Engine, append_lock, reading, writing
from appeals.errors import DatumError, InputError
from appeals.intake import Plan, Rules, plan
from appeals.mapping import Mapping as ColumnMapping
from appeals.mapping import read_mapping
from appeals.record import Arrival
from appeals.seals import KeyRing, digest
from appeals.store import import_advance, import_finish, import_position
from geo.datum_checks.store import add_check
from geo.datums import check_datum
from geo.store import load_places
from grids.placer import Placer, load_placer
from grids.store import find_sinks
from wangge.chain import Chain, Row, notation_of_head
from wangge.datum_check import PinSample
from wangge.ingest_report import IngestReport
from wangge.online import online_of
from wangge.rejects import RejectFile
from wangge.settings import Settings

BATCH_ROWS = 2_000

Progress = Callable[[int, int | None], None]
Clock = Callable[[], datetime]


def _silent(done: int, whole: int | None) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a file is to be read; what is ``None`` comes from the mapping or the settings."""

    mapping: Path | None = None
    datum: str | None = None
    source: str | None = None
    dry_run: bool = False
    who: str = "ingest"


def make_rules(
    settings: Settings, mapping: ColumnMapping, options: Options, name: str, now: datetime
) -> Rules:
    """Put together how one source is read: option before mapping before settings.

    Parameters
    ----------
    settings
        Of the installation.
    mapping
        Of the source; its own default where none was given.
    options
        Of this call.
    name
        The source's name where neither option nor mapping gives one.
    now
        The present moment: a row from the future is a reject.

    Raises
    ------
    InputError
        The datum is none, or its shift to WGS84 is not public and not given.
    """
    source = options.source or mapping.source or name
    jurisdiction = settings.jurisdiction
    datum = options.datum or mapping.datum or settings.datum.get(source)
    return Rules(
        source=source,
        mapping=mapping,
        zone=ZoneInfo(jurisdiction.time_zone),
        datum=None if datum is None else check_datum(datum),
        bounding_box=jurisdiction.bounding_box,
        now=now,
    )


def file_mark(path: Path, rules: Rules, algorithm: Literal["sha256", "sm3"]) -> str:
    """Give the name by which a file is known again: its bytes, and how they were read.

    The same bytes under another datum are another import; both digests stand in the name.
    """
    how = digest(repr(replace(rules, now=None)).encode(), algorithm)
    return f"{files.digest_of(path, algorithm)}/{how}"


def take_file(
    engine: Engine,
    settings: Settings,
    ring: KeyRing,
    path: Path | BinaryIO,
    options: Options,
    progress: Progress = _silent,
    *,
    clock: Clock,
    rejects_folder: Path,
) -> IngestReport:
    """Take in one file of appeals.

    Parameters
    ----------
    engine, settings, ring
        Of the installation.
    path
        A file, or an open binary stream (standard input), which is not known again.
    options
        How the file is to be read.
    progress
        Told the rows done and, where known, the rows in all.
    clock
        Gives the present moment, which is recorded with each batch.
    rejects_folder
        Where the file of rejects is written, if there are any.

    Raises
    ------
    InputError
        The file as a whole cannot be taken: format, header, datum. Nothing was stored.
    """
    mapping = read_mapping(options.mapping) if options.mapping else ColumnMapping()
    name = path.name.split(".")[0] if isinstance(path, Path) else "stdin"
    rules = make_rules(settings, mapping, options, name, clock())
    with reading(engine) as connection:
        placer = load_placer(connection, settings.cache)
    mark = file_mark(path, rules, settings.sealing.digest) if isinstance(path, Path) else None
    tail = f"{clock():%Y%m%dT%H%M%SZ}"
    if mark is not None:
        tail = digest(mark.encode()).partition(":")[2][:8]
    report = IngestReport(source=rules.source)
    with files.open_rows(path) as rows, RejectFile(rejects_folder, name, tail) as rejected:
        how = _plan(rows, rules)
        report.ignored = how.ignored
        batches = _batches(rows)
        head = next(batches, [])
        notation = notation_of_head(head, how, rules)
        report.notation = str(notation)
        online = None if options.dry_run else online_of(engine, settings)
        chain = Chain(how, rules, ring, options.who, notation, online)
        run = _Run(engine, chain, placer, mark, report, rejected, progress, clock)
        every = joined([head] if head else [], batches)
        (run.rehearse if options.dry_run else run.take)(every)
        with reading(engine) as connection:
            there = load_places(connection)
        report.datum_check = run.sample.verdict(placer, there)
        if report.datum_check is not None and not options.dry_run:
            with writing(engine) as connection:
                add_check(connection, "appeals", rules.source, report.datum_check, clock())
        report.rejects_file = rejected.written
        report.geocoder = None if online is None else online.as_data()
    return report


def _plan(rows: files.RowFile, rules: Rules) -> Plan:
    try:
        return plan(rows.headers, rules)
    except DatumError as error:
        raise InputError(
            f"{rows.name}: {error}: give --datum, or datum in the mapping, or "
            f'"{rules.source}" = "…" under [datum] in the settings'
        ) from error
    except InputError as error:
        raise InputError(f"{rows.name}: {error}") from error


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH_ROWS)):
        yield batch


@dataclass(frozen=True, slots=True)
class _Run:
    engine: Engine
    chain: Chain
    placer: Placer
    mark: str | None
    report: IngestReport
    rejected: RejectFile
    progress: Progress
    clock: Clock
    sample: PinSample = field(default_factory=PinSample)

    def take(self, batches: Iterable[list[Row]]) -> None:
        done = 0
        if self.mark is not None:
            with writing(self.engine) as connection:
                done = self._position(connection)
        for batch in batches:
            arrivals, last = self._understand(batch), batch[-1][0]
            if last <= done:
                self.report.duplicates += len(arrivals)
            else:
                self.chain.ask(arrivals, self.placer, self.clock())
                with writing(self.engine) as connection:
                    if self.mark is not None:
                        # Another run may be at the same file: what it did by now is not done again.
                        append_lock(connection)
                        done = self._position(connection)
                        import_advance(connection, self.mark, last)
                    new = [arrival for arrival in arrivals if arrival.row > done]
                    self.report.duplicates += len(arrivals) - len(new)
                    self._store(connection, new)
            self.progress(self.report.read, None)
        now = self.clock()
        with writing(self.engine) as connection:
            if self.mark is not None:
                import_finish(connection, self.mark, now)
            self.report.sinks = list(find_sinks(connection, now))

    def rehearse(self, batches: Iterable[list[Row]]) -> None:
        # One transaction for the whole file, so that a row sees those before it; then undone.
        with suppress(_Undone), writing(self.engine) as connection:
            for batch in batches:
                arrivals = self._understand(batch)
                self._store(connection, arrivals)
                self.progress(self.report.read, None)
            self.report.sinks = list(find_sinks(connection, self.clock()))
            raise _Undone

    def _store(self, connection: Connection, arrivals: Sequence[Arrival]) -> None:
        stored = self.chain.store(connection, arrivals, self.placer, self.clock())
        self.report.add_stored(stored)

    def _position(self, connection: Connection) -> int:
        source = self.chain.rules.source
        return import_position(connection, self.mark or "", source, self.clock())

    def _understand(self, batch: Sequence[Row]) -> list[Arrival]:
        """Give the arrivals of a batch; its rejects are written and counted."""
        arrivals, rejects = self.chain.understand(batch)
        self.sample.add(arrivals)
        self.rejected.write(rejects)
        self.report.read += len(batch)
        self.report.add_rejects(rejects)
        return arrivals


class _Undone(Exception):
    """Ends a rehearsal."""
