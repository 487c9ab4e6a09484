"""How names of persons stand in free words: surnames, what introduces a name, what follows it.

Each rule is an alternative of the one expression of :mod:`appeals.redaction`; where the name of a
group stands, what is hidden begins. The lists are our own.
"""

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

_HAN = r"[\u4e00-\u9fff]"


def _one_of(words: str) -> str:
    """Match one of the words; the first character is a set, on which an expression fails fast."""
    rests: dict[str, list[str]] = {}
    for word in words.split():
        rests.setdefault(word[0], []).append(word[1:])
    ends = "|".join(f"(?<={first})(?:{'|'.join(rest)})" for first, rest in rests.items())
    return f"[{''.join(rests)}](?:{ends})"


# A surname in two steps, so that an expression may look back after the first character.
_FIRST = f"[{SURNAMES}{''.join(word[0] for word in _COMPOUND.split())}]"
_SECOND = "|".join(f"(?<={word[0]}){word[1]}" for word in _COMPOUND.split())
_REST = f"(?:{_SECOND}|(?<=[{SURNAMES}]))"
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
# What given names are made of: a name that nothing introduces is told by them. Without 山, 江, 达,
# 城 and others in which names of places and firms end.
_GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文玉萍红辉玲凤梅琴云莲真珍荣爱妹香月莺媛瑞凡佳嘉琼勤"
    "洁倩婷姣婉娴瑾颖露瑶怡婵雁蓓仪丹蓉眉君梦岚婕馨瑗琰韵融咏卿聪澜纯悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭"
    "凝晓欢霄枫芸菲寒伊亚宜可姬舒影荔枝思华慧巧美娥雅芝雪琳素贞莉环翠贤艺咪锦黛青毅俊峰保东海德世广志义兴"
    "良仁波贵福生龙元全国胜学祥才武新利清飞彬富顺信子健善厚庆友裕哲进林坚和彪博诚先敬震振壮群豪心邦承乐绍"
    "功松鸿立旭锋炎铭鹏宇轩昊泽涵睿梓雨晨阳亮辰坤凯鑫卫民喜根财寿礼智启康建春浩淑金忠洪成永光珠宝小斌权琪"
    "晶帅培宏昌运维克伦钧冠策腾楠榕航弘正惠虹薇蕾璐雯萱炜炳煜烨灿焕熙然玮珂珊珏琦瑜璇皓硕笑继翔耀若茂茹"
    "莹菊萌蔚诗谦谊贝迪逸铁锐雄靖韬骏骞鸣麟尧峻崇嵘巍帆彤彦恒恩捷晋晖晗曼朋桐楷毓沛沁泓渊湘潇澄灵盼秋燕"
    "娇嫣孝宗岩岳娅莎菁"
)
# What follows the name of somebody who speaks, or whose data are given.
_SAYS = (
    r"(?=[，,、\s]{0,2}(?:电话|手机|身份证|联系方式|[男女](?![^，,。；;\s\d])|\d{7})"
    r"|[\s】）)]{0,2}(?:来电|来访|反映|反应|致电|称(?![号呼赞职])|投诉|举报|表示|求助|咨询|诉求|要求|希望|建议|报修|信访))"
)
_BEGINS = r"(?<![^\n。；;【】！!？?\s（(「“].)"  # one character ago a text or sentence began
# Surnames that begin more words than names: with one character behind they are no name.
_WORDY = "阳农游满安宁康平白柏石梅桂池温古童荣盛甘荆燕谷桑郎金万文单成查尚严辛皮"
# Words and towns that look like a name before a verb.
_NEITHER = (
    r"东方|西门子|凌晨|高[利丽明峰清]|齐[心全]|舒心|廉洁|欧美|吉祥|丛林|丁香|王国|林权|马[可利克]"
    r"|沈阳|岳阳|邵阳|吉林|高雄|曲靖|楚雄|吴忠|林芝|许昌|武[昌清进义汉]"
)
BARE_NAME = re.compile(rf"{_NO_NAME}(?![{_WORDY}].$|{_NEITHER})")
"""What looks like a name that nothing introduces, and is one."""

# Each begins with a set of characters.
NAME_RULES = (
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
    rf"{_FIRST}(?<![时担现兼专].){_REST}"
    rf"(?P<titled>)(?:{_HAN}{{0,2}}(?:女士|先生|小姐|同志)|(?<!向){_one_of(_TITLES)})",
    # 张伟反映 where a text or sentence begins.
    rf"{_FIRST}{_BEGINS}{_REST}(?P<bare>)[{_GIVEN}]{{1,2}}{_SAYS}",
)
