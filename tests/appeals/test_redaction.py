# ruff: noqa: RUF001 -- full-width digits and marks are what is tested
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.plain_digits import plain_digits
from appeals.redaction import cut_at_building, redact

# Whatever may stand around a number: any characters, and those that the rules look at.
_around = st.text(max_size=12) | st.text(
    "0123456789一三八零 -－—.·年月日元号楼单元室京A:：，@我叫王小明QQxX\n", max_size=14
)
_mobile = st.integers(13_000_000_000, 19_999_999_999).map(str)
_seals = st.sampled_from(
    ["{}{}{}", "{} {} {}", "{}-{}-{}", "{}—{}—{}", "{}\u3000{} {}", "{}\n{}{}"]
)
_id = st.builds(
    "{:06d}{:04d}{:02d}{:02d}{:03d}{}".format,
    st.integers(110000, 659999),
    st.integers(1920, 2024),
    st.integers(1, 12),
    st.integers(1, 28),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),
)


def _digits(text: str) -> str:
    return "".join(str(int(c)) if c.isdecimal() else "" for c in text)


@settings(max_examples=300, deadline=None)
@given(_around, _mobile, _seals, _around)
def test_no_mobile_number_shows_in_whatever_text_it_stands(
    before: str, phone: str, form: str, after: str
) -> None:
    written = form.format(phone[:3], phone[3:7], phone[7:])

    shown = redact(before + written + after)

    assert written not in shown
    assert phone not in _digits(shown) or phone in _digits(before) + _digits(after)


@settings(max_examples=200, deadline=None)
@given(_around, _id, _around)
def test_no_id_number_shows_in_whatever_text_it_stands(
    before: str, number: str, after: str
) -> None:
    assert number not in redact(before + number + after)


@settings(max_examples=300, deadline=None)
@given(st.lists(_around | _mobile | _id, max_size=6).map("".join))
def test_redacting_twice_is_redacting_once(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@settings(max_examples=200, deadline=None)
@given(st.lists(_around | _mobile | _id, max_size=6).map("".join))
def test_cutting_twice_is_cutting_once(text: str) -> None:
    once = cut_at_building(text)

    assert cut_at_building(once) == once


@settings(max_examples=200, deadline=None)
@given(_mobile, st.lists(st.sampled_from(["0", "０", "⓪①②③④⑤⑥⑦⑧⑨"]), min_size=11, max_size=11))
def test_a_number_in_full_width_and_circled_digits_is_a_number(
    phone: str, forms: list[str]
) -> None:
    written = "".join(
        form[int(digit)] if len(form) > 1 else chr(ord(form) + int(digit))
        for digit, form in zip(phone, forms, strict=True)
    )

    shown = redact(f"请回电{written}，谢谢")

    # One circled digit alone at an end counts as that of a list.
    assert sum(map(str.isdecimal, plain_digits(shown))) + len(re.findall("[⓪①-⑨]", shown)) <= 2
    assert "〔" in shown


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["", "物业不管\n", "小区停水。"]),
    st.sampled_from([*"王李张刘陈杨赵周吴徐孙朱胡郭", "欧阳", "诸葛", "上官"]),
    st.text("伟芳娜静敏强磊勇艳杰涛超霞娟丽秀惠兰", min_size=1, max_size=2),
    st.sampled_from(["反映", "来电反映", "称", "投诉物业", "，男，45岁", "，电话见附件", "求助"]),
)
def test_a_name_that_nothing_introduces_is_hidden_where_a_sentence_begins(
    before: str, surname: str, given_name: str, says: str
) -> None:
    assert redact(f"{before}{surname}{given_name}{says}") == f"{before}〔姓名〕{says}"


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from("王李张刘陈杨赵黄周吴金高白石万安江马"),
    st.text("家府大新东南金水", max_size=1),
    st.sampled_from(list("村庄镇县区路街桥湾井山江城园苑店厂科达联")),
    st.sampled_from(["反映", "来电反映", "投诉", "咨询"]),
)
def test_a_place_or_a_firm_that_begins_with_a_surname_is_no_person(
    first: str, second: str, last: str, says: str
) -> None:
    text = f"{first}{second}{last}{says}"

    assert redact(text) == text


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["车牌", "车牌号：", "牌照为", "尾号", "小轿车", "车辆"]),
    st.from_regex(r"[A-Z][ ·]?[0-9]{5}|[A-Z]D[0-9]{5}", fullmatch=True),
)
def test_a_plate_needs_no_province(cue: str, plate: str) -> None:
    assert redact(f"{cue}{plate}占道") == f"{cue}〔车牌〕占道"


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 9),
    st.integers(1, 30).map(lambda floor: f"{floor}01"),
    st.sampled_from(["{}F-{room}", "{}F{room}", "{}层{room}", "{}楼-{room}", "{}-{unit}-{room}"]),
)
def test_a_room_is_hidden_in_whatever_form_it_is_numbered(
    building: int, unit: int, room: str, form: str
) -> None:
    written = form.format(building, unit=unit, room=room)

    shown = redact(f"幸福里{written}漏水")

    assert room not in shown.removeprefix(f"幸福里{building}")
    assert shown.endswith("〔门牌〕漏水")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800001234请回复", "电话〔电话〕请回复"),
        ("①手机①③⑧００００１２３４", "①手机〔电话〕"),
        ("1️⃣3️⃣8️⃣00001234", "〔电话〕"),
        ("邮箱ｗａｎｇ＠ｑｑ．ｃｏｍ，wang＠163。com", "邮箱〔邮箱〕，〔邮箱〕"),
        ("A·12345占道", "〔车牌〕占道"),
        ("幸福里12-1203漏水，三-二-五零一也漏", "幸福里12〔门牌〕漏水，三〔门牌〕也漏"),
        ("A3-2-501漏水", "A3〔门牌〕漏水"),
        ("三楼302漏水，十二层1203也漏", "〔门牌〕漏水，〔门牌〕也漏"),
        ("【张伟】反映停水。李娜 求助", "【〔姓名〕】反映停水。〔姓名〕 求助"),
        ("手机138，0000，1234", "手机〔电话〕"),
        ("请加薇信lihua2020，加V：lihua2020", "请加薇信〔账号〕，加V：〔账号〕"),
        ("WeChat: lihua2020", "WeChat: 〔账号〕"),
        ("我叫买买提·吐尔逊，住河边", "我叫〔姓名〕，住河边"),
        ("市民吾买尔江·阿不都反映", "市民〔姓名〕反映"),
        ("我叫迪丽热巴，电话", "我叫〔姓名〕，电话"),
        ("电话：138-0000-1234", "电话：〔电话〕"),
        ("拨打１３８００００１２３４", "拨打〔电话〕"),
        ("手机幺三八零零零零一二三四", "手机〔电话〕"),
        ("手机一三八0000一二三四", "手机〔电话〕"),
        ("手机 1 3 8 0 0 0 0 1 2 3 4", "手机 〔电话〕"),
        ("座机010-62345678转8001", "座机〔电话〕转8001"),
        ("座机6234-5678", "座机〔电话〕"),
        ("客服400-810-0000", "客服〔电话〕"),
        ("身份证11010519491231002X办理", "身份证〔证件〕办理"),
        ("身份证110105 19491231 0021", "身份证〔证件〕"),
        ("旧证110105491231002", "旧证〔证件〕"),
        ("卡号6222 0212 3456 7890 123", "卡号〔卡号〕"),
        ("车牌京A·12345占道", "车牌〔车牌〕占道"),
        ("冀BD12345停在门口", "〔车牌〕停在门口"),
        ("邮箱wang.xm@example.com.cn", "邮箱〔邮箱〕"),
        ("微信号：wxm_1985", "微信号：〔账号〕"),
        ("QQ 12345678", "QQ 〔账号〕"),
        ("3号楼2单元501室漏水", "3号楼〔门牌〕漏水"),
        ("3号楼501漏水", "3号楼〔门牌〕漏水"),
        ("5栋12层1203室", "5栋〔门牌〕"),
        ("6-2-301室漏水", "6〔门牌〕漏水"),
        ("三号楼二单元五零一室", "三号楼〔门牌〕"),
        ("501室楼上噪声", "〔门牌〕楼上噪声"),
        ("我叫王小明，住在这里", "我叫〔姓名〕，住在这里"),
        ("联系人：欧阳小明，电话保密", "联系人：〔姓名〕，电话保密"),
        ("联系人李强电话13800001234", "联系人〔姓名〕电话〔电话〕"),
        ("姓名：阿依古丽·买买提。", "姓名：〔姓名〕。"),
        ("市民张伟反映小区停水", "市民〔姓名〕反映小区停水"),
        ("本人李小红，女", "本人〔姓名〕，女"),
        ("王女士来电称", "王**来电称"),
        ("请联系张建国先生", "请联系张**"),
        ("电话（138）0000-1234", "电话（〔电话〕"),
        ("电话138.0000.1234", "电话〔电话〕"),
        ("电话138*0000*1234", "电话〔电话〕"),
        ("手机13OO0001234", "手机〔电话〕"),
        ("身份证一一零一零五一九四九一二三一零零二X", "身份证〔电话〕"),
        ("京 A·1 2 3 4 5占道", "〔车牌〕占道"),
        ("车牌粤B一二三四五", "车牌〔车牌〕"),
        ("邮箱 wang . xm @ 163 . com", "邮箱 〔邮箱〕"),
        ("zhang＠qq.com", "〔邮箱〕"),
        ("住5#-3-201", "住5#-〔门牌〕"),
        ("住5栋3-201", "住5栋〔门牌〕"),
        ("本人姓李名建国", "本人姓〔姓名〕"),
        ("我叫 王 小 明，住这里", "我叫 〔姓名〕，住这里"),
        ("物业经理王强态度差", "物业经理〔姓名〕态度差"),
        ("老师赵丽体罚学生", "老师〔姓名〕体罚学生"),
        ("民警陈伟", "民警〔姓名〕"),
        ("租户李四把房子群租", "租户〔姓名〕把房子群租"),
    ],
)
def test_what_names_a_person_is_hidden(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "已拨打110、119、120、122和12345，12315也打过",
        "2024-05-06 12:30:45停水，2024年5月6日恢复，20240506上报",
        "押金1200000元，欠款35000.50元，合计1234567.89元",
        "中山路12号门前，乘300路公交，第3号楼，5层",
        "约3000户居民，共12000人，面积120000平米",
        "2023-2024年度供暖，8:00-18:00营业",
        "1、2、3、4、5、6、7、8号楼都停水",
        "本人反映小区卫生问题，市民反映道路积水",
        "影响居民安全，居民生活不便，业主方便时联系",
        "投诉人表示不满，联系人电话不详，姓名：保密",
        "3号楼300户居民停水，2单元电梯故障",
        "办公室、教室、地下室进水，三室一厅",
        "131、1320、1334路公交，138元、1300元、1500元",
        "书记关心的问题，老师严厉的批评，经理安排的工作，保安方便的时候",
        "朝阳北路101号院、798艺术区、301医院、张家湾镇李家庄、王府井大街、地铁10号线",
        "5号楼与6号楼之间的路灯，3单元电梯，2台1500W设备，500kV变电站",
        "于昨日施工，于是停工",
        "①20240506上报②押金1200元，①②③④⑤⑥⑦均未办，①3号楼",
        "京办字〔2024〕3-501号，国办发2024-12-345号，执行GB14886-2016",
        "3楼1200平米，5层2000人，1F-2F漏水，3楼-12楼停水，2楼1500元，12F电梯，1楼105号商铺",
        "G1234次列车，型号hro7558，合同编号A12345，5G1234基站，96123热线",
        "凌晨反映噪声。沈阳反映。东方明珠反映。高峰反映",
        "我是万科·城市花园的业主，我叫了三次物业都不来",
        "",
    ],
)
def test_what_names_nobody_is_kept(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("幸福里小区6号楼2单元301室", "幸福里小区6号楼"),
        ("中山路12号院3号楼2门", "中山路12号院3号楼"),
        ("望海花园A座1203", "望海花园A座"),
        ("望海花园12栋3楼", "望海花园12栋"),
        ("中山路12号", "中山路12号"),
        ("中山路12号3楼301室", "中山路12号"),
        ("幸福里6-2-301", "幸福里6"),
        ("幸福里3号楼与5号楼之间", "幸福里3号楼与5号楼"),
        ("中山路与解放路交叉口", "中山路与解放路交叉口"),
        ("鼓楼区中山北路", "鼓楼区中山北路"),
        ("", ""),
    ],
)
def test_an_address_ends_at_the_building(address: str, shown: str) -> None:
    assert cut_at_building(address) == shown


def test_long_texts_take_no_more_than_their_length_in_time() -> None:
    # Runs that could be begun anywhere are where expressions go wrong.
    for piece in ("a", "1-", "一 ", "王", "1号楼", "a.b@", "我叫", "1F", "3-", "①1"):
        text = piece * (20_000 // len(piece))
        assert len(re.sub(r"\s", "", redact(text))) <= len(text) * 3
