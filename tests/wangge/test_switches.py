"""A level that is switched on again is watched as if it had never been off."""

import shutil
from pathlib import Path

import numpy as np

from alerts.keys import AREA_KINDS
from alerts.lease.store import read_mark
from alerts.state import unpack
from alerts.watch import Watch
from appeals.database import reading
from wangge.run_watch import run_watch
from wangge.settings import Keys
from wangge.site import open_site


def test_what_was_off_is_counted_from_the_rows_and_told_alerts_are_not_told_twice(
    watched: Path, tmp_path: Path
) -> None:
    shutil.copytree(watched, tmp_path / "site")
    site = open_site(tmp_path / "site" / "wangge.toml")

    def state() -> Watch:
        with reading(site.engine) as connection:
            mark = read_mark(connection)
        assert mark.state is not None
        return unpack(mark.state_version, mark.state)

    before = state()
    off = Keys(community=(), h3_8=(), subject=())
    few = site.settings.model_copy(
        update={"alerts": site.settings.alerts.model_copy(update={"keys": off})}
    )
    run_watch(site.engine, few)
    assert {AREA_KINDS[k] for k in state().baseline.keys.kind} == {"city", "district", "street"} & {
        AREA_KINDS[k] for k in before.baseline.keys.kind
    }
    report = run_watch(site.engine, site.settings)

    after = state()
    assert after.watched == before.watched
    assert after.baseline.keys.area == before.baseline.keys.area
    stored = before.baseline.stored()
    assert all(np.array_equal(stored[n], v) for n, v in after.baseline.stored().items())
    assert report.alerts == 0
    site.engine.dispose()
