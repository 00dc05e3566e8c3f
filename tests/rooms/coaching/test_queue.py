"""The review queue: oldest promise first, who has what, paged by key, three queries at most."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.coaching import rules
from app.coaching.queries import read_key
from app.coursework import counts
from app.lib.database import db
from tests.cast import NOW
from tests.factories import (
    counted_queries,
    next_round,
    participant,
    published_review,
    second_coach,
    submitted_system,
)

QUEUE = "/coaching/queue"


@pytest.fixture
def cora(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cora)


def names(page: str) -> list[str]:
    return re.findall(r'class="q__who"><b><a[^>]*>([^<]*)</a>', page)


def test_the_desk_leads_to_the_queue(cora: Any) -> None:
    response = cora.get("/coaching")
    assert response.status_code == 302
    assert response.location == QUEUE


@pytest.mark.parametrize("who", ["ana", "pat", "sam"])
def test_only_coaches_find_it(who: str, cast: Any, sign_in: Any) -> None:
    assert sign_in(getattr(cast, who)).get(QUEUE).status_code == 404


def test_an_empty_queue_says_when_the_next_work_is_due(
    cora: Any, cast: Any, clock: Any, sign_in: Any
) -> None:
    clock.now = NOW - timedelta(days=23)
    page = cora.get(QUEUE).get_data(as_text=True)
    assert "Nothing is waiting" in page
    assert "The next submissions are due Thu, Mar 5, 11:59 p.m. EST: Operations." in page


def test_the_oldest_promise_comes_first_and_is_the_next_step(cora: Any, cast: Any, write: Any) -> None:
    with write():
        submitted_system(cast.ana_enrollment, promised_at=NOW + timedelta(hours=7), words=1240)
        submitted_system(cast.ben_enrollment, promised_at=NOW - timedelta(hours=4))
        submitted_system(cast.uma_enrollment, promised_at=NOW - timedelta(days=9))  # of another cohort
        third = participant(cast.spring, 3)
        submitted_system(third.id, promised_at=NOW + timedelta(days=3))
    page = cora.get(QUEUE).get_data(as_text=True)
    assert names(page) == ["Ben Carter", "Ana Morales", "Person 3"]
    assert "Three reviews are waiting" in page
    assert "4 hours late" in page
    assert "in 7 hours" in page
    assert "1,240 words" in page
    assert re.findall(r"<h2>([^<]+)<span>(\d)", page) == [
        ("Promised today", "2"),
        ("Saturday, March 28", "1"),
    ]
    assert page.count("q--next") == 1
    assert page.index("q--next") < page.index("Ben Carter")
    assert page.count("btn--next") == 1


def test_what_an_earlier_day_promised_stands_apart_and_says_which_day(
    cora: Any, cast: Any, write: Any
) -> None:
    with write():
        submitted_system(cast.ana_enrollment, promised_at=NOW - timedelta(days=2))
        submitted_system(cast.ben_enrollment, promised_at=NOW + timedelta(hours=1))
    page = cora.get(QUEUE).get_data(as_text=True)
    assert re.findall(r"<h2>([^<]+)<span>(\d)", page) == [
        ("Promised before today", "1"),
        ("Promised today", "1"),
    ]
    assert re.findall(r">by ([^<]+)</time>", page) == ["Mon, Mar 23, 11:00 a.m. EDT", "12:00 p.m. EDT"]
    assert "2 days late" in page


def test_a_colleagues_lease_is_said_in_words_and_the_next_step_is_the_next_free_row(
    cora: Any, cast: Any, write: Any, sign_in: Any, clock: Any
) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment, promised_at=NOW + timedelta(hours=1)).id
        submitted_system(cast.ben_enrollment, promised_at=NOW + timedelta(hours=2))
        theo = second_coach(cast.spring).id
    his = sign_in(theo).post(f"/submissions/{first}/review").location
    page = cora.get(QUEUE).get_data(as_text=True)
    assert "Theo Marsh has it open until 11:30 a.m. EDT" in page
    assert f'href="{his}"' in page
    assert page.index("Ana Morales") < page.index("q--next") < page.index("Ben Carter")
    clock.move(minutes=31)
    assert "Theo Marsh" not in cora.get(QUEUE).get_data(as_text=True)


def test_my_own_lease_is_to_be_continued(cora: Any, cast: Any, write: Any) -> None:
    with write():
        submission_id = submitted_system(cast.ana_enrollment).id
    cora.post(f"/submissions/{submission_id}/review")
    page = cora.get(QUEUE).get_data(as_text=True)
    assert "Continue review" in page
    assert "Yours until 11:30 a.m. EDT" in page


def test_answered_changes_are_counted(cora: Any, cast: Any, write: Any) -> None:
    with write():
        first = submitted_system(cast.ana_enrollment)
        asked = (("1.C.1", "required", "One"), ("1.B.1", "required", "Two"), ("1.B.1", "suggested", "Three"))
        published_review(first, cast.cora, comments=asked)
        next_round(first.system, asked=2)
    assert "Round 2, two required changes answered" in cora.get(QUEUE).get_data(as_text=True)


def test_decided_and_taken_back_rounds_do_not_wait(cora: Any, cast: Any, write: Any) -> None:
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora, now=NOW)
        taken_back = submitted_system(cast.ben_enrollment)
        counts.left(taken_back)
        taken_back.status = "withdrawn"
    page = cora.get(QUEUE).get_data(as_text=True)
    assert names(page) == []
    assert "All answered" in page
    assert "1 of 1 promise kept" in page


def test_a_coach_whose_time_is_over_sees_nothing(cora: Any, cast: Any, write: Any) -> None:
    from app.cohorts.models import CohortCoach

    with write():
        submitted_system(cast.ana_enrollment)
        for row in db.session.scalars(select(CohortCoach).where(CohortCoach.user_id == cast.cora)):
            row.until = NOW
    assert "You coach no cohort at the moment" in cora.get(QUEUE).get_data(as_text=True)


def test_pages_by_key_lose_and_repeat_nobody(cora: Any, cast: Any, write: Any) -> None:
    with write():
        for number in range(60):  # three at each moment, so that the id decides
            submitted_system(
                participant(cast.spring, number).id, promised_at=NOW + timedelta(hours=number // 3)
            )
    seen: list[str] = []
    address: str | None = QUEUE
    pages = 0
    while address:
        page = cora.get(address).get_data(as_text=True)
        seen += names(page)
        pages += 1
        more = re.search(r'href="(/coaching/queue\?after=[^"]+)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else None
    assert seen == [f"Person {number}" for number in range(60)]
    assert pages == 3


def test_as_many_queries_for_thirty_as_for_one(cora: Any, cast: Any, write: Any) -> None:
    counts = []
    for numbers in (range(1), range(1, 30)):
        with write():
            for number in numbers:
                first = submitted_system(participant(cast.spring, number).id)
                published_review(first, cast.cora)
                next_round(first.system)
        cora.get(QUEUE)
        with counted_queries() as sent:
            assert cora.get(QUEUE).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert counts[1] <= 4  # the session is one of them


def test_reading_changes_nothing(cora: Any, cast: Any, write: Any) -> None:
    with write():
        submitted_system(cast.ana_enrollment)
    before = db.session.scalar(select(func.count(Entry.id)))
    for query in (
        "",
        "?after=",
        "?after=x~y",
        "?after=2026-03-25~1",
        "?after=2026-03-25T00:00:00+00:00~1",
        "?after=%00",
    ):
        assert cora.get(QUEUE + query).status_code == 200
    assert db.session.scalar(select(func.count(Entry.id))) == before


def test_hostile_names_are_only_text(cora: Any, cast: Any, write: Any) -> None:
    with write():
        system = submitted_system(cast.ana_enrollment).system
        system.enrollment.practice_name = "<script>alert(1)</script>"
        system.enrollment.user.name = "Ana <b>Morales</b>"
    page = cora.get(QUEUE).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "Ana &lt;b&gt;Morales" in page


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "~",
        "2026-03-25T10:00:00~5",
        "2026-03-25T10:00:00+00:00~0",
        f"{NOW}~{2**31}",
        "0001-01-01T00:00:00+14:00~5",
    ],
)
def test_a_key_nobody_made_is_the_first_page(text: str) -> None:
    assert read_key(text) is None


@pytest.mark.parametrize(
    ("delta", "days", "said"),
    [
        (timedelta(hours=2), 0, "in 2 hours"),
        (timedelta(minutes=90), 0, "in 1 hour"),
        (timedelta(minutes=5), 0, "in 5 minutes"),
        (timedelta(0), 0, "in 1 minute"),
        (timedelta(hours=20), 1, "tomorrow"),
        (timedelta(days=3), 3, "in 3 days"),
        (timedelta(hours=-4), 0, "4 hours late"),
        (timedelta(days=-2), -2, "2 days late"),
    ],
)
def test_until(delta: timedelta, days: int, said: str) -> None:
    assert rules.until(NOW + delta, NOW, days) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [(24, "Promised before today"), (25, "Promised today"), (26, "Tomorrow"), (30, "Monday, March 30")],
)
def test_day_title(day: int, said: str) -> None:
    assert rules.day_title(date(2026, 3, day), date(2026, 3, 25)) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (3, "About 5 minutes of work."),
        (52, "About 50 minutes of work."),
        (60, "About an hour of work."),
        (95, "About an hour and a half of work."),
        (125, "About two hours of work."),
        (150, "About two and a half hours of work."),
        (600, "About 10 hours of work."),
    ],
)
def test_reading_time(minutes: int, said: str) -> None:
    assert rules.reading(minutes) == said


def test_titles() -> None:
    assert [rules.title(count) for count in (0, 1, 2, 10, 11)] == [
        "Nothing is waiting",
        "One review is waiting",
        "Two reviews are waiting",
        "Ten reviews are waiting",
        "Eleven reviews are waiting",
    ]
