"""Words by which names of subjects are found and told from other words.

Our own list of what ends the names of enterprises, projects, schools, compounds and roads in
Chinese cities, of what stands before a name and is no part of it, and of what names a person.
"""

import re

from appeals.person_names import COMPOUND_SURNAMES, SURNAMES

_TITLES = (
    "先生|女士|小姐|太太|师傅|老师|医生|大夫|大爷|大妈|大叔|阿姨|奶奶|爷爷|老板娘?|经理|主任|书记"
    "|队长|警官|律师|教练|同志|某某?"
)
_SURNAME = rf"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{SURNAMES}])"

TITLED = re.compile(rf"{_SURNAME}[\u4e00-\u9fff]{{0,2}}?(?:{_TITLES})+")
"""A surname with a title, or 某: a person, whatever else is said."""

PERSON = re.compile(rf"^{_SURNAME}(?:[\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff]{{0,2}}(?:{_TITLES}))$")
"""All of it is a person's name, with or without a title."""

ENDINGS = (
    re.compile(
        r"有限责任公司|股份有限公司|有限公司|公司(?!地址|注册|登记|法人|执照)|集团(?!军|性)"
        r"|健身(?!器|设|步|路|广|操|场地)房?|培训中心|培训机构|教育(?!局|部|厅|委|系|资|的|孩)"
        r"|长租公寓|(?<!下岗)家电(?!下乡|维修|回收|补贴|以旧)城?|家装|优选|超市|商城|商场|购物中心|药房|药店|便利店"
        r"|银行(?!卡|流水|账|贷)|酒店|宾馆|餐饮|餐厅|饭店|火锅|烧烤店|水果店|美容院|理发店|足浴|咖啡"
        r"|家居|家具店|手机店|宠物店|汽修厂|网吧|影城|驾校|诊所|医院(?!里|内|门)|养老院|敬老院|眼镜店?"
        r"|旅行社|房产(?!证|税|局|登|过)|快递(?!员|柜|点|小|外|单|盒)|物流|通讯(?!录|信)|物业(?!费|管|不|不作|人|保|经|服务费)"
    ),
    re.compile(r"项目部|项目(?!经理|负责)|工地|安置房|棚改"),
    re.compile(r"小学(?!生|部)|中学(?!生)|幼儿园|学校(?!门口)|大学(?!生|城)|学院(?!路)|职高|技校"),
    re.compile(r"小区(?!里|内的)|家园|花园|嘉园|新村|雅居|华庭|名邸"),
    re.compile(r"大道|大街|胡同|(?<=[\u4e00-\u9fff]{2})路(?![灯面口边由线过费障障])"),
)
"""What ends a name, the preferred first: enterprises, projects, schools, compounds, roads."""

NOT_PART = re.compile(
    r"\d*号楼|\d+[栋幢座]|小区门口|门口|院内|附近|旁边|对面|楼下|路边|楼上|隔壁|号院|\d+号|小区|社区|街道|街上|路上的?"
    r"|(?<=[\u4e00-\u9fff]{2})(?:苑|公寓|花园|嘉园|华庭|家园|新村|雅居|名邸|[南北东西]院|宿舍|大道|大街|路)"
    r"|(?<=[\u4e00-\u9fff]{2})[镇村](?=[\u4e00-\u9fff]{2})|[东西南北]门|底商|里面|进出|凌晨|夜间|半夜|渣土车|车辆"
    r"|投诉|举报|反映|来电|咨询|请问|位于|关于|购买|通过|联系|前往|办理|要求|希望|内容|地点|诉求|开在|就在|继承|今年"
    r"|(?<=[\u4e00-\u9fffA-Z0-9])(?:[省区县]|(?<![都城超夜门早集])市)(?=[\u4e00-\u9fff]{2})"
    r"|违规|违法|临街|收取|收到|知道|加快|落实|尽快|如何|了解一下|每一?个?|请|能|到|从"
    r"|去年|明年|哪|有一?家|一家|该|本市|本地|此|的|在|被|让|把|向|于|跟|是|我|你|他|们|这|那|称|说|有|由|对|为|等|多"
)
"""What may stand before a name and is no part of it."""

GENERIC = re.compile(
    r"物业|开发|装修|装饰|家政|中介|保险|快递|物流|旅游|建筑|房地?产|燃气|热力|供[热水电暖]|自来水|电力|公交|网络"
    r"|培训|教育|健身|劳务|施工|改造|拆迁|地铁|楼盘|工程|道路|民办|公办|公立|私立|重点|对口|附属|职业|技术|老年"
    r"|大型|小型|私人|各|两|多|几|个|新|老|旧|一所|所|家|某|本|全市|全|市|区|县|省|国|大|小|社区|卫生|服务|中心"
    r"|连锁|网上|线上|平台|商业|民营|私营|人民|中[医西]|公共|孩子|小孩|学生|附近|周边|隔壁|门口|楼下|路边"
)
"""Words that say what kind of thing it is, and not which one."""

LEGAL_FORM = re.compile(r"(?:股份|集团)?有限(?:责任)?公司$|分公司$|(?<=.{3})公司$")
TAIL_WORDS = re.compile(
    r"(?<=.{3})(?:服务|管理|科技|发展|实业|商贸|贸易|投资|控股|信息|咨询|文化|传媒|门店|集团)$"
)
