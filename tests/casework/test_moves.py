import pytest

from appeals.errors import Conflict
from casework.moves import LABELS, Move, State, after, lawful, moves_from

OPEN = [state for state in State if state not in (State.CLOSED, State.RATED)]


def test_a_case_walks_from_intake_to_the_rating_call() -> None:
    state = State.TAKEN_IN
    for move in (
        Move.DISPATCH,
        Move.RECEIVE,
        Move.CONTACT,
        Move.ARRIVE,
        Move.DONE,
        Move.REPORT_BACK,
        Move.CLOSE,
        Move.RATE,
    ):
        state = after(state, move)

    assert state is State.RATED
    assert moves_from(state) == {}


def test_only_the_review_of_a_reply_or_a_direct_answer_closes_a_case() -> None:
    closing = [state for state in State if State.CLOSED in moves_from(state).values()]

    assert closing == [State.TAKEN_IN, State.REPORTED_BACK]
    assert not lawful(State.DONE_ON_SITE, Move.CLOSE)


def test_handing_back_and_returning_are_two_things() -> None:
    assert after(State.RECEIVED, Move.HAND_BACK) is State.HANDED_BACK
    assert after(State.RECEIVED, Move.RETURN) is State.RETURN_ASKED
    assert after(State.RETURN_ASKED, Move.GRANT_RETURN) is State.TAKEN_IN
    assert after(State.RETURN_ASKED, Move.REFUSE_RETURN) is State.DISPATCHED


@pytest.mark.parametrize("state", OPEN)
def test_reminding_presses_an_open_case_without_moving_it(state: State) -> None:
    assert after(state, Move.REMIND) is state
    assert after(state, Move.SUPERVISE) is state


def test_an_unlawful_move_names_the_lawful_ones() -> None:
    with pytest.raises(Conflict, match="cannot close; lawful: receive, assign, return"):
        after(State.DISPATCHED, Move.CLOSE)


def test_every_state_can_be_reached_and_every_move_has_a_use_and_a_word() -> None:
    reached = {state for start in State for state in moves_from(start).values()}
    used = {move for state in State for move in moves_from(state)}

    assert reached == set(State)
    assert used == set(Move) == set(LABELS)
