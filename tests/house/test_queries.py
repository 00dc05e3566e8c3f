"""How many queries each page takes: the same for one row of what it lists and for thirty, and within the floor.

DESIGN §10: a signed-in page at most 5, the queue at most 3 and the session. The number is written here exactly, so
that a sixth query is a decision and not an accident.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from app.admissions.models import Application
from app.assessment.models import Assessment
from app.coursework.exemplar_models import Exemplar
from app.coursework.models import KeptState, Submission, System
from app.coursework.quality_models import BlindReview
from app.coursework.review_models import Review
from app.curriculum.models import Release
from app.lib.database import db
from app.payments.discount_models import DiscountCode
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order
from app.payments.payout_models import Payout
from tests.cast import Cast
from tests.factories import (
    counted_queries,
)
from tests.house.canaries import ACTORS
from tests.house.doors import DOORS
from tests.house.growth import (
    Numbers,
    accepted,
    answered,
    applications,
    assessments,
    banked,
    called_off,
    calls,
    codes,
    comments,
    devices,
    draft_comments,
    employers_of_summer,
    examples,
    full_cohorts,
    in_line,
    invited,
    kept_states,
    leads,
    left_checkouts,
    lessons_read,
    mails,
    money_of_one,
    notes,
    notes_on,
    open_cohorts,
    opinions,
    orders,
    own_applications,
    own_offer,
    payouts,
    refunds,
    releases,
    replies,
    rounds,
    touched,
    waiting,
    waiting_behind,
)
from tests.house.visits import House

FLOOR, QUEUE = 5, 3 + 1
PUBLIC = 7  # the public pages say more, and are the same for everybody


def a_system(cast: Cast) -> str:
    return f"/systems/{db.session.scalar(select(System.id))}"


def a_person(cast: Cast) -> str:
    return f"/coaching/people/{cast.ana_enrollment}"


def a_withdrawal(cast: Cast) -> str:
    return f"/staff/enrollments/{cast.ana_enrollment}/withdraw"


def a_deferral(cast: Cast) -> str:
    return f"/staff/enrollments/{cast.ana_enrollment}/defer"


def the_round(cast: Cast) -> str:
    return f"/submissions/{db.session.scalar(select(Submission.id))}/client-data"


def the_draft(cast: Cast) -> str:
    return f"/reviews/{db.session.scalar(select(Review.id).where(Review.status == 'draft'))}"


def a_state(of: str) -> int:
    return db.session.scalar(select(KeptState.id).where(getattr(KeptState, of).is_not(None)))


def the_review(cast: Cast) -> str:
    return f"/reviews/{db.session.scalar(select(Review.id))}"


def the_waiting_round(cast: Cast) -> str:
    return f"/coaching/rounds/{db.session.scalar(select(Submission.id))}"


def an_exemplar(cast: Cast) -> str:
    return f"/coaching/exemplars/{db.session.scalar(select(Exemplar.id))}"


def a_blind_review(cast: Cast) -> str:
    return f"/coaching/blind/{db.session.scalar(select(BlindReview.id))}"


def an_application(cast: Cast) -> str:
    return f"/staff/applications/{db.session.scalar(select(Application.id).where(Application.status == 'submitted'))}"


def a_place_in_line(cast: Cast) -> str:
    mine = select(Application.id).where(Application.user_id == cast.pat)
    return f"/staff/applications/{db.session.scalar(mine)}"


def an_order(cast: Cast) -> str:
    return f"/staff/orders/{db.session.scalar(select(Order.id))}"


def a_payout(cast: Cast) -> str:
    return f"/staff/reports/payouts/{db.session.scalar(select(func.min(Payout.id)))}"


def an_employer(cast: Cast) -> str:
    return f"/staff/employers/{db.session.scalar(select(EmployerPurchase.id))}"


def last_result(of: str) -> Callable[[Cast], str]:
    def own_result(cast: Cast) -> str:
        mine = select(Assessment.id).where(Assessment.user_id == getattr(cast, of))
        return f"/assessment/results/{db.session.scalar(mine.order_by(Assessment.id.desc()))}"

    return own_result


def a_code(cast: Cast) -> str:
    return f"/staff/codes/{db.session.scalar(select(func.min(DiscountCode.id)))}"


def the_newest_release(cast: Cast) -> str:
    return f"/staff/curriculum/{db.session.scalar(select(func.max(Release.id)))}"


def the_move(cast: Cast) -> str:
    return f"/staff/curriculum/move/spring-2026?to={db.session.scalar(select(func.max(Release.id)))}"


@dataclass(frozen=True)
class Page:
    who: str
    path: str | Callable[[Cast], str]
    grow: Callable[[Cast, Numbers], None]
    queries: int  # exactly, the session's own included
    floor: int = FLOOR

    def __str__(self) -> str:
        path = self.path if isinstance(self.path, str) else self.path.__name__
        return f"{self.who} {path} with {self.grow.__name__}"


PAGES = [
    Page("ana", "/account", devices, 3),
    Page("ana", "/dashboard", rounds, 5),
    Page("ana", "/dashboard", comments, 5),
    Page("ana", "/dashboard", calls, 5),
    Page("ana", "/modules", rounds, 4),
    Page("ana", "/modules", lessons_read, 4),
    Page("ana", "/modules/systems", rounds, 5),
    Page("ana", "/modules/systems", lessons_read, 5),
    Page("ana", "/modules/systems/lesson-1", rounds, 5),
    Page("ana", "/modules/systems/lesson-1", lessons_read, 5),
    Page("ana", "/modules/systems/lesson-1", notes, 5),
    Page("ana", "/modules/systems/samples/good", rounds, 2),
    Page("ana", "/calendar", calls, 4),
    Page("ana", "/calendar/feed", calls, 3),
    Page("ana", "/welcome", calls, 5),
    Page("ana", "/welcome", assessments, 5),
    Page("ana", "/search?q=rule", rounds, 3),
    Page("ana", a_system, rounds, 4),
    Page("ana", a_system, comments, 4),
    Page("ana", lambda cast: a_system(cast) + "/submissions/1", comments, 5),
    Page("ana", lambda cast: a_system(cast) + "/history", kept_states, 5),
    Page("ana", lambda cast: a_system(cast) + f"/history/{a_state('system_id')}", kept_states, 5),
    Page("ana", "/dashboard", replies, 5),
    Page("ana", a_system, replies, 4),
    Page("ana", lambda cast: a_system(cast) + "/submissions/1", replies, 5),
    Page("ana", lambda cast: a_system(cast) + "/compare", rounds, 5),
    Page("ana", lambda cast: a_system(cast) + "/compare?from=1&to=draft", rounds, 5),
    Page("ana", "/manual", accepted, 5),
    Page("ana", "/manual/systems", accepted, 3),
    Page("ana", "/manual/systems/cancellation-policy", accepted, 3),
    Page("ana", "/manual/systems/cancellation-policy.docx", accepted, 3),
    Page("ana", "/manual/systems/cancellation-policy.pdf", accepted, 3),
    Page("ana", "/payments", orders, 5),
    Page("cora", "/coaching/queue", waiting, 4, QUEUE),
    Page("cora", the_draft, draft_comments, 5),
    Page("cora", the_review, comments, 5),
    Page("cora", lambda cast: the_draft(cast) + "/history", kept_states, 5),
    Page("cora", lambda cast: the_draft(cast) + f"/history/{a_state('review_id')}", kept_states, 5),
    Page("cora", the_review, replies, 5),
    Page("cora", lambda cast: "/coaching" + a_system(cast) + "/compare", draft_comments, 4),
    Page("cora", lambda cast: the_draft(cast) + "/preview", draft_comments, 5),
    Page("cora", lambda cast: the_draft(cast) + "/bank", draft_comments, 3),
    Page("cora", "/coaching/comments", banked, 4),
    Page("cora", "/coaching/people", waiting, 4),
    Page("cora", a_person, waiting, 5),
    Page("cora", a_person, rounds, 5),
    Page("cora", a_person, notes_on, 5),
    Page("sam", a_person, rounds, 5),
    Page("sam", "/coaching/people", waiting, 4),
    Page("cora", the_round, comments, 4),
    Page("cora", "/coaching/exemplars", examples, 3),
    Page("cora", an_exemplar, examples, 3),
    Page("ana", "/modules/systems", examples, 5),
    Page("ana", lambda cast: "/modules/systems/examples/1", examples, 3),
    Page("cora", "/coaching/quality", answered, 5),
    Page("sam", "/coaching/quality", answered, 4),
    Page("cora", the_waiting_round, waiting, 4),
    Page("cora", a_blind_review, answered, 4),
    Page("cora", lambda cast: the_draft(cast) + "/opinions", opinions, 5),
    Page("pat", "/dashboard", own_applications, 4),
    Page("pat", "/dashboard", open_cohorts, 4),
    Page("pat", "/cohorts/summer-2026/apply", full_cohorts, 5),
    Page("pat", "/cohorts/summer-2026/apply", in_line, 5),
    Page("sam", "/staff/cohorts/summer-2026/seats", in_line, 4),
    Page("sam", "/staff/cohorts/summer-2026", in_line, 5),
    Page("sam", "/staff/cohorts/summer-2026/questions", in_line, 3),
    Page("sam", a_place_in_line, in_line, 5),
    Page("pat", "/assessment", assessments, 4),
    Page("ana", "/assessment", assessments, 3),
    Page("pat", last_result("pat"), assessments, 5),
    Page("ana", last_result("ana"), assessments, 4),
    Page("nobody", "/assessment", assessments, 2),
    Page("sam", "/staff", full_cohorts, 5),
    Page("sam", "/staff/leads", leads, 3),
    Page("sam", "/staff/funnel", left_checkouts, 5),
    Page("nobody", "/subscribe/confirmed", open_cohorts, 1),
    Page("sam", "/staff/cohorts/summer-2026", applications, 5),
    Page("sam", "/staff/cohorts/summer-2026", employers_of_summer, 5),
    Page("sam", "/staff/cohorts/summer-2026/seats", employers_of_summer, 4),
    Page("sam", "/staff/cohorts/summer-2026/employers", employers_of_summer, 5),
    Page("sam", "/staff/cohorts/summer-2026/employers/new", employers_of_summer, 5),
    Page("sam", an_employer, invited, 5),
    Page("sam", lambda cast: an_employer(cast) + "/unclaimed", invited, 5),
    Page("nobody", "/employers/a-link", invited, 4),
    Page("nobody", "/claims/invitation-0", invited, 4),
    Page("sam", "/staff/codes", codes, 3),
    Page("sam", "/staff/codes?show=archived", codes, 3),
    Page("sam", "/staff/codes/new", codes, 3),
    Page("sam", a_code, codes, 5),
    Page("sam", "/staff/cohorts/spring-2026", refunds, 5),
    Page("sam", a_withdrawal, refunds, 5),
    Page("sam", a_deferral, full_cohorts, 4),
    Page("sam", lambda cast: a_deferral(cast) + "?to=summer-2026", money_of_one, 5),
    Page("sam", lambda cast: a_deferral(cast) + "?to=summer-2026", full_cohorts, 5),
    Page("sam", "/staff/cohorts/summer-2026/cancel", touched, 5),
    Page("sam", "/staff/cohorts/summer-2026/cancel", called_off, 4),
    Page("ana", "/payments", refunds, 5),
    Page("sam", "/staff/curriculum", releases, 5),
    Page("sam", "/staff/curriculum", waiting_behind, 5),
    Page("sam", the_newest_release, releases, 4),
    Page("sam", "/staff/curriculum/publish", releases, 3),
    Page("sam", "/staff/curriculum/preview", releases, 2),
    Page("sam", "/staff/curriculum/preview/modules/systems/worksheet", releases, 2),
    Page("sam", the_move, waiting_behind, 5),
    Page("sam", an_application, applications, 5),
    Page("sam", an_order, money_of_one, 5),
    Page("sam", lambda cast: an_order(cast) + "/payments", money_of_one, 4),
    Page("sam", lambda cast: an_order(cast) + "/installments/2", money_of_one, 4),
    Page("sam", "/staff/money", money_of_one, 4),
    Page("sam", "/staff/reports", orders, 4),
    Page("sam", "/staff/reports", payouts, 4),
    Page("sam", "/staff/reports/cash?period=year", money_of_one, 4),
    Page("sam", "/staff/reports/receivables", orders, 5),
    Page("sam", "/staff/reports/revenue", orders, 4),
    Page("sam", "/staff/reports/discounts", codes, 4),
    Page("sam", "/staff/reports/refunds", refunds, 4),
    Page("sam", "/staff/reports/payouts", payouts, 3),
    Page("sam", a_payout, payouts, 4),
    Page("sam", "/staff/webhooks", money_of_one, 4),
    Page("ana", "/payments", money_of_one, 5),
    Page("pat", "/cohorts/summer-2026", full_cohorts, 9, PUBLIC + 3),
    Page("pat", "/cohorts/summer-2026", own_offer, 6, PUBLIC),
    Page("pat", "/cohorts/summer-2026/checkout", own_offer, 5),
    Page("ana", "/cohorts/spring-2026/checkout", calls, 4),
    Page("nobody", "/", full_cohorts, 6, PUBLIC),
    Page("nobody", "/reasons", full_cohorts, 4),
    Page("nobody", "/program", open_cohorts, 4),
    Page("nobody", "/program/documents", open_cohorts, 4),
    Page("nobody", "/program/documents/systems/cancellation-policy", open_cohorts, 2),
    Page("nobody", "/glossary", open_cohorts, 1),
    Page("nobody", "/cohorts", open_cohorts, 3),
    Page("nobody", "/cohorts", full_cohorts, 3),
    Page("nobody", "/cohorts/summer-2026", full_cohorts, 6, PUBLIC),
    Page("nobody", "/cohorts/summer-2026", applications, 4),
    Page("nobody", "/cohorts/summer-2026/apply", full_cohorts, 3),
    Page("nobody", "/dev/mail", mails, 1),
]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_thirty_rows_take_as_many_queries_as_one(page: Page, cast: Cast, client, sign_in, write):
    browser = client if page.who == "nobody" else sign_in(getattr(cast, page.who))
    sent = []
    for numbers in (range(1), range(1, 30)):
        with write():
            page.grow(cast, numbers)
        path = page.path if isinstance(page.path, str) else page.path(cast)
        db.session.rollback()
        browser.get(path, critical=False)  # what a process reads once and keeps is read
        with counted_queries() as statements:
            response = browser.get(path, critical=False)
        assert response.status_code == 200, path
        sent.append(list(statements))
    one, thirty = sent
    said = "\n\n".join(thirty[:12])
    assert len(one) == len(thirty), f"{len(one)} queries for one row, {len(thirty)} for thirty:\n{said}"
    assert len(one) <= page.floor, f"{len(one)} queries, the floor is {page.floor}:\n{said}"
    assert len(one) == page.queries, f"{len(one)} queries, {page.queries} are written here:\n{said}"


# The public pages, and the way back from Stripe, which settles the payment before it shows it.
ABOVE = {
    "site.home": PUBLIC,
    "site.cohort": PUBLIC + 3,
    "admissions.apply": FLOOR + 1,
    "admissions.checkout_return": 12,
    "payments.came_back": 12,
}


@pytest.mark.parametrize("actor", ACTORS)
def test_no_page_takes_more_than_the_floor(house: House, actor: str):
    """Every page there is, new ones too, opened by everybody who may."""
    over, browser = [], house.browser(actor)
    for door in DOORS:
        if door.method == "GET" and door.is_open_to(actor):
            house.enter(door, actor, browser)
            with counted_queries() as statements:
                house.enter(door, actor, browser)
            floor = QUEUE if door.endpoint == "coaching.queue" else ABOVE.get(door.endpoint, FLOOR)
            if len(statements) > floor:
                over.append(f"{door}: {len(statements)} queries, the floor is {floor}")
    assert not over, "\n".join(over)
