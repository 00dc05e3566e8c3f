"""After a review, as tables: what to change first, what may be said and taken back, what improving means."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from app.coursework.change_rules import Asked, Place, answer_counts, to_change
from app.coursework.improving_rules import check_accepted_once, check_reason, is_improving, words
from app.coursework.rules import next_status
from app.coursework.thread_rules import (
    MOST,
    Reader,
    Said,
    Thread,
    check_reply,
    read_seen,
    reason_closed,
    reason_kept,
)
from app.lib.refusal import Refused

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
PLACES = {
    "A": Place(0, "First", ("plain",)),
    "B": Place(1, "Second", ("safe", "plain")),
    "C": Place(2, "Third", ("safe",)),
}


def asked(
    number: int, field_id: str, kind: str = "required", answered: bool = False, below: str = ""
) -> Asked:
    return Asked(number, field_id, kind, answered, below.split())


@pytest.mark.parametrize(
    ("requests", "order", "next_id"),
    [
        ([], [], None),
        ([asked(1, "C"), asked(2, "A")], [2, 1], 2),
        ([asked(1, "A"), asked(2, "C", below="safe")], [2, 1], 2),  # the critical criterion first
        ([asked(1, "A", below="plain"), asked(2, "B", below="plain")], [1, 2], 1),  # not critical: by field
        ([asked(1, "A", below="safe"), asked(2, "C")], [1, 2], 1),  # the field is not about that criterion
        ([asked(1, "A", "suggested"), asked(2, "C")], [2, 1], 2),
        ([asked(1, "C", "suggested", below="safe"), asked(2, "A")], [2, 1], 2),  # a suggestion stays one
        ([asked(1, "A", answered=True), asked(2, "B")], [1, 2], 2),  # answered keeps its place
        ([asked(1, "A", answered=True), asked(2, "B", "suggested")], [1, 2], None),
        ([asked(2, "A"), asked(1, "A")], [1, 2], 1),
        ([asked(1, "gone"), asked(2, "C")], [2, 1], 2),  # a field no longer there comes last
    ],
)
def test_what_to_change_first(requests, order, next_id):
    changes = to_change(requests, PLACES, ["safe"])
    assert [one.id for one in changes.list] == order
    assert (changes.next.id if changes.next else None) == next_id
    assert changes.words == f"{changes.answered} of {len(changes.required)} answered"


@pytest.mark.parametrize(
    ("answered", "reviewed", "counts"),
    [(None, None, False), (NOW, None, True), (NOW, NOW, True), (NOW, NOW + timedelta(seconds=1), False)],
)
def test_an_answer_the_coach_has_read_and_not_settled_is_asked_for_again(answered, reviewed, counts):
    assert answer_counts(answered, reviewed) is counts


OWNER, COACH, OTHER = 1, 2, 3


def said(number: int, author: int, taken_back: bool = False) -> Said:
    return Said(number, author, "Some Body", "" if taken_back else "Words", NOW, taken_back)


def thread(*replies: Said, **upto: int) -> Thread:
    people = {"owner": OWNER, "coach": COACH, "other": OTHER}
    readers = tuple(Reader(people[name], f"{name} x", number, NOW) for name, number in upto.items())
    return Thread(7, OWNER, replies, readers)


@pytest.mark.parametrize(
    ("found", "for_owner", "for_coach"),
    [
        (thread(), True, False),  # a comment is the coach's: the participant has yet to read it
        (thread(owner=0), False, False),
        (thread(said(5, COACH), owner=0), True, False),
        (thread(said(5, COACH), owner=5), False, False),
        (thread(said(5, OWNER), owner=0), False, True),
        (thread(said(5, OWNER), owner=0, coach=5), False, False),
        (thread(said(5, OWNER), owner=0, other=5), False, True),  # each coach reads for themselves
        (thread(said(5, COACH, taken_back=True), owner=0), False, False),
    ],
)
def test_who_has_something_to_read(found, for_owner, for_coach):
    assert (found.is_unread(OWNER), found.is_unread(COACH)) == (for_owner, for_coach)


def test_receipts_stand_below_the_last_reply_read():
    first, second, answer = said(5, COACH), said(6, COACH), said(7, OWNER)
    found = thread(first, second, answer, owner=6, coach=6, other=7)
    names = [[one.first_name for one in found.receipt_after(reply)] for reply in found.replies]
    assert names == [[], ["owner"], ["other"]]
    assert [one.first_name for one in found.readers_of()] == ["owner"]
    assert (found.last, found.seen) == (7, "7~7")


@pytest.mark.parametrize(
    ("author", "read", "later", "kept"),
    [
        (COACH, False, timedelta(minutes=15), ""),
        (COACH, False, timedelta(minutes=15, seconds=1), "15 minutes"),
        (COACH, True, timedelta(0), "read already"),
        (OWNER, False, timedelta(0), "Only who wrote"),
    ],
)
def test_taking_a_reply_back(author, read, later, kept):
    found = reason_kept(said(1, COACH), author, read, NOW + later)
    assert (kept in found) if kept else found == ""


@pytest.mark.parametrize(
    ("text", "there", "refused"),
    [
        ("Words", 0, ""),
        ("", 0, "empty"),
        ("x" * 4000, 0, ""),
        ("x" * 4001, 0, "4,001"),
        ("Words", MOST, "100 replies"),
    ],
)
def test_what_may_be_said(text, there, refused):
    with pytest.raises(Refused, match=refused) if refused else nullcontext():
        check_reply(text, there)


@pytest.mark.parametrize(
    ("status", "participant", "cannot", "reads", "why"),
    [
        ("published", True, "", True, ""),
        ("published", True, "Suspended.", True, "Suspended."),
        ("published", False, "Suspended.", True, ""),  # a coach may still write to somebody suspended
        ("published", False, "", False, "reach nobody"),
        ("withdrawn", True, "", True, "withdrawn"),
        ("withdrawn", False, "", True, "withdrawn"),
    ],
)
def test_who_may_add_a_word(status, participant, cannot, reads, why):
    found = reason_closed(status, is_participant=participant, cannot_work=cannot, may_read=reads)
    assert (why in found) if why else found == ""


def test_what_a_form_says_was_seen():
    assert read_seen(["12~45", "12~3", "7~0"]) == {12: 45, 7: 0}
    assert read_seen(["", "x~1", "1~", "²~1", "1~99999999999", "-1~2", "1~2~3"]) == {}


@pytest.mark.parametrize(
    ("status", "accepted", "last", "said"),
    [
        ("accepted", 1, 1, ""),
        ("drafting", None, 1, ""),
        ("excused", 1, 1, ""),
        ("reopened", 1, 1, "Accepted; improving, drafting round 2"),
        ("drafting", 1, 2, "Accepted; improving, drafting round 3"),
        ("submitted", 1, 2, "Accepted; improving, round 2 waiting for review"),
        ("in review", 1, 3, "Accepted; improving, round 3 in review"),
        ("changes requested", 1, 3, "Accepted; improving, changes requested in round 3"),
    ],
)
def test_improving_in_words(status, accepted, last, said):
    assert words(status, accepted, last) == said
    assert is_improving(status, accepted) is bool(said)


@pytest.mark.parametrize("status", ["reopened", "drafting", "changes requested"])
def test_stopping_leads_back_to_accepted(status):
    assert next_status(status, "stop improving") == "accepted"


@pytest.mark.parametrize(
    ("status", "why"), [("submitted", "Take it back first"), ("in review", "after the answer")]
)
def test_not_while_a_round_lies_with_the_coach(status, why):
    with pytest.raises(Refused, match=why):
        next_status(status, "stop improving")


def test_there_is_nothing_to_go_back_to_before_the_first_acceptance():
    check_accepted_once(1)
    with pytest.raises(Refused, match="no accepted round"):
        check_accepted_once(None)


@pytest.mark.parametrize(("reason", "why"), [("", "sentence why"), ("x" * 401, "401")])
def test_a_coach_says_why(reason, why):
    check_reason("Your prices have changed.")
    with pytest.raises(Refused, match=why):
        check_reason(reason)
