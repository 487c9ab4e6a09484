"""Reports of the same days agree with each other and with what is stored, to the unit."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from alerts.store import ALERTS
from appeals.database import METADATA, Connection, Engine, open_database, reading, writing
from appeals.errors import InputError
from appeals.store import VERSIONS
from grids.store import COUNTS, PLACEMENTS
from grids.totals.store import OUTCOMES
from hotspots.monthly.store import add_item, choose_topic
from hotspots.periods import Reckoning, Span, Step
from maps.report.facts import Facts
from maps.report.figures import Rate, written
from maps.report.matters import matters
from maps.report.paper import Paper, Table
from maps.report.papers import paper_of
from maps.report.phrases import totals_words
from maps.report.spans import spans_of
from maps.report.tables import both_codes, rank_rates
from maps.report.yearly import indicators_table
from tests.maps.made_report import MONDAY, NOW, bring_fortnight, facts

WEEK = [MONDAY + timedelta(days=day) for day in range(7, 14)]


@pytest.fixture(scope="module")
def fortnight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database that holds the fortnight."""
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('fortnight') / 'wangge.db'}")
    METADATA.create_all(engine)
    with writing(engine) as connection:
        bring_fortnight(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def town(fortnight: Engine) -> Iterator[Connection]:
    with reading(fortnight) as connection:
        yield connection


@pytest.fixture
def changing(fortnight: Engine) -> Iterator[Connection]:
    """The same, for a test whose changes are taken back."""
    with fortnight.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def test_days_week_month_and_year_agree_with_each_other_and_with_the_rows(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_fortnight(connection)
    with reading(engine) as connection:
        for cut_off_hour in (0, 8):
            days = [facts(connection, "day", day, cut_off_hour=cut_off_hour) for day in WEEK]
            week = facts(connection, "week", WEEK[0], cut_off_hour=cut_off_hour)
            _agree(days, week)
            if not cut_off_hour:
                _are_the_rows(connection, week)
        steps: tuple[Step, ...] = ("month", "year")
        for step in steps:
            longer = facts(connection, step, WEEK[-1], cut_off_hour=8)
            listed = dict(zip(longer.days["local_day"], longer.days["n"], strict=True))
            of_days = [listed[day.spans.this.first] for day in days]
            assert of_days == [day.received() for day in days]
            assert longer.received() == sum(longer.days["n"])


def test_a_day_without_appeals_stands_as_nothing_and_is_not_left_out(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_fortnight(connection)
        connection.execute(COUNTS.delete().where(COUNTS.c.local_day == WEEK[2]))
        days = facts(connection, "week", WEEK[0]).days

    assert days["local_day"].tolist() == WEEK
    assert [n > 0 for n in days["n"]] == [True, True, False, True, True, True, True]


@pytest.mark.parametrize("busy", [True, False])
def test_days_of_a_broken_source_are_told_and_are_no_fall(engine: Engine, *, busy: bool) -> None:
    with writing(engine) as connection:
        bring_fortnight(connection)
        gone = [WEEK[2], WEEK[3], WEEK[1] - timedelta(days=7)]
        connection.execute(COUNTS.delete().where(COUNTS.c.local_day.in_(gone)))
        connection.execute(COUNTS.update().values(n=COUNTS.c.n * (10 if busy else 1)))
        week, day = (facts(connection, step, WEEK[2]) for step in ("week", "day"))

    if not busy:
        assert "没有受理记录" not in totals_words(week)
        return
    assert week.silent == {"this": WEEK[2:4], "previous": [gone[2]]}
    assert "3月6日至3月7日、环比对照期的2月27日没有受理记录" in totals_words(week)
    assert "3月6日没有受理记录，来源可能中断" in totals_words(day)


def test_a_monthly_report_tells_how_far_the_topic_of_the_month_is(engine: Engine) -> None:
    said: dict[str, Any] = {"who": "李主任", "now": NOW}
    with writing(engine) as connection:
        bring_fortnight(connection)
        assert "每月一题" not in _text(facts(connection, "month", WEEK[0]))
        topic = choose_topic(
            connection, month="2024-03", class_code="噪声", lead="住建局", plan="限时施工", rank=1,
            parts={}, **said,
        )  # fmt: skip
        problem = add_item(
            connection, topic, "problem", about=None, what="夜间施工", due_on=None, **said
        )
        add_item(connection, topic, "task", about=problem, what="巡查", due_on=MONDAY, **said)
        text = _text(facts(connection, "month", WEEK[0]))

    assert "“噪声”（住建局牵头，在办）：问题清单1项，办结0项；任务清单1项，办结0项，逾期1项" in text
    assert "七、每月一题" in text
    assert "八、统计口径" in text


def test_a_report_defines_only_the_figures_that_it_has(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_fortnight(connection)
        month = facts(connection, "month", WEEK[0])

    assert "派单量为转交承办单位办理的件数" in _text(month)
    assert "以回访中明确答复的为分母" in _text(month)
    unknown = _text(replace(month, outcomes=month.outcomes.iloc[:0]))
    assert "响应率、解决率、满意率无数据" in unknown
    assert "派单量为" not in unknown
    assert "为分母" not in unknown


def _text(of: Facts) -> str:
    return "\n".join(_texts(paper_of(of)))


def _texts(paper: Paper) -> list[str]:
    return [getattr(block, "text", "") for block in paper.blocks]


def _agree(days: list[Facts], week: Facts) -> None:
    assert sum(day.received() or 0 for day in days) == week.received()
    for level in ("street", "community"):
        each = pd.concat([day.places[level][["area", "this"]] for day in days])
        summed = each.groupby("area")["this"].sum()
        this = week.places[level].set_index("area")["this"]
        assert summed[summed > 0].to_dict() == this[this > 0].to_dict()
    topics = pd.concat([day.topics[["class_code", "this"]] for day in days])
    of_days = topics.groupby("class_code")["this"].sum()
    of_week = week.topics.set_index("class_code")["this"]
    assert of_days[of_days > 0].to_dict() == of_week[of_week > 0].to_dict()
    whole = week.outcome()
    assert whole is not None
    parts = [part for part in (day.outcome() for day in days) if part is not None]
    for name in OUTCOMES:
        assert sum(part.every[name] for part in parts) == whole.every[name]
        assert sum(part.kept[name] for part in parts) == whole.kept[name]


def _are_the_rows(connection: Connection, week: Facts) -> None:
    of = VERSIONS.c
    rows = connection.execute(
        sa.select(of.class_code, of.direct, of.solved, of.excluded, PLACEMENTS.c.street_id)
        .join(PLACEMENTS, PLACEMENTS.c.serial == of.serial)
        .where(of.local_day.between(WEEK[0], WEEK[-1]))
    ).all()
    now = week.outcome()
    assert now is not None
    assert week.received() == now.every["n"] == len(rows) > 50
    assert now.every["dispatched"] == sum(row.direct is False for row in rows)
    assert now.left_out == sum(bool(row.excluded) for row in rows) > 0
    assert now.kept["solved_yes"] == sum(row.solved == "yes" and not row.excluded for row in rows)
    classes = Counter(row.class_code for row in rows)
    assert dict(week.topics[["class_code", "this"]].query("this > 0").to_numpy()) == classes
    streets = Counter(row.street_id for row in rows if row.street_id)
    assert dict(week.places["street"][["area", "this"]].to_numpy()) == streets


def test_a_paper_says_the_totals_and_every_street_is_in_its_full_list(town: Connection) -> None:
    week = facts(town, "week", WEEK[0])
    month = paper_of(facts(town, "month", date(2024, 3, 31)))
    assert week.theme is not None
    assert week.theme.class_code == "噪声/施工"
    full = next(table for table in month.annexes if table.caption.startswith("街乡镇"))
    titles = [column.title for column in full.columns]
    assert titles[1:4] == ["9位编码", "12位编码", "街乡镇"]
    assert {row[3] for row in full.rows} == {"左街道", "右街道"}
    assert all(len(str(row[1])) == 9 and len(str(row[2])) == 12 for row in full.rows)
    assert month.period.startswith("统计时间：2024年3月1日0时至3月10日24时")
    assert "本期尚未结束" in month.period


def test_few_callers_are_named_by_their_street_and_no_sentence_of_an_alert_is_told(
    town: Connection,
) -> None:
    told = facts(town, "day", date(2024, 3, 6)).alerts.sent
    others = facts(town, "day", date(2024, 3, 7)).alerts.sent
    assert [(one["level"], one["place"]) for one in told] == [("橙", "右街道"), ("黄", "右社区")]
    assert others == []


def test_what_was_kept_and_what_is_history_was_not_sent(changing: Connection) -> None:
    spans = ("当日", "本周", "本月", "本年")
    _set(changing, "orange", aside="over_budget")
    one = _alerts_said(changing)
    _set(changing, "yellow", aside="known", historical=True)
    none = _alerts_said(changing)

    says = "发出风险提示1条（黄1条）；另有1条未单独提示。"
    assert one == [(span + says, 1) for span in spans]
    says = "没有发出风险提示；另有1条未单独提示、1条历史提示。"
    assert none == [(span + says, 0) for span in spans]


def test_the_indicators_of_a_year_count_the_alerts_that_its_text_counts(
    changing: Connection,
) -> None:
    _set(changing, "orange", aside="judged_false")
    table = indicators_table(facts(changing, "year", WEEK[2]))

    assert [written(row[1]) for row in table.rows if row[0] == "发出风险提示（条）"] == ["1"]


def test_no_matter_of_the_leader_is_an_alert_that_was_not_sent(changing: Connection) -> None:
    told = matters(facts(changing, "day", WEEK[2]))
    _set(changing, "orange", aside="snoozed")
    _set(changing, "yellow", historical=True)
    kept = matters(facts(changing, "day", WEEK[2]))

    assert sum("色提示" in matter for matter in told) == 2
    assert not any("色提示" in matter for matter in kept)


def _set(connection: Connection, level: str, **values: object) -> None:
    connection.execute(sa.update(ALERTS).where(ALERTS.c.level == level).values(**values))


def _alerts_said(connection: Connection) -> list[tuple[str, int]]:
    """Give by day, week, month and year what is said of alerts, and how many are listed."""
    steps: tuple[Step, ...] = ("day", "week", "month", "year")
    papers = [paper_of(facts(connection, step, WEEK[2])) for step in steps]
    return [
        (
            next(text for text in _texts(paper) if "发出风险提示" in text and text[0] in "当本"),
            sum(len(table.rows) for table in paper.annexes if table.caption == "风险提示"),
        )
        for paper in papers
    ]


def test_the_period_ends_with_the_data_and_is_compared_with_as_many_days() -> None:
    data = date(2024, 1, 10), date(2024, 3, 10)
    spans = spans_of("month", date(2024, 3, 31), Reckoning(), data=data, today=date(2024, 3, 31))
    assert (spans.this, spans.running) == (Span(date(2024, 3, 1), date(2024, 3, 10)), True)
    assert spans.compared == {"previous": Span(date(2024, 2, 1), date(2024, 2, 10))}
    first = spans_of("month", date(2024, 1, 31), Reckoning(), data=data, today=date(2024, 3, 31))
    assert (first.this.first, first.begun_late, dict(first.compared)) == (data[0], True, {})
    office = Reckoning(month_start=19, week_start=5)
    month = spans_of("month", date(2024, 2, 19), office, data=data, today=date(2024, 3, 31))
    assert (month.whole, month.this.last) == (Span(date(2024, 2, 19), date(2024, 3, 18)), data[1])
    week = spans_of("week", date(2024, 2, 19), office, data=data, today=date(2024, 3, 31))
    assert week.compared["previous"] == Span(date(2024, 2, 9), date(2024, 2, 15))
    day = spans_of("day", date(2024, 2, 19), office, data=data, today=date(2024, 3, 31))
    assert {name: span.first.day for name, span in day.compared.items()} == {
        "previous": 18, "week_ago": 12,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2024, 4, 1), "lies in the future"),
        (date(2024, 3, 12), "no appeals from 2024-03-12"),
        (date(2023, 1, 1), "those here are from 2024-01-10 to 2024-03-10"),
    ],
)
def test_a_day_without_a_report_is_told_with_its_reason(day: date, says: str) -> None:
    data = date(2024, 1, 10), date(2024, 3, 10)
    with pytest.raises(InputError, match=says):
        spans_of("day", day, Reckoning(), data=data, today=date(2024, 3, 31))


def test_an_empty_site_says_so() -> None:
    with pytest.raises(InputError, match="no appeals yet"):
        spans_of("day", date(2024, 3, 1), Reckoning(), data=None, today=NOW.date())


def test_codes_stand_beside_each_other_and_rates_of_few_have_no_rank() -> None:
    assert both_codes("990101001") == ("990101001", "990101001000")
    assert rank_rates([Rate(10, 10), Rate(19, 0), Rate(20, 0)]) == [2, None, 1]


def test_a_year_stands_beside_the_last_one(town: Connection) -> None:
    now = facts(town, "year", WEEK[-1])
    last = Span(date(2023, 2, 26), date(2023, 3, 10))
    doubled = replace(
        now,
        spans=replace(now.spans, compared={"last_year": last}),
        topics=now.topics.assign(last_year=2 * now.topics["this"]),
        places={
            level: counts.assign(last_year=2 * counts["this"])
            for level, counts in now.places.items()
        },
        outcomes=pd.concat([now.outcomes, now.outcomes.assign(span="last_year")]),
    )
    body = paper_of(doubled).blocks
    tables = {block.caption: block for block in body if isinstance(block, Table)}
    rows = {row[0]: [written(cell) for cell in row[1:]] for row in tables["体检指标"].rows}
    received = now.received() or 0
    assert rows["受理量（件）"] == [f"{received}", f"{2 * received}", "-50.0%"]
    assert rows["派单量（件）"][2] == "持平"
    assert rows["解决率（剔除后）"][2] == "持平"
    assert rows["日均受理量（件）"][1] == f"{2 * received / 13:.1f}"
    topics = next(table for name, table in tables.items() if name.startswith("诉求类别"))
    assert [column.title for column in topics.columns][:2] == ["名次", "上年名次"]
    assert all(written(row[0]) == written(row[1]) for row in topics.rows)
