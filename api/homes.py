"""The page of each role's work, on which its holder lands after signing in."""

from collections.abc import Collection, Mapping
from typing import Final

from api.rights import ROUTES
from appeals.people.roles import StaffRole

HOMES: Final[Mapping[StaffRole, str]] = {
    StaffRole.DUTY_OFFICER: "/",
    StaffRole.LEADER: "/",
    StaffRole.STREET_LEADER: "/alerts",
    StaffRole.STREET_OFFICIAL: "/alerts",
    StaffRole.LIAISON: "/alerts",
    StaffRole.GRID_WORKER: "/field",
    StaffRole.PLANNER: "/layers",
    StaffRole.SYSTEM_ADMIN: "/people",
    StaffRole.SECURITY_ADMIN: "/people",
    StaffRole.AUDIT_ADMIN: "/audit",
}
"""In the order in which the roles of a person decide."""

_ACCOUNT: Final = "/login"


def home_of(roles: Collection[StaffRole]) -> str:
    """Give the page of a person's work; without one, that of the own account.

    >>> home_of([StaffRole.PLANNER, StaffRole.LEADER])
    '/'
    """
    pages = (page for role, page in HOMES.items() if role in roles)
    return next((page for page in pages if f"GET {page}" in ROUTES), _ACCOUNT)
