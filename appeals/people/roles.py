"""Roles of the office, what each may do, and how each looks.

The system, the security and the audit administrator are kept apart (三员分立): none of them is
another, and none of them works on appeals. What somebody *sees* of a row is still decided by
:func:`appeals.privacy.view`; a role only says as which viewer its holder comes.

Source: GB/T 22239-2019 8.1.5 (系统管理, 审计管理, 安全管理).
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from appeals.errors import InputError
from appeals.privacy import Role, Viewer


class Right(StrEnum):
    """What may be done; also the scope of a machine's token."""

    ACCOUNT = "account"  # one's own: who am I, password, sign-out
    FIGURES = "figures"  # counts and hot spots of the office
    PUBLISHED = "published"  # counts as published for planning
    LOCATE = "locate"  # where address texts are, units, whose a point is
    ALERTS = "alerts"
    JUDGE = "judge"  # verdicts on alerts
    RESPOND = "respond"  # 核实, 研判, 推送, 解除, 复盘
    SIGN = "sign"  # 审签
    RECEIVE = "receive"  # 签收, 处置, 反馈
    DUTY = "duty"  # 值班表, 值班日志
    WHISTLE = "whistle"  # 拟哨
    CONVENE = "convene"  # 召集权: 审核, 吹哨
    ALLOT = "allot"  # 分哨
    ANSWER = "answer"  # 应哨, 报到, 反馈
    EVALUATE = "evaluate"  # 评价权: 销哨
    VETO = "veto"  # 否决权: 不同意销哨
    EXAMINE = "examine"  # 考核权
    APPEALS = "appeals"
    CASES = "cases"  # the tasks of the field, and of a case what the next three allow
    HANDLE = "handle"  # 签收, 联系, 到场, 现场处置完成, 退回
    DISPATCH = "dispatch"  # 分派, 反馈, 退单, 催办
    REVIEW = "review"  # 直办, 派单, 办结, 退单审核, 挂账, 督办, 回访
    REQUESTS = "requests"  # read service requests by Open311: a machine's scope, no person has it
    PLACE = "place"  # 改落点
    UNMASK = "unmask"  # ask for personal fields of an appeal
    AGREE = "agree"  # be the second person to such a request
    INTAKE = "intake"
    MONITOR = "monitor"
    POLICE = "police"  # 110's system says what became of a matter: no person has it
    RELAY = "relay"  # a sender on a border host: no person has it
    PEOPLE = "people"  # who may sign in, and as what
    DISABLE = "disable"  # let people in no more, or again
    AUDIT = "audit"  # what people did


class StaffRole(StrEnum):
    """What somebody is in the office."""

    GRID_WORKER = "grid_worker"
    STREET_OFFICIAL = "street_official"
    STREET_LEADER = "street_leader"
    LIAISON = "liaison"
    DUTY_OFFICER = "duty_officer"
    LEADER = "leader"
    PLANNER = "planner"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ROLE_WORDS: Final[Mapping[StaffRole, str]] = {
    StaffRole.GRID_WORKER: "网格员",
    StaffRole.STREET_OFFICIAL: "街乡镇工作人员",
    StaffRole.STREET_LEADER: "街乡镇主要负责人",
    StaffRole.LIAISON: "联络员",
    StaffRole.DUTY_OFFICER: "值班员",
    StaffRole.LEADER: "带班领导",
    StaffRole.PLANNER: "规划研究人员",
    StaffRole.SYSTEM_ADMIN: "系统管理员",
    StaffRole.SECURITY_ADMIN: "安全管理员",
    StaffRole.AUDIT_ADMIN: "审计管理员",
}

ADMINISTRATORS: Final = frozenset(
    {StaffRole.SYSTEM_ADMIN, StaffRole.SECURITY_ADMIN, StaffRole.AUDIT_ADMIN}
)
"""They need a second factor, and hold no other role."""

_OF_AREA: Final = frozenset(
    {StaffRole.GRID_WORKER, StaffRole.STREET_OFFICIAL, StaffRole.STREET_LEADER}
)

_FIELD = frozenset({Right.FIGURES, Right.LOCATE, Right.APPEALS})
_ANSWERING = {Right.RESPOND, Right.RECEIVE, Right.DUTY, Right.ALLOT}
_OPENING = {Right.UNMASK, Right.AGREE}
_DESK = _FIELD | _ANSWERING | _OPENING | {Right.ALERTS, Right.JUDGE, Right.PLACE}
_DESK |= {Right.CASES, Right.DISPATCH, Right.REVIEW}
_STREET = _FIELD | {Right.ALERTS, Right.RECEIVE, Right.WHISTLE}
_STREET |= {Right.CASES, Right.HANDLE, Right.DISPATCH}
_CALLING = {Right.CONVENE, Right.EVALUATE, Right.VETO, Right.EXAMINE}  # 四权
RIGHTS: Final[Mapping[StaffRole, frozenset[Right]]] = {
    StaffRole.GRID_WORKER: _FIELD | {Right.UNMASK, Right.CASES, Right.HANDLE},
    StaffRole.STREET_OFFICIAL: _STREET,
    StaffRole.STREET_LEADER: _STREET | _CALLING,
    StaffRole.LIAISON: frozenset(
        {
            Right.FIGURES,
            Right.LOCATE,
            Right.ALERTS,
            Right.UNMASK,
            Right.RECEIVE,
            Right.ANSWER,
        }
    ),
    StaffRole.DUTY_OFFICER: _DESK | {Right.INTAKE},
    StaffRole.LEADER: _DESK | {Right.SIGN},
    StaffRole.PLANNER: frozenset({Right.PUBLISHED, Right.LOCATE}),
    StaffRole.SYSTEM_ADMIN: frozenset({Right.MONITOR, Right.PEOPLE, Right.DISABLE}),
    StaffRole.SECURITY_ADMIN: frozenset({Right.PEOPLE}),
    StaffRole.AUDIT_ADMIN: frozenset({Right.AUDIT}),
}
"""What the holder of each role may do, beside the own account."""

# Who holds several roles comes as the first of these: with the rights of all, a liaison who is also
# a street official must not read all appeals as a liaison reads those behind a live alert.
_LOOKS: Final = (
    (StaffRole.DUTY_OFFICER, Role.OPERATOR),
    (StaffRole.LEADER, Role.OPERATOR),
    (StaffRole.STREET_LEADER, Role.STREET),
    (StaffRole.STREET_OFFICIAL, Role.STREET),
    (StaffRole.GRID_WORKER, Role.GRID),
    (StaffRole.LIAISON, Role.LIAISON),  # or as a responder, by their duties
    (StaffRole.PLANNER, Role.PLANNER),
)


def rights_of(roles: Collection[StaffRole]) -> frozenset[Right]:
    """Give all that the holder of these roles may do.

    >>> sorted(right.value for right in rights_of([StaffRole.LIAISON]))
    ['account', 'alerts', 'answer', 'figures', 'locate', 'receive', 'unmask']
    """
    return frozenset({Right.ACCOUNT}).union(*(RIGHTS[role] for role in roles))


RESPONDING: Final = frozenset({"应急", "消防", "公安"})
"""Duties of liaisons who go to the place: they see of a live alert where and what exactly."""


def viewer_as(
    actor: str, roles: Collection[StaffRole], area: frozenset[int], duties: Collection[str] = ()
) -> Viewer:
    """Say as whom the holder of these roles looks at a row.

    Parameters
    ----------
    actor
        Login name, for the audit.
    roles
        All that are held; an administrator sees what a log may hold.
    area
        Internal ids of the units of the area and of all below them.
    duties
        Of the list of sensitive terms.
    """
    look = next((look for role, look in _LOOKS if role in roles), Role.LOG)
    if look is not Role.LIAISON:
        return Viewer(actor, look, area, frozenset(duties))
    if not RESPONDING.isdisjoint(duties):
        look = Role.RESPONDER
    return Viewer(actor, look, duties=frozenset(duties), within=area)


def has_area(roles: Collection[StaffRole]) -> bool:
    """Say whether the holder answers for an area and sees nothing without one."""
    return not _OF_AREA.isdisjoint(roles)


def check_roles(roles: Collection[StaffRole], areas: Collection[str]) -> None:
    """Refuse roles that do not go together.

    Raises
    ------
    InputError
        There is no role, an administrator has a second one, an area is missing or of no use.
    """
    if not roles:
        raise InputError("role: a person has at least one")
    if len(roles) > 1 and not ADMINISTRATORS.isdisjoint(roles):
        raise InputError("role: an administrator of any kind holds no other role (三员分立)")
    if has_area(roles) and not areas:
        raise InputError("area: a street official and a grid worker answer for units: name them")
    if areas and not has_area(roles) and StaffRole.LIAISON not in roles:
        raise InputError("area: only a street official, a grid worker and a liaison have one")
