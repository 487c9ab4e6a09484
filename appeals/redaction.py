"""What names a person inside free words, replaced by fixed marks.

Hidden: phone numbers (also spaced, dashed, in full-width digits or Chinese digit words), id and
card numbers and any other number of seven digits and more, plates (车牌), e-mail addresses, WeChat
and QQ accounts, room numbers below a building, names after a cue word, and the given name before a
title. Kept: service numbers such as 110 and 12345, dates, money, counts, house numbers of roads,
bus lines. Rather too much is hidden than too little: the words as they came are in the sealed part.

One expression finds candidates in one pass, a second look decides on numbers. The marks hold
nothing that would be found again, so that redacting twice is redacting once. The rules are our own,
for what GB/T 35273-2020 annex A lists as personal.
"""

# ruff: noqa: RUF001, RUF002 -- full-width digits, letters and marks are what this file is about
import re

_COMPOUND = (
    "欧阳 上官 司马 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 长孙 宇文 轩辕 夏侯 端木 南宫 闻人 "
    "呼延 独孤 澹台 淳于 申屠 宗政 濮阳 完颜 拓跋 纳兰 赫连 钟离 东郭 西门"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
# The commonest 250 or so, without those that are ordinary words more often than names.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚"
    "邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝"
    "包宁尚舒阮柯纪梅童凌毕单季裴霍涂成苗谷曲盛冉蓝游辛靳柴蒙鲍华喻祁蒲滕屈饶解牟艾尤阳"
    "穆农卓古吉缪简项芦麦褚娄窦戚岑景费卜晏席柏瞿桂佟臧闵苟邬卞姬栾隋刁沙荣寇桑郎甄丛仲虞巩佘"
    "池查苑迟邝谈匡鞠荆冀郁胥储燕楚鄢谌奚皮冼蔺满闻厉仝阚帅屠盖练廉祖漆巴"
)
_DIGIT_WORDS = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两"

_GAP = r"[\s\-\u2010-\u2015\u2212－_·\u200b-\u200f\u2060\ufeff]{0,2}"  # inside one number
_HAN = r"[\u4e00-\u9fff]"
_NOT_ON = rf"(?!{_GAP}\d)"  # the number does not go on: it is no part of a phone number


def _one_of(words: str) -> str:
    """Match one of the words; the first character is a set, on which an expression fails fast."""
    rests: dict[str, list[str]] = {}
    for word in words.split():
        rests.setdefault(word[0], []).append(word[1:])
    ends = "|".join(f"(?<={first})(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"[{''.join(rests)}](?:{ends})"


_SECOND = "|".join(f"(?<={word[0]}){word[1]}" for word in _COMPOUND.split())
_SURNAME = rf"(?:{_one_of(_COMPOUND)}|[{SURNAMES}])"
# Words that begin with a surname and are none.
_NO_NAME = (
    r"(?!安[全装静排保抚]|方[便面式向法]|高[度层压空温兴明]|于[今昨前上下当本是此]|曾[多经]|向[有物相本其]"
    r"|计|宁静|平|成[立员为功]|关[于系注闭心照怀]|单[位元]|黄[金色赌]|金[额属融]|温[度暖和]|文[明化件]|钱[款财]"
    r"|万[元分一]|任[何意]|何[时人处]|白天|许[多可]|田地|林木|花|古树|祖|向|华|满意|查[看询找]|解[决释]|谈|阳台"
    r"|沙|石[油头]|包括|严[重格厉]|施工|雷|马[路上桶]|江|龙|左右|章|尚[未在]|简|毕|纪|盖|练|武力|易[燃爆怒]|申[诉请报]|尤其)"
)
_STOP = (
    r"(?=$|[^\u4e00-\u9fff·•・]|电话|手机|联系|反映|来电|称|投诉|举报|表示|身份证|说|要求|希望|咨询|求助"
    r"|住|家|男|女|建议|的|在|是|于|诉求|致电|拨打|把|被|态度|殴打|体罚|辱骂|拒绝|骚扰|威胁|私自|擅自"
    r"|违规|怀孕|患)"
)
_ROLES = "联系人 投诉人 反映人 来电人 举报人 当事人 诉求人 申请人 经办人 负责人 业主 户主 法人"
_CUES = "我叫 名叫 姓名 名字 联系人 投诉人 反映人 来电人 举报人 当事人 诉求人 申请人 市民"
_PEOPLE = (
    "本人 我是 市民 居民 住户 租户 村民 老人 邻居 房东 患者 家长 职工 员工 老板 司机 孩子"
    " 丈夫 妻子 儿子 女儿 父亲 母亲"
)
_TITLES = (
    "师傅 老师 医生 大夫 大爷 大妈 大叔 阿姨 奶奶 爷爷 老板 经理 主任 书记 队长 警官 律师 医师 教练"
    " 局长 校长 科长 处长 院长 镇长 村长 区长 市长 董事长"
)
_OFFICES = "民警 辅警 保安 老师 医生 护士 经理 主任 书记 队长 站长 校长 院长 局长 科长"
_APART = r"[\s\-.。·•/*_~()（）,，]{1,3}"  # parts a telephone number, and nothing else of that form
_OF_PLATE = rf"[A-Za-z0-9Ａ-Ｚ０-９{_DIGIT_WORDS}]"
_ROOM = rf"(?:\d{{3,4}}[A-Za-z]?(?!\d)|[{_DIGIT_WORDS}十百]{{3,4}}|\d{{1,2}}(?=\s*[室号户房]))"
_STOREY = rf"(?:[\d{_DIGIT_WORDS}十]{{1,3}}\s*[层楼]\s*)?"
_IN_UNIT = rf"(?:单元|门)\s*{_STOREY}{_GAP}{_ROOM}{_NOT_ON}\s*[室号户房]?间?"
_NO_UNIT = r"[\dA-Za-z零〇一二三四五六七八九两十甲乙丙丁]"
_COUNTER = r"(?!\s*[多余]?[万千百]?[户人米元块平个度年家名吨天次只条辆点路月日时分毫公立])"

# Each begins with a set of characters; where the name of a rule stands, what is hidden begins (or,
# with a rule of _MARKS, all of the match is).
_RULES = (
    # A mobile number in which Chinese words and digits are mixed, then any long number.
    rf"[1１一幺壹](?P<mixed>){_GAP}[3-9３-９三四五六七八九叁肆伍陆柒捌玖]"
    rf"(?:{_GAP}[\d{_DIGIT_WORDS}OoＯ]){{9}}{_NOT_ON}",
    # The same, parted by brackets, dots, slashes or stars.
    rf"[1１](?P<parted>)[3-9３-９]\d{_APART}\d{{4}}{_APART}\d{{4}}(?!\d)",
    r"[A-Za-z0-9](?P<mail>)(?:\s?[A-Za-z0-9._%+\-]){0,63}\s?[@＠]\s?"
    r"[A-Za-z0-9\-](?:\s?[A-Za-z0-9.\-]){0,63}\s?\.\s?[A-Za-z]{2,}",
    rf"\d\d{{0,2}}(?P<flat>)[\-－—#]\d{{1,2}}[\-－—#]\d{{3,4}}(?!\d){_NOT_ON}[室号户]?",
    rf"\d(?P<number>)(?:{_GAP}\d){{6,}}(?:{_GAP}[XxＸｘ](?![A-Za-z]))?",
    rf"[{_DIGIT_WORDS}](?P<words>)(?:{_GAP}[{_DIGIT_WORDS}]){{6,}}(?:{_GAP}[XxＸｘ](?![A-Za-z]))?",
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?P<plate>)\s?[A-Za-zＡ-Ｚ]"
    rf"[\s·•.\-]{{0,2}}(?:{_OF_PLATE}\s?){{4,5}}(?:{_OF_PLATE}|[挂学警港澳])"
    rf"(?![A-Za-z0-9０-９]){_NOT_ON}",
    r"[微薇威VvＶWwQq抖加](?:(?<=[微薇威VvＶ])信|(?<=[WwVv])[Xx]|(?<=[Qq])[Qq]|(?<=[Ww])[Ee][Cc]hat|(?<=抖)音"
    r"|(?<=加)我?[微薇VvＶ]信?)"
    rf"(?:号码?|[账帐]号|群)?[:：是为\s]{{0,3}}(?P<account>)(?:\d(?:{_GAP}\d){{6,}}|[A-Za-z0-9_\-]{{5,20}}{_NOT_ON})",
    # 3号楼2单元501室, 3号楼501; then 2单元501 and 501室 by themselves.
    r"[号栋幢座#＃](?:(?<=号)楼|(?<!号)楼?)[\s\-－]{0,2}(?P<building>)"
    rf"(?:{_NO_UNIT}{{1,2}}\s*{_IN_UNIT}|\d{{1,2}}[\-－—#]\d{{3,4}}(?!\d){_NOT_ON}[室号户]?|{_STOREY}{_ROOM}{_NOT_ON}{_COUNTER}\s*[室号房]?间?)",
    rf"{_NO_UNIT}(?P<unit>){_NO_UNIT}?\s*{_IN_UNIT}",
    rf"[A-Za-z\d{_DIGIT_WORDS}十](?P<room>)(?:(?<=[A-Za-z])\d{{2,5}}|(?<=\d)\d{{1,4}}[A-Za-z]?"
    rf"|(?<=[{_DIGIT_WORDS}十])[{_DIGIT_WORDS}十]{{2,4}})\s*"
    r"(?:室(?![内外友])|号?房(?![屋产租东价子改管本源款型门])间?)",
    rf"{_one_of('姓名 名字 ' + _ROLES)}\s*[:：]\s*(?P<label>)"
    r"(?!不|无|未|匿名|保密|电话|手机|联系|同上|见|姓名|名字|身份)"
    rf"(?:{_HAN}{{1,8}}[·•]{_HAN}{{1,10}}|{_HAN}{{2,4}}(?!{_HAN})|[A-Za-z][A-Za-z .]{{1,30}})",
    rf"(?:{_one_of('我叫 名叫 姓名 名字')}[:：是为叫\s]{{0,3}}|{_one_of(_ROLES)}\s*[:：]\s*)"
    rf"(?P<cue>){_NO_NAME}{_SURNAME}(?:{_HAN}{{1,2}}?{_STOP}|{_HAN}{{1,2}})",
    # 买买提·吐尔逊 after a cue that no place follows: 我是万科·城市花园的业主 tells where.
    rf"{_one_of(_CUES)}[:：是为叫\s]{{0,3}}(?P<parts>)(?:(?![反来称投在的住说举]){_HAN}){{1,8}}[·•・]{_HAN}{{1,8}}?{_STOP}",
    # A name without a surname of the list: 我叫迪丽热巴.
    rf"{_one_of('我叫 名叫')}(?P<whole>)(?![了他她它你您过来不人去个着啥什做苦冤停醒车外快])"
    rf"{_HAN}{{3,8}}?(?=$|[^\u4e00-\u9fff]|电话|手机|家?住|身份证)",
    rf"{_one_of('我叫 名叫 姓名 名字')}[:：是为叫\s]{{0,3}}(?P<spelt>)"
    rf"{_SURNAME}\s{_HAN}(?:\s{_HAN})?(?!{_HAN})",
    rf"姓(?P<named>){_SURNAME}[，,\s]?名(?:叫|字)?{_HAN}{{1,2}}?{_STOP}",
    rf"{_one_of(_ROLES + ' ' + _PEOPLE + ' ' + _OFFICES)}[是叫\s]{{0,2}}(?P<hint>)"
    rf"{_NO_NAME}{_SURNAME}{_HAN}{{1,2}}?{_STOP}",
    rf"[{SURNAMES}{''.join(word[0] for word in _COMPOUND.split())}](?<![时担现兼专].)"
    rf"(?:{_SECOND}|(?<=[{SURNAMES}]))"
    rf"(?P<titled>)(?:{_HAN}{{0,2}}(?:女士|先生|小姐|同志)|(?<!向){_one_of(_TITLES)})",
)
_CANDIDATE = re.compile("|".join(_RULES))
_MARKS = {
    "mixed": "〔电话〕",
    "parted": "〔电话〕",
    "mail": "〔邮箱〕",
    "words": "〔电话〕",
    "plate": "〔车牌〕",
    "unit": "〔门牌〕",
    "room": "〔门牌〕",
}
_KEEPS_CUE = {
    "flat": "〔门牌〕",
    "account": "〔账号〕",
    "building": "〔门牌〕",
    "label": "〔姓名〕",
    "cue": "〔姓名〕",
    "hint": "〔姓名〕",
    "parts": "〔姓名〕",
    "whole": "〔姓名〕",
    "spelt": "〔姓名〕",
    "named": "〔姓名〕",
    "titled": "**",
}
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d[\-－]\d{1,2}[\-－]\d{1,2})(?!\d)")
_COMPACT_DATE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ID = re.compile(r"\d{6}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_QUANTITY = re.compile(
    r"(?:[.．]\d+)?\s*[多余]?[万千百亿]?(?:元|块|人|户|平|㎡|米|度|吨|次|件|条|个|辆|公里|公斤|斤|亩|步|票|千瓦|立方)"
)


def redact(text: str) -> str:
    """Replace what names a person in free words by fixed marks.

    Examples
    --------
    >>> redact("我叫王小明，电话138 0000 1234，家住幸福里3号楼2单元501室")
    '我叫〔姓名〕，电话〔电话〕，家住幸福里3号楼〔门牌〕'
    >>> redact("2024-05-06打过110和12345，中山路12号门前300路站牌倒了，损失1200000元")
    '2024-05-06打过110和12345，中山路12号门前300路站牌倒了，损失1200000元'
    """
    return _CANDIDATE.sub(_replaced, text)


def _replaced(match: re.Match[str]) -> str:
    what = match.lastgroup or ""
    if what == "number":
        return _number(match[0], match.string, match.end())
    if what in _KEEPS_CUE:
        return match.string[match.start() : match.end(what)] + _KEEPS_CUE[what]
    return _MARKS[what]


def _number(run: str, text: str, end: int) -> str:
    """Give a run of seven digits and more back, with what is no date and no quantity hidden."""
    if _ID.fullmatch(_digits(run)):
        return "〔证件〕"
    pieces = _DATE.split(run)
    last = len(pieces) - 1
    return "".join(
        # Every second piece is a date.
        piece if i % 2 else _piece(piece, bool(_QUANTITY.match(text, end)) and i == last)
        for i, piece in enumerate(pieces)
    )


def _piece(piece: str, is_quantity: bool) -> str:
    digits = _digits(piece)
    n = len(digits)
    if n < 7 or _COMPACT_DATE.fullmatch(piece) or (is_quantity and n < 10 and digits[0] != "0"):
        return piece
    groups = re.findall(r"\d+", piece)
    longest = max(map(len, groups))
    hidden = (
        longest >= 7
        or (n >= 10 and longest >= 3)
        or (n == 11 and digits[0] == "1")
        or (n in (15, 18))
        or _is_local_number(groups)
    )
    if not hidden:
        return piece
    lead = piece[: len(piece) - len(piece.lstrip(" \t\n-－"))]
    tail = piece[len(piece.rstrip(" \t\n-－")) :]
    mark = "电话" if n < 14 else "证件" if n in (15, 18) else "卡号"
    return f"{lead}〔{mark}〕{tail}"


def _is_local_number(groups: list[str]) -> bool:
    # 6234-5678, yet not the years 2023-2024.
    if len(groups) != 2 or len(groups[0]) not in (3, 4) or len(groups[1]) != 4:
        return False
    round_sums = groups[0][-2:] == groups[1][-2:] == "00"  # 5000-8000
    return groups[0][0] in "2345678" and groups[0][:2] != "20" and not round_sums


def _digits(run: str) -> str:
    return "".join(
        str(int(char)) if char.isdecimal() else "X"
        for char in run
        if char.isdecimal() or char in "XxＸｘ"
    )


_OWN_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|(\d{17}[\dXx]))(?!\d)")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def is_persons_number(reference: str) -> bool:
    """Say whether a number that should be an office's own is a telephone or identity number.

    Numbers of offices are long too: only what is written as a telephone is one, only what has the
    check digit of GB 11643 is an identity number.

    Examples
    --------
    >>> [is_persons_number(one) for one in ("JJ20261127001", "420500202611270002", "13800001234")]
    [False, False, True]
    >>> is_persons_number("11010519491231002X")
    True
    """
    found = _OWN_NUMBER.search(reference)
    if found is None or found[1] is None:
        return found is not None
    total = sum(int(one) * weight for one, weight in zip(found[1], _ID_WEIGHTS, strict=False))
    return found[1][-1].upper() == "10X98765432"[total % 11]


# --- addresses ----------------------------------------------------------------------------------

_TO_BUILDING = re.compile(
    rf".*[\d{_DIGIT_WORDS}十甲乙丙丁A-Za-zＡ-Ｚ]\s*(?:号楼|[#＃]楼?|栋楼?|幢楼?|座(?!落))",
    re.DOTALL,
)
_BELOW = re.compile(
    rf"〔门牌〕|[\dA-Za-z{_DIGIT_WORDS}十]{{1,3}}\s*(?:单元|层)|[\d{_DIGIT_WORDS}十]{{1,3}}\s*楼(?![村区街道路])"
)


def cut_at_building(address: str) -> str:
    """Cut an address after the building; what names a person in the rest is hidden as well.

    Examples
    --------
    >>> cut_at_building("幸福里小区6号楼2单元301室"), cut_at_building("中山路12号2楼王女士家")
    ('幸福里小区6号楼', '中山路12号')
    """
    text = redact(address)
    if building := _TO_BUILDING.match(text):
        return building[0]
    if below := _BELOW.search(text):
        text = text[: below.start()]
    return text.strip(" \t\n-－—,，、（(")
