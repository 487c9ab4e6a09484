"""Invented names: units, roads, compounds, shops, and people who carry 演 in their names."""

import numpy as np

CITY = "演示·云泽市"
CITY_PLAIN = "云泽市"

_DISTRICTS = ("澄岚区", "砚溪区", "鹿坪区")
_FIRST = "锦兰云泽岚溪砚鹿鹤柳松竹梅槐桐枫荷菱芦苇青碧澄清静和瑞祥望听沐映栖临映晴晓暮秋春月星"
_SECOND = "泉溪湖湾岸洲桥亭台阁院园庭坊渡堤坪岭坡原汀泊畔林霞湄"
_ROADS = ("路", "路", "路", "街", "街", "大道", "巷")
_COMPOUNDS = (
    *("小区", "小区", "苑", "花园", "家园", "新村", "公寓", "嘉园", "雅居", "里", "名邸", "南院"),
    *("北院", "宿舍", "新居", "华庭"),
)
_SPOTS = (
    *("小学", "幼儿园", "菜市场", "公园", "社区医院", "中学", "便民大厅", "文化广场", "公交场站"),
    *("体育场", "河滨步道", "停车场"),
)
_SHOPS = (
    *("超市", "餐馆", "健身房", "理发店", "药店", "培训中心", "家电城", "烧烤店", "水果店"),
    *("便利店", "家具店", "手机店", "网吧", "宠物店", "汽修厂"),
)
_BRANDS = "悦优朗畅惠捷丰诚佳美乐尚臻禾荟聚恒拓微橙柚麦禾鲸豚雀"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = "文琪宁安乐然齐可凡舒辰越宜立成佳一二三思远明亮平远方元朗"
DEPARTMENTS = {
    "生态环境": "市生态环境局",
    "城市管理": "市城市管理局",
    "交通运输": "市交通运输局",
    "住房物业": "市住房和城乡建设局",
    "公用事业": "市城市管理局",
    "市场监管": "市市场监督管理局",
    "教育": "市教育局",
    "医疗卫生": "市卫生健康委员会",
    "劳动社保": "市人力资源和社会保障局",
    "民政养老": "市民政局",
    "公安户政": "市公安局",
    "园林水务": "市园林水务局",
    "公共安全": "市应急管理局",
    "文旅体育": "市文化旅游体育局",
    "政务服务": "市政务服务和数据局",
}


class Namer:
    """Gives each name once.

    Parameters
    ----------
    rng
        Where the choice comes from; the same generator state gives the same names.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        pairs = sorted({a + b for a in _FIRST for b in _SECOND if a != b})
        self._pairs: list[str] = [pairs[k] for k in rng.permutation(len(pairs))]
        self._rng = rng
        self._used: set[str] = set()
        self._next = 0

    def _word(self) -> str:
        self._next += 1
        return self._pairs[self._next % len(self._pairs)]

    def _once(self, endings: tuple[str, ...]) -> str:
        while True:
            name = str(self._word() + endings[int(self._rng.integers(len(endings)))])
            if name not in self._used:
                self._used.add(name)
                return name

    def districts(self) -> list[str]:
        """Give the three districts."""
        return list(_DISTRICTS)

    def street(self, rural: bool) -> str:
        """Give a 街道, or a 镇 at the edge of the city."""
        return self._once(("镇",) if rural else ("街道",))

    def community(self, rural: bool) -> str:
        """Give a 社区, or a 村."""
        return self._once(("村", "社区") if rural else ("社区",))

    def road(self) -> str:
        """Give a road."""
        return self._once(_ROADS)

    def compound(self) -> str:
        """Give a 小区."""
        return self._once(_COMPOUNDS)

    def spot(self) -> str:
        """Give a public place, such as a school or a market."""
        return self._once(_SPOTS)

    def shop(self) -> str:
        """Give a shop of one's own name."""
        return self._once(_SHOPS)

    def manager(self) -> str:
        """Give a property manager (物业公司)."""
        return self._once(("物业服务有限公司（演示）",))

    def chain(self, ending: str) -> str:
        """Give an invented enterprise, such as 朗悦健身（演示）."""
        while True:
            a, b = (int(k) for k in self._rng.integers(len(_BRANDS), size=2))
            name = _BRANDS[a] + _BRANDS[b] + ending
            if a != b and name not in self._used:
                self._used.add(name)
                return name + "（演示）"


def person(number: int) -> str:
    """Give the invented name of a caller: the second character is always 演.

    >>> person(0), person(1)
    ('赵演文', '钱演文')
    """
    surname = _SURNAMES[number % len(_SURNAMES)]
    return surname + "演" + _GIVEN[number // len(_SURNAMES) % len(_GIVEN)]


def phone(number: int) -> str:
    """Give the invented mobile number of a caller, 11 digits from 19900000000 on.

    >>> phone(42)
    '19900000042'
    """
    return f"{19900000000 + number}"


def id_number(number: int) -> str:
    """Give an 18-character id number of the invented region 990101; its check digit is right.

    >>> id_number(1)
    '990101199101020011'
    """
    head = f"990101{1960 + (number + 30) % 45}0102{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(head, weights, strict=True))
    return head + "10X98765432"[total % 11]
