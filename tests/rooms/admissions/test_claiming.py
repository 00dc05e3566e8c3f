"""An employer's seats given away and claimed: invitations, the claim, what becomes of the seats nobody took."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import actions, leaving
from app.admissions.claim_models import Invitation
from app.admissions.models import Application
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments import queries as payments
from app.payments import staff_actions
from app.payments.actions import lock_order
from app.payments.event_models import MoneyAlert
from app.payments.models import Refund
from app.payments.paper_models import Paper
from app.payments.withdrawals import Withdrawal
from tests.rooms.admissions.bought import CONTACT, Bought, invited, mails, status_of, taken
from tests.rooms.admissions.offers import applied
from tests.rooms.payments.plans import Plan
from tests.rooms.payments.purchases import stripe  # noqa: F401

PAT = "pat@example.com"
NEW = {"name": "Nia Quist", "time_zone": "America/Denver"}
TAKE = {"practice_name": "Quist Exercise", "agree": "y"}


@pytest.fixture
def harbor(cast, clock, stripe):
    return Bought(cast.sam, cast.summer, clock).paid(stripe)


@pytest.fixture
def sam(cast, sign_in):
    return sign_in(cast.sam)


# --- inviting -------------------------------------------------------------------------------------------------------


def test_nobody_is_invited_before_the_seats_are_paid(client, cast, clock, stripe):
    unpaid = Bought(cast.sam, cast.summer, clock)
    response = client.post(f"{unpaid.page}/invitations", data={"people": PAT})
    assert response.status_code == 409 and "not paid yet" in response.text
    assert unpaid.invitations() == {}


def test_a_pasted_list_is_invited(client, harbor):
    pasted = f"Pat Lindqvist <{PAT.upper()}>\r\n\r\n  nia@quist.example ;"
    response = client.post(f"{harbor.page}/invitations", data={"people": pasted})
    assert response.status_code == 303
    assert harbor.invitations() == {PAT: "open", "nia@quist.example": "open"}
    assert mails("nia@quist.example") == ["admissions/invited"]
    page = client.get(harbor.page).text
    assert "Two invitations are on their way" in page and "Every seat is given" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("nobody", "does not look like an email address"),
        (PAT, "stands here twice"),
        ("\x00@x.example", "does not look like"),
        ("a@b\u202e.example", "does not look like"),
        ("<script>@x.example", "does not look like"),
        ("ü@x.example", "does not look like"),
        ("x" * 300 + "@x.example", "does not look like"),
    ],
)
def test_one_wrong_line_is_told_at_the_line_and_everything_is_kept(client, harbor, wrong, sentence):
    response = client.post(f"{harbor.page}/invitations", data={"people": f"{PAT}\n{wrong}"})
    assert response.status_code == 422
    assert "Line 2, " in response.text and sentence in response.text
    assert f"{PAT}\n" in response.text.replace("\r\n", "\n")
    assert harbor.invitations() == {}


def test_more_than_there_are_seats_is_told_at_the_line(client, harbor):
    response = client.post(f"{harbor.page}/invitations", data={"people": f"{PAT}\nb@x.example\nc@x.example"})
    assert response.status_code == 422 and "Line 3, " in response.text and "c@x.example</a>" in response.text
    assert "No seat is left for this address" in response.text


@pytest.mark.parametrize("typed", ["", "  \n ", "x\n" * 300, "," * 30_000])
def test_a_list_that_is_none(client, harbor, typed):
    assert client.post(f"{harbor.page}/invitations", data={"people": typed}).status_code == 422
    assert harbor.invitations() == {}


def test_known_addresses_are_not_invited_twice(client, harbor):
    harbor.invite(PAT)
    response = client.post(f"{harbor.page}/invitations", data={"people": PAT.upper()})
    assert response.status_code == 422 and "invited already" in response.text


def test_an_invitation_is_sent_again_and_taken_back(client, harbor):
    (first,) = harbor.invite(PAT)
    row_id = db.session.scalars(select(Invitation.id)).one()
    where = f"{harbor.page}/invitations/{row_id}"
    assert client.post(f"{where}/send").status_code == 303
    second = invited(PAT)
    assert second != first
    assert client.get(f"/claims/{first}").status_code == 410
    assert client.get(f"/claims/{second}").status_code == 200
    assert client.post(f"{where}/take-back").status_code == 303
    assert client.get(f"/claims/{second}").status_code == 410
    assert client.post(f"{where}/take-back").status_code == 409
    assert client.post(f"{where}/send").status_code == 409
    assert len(harbor.invite("a@x.example", "b@x.example")) == 2


def test_one_employer_touches_nothing_of_another(client, cast, clock, stripe, harbor):
    other = Bought(
        cast.sam, cast.autumn, clock, employer="Tide Works", contact_email="lee@tide.example",
        claim_until=date(2026, 9, 4),
    ).paid(stripe)  # fmt: skip
    other.invite(PAT)
    row_id = db.session.scalars(select(Invitation.id)).one()
    paper_id = db.session.scalars(select(Paper.id).where(Paper.order_id == other.order_id)).one()
    for verb in ("send", "take-back"):
        assert client.post(f"{harbor.page}/invitations/{row_id}/{verb}").status_code == 404
    assert client.get(f"{harbor.page}/receipts/{paper_id}.pdf").status_code == 404
    page = client.get(harbor.page).text
    assert "Tide" not in page and PAT not in page
    assert other.invitations() == {PAT: "open"}


def test_pressing_all_day_is_slowed_down(client, harbor):
    harbor.invite(PAT)
    where = f"{harbor.page}/invitations/{db.session.scalars(select(Invitation.id)).one()}/send"
    answers = [client.post(where).status_code for _ in range(2)]
    for _ in range(60):
        last = client.post(where, critical=False)
    assert answers == [303, 303]
    assert last.status_code == 429 and "wait an hour" in last.text


# --- claiming -------------------------------------------------------------------------------------------------------


def test_a_new_person_is_in_within_three_screens(client, harbor, cast, stripe):
    (token,) = harbor.invite("nia@quist.example")
    where = f"/claims/{token}"
    page = client.get(where)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    for words in (
        "Harbor Health has paid a seat",
        "paid by Harbor Health",
        "You pay nothing",
        "Who are you?",
    ):
        assert words in page.text
    response = client.post(f"{where}/account", data=NEW)
    assert (response.status_code, response.location) == (303, where)
    assert "Take the seat" in client.get(where).text
    assert client.post(where, data={"agree": ""}).status_code == 422
    assert client.post(where, data=TAKE).status_code == 303
    assert "You are in" in client.get(where).text
    assert client.post(where, data=TAKE).status_code == 303  # twice is harmless
    user = db.session.scalars(select(User).where(User.email == "nia@quist.example")).one()
    user_id, name, confirmed = user.id, user.name, user.confirmed_at
    assert (name, bool(confirmed)) == ("Nia Quist", True)
    assert status_of(user_id, cast.summer) == "active"
    assert harbor.holds() == [("converted", "enrolled", True), ("converted", "employer", False)]
    assert mails("nia@quist.example") == ["admissions/invited", "admissions/claimed"]
    assert len(stripe.all("checkout.session")) == 1  # the employer's alone
    assert client.get("/dashboard").status_code == 200
    page = client.get("/payments").text
    assert "Paid by Harbor Health." in page and "$" not in page
    contact = client.get(harbor.page).text
    assert "Claimed on" in contact and "Quist Exercise" not in contact


@pytest.mark.parametrize(
    ("field", "typed"), [("name", ""), ("name", "\u202e"), ("name", "x" * 121), ("time_zone", "Mars/Base")]
)
def test_what_a_new_person_types_wrong(client, harbor, field, typed):
    (token,) = harbor.invite("nia@quist.example")
    response = client.post(f"/claims/{token}/account", data=NEW | {field: typed})
    assert response.status_code == 422 and f'id="{field}-error"' in response.text
    assert db.session.scalar(select(User.id).where(User.email == "nia@quist.example")) is None


def test_who_has_an_account_signs_in_with_it(client, harbor, cast, sign_in):
    (token,) = harbor.invite(PAT)
    page = client.get(f"/claims/{token}").text
    assert ("Sign in to take it" in page and "next=%2Fclaims%2F" in page) or "next=/claims/" in page
    response = client.post(
        f"/claims/{token}/account", data=NEW
    )  # the link alone opens no account that is there
    assert response.status_code == 409 and "Please sign in" in response.text
    assert "/sign-in" in client.get("/dashboard").location
    assert sign_in(cast.pat).post(f"/claims/{token}", data=TAKE).status_code == 303
    assert status_of(cast.pat, cast.summer) == "active"


def test_the_payments_page_names_who_paid_and_no_amount(harbor, cast, sign_in):
    harbor.invite(PAT)
    pat = sign_in(cast.pat)
    assert "Nothing is paid or owed" in pat.get("/payments").text
    harbor.claim(cast.pat, PAT)
    page = pat.get("/payments").text
    assert "Paid by Harbor Health." in page and "A seat in the " in page
    assert "Nothing is paid or owed" not in page
    assert "$" not in page and "Dana" not in page  # amounts and people are the employer's
    assert "Harbor Health" not in sign_in(cast.ben).get("/payments").text


def test_an_invitation_is_for_one_address(harbor, cast, sign_in):
    (token,) = harbor.invite(PAT)
    wes = sign_in(cast.wes)
    assert "this invitation is for pat@example.com" in wes.get(f"/claims/{token}").text
    response = wes.post(f"/claims/{token}", data=TAKE)
    assert response.status_code == 409
    assert status_of(cast.wes, cast.summer) is None
    assert harbor.invitations() == {PAT: "open"}


def test_who_is_enrolled_already_is_told(cast, clock, stripe, sign_in):
    spring = Bought(cast.sam, cast.spring, clock, claim_until=date(2026, 4, 10), pay_until=date(2026, 4, 1))
    spring.paid(stripe)
    (token,) = spring.invite("ana@example.com")
    ana = sign_in(cast.ana)
    assert "You have a place in this cohort already" in ana.get(f"/claims/{token}").text
    assert ana.post(f"/claims/{token}", data=TAKE).status_code == 409
    assert spring.invitations() == {"ana@example.com": "open"}
    assert spring.holds() == [("converted", "employer", False)] * 2


def test_an_offer_of_ones_own_ends_with_the_claim(harbor, cast, clock, write):
    application_id = applied(cast.pat, cast.summer, clock.now)
    with write():
        actions.accept(
            db.session.get_one(User, cast.sam), db.session.get_one(Application, application_id), 1, clock.now
        )
    assert taken(cast.summer) == 3
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    assert taken(cast.summer) == 2
    assert status_of(cast.pat, cast.summer) == "active"
    harbor.sweep()
    assert taken(cast.summer) == 2


def test_an_application_of_ones_own_is_decided_with_the_claim(harbor, cast, clock):
    """Else staff would offer a seat, with a price, to somebody who sits in one."""
    application_id = applied(cast.pat, cast.summer, clock.now)
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    begin_write()
    application = db.session.get_one(Application, application_id)
    with pytest.raises(Refused, match="is accepted already"):
        actions.accept(db.session.get_one(User, cast.sam), application, application.version, clock.now)
    db.session.rollback()


def test_who_pays_for_a_seat_of_their_own_at_this_moment_is_not_charged_twice(
    harbor, cast, clock, write, sign_in, stripe
):
    application_id = applied(cast.pat, cast.summer, clock.now)
    with write():
        actions.accept(
            db.session.get_one(User, cast.sam), db.session.get_one(Application, application_id), 1, clock.now
        )
    pat = sign_in(cast.pat)
    form = pat.get("/cohorts/summer-2026/checkout").text
    first = re.search(r'name="first" value="([^"]+)"', form)[1]
    goal = pat.post(
        "/cohorts/summer-2026/checkout", data={"agree": "y", "plan": "1", "first": first, "code": ""}
    ).location
    (token,) = harbor.invite(PAT)
    assert pat.post(f"/claims/{token}", data=TAKE).status_code == 303
    assert stripe.get(goal.rsplit("/", 1)[1])["status"] == "expired"
    assert status_of(cast.pat, cast.summer) == "active"
    assert taken(cast.summer) == 2


def test_after_the_last_day_nobody_claims_and_staff_have_a_task(harbor, cast, clock, sign_in):
    (token,) = harbor.invite(PAT)
    clock.now += timedelta(days=80)
    for _ in range(2):
        harbor.sweep()
    pat = sign_in(cast.pat)
    assert "The last day to claim a seat was" in pat.get(f"/claims/{token}").text
    assert pat.post(f"/claims/{token}", data=TAKE).status_code == 409
    tasks = db.session.scalars(select(MoneyAlert.kind).where(MoneyAlert.closed_at.is_(None))).all()
    assert tasks == ["seats unclaimed"]
    assert taken(cast.summer) == 2  # staff decide; nothing goes by itself


def test_a_revoked_purchase_claims_nothing(harbor, cast, write):
    harbor.invite(PAT)
    with write():
        db.session.get_one(Cohort, cast.summer).status = "cancelled"
    with pytest.raises(Refused, match="This cohort is cancelled"):
        harbor.claim(cast.pat, PAT)
    db.session.rollback()
    assert status_of(cast.pat, cast.summer) is None


# --- leaving --------------------------------------------------------------------------------------------------------


def leave(user_id: int, cohort_id: int, actor_id: int, now) -> None:
    begin_write()
    enrollment = db.session.scalars(
        select(Enrollment).where(Enrollment.user_id == user_id, Enrollment.cohort_id == cohort_id)
    ).one()
    what = Withdrawal(told_on=now.date(), reason="time", waived=False, back_cents=0, balance_cents=0)
    leaving.withdraw(db.session.get_one(User, actor_id), enrollment, payments.order_of(enrollment), what, now)
    db.session.commit()


def test_who_leaves_gives_the_seat_back_to_the_employer_and_no_money_moves(
    harbor, cast, clock, sam, stripe, client
):
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    enrollment_id = db.session.scalars(select(Enrollment.id).where(Enrollment.user_id == cast.pat)).one()
    page = sam.get(f"/staff/enrollments/{enrollment_id}/withdraw").text
    assert "Harbor Health has paid for this seat" in page and "Harbor Health’s again" in page
    leave(cast.pat, cast.summer, cast.sam, clock.now)
    assert harbor.holds() == [("converted", "employer", False)] * 2
    assert harbor.invitations() == {PAT: "given up"}
    assert db.session.query(Refund).count() == 0
    assert mails(PAT)[-1] == "admissions/left_employer"
    assert mails(CONTACT)[-1] == "admissions/employer_seat_back"
    harbor.sweep()
    assert taken(cast.summer) == 2
    assert "Has left; the seat is yours again" in client.get(harbor.page).text
    harbor.invite("a@x.example", "b@x.example")


def test_who_had_begun_to_pay_and_then_claimed_leaves_with_the_letter_about_an_employers_seat(
    harbor, cast, clock, sam
):
    """The unpaid order of their own was let go: no figures are shown or mailed of it."""
    Plan(cast.pat, cast.summer, clock, parts=1, total=90000)
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    enrollment_id = db.session.scalars(select(Enrollment.id).where(Enrollment.user_id == cast.pat)).one()
    address = f"/staff/enrollments/{enrollment_id}"
    assert "Harbor Health has paid for this seat" in sam.get(f"{address}/withdraw").text
    left = {"told_on": clock.now.date().isoformat(), "reason": "time", "back": "0", "balance": "0"}
    assert sam.post(f"{address}/withdraw", data=left).status_code == 303
    assert mails(PAT) == ["admissions/invited", "admissions/claimed", "admissions/left_employer"]


def test_own_money_that_comes_after_the_claim_takes_no_seat_from_the_employer(harbor, cast, clock, write):
    """A check for the order that the claim had let go: a person decides; Pat sits in the employer's seat as before."""
    own = Plan(cast.pat, cast.summer, clock, parts=1, total=90000)
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    with write():
        sam, order = db.session.get_one(User, cast.sam), lock_order(own.order_id)
        staff_actions.enter_payment(sam, order, "check", 90000, clock.now.date(), "7", "", True, clock.now)
    harbor.sweep()
    assert own.state()["order"] == "expired"
    assert own.alerts() == ["paid late"]
    assert harbor.holds() == [("converted", "enrolled", True), ("converted", "employer", False)]


def test_a_cohort_on_hold_says_so_before_anybody_presses(harbor, cast, clock, sign_in, write):
    (token,) = harbor.invite(PAT)
    with write():
        db.session.get_one(Cohort, cast.summer).sales_stopped_at = clock.now
    pat = sign_in(cast.pat)
    page = pat.get(f"/claims/{token}").text
    assert "This cohort is on hold" in page and 'name="agree"' not in page
    assert pat.post(f"/claims/{token}", data=TAKE).status_code == 409


def test_who_has_left_cannot_come_back_by_another_invitation(harbor, cast, clock, sign_in):
    harbor.invite(PAT)
    harbor.claim(cast.pat, PAT)
    leave(cast.pat, cast.summer, cast.sam, clock.now)
    (token,) = harbor.invite(PAT)
    pat = sign_in(cast.pat)
    assert "You have left this cohort" in pat.get(f"/claims/{token}").text
    assert pat.post(f"/claims/{token}", data=TAKE).status_code == 409
