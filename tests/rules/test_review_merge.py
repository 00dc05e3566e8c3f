"""A coach's form and what was saved of the review meanwhile, entry by entry."""

from __future__ import annotations

import json

import pytest
from werkzeug.datastructures import MultiDict

from app.coursework.review_form import Known
from app.coursework.review_merge import (
    described,
    entries_of,
    label,
    merged,
    names_of,
    new_marks,
    text_of,
    was_of,
)
from app.coursework.review_rules import Remark, ReviewText
from app.lib import merging

KNOWN = Known(["path", "rules"], {"1.B.1", "1.C.1"}, {"5": "1.C.1"}, ["9"])
SEEN = ReviewText({"path": "meets"}, "Clear", "Soon", {}, (Remark("5", "1.C.1", "required", "Name who"),))
FORM = {
    "strength": "Clear", "note": "Soon", "mark-path": "meets",
    "comment-5": "Name who", "kind-5": "required", "quote-5": "", "on-5": "1.C.1",
}  # fmt: skip


def both(mine: dict[str, str], theirs: ReviewText = SEEN, **more: str):
    """The form of a page that showed SEEN, with these changes, put into `theirs`."""
    stored = {one.key: one.field_id for one in theirs.remarks}
    known = Known(KNOWN.criteria, KNOWN.field_ids, stored, KNOWN.requests)
    form = MultiDict(FORM | mine | more | {"was": was_of(SEEN, KNOWN)})
    return merged(form, theirs, known, is_current=theirs == SEEN)


def other(**changes) -> ReviewText:
    return ReviewText(**(vars(SEEN) | changes))


def test_a_form_that_says_what_is_stored_changes_nothing():
    found = both({})
    assert found.text == SEEN
    assert (found.merge.changed, found.merge.conflicts, found.made) == ([], [], {})


def test_entries_and_text_are_the_same_thing():
    assert text_of(entries_of(SEEN, KNOWN), KNOWN.stored) == SEEN


@pytest.mark.parametrize(
    ("mine", "theirs", "changed", "conflicts", "elsewhere"),
    [
        ({"strength": "Mine"}, other(note="Theirs"), ["strength"], [], ["note"]),
        ({"strength": "Mine"}, other(strength="Theirs"), [], ["strength"], []),
        ({"strength": "Both"}, other(strength="Both"), [], [], []),
        ({"mark-path": "exceeds"}, other(marks={"path": "not_yet"}), [], ["mark-path"], []),
        ({"mark-rules": "exceeds"}, other(marks={"path": "not_yet"}), ["mark-rules"], [], ["mark-path"]),
        ({"settled-9": "open"}, other(settled={"9": "settled"}), [], ["settled-9"], []),
        (
            {"comment-5": "Mine"},
            other(remarks=(Remark("5", "1.C.1", "praise", "Theirs"),)),
            [],
            ["comment-5"],
            [],
        ),
        ({"comment-5": "Mine"}, other(remarks=()), [], ["comment-5"], []),  # removed there, changed here
        ({}, other(remarks=()), [], [], ["comment-5"]),  # removed there, only shown here
        (
            {"comment-5": ""},
            other(remarks=(Remark("5", "1.C.1", "required", "More"),)),
            [],
            ["comment-5"],
            [],
        ),
        ({"comment-new-1.B.1": "New"}, other(note="Theirs"), ["comment-new-1.B.1"], [], ["note"]),
    ],
)
def test_only_what_was_changed_on_both_sides_is_asked_about(mine, theirs, changed, conflicts, elsewhere):
    found = both(mine, theirs).merge
    assert (found.changed, found.conflicts, found.elsewhere) == (changed, conflicts, elsewhere)


def test_a_comment_that_two_tabs_wrote_on_one_field_is_two_comments():
    theirs = other(remarks=(*SEEN.remarks, Remark("6", "1.B.1", "suggested", "Theirs")))
    text = both({"comment-new-1.B.1": "Mine"}, theirs).text
    assert [(one.key, one.text) for one in text.remarks if one.field_id == "1.B.1"] == [
        ("6", "Theirs"), ("new-1.B.1", "Mine"),
    ]  # fmt: skip


def test_a_comment_whose_answer_was_lost_is_not_made_twice():
    theirs = other(remarks=(*SEEN.remarks, Remark("6", "1.B.1", "suggested", "Mine")))
    found = both({"comment-new-1.B.1": "Mine", "kind-new-1.B.1": "suggested"}, theirs)
    assert found.made == {"new-1.B.1": 6}
    assert found.text == theirs


@pytest.mark.parametrize(
    ("keep", "strength", "overruled", "given_up"),
    [
        ("mine", "Mine", ["strength"], []),
        ("theirs", "Theirs", [], ["strength"]),
        ("both", "Theirs\n\nMine", [], []),
    ],
)
def test_the_choice(keep, strength, overruled, given_up):
    theirs = other(strength="Theirs")
    form = {"strength": "Mine", "asked": "strength", "keep~strength": keep, "was": was_of(theirs, KNOWN)}
    found = merged(MultiDict(form), theirs, KNOWN, is_current=True)
    assert found.text.strength == strength
    assert (found.merge.overruled, found.merge.given_up) == (overruled, given_up)
    assert found.text.note == "Soon"  # what the page did not carry stays


def test_a_removed_comment_can_be_kept_with_both():
    form = {"asked": "comment-5", "keep~comment-5": "both", "comment-5": "Mine", "on-5": "1.C.1", "was": "{}"}
    found = merged(MultiDict(form), other(remarks=()), Known(["path"], {"1.C.1"}, {}, []), is_current=True)
    assert found.text.remarks == (Remark("5", "1.C.1", "suggested", "Mine"),)


@pytest.mark.parametrize("on", ["", "9.Z.9", "1.C.1\x00"])
def test_a_comment_on_nothing_known_is_no_comment(on):
    form = MultiDict({"comment-77": "Whose?", "on-77": on})
    assert merged(form, SEEN, KNOWN, is_current=True).text == SEEN


def test_marks_go_by_the_names_the_page_has_next():
    found = both({"comment-new-1.B.1": "New"})
    assert set(new_marks(found.merge, {"new-1.B.1": 8})) >= {"strength", "comment-5", "comment-8"}
    assert json.loads(was_of(SEEN, KNOWN))["mark-rules"] == merging.mark("")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("strength", "Clear", "Clear"),
        ("mark-path", "not_yet", "Not yet"),
        ("mark-path", "", ""),
        ("settled-9", "open", "Still open"),
        ("comment-5", {}, ""),
        ("comment-5", {"kind": "required", "text": "Who?", "quote": "we"}, "Required on “we”: Who?"),
    ],
)
def test_entries_in_words(key, value, words):
    assert described(key, value) == words


def test_labels_and_names():
    assert label("mark-path", {"path": "Client path"}, {}, {}) == "Client path"
    assert (
        label("comment-5", {}, {"5": "1.C.1"}, {})
        == label("comment-new-1.C.1", {}, {}, {})
        == "Comment on 1.C.1"
    )
    assert label("settled-9", {}, {}, {"9": "Name who"}) == "Settled or open: Name who"
    assert names_of(MultiDict(FORM), "comment-5")[0] == ("comment-5", "Name who")
    assert len(names_of(MultiDict(FORM), "comment-5")) == 4
    assert names_of(MultiDict(FORM), "note") == [("note", "Soon")]
