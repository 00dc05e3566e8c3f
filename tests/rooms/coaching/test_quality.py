"""Promises kept and agreement: own numbers, everybody's, and who sees whose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.coursework import counts
from app.coursework.quality_models import AgreementTally
from tests.cast import NOW
from tests.factories import participant, published_review, second_coach, submitted_system

QUALITY = "/coaching/quality"


@pytest.fixture
def answered(app: Any, cast: Any, write: Any) -> int:
    """Cora: one in time within 4 hours, one late after 50. Theo: one in time. Cal, elsewhere: one."""
    with write():
        theo = second_coach(cast.spring).id
        for number, (coach, hours, promise) in enumerate(
            ((cast.cora, 3, 48), (cast.cora, 50, 48), (theo, 20, 48), (theo, 20, 48))
        ):
            enrollment = participant(cast.spring, number)
            submission = submitted_system(enrollment.id, promised_at=NOW + timedelta(hours=promise))
            published_review(submission, coach, now=NOW + timedelta(hours=hours))
        published_review(submitted_system(cast.uma_enrollment), cast.cal, now=NOW + timedelta(days=30))
    return theo


def test_a_coach_sees_their_own_numbers_and_those_of_the_cohort(
    answered: int, cast: Any, sign_in: Any
) -> None:
    page = sign_in(cast.cora).get(QUALITY).get_data(as_text=True)
    assert "3 of 4 answers came by the promised moment" in page
    assert "50% on time, half of them within 4 hours" in page
    assert "75%" in page
    assert "1 Operations" in page
    for word in ("Theo Marsh", "Cal Whitman", "Each coach", ">more than 14 days"):
        assert word not in page, word
    assert page.count("none more than 14 days") == 2  # the last column of both drawings: Cal's is elsewhere


def test_staff_see_every_coach(answered: int, cast: Any, sign_in: Any) -> None:
    sam = sign_in(cast.sam)
    page = sam.get(QUALITY).get_data(as_text=True)
    assert "3 of 5 answers" in page
    for word in ("Theo Marsh", "Cora Bennett", "Cal Whitman", ">more than 14 days"):
        assert word in page, word
    assert "Your answers" not in page
    page = sam.get(f"{QUALITY}?cohort=spring-2026").get_data(as_text=True)
    assert "3 of 4 answers" in page
    assert "Cal Whitman" not in page
    for slug in ("no-such", "\x00", "x" * 3000, "²"):
        assert "3 of 5 answers" in sam.get(QUALITY, query_string={"cohort": slug}).get_data(as_text=True)


def test_a_coach_cannot_choose_another_cohort(answered: int, cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.cora).get(f"{QUALITY}?cohort=autumn-2026").get_data(as_text=True)
    assert "3 of 4 answers" in page


@pytest.mark.parametrize("who", ["ana", "pat"])
def test_nobody_else_finds_it(who: str, cast: Any, sign_in: Any) -> None:
    assert sign_in(getattr(cast, who)).get(QUALITY).status_code == 404


def test_empty_it_says_what_will_appear(cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.cora).get(QUALITY).get_data(as_text=True)
    assert "Nothing is answered yet" in page
    assert "No round has been marked twice yet" in page


def test_agreement_by_criterion(cast: Any, sign_in: Any, write: Any, app: Any) -> None:
    with write():
        for cohort, first, second, pairs in (
            (cast.spring, "meets", "meets", 6), (cast.spring, "meets", "not_yet", 2),
            (cast.spring, "not_yet", "not_yet", 2), (cast.autumn, "meets", "meets", 5),
        ):  # fmt: skip
            key = {"cohort_id": cohort, "module_slug": "systems", "criterion": "rules"}
            counts.add(AgreementTally, {**key, "first": first, "second": second}, {"pairs": pairs})
    page = sign_in(cast.cora).get(QUALITY).get_data(as_text=True)
    assert "80%" in page
    assert "0.55" in page  # po .8, pe .8 x .6 + .2 x .4 = .56
    elsewhere = sign_in(cast.cal).get(QUALITY).get_data(as_text=True)
    assert 'data-label="Marked twice">5<' in elsewhere
    assert "too few" in elsewhere


def test_the_menu_leads_there_once(cast: Any, sign_in: Any, write: Any) -> None:
    from app.accounts.models import User
    from app.lib.database import db

    with write():
        db.session.get_one(User, cast.sam).is_coach = True
    page = sign_in(cast.sam).get(QUALITY).get_data(as_text=True)
    assert page.count(f'href="{QUALITY}" aria-current="page"') == 2  # wide menu and phone menu
    assert page.count(f'href="{QUALITY}"') == 2
