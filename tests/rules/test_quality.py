"""Median, shares and agreement from tallies; which rounds are drawn; and names taken out of a text."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from app.coaching import quality_rules as quality
from app.coursework import blind_rules, masking
from app.coursework.rules import TURNAROUND, turnaround
from app.lib.refusal import Refused

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("within", "bound", "words"),
    [
        ({}, None, "no answer yet"),
        ({4: 1}, 4, "within 4 hours"),
        ({4: 1, 24: 1}, 4, "within 4 hours"),
        ({4: 1, 24: 2}, 24, "within a day"),
        ({12: 1, 36: 5, 48: 2}, 36, "within 36 hours"),
        ({4: 2, 48: 3, 0: 1}, 48, "within 2 days"),
        ({168: 1}, 168, "within 7 days"),
        ({4: 1, 0: 2}, 0, "more than 14 days"),
    ],
)
def test_half_of_the_answers_came_within(within, bound, words):
    assert quality.median(within) == bound
    assert quality.span(bound) == words


@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_the_kept_median_is_the_bound_of_the_true_one(hours):
    """What the buckets say is what sorting all of the times would have said, up to the bound of its bucket."""
    found = quality.Sum()
    for one in hours:
        found.add(turnaround(NOW, NOW + timedelta(hours=one)), 1, 0)
    true = sorted(hours)[(len(hours) - 1) // 2]
    assert found.median == turnaround(NOW, NOW + timedelta(hours=true))


def test_the_columns_of_the_drawing_are_all_that_was_answered():
    found = quality.Sum()
    assert found.columns == []
    for hours, answered in ((4, 1), (48, 3), (0, 2)):
        found.add(hours, answered, 0)
    assert [one.label.replace("\u202f", " ") for one in found.columns] == [
        "4 h", "8 h", "12 h", "1 d", "36 h", "2 d", "3 d", "4 d", "5 d", "7 d", "14 d", "14+"
    ]  # fmt: skip
    drawn = {one.words: (one.answered, one.height) for one in found.columns if one.answered}
    assert drawn == {"within 4 hours": (1, 34), "within 2 days": (3, 100), "more than 14 days": (2, 67)}
    assert [one.words for one in found.columns if one.holds_median] == ["within 2 days"]


@pytest.mark.parametrize(
    ("on_time", "answered", "share"), [(0, 0, 0), (1, 1, 100), (999, 1000, 99), (1, 3, 33)]
)
def test_the_share_is_100_only_when_every_promise_was_kept(on_time, answered, share):
    found = quality.Sum()
    found.add(24, answered, on_time)
    assert found.share == share


@pytest.mark.parametrize(
    ("pairs", "kappa"),
    [
        # the textbook square: 20 and 15 agree, 5 and 10 do not; po .7, pe .5
        ({("meets", "meets"): 20, ("meets", "not_yet"): 5, ("not_yet", "meets"): 10, ("not_yet", "not_yet"): 15}, 0.4),
        ({("meets", "meets"): 5, ("not_yet", "not_yet"): 5}, 1.0),
        ({("meets", "not_yet"): 5, ("not_yet", "meets"): 5}, -1.0),
        ({("meets", "meets"): 30}, None),  # chance alone explains all of it
        ({}, None),
    ],
)  # fmt: skip
def test_kappa(pairs, kappa):
    found = quality.kappa(pairs)
    assert found is None if kappa is None else found == pytest.approx(kappa)


def test_kappa_is_told_from_ten_pairs_on():
    few = quality.agreement({("meets", "meets"): 4, ("not_yet", "not_yet"): 5})
    assert (few.pairs, few.same, few.share, few.kappa) == (9, 9, 100, None)
    assert quality.agreement({("meets", "meets"): 5, ("not_yet", "not_yet"): 5}).kappa == 1.0


def test_levels_apart():
    found = quality.agreement(
        {("meets", "meets"): 5, ("meets", "exceeds"): 2, ("not_yet", "meets"): 1, ("exceeds", "not_yet"): 2}
    )
    assert (found.same, found.near, found.share, found.share_within_one) == (5, 3, 50, 80)


# --- one in ten -----------------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_one_in_ten_is_drawn_whatever_the_rounds_are(seed):
    drawn = sum(
        blind_rules.is_drawn(hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())
        for number in range(5000)
    )
    assert 380 <= drawn <= 620  # 500, give or take more than five standard deviations


def test_the_draw_is_the_same_every_time():
    digest = hashlib.sha256(b"a round").hexdigest()
    assert len({blind_rules.is_drawn(digest) for _ in range(5)}) == 1


CRITERIA = [("path", "The path"), ("rules", "The rules")]


@pytest.mark.parametrize(
    ("marks", "verdict", "said"),
    [
        ({}, "accepted", "Two criteria have no level"),
        ({"path": "meets", "rules": "perfect"}, "accepted", "One criterion has no level"),
        ({"path": "meets", "rules": "meets"}, "", "Choose what"),
        ({"path": "meets", "rules": "not_yet"}, "accepted", "would have been returned"),
    ],
)
def test_marks_that_are_refused(marks, verdict, said):
    with pytest.raises(Refused, match=said):
        blind_rules.check_marks(CRITERIA, marks, verdict)


def test_marks_of_other_criteria_are_not_kept():
    marks = {"path": "meets", "rules": "exceeds", "other": "meets"}
    assert blind_rules.check_marks(CRITERIA, marks, "accepted") == {"path": "meets", "rules": "exceeds"}


@pytest.mark.parametrize(
    ("status", "left", "stands", "said"),
    [("done", 1, True, "done already"), ("declined", 1, True, "declined"), ("offered", 0, True, "ten days"),
     ("offered", 1, False, "withdrawn")],
)  # fmt: skip
def test_when_it_is_over(status, left, stands, said):
    with pytest.raises(Refused, match=said):
        blind_rules.check_open(status, NOW + timedelta(days=left), stands, NOW)


# --- names ----------------------------------------------------------------------------------------------------------

NAMES = masking.names_of("Ana Morales", "Northgate <Medical> Exercise")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ana Morales owns it, says ANA.", "[participant] owns it, says [participant]."),
        ("Banana, analysis, Moralesville", "Banana, analysis, Moralesville"),
        ("Ana's rule; (Morales)", "[participant]'s rule; ([participant])"),
        ("At Northgate <Medical> Exercise we", "At [practice] we"),
        ("", ""),
    ],
)
def test_names_are_taken_out_as_whole_words(text, masked):
    assert masking.mask(text, NAMES) == masked


def test_tags_stay_as_they_are():
    names = masking.names_of("Strong Href", "Em")
    html = '<p>Strong <strong>href</strong> <a href="https://x.example/strong">strongly</a></p>'
    assert masking.mask_html(html, names) == (
        '<p>[participant] <strong>[participant]</strong> <a href="https://x.example/strong">strongly</a></p>'
    )
    escaped = f"<p>{escape('At Northgate <Medical> Exercise')}</p>"
    assert masking.mask_html(escaped, NAMES) == "<p>At [practice]</p>"


def test_short_names_are_left_alone_and_nobody_is_no_name():
    assert masking.names_of("Al Li", " ") == {"Al Li": "[participant]"}
    assert masking.mask("Al or li", {}) == "Al or li"


def test_every_depth_of_an_answer_is_masked_and_files_lose_their_names():
    answer = {"text": "By Ana", "files": [{"name": "ana.pdf", "sha256": "0" * 64, "type": "pdf", "size": 3}]}
    found = masking.mask_answer({"rows": [answer], "n": 3, "none": None}, NAMES)
    assert found["rows"][0]["text"] == "By [participant]"
    assert found["rows"][0]["files"][0]["name"] == "A file (pdf)"
    assert (found["n"], found["none"]) == (3, None)


@given(st.sampled_from(TURNAROUND))
def test_every_bound_has_words(hours):
    assert quality.span(hours).startswith("within ")
