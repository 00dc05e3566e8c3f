"""The rules of a review as tables: when a verdict follows, when it can be published, when it can be withdrawn."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from app.coursework import review_rules as rules
from app.coursework.review_form import Known, number, read
from app.coursework.review_rules import Remark, ReviewText, Standing
from app.lib.refusal import Refused
from tests.cast import NOW

CRITERIA = (("path", "Client path", True), ("rules", "Rules", False))
GOOD = {"path": "meets", "rules": "exceeds"}


def standing(**more: Any) -> Standing:
    given = {"criteria": CRITERIA, "marks": GOOD, "strength": "Clear.", "required": 0, "earlier_open": 0}
    return Standing(**{**given, **more})


@pytest.mark.parametrize(
    ("verdict", "more", "said"),
    [
        ("accepted", {}, ""),
        ("accepted", {"marks": {"path": "meets", "rules": "meets"}}, ""),
        ("accepted", {"marks": {"path": "meets"}}, "One criterion is not rated"),
        ("accepted", {"marks": {}}, "Two criteria are not rated"),
        ("accepted", {"marks": {**GOOD, "rules": "not_yet"}}, "“Rules” is at Not yet"),
        ("accepted", {"marks": {**GOOD, "path": "not_yet"}}, "only be returned"),
        ("accepted", {"marks": {"path": "not_yet", "rules": "not_yet"}, "required": 1}, "only be returned"),
        ("accepted", {"required": 1}, "one required change here"),
        ("accepted", {"earlier_open": 2}, "Two earlier required changes are not settled"),
        ("accepted", {"strength": "  \n "}, "strength"),
        ("changes requested", {"required": 1}, ""),
        ("changes requested", {"earlier_open": 1}, ""),
        ("changes requested", {"required": 1, "strength": ""}, ""),
        ("changes requested", {"required": 1, "marks": {**GOOD, "path": "not_yet"}}, ""),
        ("changes requested", {}, "at least one required change"),
        ("changes requested", {"marks": {**GOOD, "path": "not_yet"}}, "at least one required change"),
        ("changes requested", {"marks": {"path": "meets"}, "required": 1}, "One criterion is not rated"),
        ("changes requested", {"marks": {"path": "meets", "rules": "great"}, "required": 1}, "not rated"),
        ("praised", {}, "Choose a verdict"),
    ],
)
def test_verdict(verdict: str, more: dict[str, Any], said: str) -> None:
    if not said:
        rules.check_verdict(verdict, standing(**more))
        return
    with pytest.raises(Refused) as refusal:
        rules.check_verdict(verdict, standing(**more))
    assert said in refusal.value.sentence


def test_the_verdict_bar_and_the_rule_never_disagree() -> None:
    levels = ("", "not_yet", "meets", "exceeds")
    fitting = set()
    for path, other, required, earlier, strength in product(levels, levels, (0, 1), (0, 2), ("", "Clear.")):
        marks = {"path": path, "rules": other}
        one = standing(marks=marks, required=required, earlier_open=earlier, strength=strength)
        fits = rules.hint(one).fits
        fitting.add(fits)
        if fits:
            rules.check_verdict(fits, one)
        else:
            with pytest.raises(Refused):
                rules.check_verdict("accepted", one)
    assert fitting == {"", "accepted", "changes requested"}


PUBLISHABLE: dict[str, Any] = {
    "review_status": "draft",
    "version": 4,
    "version_given": 4,
    "submission_status": "in review",
    "round_read": 2,
    "round_now": 2,
    "holds_lease": True,
}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ""),
        ({"submission_status": "waiting"}, ""),
        ({"review_status": "published"}, "published already"),
        ({"review_status": "withdrawn"}, "published already"),
        ({"submission_status": "withdrawn"}, "took this round back"),
        ({"submission_status": "decided"}, "decided already"),
        ({"round_now": 3}, "round 3 is in by now"),
        ({"holds_lease": False, "holder": "Theo Marsh"}, "only Theo Marsh can publish"),
        ({"holds_lease": False}, "yours again"),
        ({"version_given": 3}, "another tab"),
        ({"version_given": 0}, "another tab"),
    ],
)
def test_publish(more: dict[str, Any], said: str) -> None:
    if not said:
        rules.check_publish(**{**PUBLISHABLE, **more})
        return
    with pytest.raises(Refused, match=said):
        rules.check_publish(**{**PUBLISHABLE, **more})


@pytest.mark.parametrize(
    ("coach_id", "token", "mine", "holds"),
    [
        (7, "a", "a", True),
        (7, "a", "b", False),
        (8, "a", "a", False),
        (None, None, "", False),
        (7, None, "", False),
        (7, "", "", False),
    ],
)
def test_lease_is_held_by_coach_and_token(
    coach_id: int | None, token: str | None, mine: str, holds: bool
) -> None:
    assert rules.holds_lease(coach_id, token, 7, mine) is holds


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, ""),
        ({"published_at": NOW - timedelta(hours=24)}, ""),
        ({"published_at": NOW - timedelta(hours=24, seconds=1)}, "within 24 hours"),
        ({"status": "draft", "published_at": None}, "Only a published"),
        ({"status": "withdrawn"}, "Only a published"),
        ({"is_own": False}, "Only the coach who published"),
        ({"answered": True}, "begun to answer"),
        ({"is_last_round": False}, "next round is in"),
        ({"excused": True}, "Call them back to it first"),
        ({"moved": True}, "gone on to another cohort"),
    ],
)
def test_withdraw(more: dict[str, Any], said: str) -> None:
    given = {
        "status": "published",
        "published_at": NOW,
        "is_own": True,
        "answered": False,
        "is_last_round": True,
    }
    reason = rules.reason_not_withdrawn(**{**given, **more}, now=NOW)
    assert said in reason
    assert bool(reason) is bool(said)


@pytest.mark.parametrize(
    ("words", "round_number", "minutes"), [(0, 1, 8), (2300, 1, 23), (2300, 2, 11), (0, 5, 4), (150, 1, 9)]
)
def test_minutes(words: int, round_number: int, minutes: int) -> None:
    assert rules.minutes_to_review(words, round_number) == minutes


def test_text_has_limits_in_words() -> None:
    rules.check_text(ReviewText(strength="x" * 4000))
    with pytest.raises(Refused, match="The strength is 4,001 characters long; there is room for 4,000"):
        rules.check_text(ReviewText(strength="x" * 4001))
    with pytest.raises(Refused, match=r"A comment on 1\.B\.1"):
        rules.check_text(ReviewText(remarks=(Remark("1", "1.B.1", "praise", "x" * 4001),)))
    with pytest.raises(Refused, match="101 comments"):
        rules.check_text(
            ReviewText(remarks=tuple(Remark(str(n), "1.B.1", "praise", "x") for n in range(101)))
        )


KNOWN = Known(criteria=["path"], field_ids={"1.B.1"}, stored={"5": "1.C.1"}, requests=["9"])


def test_form_keeps_what_is_known_and_drops_the_rest() -> None:
    text = read(
        {
            "mark-path": "meets",
            "mark-nothing": "meets",
            "strength": "One\r\nTwo\x00",
            "settled-9": "settled",
            "settled-10": "settled",
            "comment-5": "Old one",
            "kind-5": "required",
            "comment-6": "Of another review",
            "comment-new-1.B.1": " New one ",
            "kind-new-1.B.1": "bogus",
            "quote-new-1.B.1": "a\nb " + "x" * 400,
            "comment-new-9.Z.9": "No such field",
        },
        KNOWN,
    )
    assert text.marks == {"path": "meets"}
    assert text.strength == "One\nTwo"
    assert text.settled == {"9": "settled"}
    assert text.remarks[0] == Remark("5", "1.C.1", "required", "Old one")
    assert text.remarks[1].key == "new-1.B.1"
    assert text.remarks[1].kind == "suggested"
    assert text.remarks[1].quote.startswith("a b xxx")
    assert len(text.remarks[1].quote) == 300
    assert len(text.remarks) == 2


def test_form_with_a_level_nobody_knows_leaves_the_criterion_unrated() -> None:
    assert read({"mark-path": "superb"}, KNOWN).marks == {}


def test_remove_empties_a_comment_whatever_its_text() -> None:
    text = read({"comment-5": "Still typed", "kind-5": "praise", "do": "remove-5"}, KNOWN)
    assert text.remarks == (Remark("5", "1.C.1", "praise", ""),)


@pytest.mark.parametrize(
    ("typed", "value"), [("7", 7), ("", 0), (None, 0), ("-1", 0), ("٣", 0), ("9" * 40, 0)]
)
def test_number(typed: str | None, value: int) -> None:
    assert number(typed) == value
