"""What answers to the self-assessment say: METI's own instrument at every edge, and any other one."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assessment import radar, rules
from app.curriculum.assessment_types import SelfAssessment
from app.curriculum.reader import read
from config import ROOT
from tests.cast import NOW
from tests.programs import ASSESSMENT

SMALL = SelfAssessment.model_validate(ASSESSMENT)
SYSTEMS, FOCUS, SCOPE = (one.reason for one in SMALL.reasons)


@cache
def meti() -> SelfAssessment:
    """The instrument as METI publishes it."""
    found = read(ROOT / "curriculum").assessment
    assert found is not None
    return found


def numbers(standings) -> list[int]:
    """The reasons by METI's numbers."""
    order = [one.reason for one in meti().reasons]
    return [order.index(one.reason.reason) + 1 for one in standings]


def answers_of(value: int, **others: int) -> dict[str, int]:
    """Every statement the same, but for those named: answers_of(4, a3b=0)."""
    every = {one.key: value for one in meti().statements()}
    return every | {key.removeprefix("a"): other for key, other in others.items()}


def adding_up_to(total: int) -> dict[str, int]:
    """Answers with this total, given from the last statement backward."""
    found = {}
    for statement in reversed(list(meti().statements())):
        found[statement.key] = min(4, total)
        total -= found[statement.key]
    return found


# --- METI's instrument ---------------------------------------------------------------------------------------


def test_thirty_statements_three_for_each_reason_from_0_to_4():
    assert [len(one.statements) for one in meti().reasons] == [3] * 10
    assert [one.value for one in meti().scale] == [0, 1, 2, 3, 4]
    assert (meti().reason_range, meti().total_range, meti().minutes) == ((0, 12), (0, 120), 8)


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, "Exposed"), (4, "Exposed"), (5, "Fragile"), (8, "Fragile"), (9, "Installed"), (12, "Installed")],
)
def test_the_edges_of_the_bands_of_a_reason(points, band):
    split = {"a7a": min(4, points), "a7b": min(4, max(0, points - 4)), "a7c": max(0, points - 8)}
    standing = rules.result(meti(), answers_of(2, **split)).standings[6]
    assert (standing.score, standing.band.title) == (points, band)


@pytest.mark.parametrize(
    ("total", "title"),
    [
        (0, "The practice is you"),
        (40, "The practice is you"),
        (41, "Good work, uneven structure"),
        (80, "Good work, uneven structure"),
        (81, "Structured"),
        (105, "Structured"),
        (106, "Infrastructure in place"),
        (120, "Infrastructure in place"),
    ],
)
def test_the_edges_of_the_readings_of_the_total(total, title):
    found = rules.result(meti(), adding_up_to(total))
    assert (found.total, found.reading.title) == (total, title)


@pytest.mark.parametrize("key", ["3b", "4a", "6c", "8b"])
@pytest.mark.parametrize(("value", "shown"), [(0, True), (1, True), (2, False), (4, False)])
def test_safety_comes_first_whatever_the_totals(key, value, shown):
    """With 4 everywhere else the total is as high as can be."""
    found = rules.result(meti(), answers_of(4) | {key: value})
    assert [one.safety.statement for one in found.findings] == ([key] if shown else [])
    assert found.reading.title == "Infrastructure in place"
    if shown:
        assert found.findings[0].answer == meti().label(value)


def test_all_four_safety_statements_in_the_order_of_the_instrument():
    found = rules.result(meti(), answers_of(1))
    assert [one.safety.statement for one in found.findings] == ["3b", "4a", "6c", "8b"]


@pytest.mark.parametrize(
    ("raised", "lowest"),
    [
        ({}, [3, 4, 7]),
        ({"a3a": 3}, [4, 7, 8]),
        ({"a3a": 3, "a4a": 3, "a7a": 3, "a8a": 3}, [6, 1, 2]),
        ({f"a{n}a": 3 for n in (1, 3, 4, 6, 7, 8)}, [2, 9, 10]),
        ({f"a{n}a": 3 for n in (1, 2, 3, 4, 6, 7, 8)}, [9, 10, 5]),
        ({"a5a": 0, "a10b": 1}, [5, 10, 3]),
        ({"a10a": 0, "a9a": 0, "a5a": 0}, [9, 10, 5]),
    ],
)
def test_the_three_lowest_reasons_and_the_order_of_equal_ones(raised, lowest):
    assert numbers(rules.result(meti(), answers_of(2, **raised)).lowest) == lowest


any_answers = st.lists(st.integers(0, 4), min_size=30, max_size=30).map(
    lambda values: dict(zip([one.key for one in meti().statements()], values, strict=True))
)


@given(any_answers)
def test_any_thirty_answers(answers):
    found = rules.result(meti(), answers)
    assert found.total == sum(answers.values()) == sum(one.score for one in found.standings)
    assert all(one.band.least <= one.score <= one.band.most for one in found.standings)
    assert found.reading.least <= found.total <= found.reading.most
    shown = {one.safety.statement for one in found.findings}
    assert shown == {key for key in ("3b", "4a", "6c", "8b") if answers[key] <= 1}
    # nobody who is not listed needs it more, and equal ones stand in METI's order
    order = [3, 4, 7, 8, 6, 1, 2, 9, 10, 5]
    need = {number: (one.score, order.index(number)) for number, one in enumerate(found.standings, start=1)}
    assert numbers(found.lowest) == sorted(need, key=need.__getitem__)[:3]


@given(any_answers, any_answers)
def test_the_radar_draws_each_score_on_its_axis(answers, before):
    found = rules.result(meti(), answers)
    drawn = radar.draw(meti(), found.standings, rules.scores(meti(), before))
    assert [ring.most for ring in drawn.rings] == [4, 8, 12]
    for axis, standing in zip(drawn.axes, found.standings, strict=True):
        long = sum((a - b) ** 2 for a, b in zip(axis.end, radar.CENTER, strict=True)) ** 0.5
        far = sum((a - b) ** 2 for a, b in zip(axis.point, radar.CENTER, strict=True)) ** 0.5
        assert far == pytest.approx(long * standing.score / 12, abs=0.2)
    assert len(drawn.area.split()) == len(drawn.before.split()) == 10


def test_nothing_is_promised_and_nobody_has_failed():
    """The rules METI sets for the words of a result."""
    for banned in ("fail", "income", "referrals", "guarantee", "patient"):
        shown = " ".join(
            f"{one.title} {getattr(one, 'meaning', '')} {one.advice}"
            for one in (*meti().bands, *meti().readings)
        )
        shown += " ".join(f"{one.title} {one.action}" for one in meti().safety) + meti().note + meti().lead
        assert banned not in shown.lower(), banned
    assert meti().compare_from == 100


# --- another instrument ---------------------------------------------------------------------------------------


def test_another_instrument_counts_and_names_in_its_own_way():
    found = rules.result(SMALL, {"1a": 2, "1b": 2, "2a": 0, "2b": 1, "3a": 1, "3b": 0})
    assert [(one.reason.name, one.score, one.band.title) for one in found.standings] == [
        ("Systems", 4, "Installed"),
        ("Focus", 1, "Exposed"),
        ("Scope", 1, "Exposed"),
    ]
    assert [one.reason.reason for one in found.lowest] == [SCOPE, FOCUS]
    assert found.reading.title == "You are the practice"
    assert [one.answer for one in found.findings] == ["Never"]


def test_a_set_with_a_hole_has_no_result():
    with pytest.raises(KeyError):
        rules.result(SMALL, {"1a": 2})


def test_two_reasons_are_no_radar():
    found = rules.result(SMALL, dict.fromkeys(("1a", "1b", "2a", "2b", "3a", "3b"), 1))
    assert radar.draw(SMALL, found.standings[:2]) is None
    assert [radar.mark(SMALL, band) for band in SMALL.bands] == ["exposed", "fragile", "installed"]


# --- answering ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "kept", "odd"),
    [
        ({"1a": "2", "1b": "0"}, {"1a": 2, "1b": 0}, []),
        ({"1a": "2"}, {"1a": 2}, []),
        ({"1a": "3", "1b": "1"}, {"1b": 1}, ["1a"]),
        ({"1a": "", "1b": "-1"}, {}, ["1a", "1b"]),
        ({"1a": "²", "1b": "1 "}, {}, ["1a", "1b"]),
        ({"2a": "1", "9z": "1"}, {}, []),
        ({}, {}, []),
    ],
)
def test_only_answers_on_the_scale_to_statements_of_the_page_are_taken(sent, kept, odd):
    assert rules.chosen(SMALL, SMALL.reasons[0], sent) == (kept, odd)


@pytest.mark.parametrize(
    ("stored", "shown", "sent", "answers", "elsewhere"),
    [
        ({}, {"1a": ""}, {"1a": 2}, {"1a": 2}, ()),
        ({"1a": 2}, {"1a": "2"}, {"1a": 0}, {"1a": 0}, ()),
        # another tab answered meanwhile, this page did not touch it: the newer answer stays
        ({"1a": 0}, {"1a": "2"}, {"1a": 2}, {"1a": 0}, ()),
        # both changed it: the one given here counts, and it is said
        ({"1a": 0}, {"1a": "2"}, {"1a": 1}, {"1a": 1}, ("1a",)),
        ({"1a": 0}, {"1a": ""}, {"1a": 1}, {"1a": 1}, ("1a",)),
        # both changed it alike
        ({"1a": 1}, {"1a": ""}, {"1a": 1}, {"1a": 1}, ()),
        # what this page does not hold is not lost
        ({"2a": 2}, {"1a": ""}, {"1a": 1}, {"1a": 1, "2a": 2}, ()),
        ({"1a": 1}, {"1a": "1"}, {}, {"1a": 1}, ()),
    ],
)
def test_two_tabs_lose_no_answer(stored, shown, sent, answers, elsewhere):
    assert rules.merged(stored, sent, shown) == rules.Merge(answers, elsewhere)


def test_what_is_open_and_what_comes_next():
    answers = {"1a": 0, "1b": 0, "2b": 1}
    assert rules.unanswered(SMALL.reasons[1], answers) == ["2a"]
    assert rules.first_open(SMALL, answers) is SMALL.reasons[1]
    assert rules.first_open(SMALL, dict.fromkeys(("1a", "1b", "2a", "2b", "3a", "3b"), 0)) is None
    assert rules.answered(SMALL, {**answers, "gone": 1}) == 3
    assert rules.neighbors(SMALL, SYSTEMS) == (None, SMALL.reasons[1])
    assert rules.neighbors(SMALL, FOCUS) == (SMALL.reasons[0], SMALL.reasons[2])
    assert rules.neighbors(SMALL, SCOPE) == (SMALL.reasons[1], None)


@pytest.mark.parametrize(("count", "minutes"), [(0, 8), (1, 8), (4, 7), (15, 4), (29, 1), (30, 1)])
def test_the_minutes_left(count, minutes):
    answers = dict.fromkeys([one.key for one in meti().statements()][:count], 0)
    assert rules.minutes_left(meti(), answers) == minutes


@pytest.mark.parametrize(
    ("finished_ago", "may"),
    [(None, True), (timedelta(0), True), (timedelta(hours=23, minutes=59), True), (timedelta(days=1), False)],
)
def test_a_slip_may_be_corrected_for_a_day(finished_ago, may):
    assert rules.may_change(None if finished_ago is None else NOW - finished_ago, NOW) is may


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 2, 20), "week 0"),
        (date(2026, 2, 27), "week 0"),
        (date(2026, 2, 28), "week 1"),
        (date(2026, 5, 15), "week 11"),
        (date(2026, 5, 16), "week 12"),
        (date(2026, 5, 22), "week 12"),
        (date(2026, 5, 23), "day 1"),
        (date(2026, 8, 20), "day 90"),
    ],
)
def test_when_in_the_course_it_was_answered(on, words):
    assert rules.occasion(date(2026, 2, 28), date(2026, 5, 22), on) == words


@pytest.mark.parametrize(
    ("people", "found"),
    [(0, None), (99, None), (100, {SYSTEMS: 2.5, FOCUS: 0.1}), (300, {SYSTEMS: 0.8, FOCUS: 0.0})],
)
def test_nobody_is_compared_before_a_hundred_have_answered(people, found):
    assert rules.averages(SMALL, people, {SYSTEMS: 250, FOCUS: 12}) == found
