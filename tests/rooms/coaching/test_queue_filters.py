"""Narrowing the queue: by cohort, module, kind of round, flag and who has it open; kept in the address."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest

from app.accounts.models import User
from app.coaching import rules, statements
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.curriculum.actions import publish
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
from tests.releases import edited, set_module

QUEUE = "/coaching/queue"


@pytest.fixture
def cora(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cora)


def names(page: str) -> list[str]:
    return re.findall(r'class="q__who"><b><a[^>]*>([^<]*)</a>', page)


def seen(browser: Any, query: str = "") -> list[str]:
    return names(browser.get(QUEUE + query).get_data(as_text=True))


@pytest.fixture
def full(cast: Any, write: Any) -> Any:
    """In Spring: a first round late, a second of one gone quiet, a third due today; in another cohort a first one."""
    with write():
        late = submitted_system(participant(cast.spring, 1).id, promised_at=NOW - timedelta(hours=3))
        second = submitted_system(participant(cast.spring, 2).id, now=NOW - timedelta(days=9))
        published_review(second, cast.cora, now=NOW - timedelta(days=8, hours=20))
        second = next_round(second.system, promised_at=NOW + timedelta(days=2), is_quiet=True)
        third = submitted_system(participant(cast.spring, 3).id)
        for _ in range(2):
            published_review(third, cast.cora)
            third = next_round(third.system, promised_at=NOW + timedelta(hours=2))
        spring = db.session.get_one(Cohort, cast.spring)
        other = cohorts.open_cohort(
            None, slug="other", title="The other cohort", starts_on=date(2026, 2, 28), capacity=9,
            release_id=spring.release_id, now=NOW, status="running",
        )  # fmt: skip
        cohorts.assign_coach(None, other, db.session.get_one(User, cast.cora), NOW)
        submitted_system(participant(other.id, 4).id, promised_at=NOW + timedelta(days=5))
        return {"late": late.id, "second": second.id, "third": third.id}


@pytest.mark.parametrize(
    ("query", "found", "said"),
    [
        ("", [1, 3, 2, 4], ""),
        ("?cohort=other", [4], "1 of 4"),
        ("?module=systems", [1, 3, 2, 4], "4 of 4"),
        ("?round=first", [1, 4], "2 of 4"),
        ("?round=later", [3, 2], "2 of 4"),
        ("?round=third", [3], "1 of 4"),
        ("?flag=quiet", [2], "1 of 4"),
        ("?flag=critical", [], "0 of 4"),
        ("?flag=late", [1], "Only:"),
        ("?flag=today", [1, 3], "Only:"),
        ("?round=first&flag=late", [1], "Only:"),
        ("?round=later&cohort=other", [], "0 of 4"),
        ("?whose=mine", [], "Only:"),
        ("?whose=nobody&round=later", [3, 2], "Only:"),
        ("?round=seventh&flag=%3Cb%3E&cohort=nowhere&module=none&whose=x", [1, 3, 2, 4], ""),
    ],
)
def test_each_filter(cora: Any, full: Any, query: str, found: list[int], said: str) -> None:
    page = cora.get(QUEUE + query).get_data(as_text=True)
    assert names(page) == [f"Person {number}" for number in found]
    assert "Four reviews are waiting" in page  # the heading is about all of them
    shown = re.findall(r'class="qf__said">([^<]*)', page)
    assert [one.strip().rstrip(":") for one in shown] == ([said.rstrip(":")] if said else [])


def test_the_flags_are_said_in_words(cora: Any, full: Any) -> None:
    page = cora.get(QUEUE).get_data(as_text=True)
    flags = [re.findall(r'class="flag flag--(\w+)', row) for row in page.split('<li class="q')[1:]]
    words = [[one for one in row if one != "critical"] for row in flags]
    assert words == [["late"], ["today", "third"], ["quiet"], []]
    assert rules.QUIET.meaning in page
    assert "waiting 1 minute" in page


def test_what_bears_on_safety_is_a_matter_of_the_module(cora: Any, cast: Any, full: Any, write: Any) -> None:
    with write():
        release = publish(None, edited(set_module(critical=True)), NOW, "Safety")
        db.session.get_one(Cohort, cast.spring).release_id = release.id
    page = cora.get(QUEUE + "?flag=critical").get_data(as_text=True)
    assert names(page) == ["Person 1", "Person 3", "Person 2"]  # the other cohort reads the release before
    assert '<option value="critical" selected>Safety-critical modules (3)</option>' in page


def test_who_has_it_open_can_be_asked(
    cora: Any, cast: Any, full: Any, write: Any, sign_in: Any, clock: Any
) -> None:
    with write():
        theo = second_coach(cast.spring).id
    sign_in(theo).post(f"/submissions/{full['late']}/review")
    cora.post(f"/submissions/{full['third']}/review")
    assert seen(cora, "?whose=mine") == ["Person 3"]
    assert seen(cora, "?whose=mine&round=first") == []
    assert seen(cora, "?whose=nobody") == ["Person 2", "Person 4"]
    clock.move(minutes=31)
    assert seen(cora, "?whose=mine") == []
    assert len(seen(cora, "?whose=nobody")) == 4


def test_an_empty_answer_says_so_and_offers_everything(cora: Any, full: Any) -> None:
    page = cora.get(QUEUE + "?round=third&flag=quiet").get_data(as_text=True)
    assert "Nothing that waits fits" in page
    assert f'<a class="btn btn--quiet" href="{QUEUE}">Show all</a>' in page


def test_the_form_remembers_what_was_chosen_and_counts(cora: Any, full: Any) -> None:
    page = cora.get(QUEUE + "?round=later").get_data(as_text=True)
    assert '<option value="later" selected>Later rounds (2)</option>' in page
    assert '<option value="third">Third rounds and later (1)</option>' in page
    assert '<option value="late">Promise missed</option>' in page  # nobody counts those
    assert '<option value="other">The other cohort (1)</option>' in page


def test_a_filter_stays_while_paging(cora: Any, cast: Any, write: Any) -> None:
    with write():
        for number in range(60):
            first = submitted_system(
                participant(cast.spring, number).id, promised_at=NOW + timedelta(hours=number)
            )
            if number % 2:
                published_review(first, cast.cora)
                next_round(first.system, promised_at=NOW + timedelta(hours=number))
    found: list[str] = []
    address: str | None = QUEUE + "?round=later&flag=&cohort="
    while address:
        page = cora.get(address).get_data(as_text=True)
        found += names(page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else None
    assert found == [f"Person {number}" for number in range(1, 60, 2)]
    assert f'href="{QUEUE}?round=later" rel="prev"' in page


def test_more_kinds_than_one_statement_merges(cora: Any, full: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.coaching.queries.MOST", 1)
    assert seen(cora, "?round=first") == ["Person 1", "Person 4"]
    assert seen(cora) == ["Person 1", "Person 3", "Person 2", "Person 4"]
    assert seen(cora, "?whose=nobody&flag=today") == ["Person 1", "Person 3"]


def test_statements_are_built_once() -> None:
    assert statements.merged_page(4, True, False) is statements.merged_page(4, True, False)


@pytest.mark.parametrize(
    "query", ["?round=first", "?whose=mine", "?flag=late&module=systems", "?flag=critical"]
)
def test_a_filter_costs_no_query(cora: Any, full: Any, query: str) -> None:
    cora.get(QUEUE + query)
    with counted_queries() as sent:
        cora.get(QUEUE + query)
    assert len(sent) <= 4


# --- the list alone, as the page asks for it every minute ---------------------------------------------------------


def test_the_list_is_not_sent_again_while_nothing_changes(
    cora: Any, cast: Any, full: Any, write: Any, clock: Any
) -> None:
    address = QUEUE + "/list?round=first"
    first = cora.get(address, critical=False)
    assert names(first.get_data(as_text=True)) == ["Person 1", "Person 4"]
    version = {"If-None-Match": first.headers["ETag"]}
    with counted_queries() as sent:
        again = cora.get(address, headers=version, critical=False)
    assert (again.status_code, again.data) == (304, b"")
    assert len(sent) == 2  # the session and the version
    with write():
        submitted_system(participant(cast.spring, 9).id, promised_at=NOW + timedelta(days=1))
    fresh = cora.get(address, headers=version, critical=False)
    assert names(fresh.get_data(as_text=True)) == ["Person 1", "Person 9", "Person 4"]


def test_what_a_colleague_takes_up_or_hands_back_is_news(
    cora: Any, cast: Any, full: Any, write: Any, sign_in: Any
) -> None:
    def version() -> str:
        return str(cora.get(QUEUE + "/list", critical=False).headers["ETag"])

    with write():
        theo = second_coach(cast.spring).id
    his = sign_in(theo)
    before = version()
    taken = his.post(f"/submissions/{full['late']}/review").location
    during = version()
    his.post(f"{taken}/hand-back")
    assert len({before, during, version()}) == 3


def test_the_words_that_tell_the_time_are_renewed(cora: Any, full: Any, clock: Any) -> None:
    version = {"If-None-Match": cora.get(QUEUE + "/list", critical=False).headers["ETag"]}
    clock.move(minutes=6)
    assert cora.get(QUEUE + "/list", headers=version, critical=False).status_code == 200


@pytest.mark.parametrize("who", ["ana", "pat", "sam", "nobody"])
def test_only_coaches_find_the_list(who: str, cast: Any, client: Any, sign_in: Any) -> None:
    browser = client if who == "nobody" else sign_in(getattr(cast, who))
    assert browser.get(QUEUE + "/list").status_code in (303, 404)
