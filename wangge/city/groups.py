"""Planted events that no single key shows: clusters over a border, subjects, first reports."""

import numpy as np

from wangge.city.background import draw_kinds
from wangge.city.calls import COMPLAINT, calls
from wangge.city.classes import read_first_times
from wangge.city.land import metres
from wangge.city.names import Namer
from wangge.city.outline import Floats, Ints
from wangge.city.rhythm import seconds_of_day
from wangge.city.settlement import COMPOUND
from wangge.city.stage import Planted, Stage
from wangge.city.truth import EventKind

CLUSTERS, SUBJECTS, FIRST_TIMES = 4, 4, 12  # in sixty days
CLUSTER_RADIUS_M = 480.0
CLUSTER_RATE = (1.5, 14.0)  # mean a day of the class in the whole city
RINGS = 30
# Classes whose matters have a place of their own.
_LOCAL = (
    "生态环境/",
    "城市管理/",
    "园林水务/",
    "公用事业/供",
    "公安户政/犬类管理/",
    "公共安全/电动车",
)

_SUBJECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "健身",
        "市场监管/消费维权/预付费退款",
        ("门店突然关门，年卡退不了", "私教课不给退", "说装修停业，会员费没人管", "充的钱转不了店"),
    ),
    (
        "课堂教育",
        "教育/校外培训/培训退费",
        ("停课后学费不退", "老师都走了，课包没人接", "校区搬空，客服不回", "退费排队三个月没到账"),
    ),
    (
        "长租公寓",
        "住房物业/房屋交易租赁/租房押金",
        ("退租押金不退", "收了租金没给房东", "管家联系不上", "合同到期扣押金"),
    ),
    (
        "家电",
        "市场监管/消费维权/售后服务",
        ("预约安装一直不上门", "收了延保费不给修", "送货一拖再拖", "客服说没有配件"),
    ),
    (
        "生鲜优选",
        "市场监管/网络交易/网购退货",
        ("团购的水果烂了不给退", "下单不发货", "储值卡余额清零", "退货运费不返还"),
    ),
    (
        "家装",
        "市场监管/消费维权/商品质量",
        ("定制柜子开裂不给换", "地板起鼓没人管", "交了全款材料不对", "门板掉漆推给厂家"),
    ),
)


def plant_clusters(stage: Stage, rng: np.random.Generator) -> None:
    """Plant clusters: one class within half a kilometre of a street border, both sides of it."""
    land, settlement = stage.land, stage.settlement
    points = metres(np.array([(place.lon, place.lat) for place in settlement.places]))
    home = land.grids.parent[np.array([place.grid for place in settlement.places])]
    near = _disks(points, home, stage)
    good = [
        k
        for k, leaf in enumerate(stage.leaves)
        if CLUSTER_RATE[0] <= leaf.per_day <= CLUSTER_RATE[1]
        and leaf.code.startswith(_LOCAL)
        and leaf.place != "店铺"
    ]
    done: list[Floats] = []
    for centre, sides in near:
        if len(done) == stage.wanted(CLUSTERS):
            return
        if any(float(np.hypot(*(centre - other))) < 1500 for other in done):
            continue
        lasting = int(rng.integers(2, 4))
        first = stage.first_day(lasting, rng)
        leaf = int(rng.choice(good))
        n = int(rng.integers(11, 17))
        half = n // 2
        where = np.concatenate(
            [
                rng.choice(side, size=size, replace=size > len(side))
                for side, size in zip(sides, (half, n - half), strict=True)
            ]
        )
        areas = sorted({land.communities.codes[k] for k in home[where]})
        code = stage.leaves[leaf].code
        if not stage.take(areas, code, first, first + lasting - 1):
            continue
        done.append(centre)
        rows = calls(
            n,
            second=stage.times(leaf, n, first, lasting, rng),
            leaf=leaf,
            kind=draw_kinds(stage.leaves, np.full(n, leaf), rng),
            place=rng.permutation(where),
            caller=stage.callers.new(n),
        )
        cause, *others = rng.permutation(list(stage.leaves[leaf].matters)).tolist()
        rows["text"] = np.where(rng.random(n) < 0.75, cause, others[0])
        base = stage.rates.of_day(np.unique(home[where]), leaf, first)
        streets = sorted({settlement.street_names[land.communities.parent[k]] for k in home[where]})
        note = "、".join(streets) + f", {len(areas)} communities, {lasting} d"
        stage.plant(Planted(EventKind.CLUSTER, tuple(areas), code, base, note), rows)


def _disks(points: Floats, home: Ints, stage: Stage) -> list[tuple[Floats, tuple[Ints, Ints]]]:
    """Find points of street borders with many places of several communities on both sides.

    Gives the centre (metres) and the places on each side, the best first.
    """
    land = stage.land
    street_of = land.communities.parent[home]
    found: list[tuple[float, Floats, tuple[Ints, Ints]]] = []
    for centre, (one, other) in zip(metres(land.border), land.border_streets, strict=True):
        within = np.hypot(*(points - centre).T) <= CLUSTER_RADIUS_M
        sides = (
            np.flatnonzero(within & (street_of == one)),
            np.flatnonzero(within & (street_of == other)),
        )
        fewest = min(len(side) for side in sides)
        communities = len(np.unique(home[np.concatenate(sides)]))
        if fewest >= 6 and communities >= 3:
            found.append((communities + min(fewest, 20) / 100, centre, sides))
    found.sort(key=lambda item: -item[0])
    return [(centre, sides) for _, centre, sides in found]


def plant_subjects(stage: Stage, rng: np.random.Generator) -> None:
    """Plant subjects: about thirty callers in ten streets within three days, one enterprise."""
    codes = [leaf.code for leaf in stage.leaves]
    land = stage.land
    namer = Namer(rng)
    left = stage.wanted(SUBJECTS)
    for k in [*rng.permutation(len(_SUBJECTS)), *rng.permutation(len(_SUBJECTS))]:
        ending, code, troubles = _SUBJECTS[k]
        first = stage.first_day(3, rng)
        n = int(rng.integers(27, 34))
        streets = rng.choice(len(land.streets.codes), size=11, replace=False)
        some = np.flatnonzero(np.isin(land.communities.parent, streets))
        weight = np.sqrt(stage.settlement.weight[some])
        community = some[rng.choice(len(some), size=n, p=weight / weight.sum())]
        areas = sorted({land.communities.codes[c] for c in community})
        if left == 0 or not stage.take(land.streets.codes, code, first, first + 2):
            continue
        left -= 1
        subject = namer.chain(ending)
        leaf = codes.index(code)
        rows = stage.extra(leaf, community, stage.times(leaf, n, first, 3, rng), rng)
        rows["kind"] = COMPLAINT
        # Clerks fill the column now and then; of every second enterprise only the words speak.
        filled = (np.arange(n) % 3 > 0) & (left % 2 == 0)
        rows["subject"] = np.where(filled, subject, "")
        homes = stage.settlement.by_community
        rows["place"] = [int(rng.choice(homes[c][COMPOUND])) for c in community]
        plain = subject.removesuffix("（演示）")
        rows["text"] = [f"{plain}{troubles[i]}" for i in rng.integers(len(troubles), size=n)]
        base = stage.rates.of_day(np.unique(community), leaf, first)
        reached = len(np.unique(land.communities.parent[community]))
        note = f"{subject}, {n} callers in {reached} streets"
        stage.plant(Planted(EventKind.SUBJECT, tuple(areas), code, base, note), rows)


def plant_first_times(stage: Stage, rng: np.random.Generator) -> None:
    """Plant first reports: a class without history, three to six callers within 66 hours."""
    codes = [leaf.code for leaf in stage.leaves]
    issues = read_first_times()
    for k in rng.permutation(len(issues))[: stage.wanted(FIRST_TIMES)]:
        issue = issues[k]
        leaf = codes.index(issue.class_code)
        community = int(rng.choice(len(stage.settlement.weight), p=stage.settlement.weight))
        area = stage.land.communities.codes[community]
        first = stage.first_day(3, rng)
        stage.take([area], issue.class_code, first, first + 2)
        n = int(rng.integers(3, 7))
        # The first and the two after it come within three days, by day or in the evening.
        day = np.sort(np.concatenate([[0], rng.integers(0, 3, n - 1)]))
        second = (first + day) * 86_400 + rng.integers(8 * 3600, 21 * 3600, n)
        second = np.minimum(second, second.min() + 66 * 3600)
        rows = stage.extra(leaf, np.full(n, community), second, rng)
        order = rng.permutation(len(issue.texts))
        rows["text"] = [issue.texts[order[i % len(order)]] for i in range(n)]
        note = f"{stage.settlement.community_names[community]}, {n} callers"
        stage.plant(Planted(EventKind.FIRST_TIME, (area,), issue.class_code, 0.0, note), rows)


def plant_caller(stage: Stage, rng: np.random.Generator) -> None:
    """Plant one caller who rings thirty times about one matter within two days."""
    codes = [leaf.code for leaf in stage.leaves]
    code = "城市管理/违法建设/私搭乱建"
    leaf = codes.index(code)
    while True:
        community = int(rng.integers(len(stage.settlement.weight)))
        area = stage.land.communities.codes[community]
        first = stage.first_day(2, rng)
        if stage.take([area], code, first, first + 1):
            break
    second = np.sort(
        (first + rng.integers(0, 2, RINGS)) * 86_400 + seconds_of_day("日", RINGS, rng)
    )
    rows = stage.extra(leaf, np.full(RINGS, community), second, rng)
    rows["caller"] = rows["caller"].iloc[0]
    rows["place"] = rows["place"].iloc[0]
    rows["kind"] = COMPLAINT
    rows["text"] = str(rng.choice(list(stage.leaves[leaf].matters)))
    rows["again"] = np.arange(RINGS)
    base = stage.rates.of_day(np.array([community]), leaf, first)
    note = f"{stage.settlement.community_names[community]}, {RINGS} calls of one caller"
    stage.plant(Planted(EventKind.CALLER, (area,), code, base, note), rows)
