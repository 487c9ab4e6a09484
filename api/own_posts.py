"""Which posts somebody answers for: those of their duty, and those they hold by the roster.

A street's people answer for the posts of their own street: an alert at a border is read by both.
"""

from alerts.duty.store import read_contacts, read_posts, read_roster
from api.admission import Caller
from api.desk import Desk
from appeals.database import Connection
from appeals.people.roles import StaffRole
from grids.units.store import units_within

_OF_STREET = frozenset({StaffRole.STREET_OFFICIAL, StaffRole.STREET_LEADER})


def own_posts(connection: Connection, desk: Desk, caller: Caller) -> frozenset[str]:
    """Give the names of the caller's own posts; none where nobody signs in."""
    person = caller.person
    if person is None:
        return frozenset()
    contacts = read_contacts(connection)
    shifts = read_roster(connection, desk.clock()).shifts
    on = {shift.post for shift in shifts if contacts[shift.person].login == person.login}
    posts = read_posts(connection)
    own = {post.name for post in posts if post.duty in person.duties}
    if not _OF_STREET.isdisjoint(person.roles):
        of_streets = {post.name: post.area for post in posts if post.duty == "街乡镇"}
        near = units_within(connection, set(of_streets.values()), caller.viewer.area)
        own |= {name for name, area in of_streets.items() if area in near}
    return frozenset(on | own)
