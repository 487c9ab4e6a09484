"""Three weeks of appeals in a small town, with one burst: rows, files, and their way in."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from wangge.cli import main

HEADERS = [
    *("工单编号", "受理时间", "诉求类型", "问题分类一级", "问题分类二级", "诉求内容"),
    *("经度", "纬度", "来电号码"),
]
TREE = """编码,名称,上级
噪声,噪声,
噪声/施工噪声,施工噪声,噪声
物业,物业,
物业/停车管理,停车管理,物业
市容环卫,市容环卫,
市容环卫/垃圾清运,垃圾清运,市容环卫
"""
DAYS, BURST_DAY = 22, 20

Row = list[str]


def rows_of(days: Sequence[int]) -> list[Row]:
    """Sixty appeals a day in the town's eight communities, and one burst."""
    found = []
    for day in days:
        rng = np.random.default_rng(day)
        start = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day)
        for number in range(60):
            at = start + timedelta(hours=int(rng.integers(8, 20)), minutes=number)
            first, second = [("噪声", "施工噪声"), ("物业", "停车管理")][number % 2]
            lon, lat = 111 + rng.random() * 0.04, 30 + rng.random() * 0.02
            found.append(
                [f"D{day:02d}-{number:03d}", f"{at:%Y-%m-%d %H:%M:%S}", "投诉", first, second,
                 f"第{number}件一般事项", f"{lon:.6f}", f"{lat:.6f}", f"138{day:04d}{number:04d}"]
            )  # fmt: skip
        if day == BURST_DAY:
            found += [
                [f"B{number:03d}", f"{start:%Y-%m-%d} {9 + number // 4:02d}:{number:02d}:00",
                 "投诉", "市容环卫", "垃圾清运", "垃圾没有清运", "111.005", "30.005",
                 f"1390000{number:04d}"]
                for number in range(14)
            ]  # fmt: skip
    return sorted(found, key=lambda row: row[1])


def write(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADERS, *rows])
    return path


def ingest(site: Path, *files: Path, more: Sequence[str] = ()) -> None:
    config = ["--config", str(site / "wangge.toml")]
    how = ["--datum", "wgs84", "--source", "hotline", *more]
    for file in files:
        assert main([*config, "ingest", str(file), *how]) == 0
