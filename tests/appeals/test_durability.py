import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from appeals.database import Engine, reading, writing
from appeals.seals import KeyRing
from appeals.store import (
    append,
    import_advance,
    import_finish,
    import_position,
    stable_rows,
)
from tests.appeals.arrivals import NOW, arrival, undone


def test_a_file_is_done_as_far_as_its_batches_were_committed(engine: Engine) -> None:
    with writing(engine) as connection:
        assert import_position(connection, "sha256:1", "12345", NOW) == 0
        import_advance(connection, "sha256:1", 2_000)
    with undone(engine) as connection:
        import_advance(connection, "sha256:1", 4_000)
    with writing(engine) as connection:
        import_advance(connection, "sha256:1", 1_000)  # it never goes back
        assert import_position(connection, "sha256:1", "12345", NOW) == 2_000
        assert import_position(connection, "sha256:2", "12345", NOW) == 0
        import_finish(connection, "sha256:1", NOW)
        import_finish(connection, "sha256:1", NOW + timedelta(hours=1))
        found = connection.execute(sa.text("select count(finished_at) from imports")).scalar()
    assert found == 1


_WRITER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from appeals.database import open_database, writing
from appeals.record import Appeal, Arrival, Kind, Personal, Precision
from appeals.seals import KeyRing
from appeals.store import append

engine = open_database(sys.argv[1])
ring = KeyRing.load(Path(sys.argv[2]))
now = datetime(2026, 3, 1, tzinfo=UTC)
for i in range(100_000):
    row = Appeal("s", str(i), now, Precision.DAY, date(2026, 3, 1), None, Kind.HELP, "a")
    with writing(engine) as connection:
        append(connection, [Arrival(i, row, Personal())], ring=ring, now=now, who="w")
    print(i, flush=True)
"""


def test_what_was_acknowledged_before_a_kill_is_there_after_it(
    engine: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    address = engine.url.render_as_string(hide_password=False)
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", _WRITER, address, str(tmp_path / "wangge.key")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout if line.endswith(b"\n")]

    with reading(engine) as connection:
        stored = {row["source_id"] for row in stable_rows(connection)}
    assert {str(i) for i in acknowledged} <= stored
    assert len(stored) <= len(acknowledged) + 1
    with writing(engine) as connection:
        more = append(connection, [arrival()], ring=ring, now=NOW, who="x")
    assert more[0].serial == len(stored) + 1
