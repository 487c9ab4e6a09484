"""Which posts somebody answers for: those of their duty, and those they hold by the roster."""

from alerts.duty.store import read_contacts, read_posts, read_roster
from api.admission import Caller
from api.desk import Desk
from appeals.database import Connection
from appeals.people.roles import StaffRole

_OF_STREET = frozenset({StaffRole.STREET_OFFICIAL, StaffRole.STREET_LEADER})


def own_posts(connection: Connection, desk: Desk, caller: Caller) -> frozenset[str]:
    """Give the names of the caller's own posts; none where nobody signs in."""
    person = caller.person
    if person is None:
        return frozenset()
    contacts = read_contacts(connection)
    shifts = read_roster(connection, desk.clock()).shifts
    on = {shift.post for shift in shifts if contacts[shift.person].login == person.login}
    street = not _OF_STREET.isdisjoint(person.roles)
    duties = {*person.duties, "街乡镇"} if street else set(person.duties)
    return frozenset(on | {post.name for post in read_posts(connection) if post.duty in duties})
