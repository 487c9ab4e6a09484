from datetime import date, timedelta

import numpy as np
import pytest

from alerts.novelty import RecentTexts

NOBODY = np.empty(0, np.int64)
DAY = date(2026, 3, 2)


def test_the_same_words_are_not_new_and_other_words_are() -> None:
    texts = RecentTexts()
    texts.add(DAY, np.array([1, 2]), ["夜间施工噪声扰民无法休息", "路灯不亮影响出行"])

    assert texts.nearest("夜间施工噪声扰民无法休息", NOBODY) == pytest.approx(1.0)
    assert texts.nearest("无人机频繁低飞拍摄居民窗户", NOBODY) < 0.1


def test_appeals_of_the_same_matter_do_not_count_against_themselves() -> None:
    texts = RecentTexts()
    texts.add(DAY, np.array([7]), ["无人机低飞拍摄窗户"])

    assert texts.nearest("无人机低飞拍摄窗户", np.array([7])) == 0.0


def test_what_is_too_old_is_forgotten_and_the_index_stays_bounded() -> None:
    texts = RecentTexts(days_kept=10, most_texts=50)
    for number in range(40):
        ids = np.arange(20) + number * 20
        texts.add(DAY + timedelta(days=number), ids, [f"第{i}号事项说明" for i in ids])

    assert texts._size <= 60
    assert texts._holding.sum() == pytest.approx(sum(m.nnz for _, _, m in texts._days))
    assert texts.nearest("第3号事项说明", NOBODY) < 1.0


def test_an_index_built_again_gives_the_same_answers() -> None:
    one, other = RecentTexts(days_kept=5), RecentTexts(days_kept=5)
    days = [(DAY + timedelta(days=n), np.array([n]), [f"事项{n}号在路口积水"]) for n in range(9)]
    for day in days:
        one.add(*day)
    for day in days[4:]:
        other.add(*day)

    assert one.nearest("路口积水", NOBODY) == pytest.approx(other.nearest("路口积水", NOBODY))


def test_asking_between_two_days_changes_no_later_answer() -> None:
    asked, silent = RecentTexts(), RecentTexts()
    for number, text in enumerate(["路灯不亮影响出行", "路口积水无法通行", "路灯不亮"]):
        for texts in (asked, silent):
            texts.add(DAY + timedelta(days=number), np.array([number]), [text])
        asked.nearest("路灯不亮", NOBODY)

    ids, similarity = silent.similarities("路灯不亮路口")
    assert ids.tolist() == [0, 1, 2]
    assert asked.similarities("路灯不亮路口")[1] == pytest.approx(similarity)
    assert similarity.max() == silent.nearest("路灯不亮路口", NOBODY)


def test_empty_words_are_near_to_nothing() -> None:
    texts = RecentTexts()
    texts.add(DAY, np.array([1]), [""])

    assert texts.nearest("", NOBODY) == 0.0
