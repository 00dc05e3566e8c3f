"""Thirty of each: functions that add the rows numbered `numbers` to what is there.

Each is called with `range(1)` first and with a longer range later, inside a transaction that commits.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, func, select

from app.accounts.models import SignIn, User
from app.admissions import line
from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.admissions.claim_models import EmployerLink, Invitation
from app.admissions.lead_models import Lead
from app.admissions.models import Application, Offer, SeatHold
from app.assessment.models import AssessmentSample
from app.audit.actions import record
from app.coaching.models import PersonNote
from app.cohorts import actions as cohorts
from app.cohorts.models import Call, Cohort, Enrollment, Extension
from app.coursework.assignments import assignment_of
from app.coursework.exemplar_models import Exemplar
from app.coursework.history import keep_draft, keep_review
from app.coursework.models import Draft, LessonRead, Reflection, Submission, System
from app.coursework.quality_models import AgreementTally, BlindReview, Opinion
from app.coursework.review_models import BankComment, Comment, CommentRead, Reply, Review
from app.curriculum.actions import publish
from app.lib.database import db
from app.lib.tokens import hash_token
from app.mail.models import Message
from app.manual.models import Binding
from app.payments import installments, papers, schedule
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.employer_models import EmployerPurchase
from app.payments.event_models import MoneyAlert, StripeEvent
from app.payments.models import ChargeTry, Order, Payment, Refund
from app.payments.payout_models import BalanceLine, Payout
from app.payments.price_models import Price, RefundTier
from tests.cast import NOW, Cast
from tests.factories import (
    GOOD_MARKS,
    assessment,
    next_round,
    participant,
    published_review,
    submitted_system,
)
from tests.releases import add_field, edited, set_module

Numbers = range


def _user(number: int) -> User:
    user = User(
        email=f"grown{number}@example.com",
        name=f"Grown {number}",
        time_zone="UTC",
        created_at=NOW,
        confirmed_at=NOW,
    )
    db.session.add(user)
    db.session.flush()
    return user


def _cohort(number: int, status: str = "open", capacity: int = 2) -> Cohort:
    release = db.session.scalar(select(Cohort.release_id).limit(1))
    starts_on = date(2026, 9, 12) + timedelta(days=7 * number)
    cohort = cohorts.open_cohort(
        None, slug=f"grown-{number}", title=f"Cohort {number}", starts_on=starts_on, capacity=capacity,
        release_id=release, now=NOW, status=status,
    )  # fmt: skip
    db.session.add(Price(cohort_id=cohort.id, label="Full price", amount_cents=240000, currency="usd"))
    db.session.add(RefundTier(cohort_id=cohort.id, until=starts_on, share_percent=50))
    return cohort


def devices(cast: Cast, numbers: Numbers, user_id: int | None = None) -> None:
    for number in numbers:
        db.session.add(
            SignIn(
                token_hash=f"{number:064}", user_id=user_id or cast.ana, device=f"Device {number}", created_at=NOW,
                last_used_at=NOW, expires_at=NOW + timedelta(days=9),
            )
        )  # fmt: skip


def rounds(cast: Cast, numbers: Numbers, comments: int = 2) -> None:
    """Rounds of Ana's system, each reviewed with remarks; changes were requested in the last."""
    system = db.session.scalar(select(System).where(System.enrollment_id == cast.ana_enrollment))
    for number in numbers:
        submission = next_round(system) if system else submitted_system(cast.ana_enrollment)
        system = submission.system
        remarks = [("1.C.1", "required", f"Remark {number}.{one}") for one in range(comments)]
        published_review(submission, cast.cora, comments=remarks, now=NOW + timedelta(minutes=number))


def comments(cast: Cast, numbers: Numbers) -> None:
    """Remarks of the one review of Ana's first round."""
    if numbers[0] == 0:
        rounds(cast, range(1), comments=1)
        return
    review = db.session.scalar(select(Review))
    for number in numbers:
        db.session.add(
            Comment(
                review_id=review.id,
                field_id="1.C.1",
                kind="suggested",
                text=f"Remark {number}",
                position=number,
            )
        )


def replies(cast: Cast, numbers: Numbers) -> None:
    """Replies of both sides to the one remark of Ana's first round, each read by both."""
    if numbers[0] == 0:
        rounds(cast, range(1), comments=1)
    comment = db.session.scalar(select(Comment))
    for number in numbers:
        author = cast.ana if number % 2 else cast.cora
        said = Reply(comment_id=comment.id, author_id=author, text=f"Reply {number}", created_at=NOW)
        db.session.add(said)
        db.session.flush()
    db.session.execute(delete(CommentRead))
    db.session.add(CommentRead(comment_id=comment.id, user_id=cast.ana, reply_id=said.id - 1, read_at=NOW))


def draft_comments(cast: Cast, numbers: Numbers) -> None:
    """Remarks in Cora's draft on Ana's second round, after a round before it that was talked about."""
    if numbers[0] == 0:
        replies(cast, range(3))
        second = next_round(db.session.scalar(select(System)))
        db.session.add(
            Review(
                submission=second,
                coach_id=cast.cora,
                created_at=NOW,
                saved_at=NOW,
                marks=GOOD_MARKS,
                settled={},
            )
        )
        db.session.flush()
    draft = db.session.scalar(select(Review).where(Review.status == "draft"))
    before = db.session.scalar(select(Review).where(Review.status == "published"))
    for number in numbers:
        for review in (draft, before):
            db.session.add(
                Comment(
                    review_id=review.id,
                    field_id="1.C.1",
                    kind="suggested",
                    text=f"R {number}",
                    position=number + 1,
                )
            )


def kept_states(cast: Cast, numbers: Numbers) -> None:
    """States of the history of Ana's draft, and of Cora's draft on her second round."""
    if numbers[0] == 0:
        draft_comments(cast, range(1))
    draft = db.session.scalars(select(Draft)).first()
    review = db.session.scalars(select(Review).where(Review.status == "draft")).one()
    for number in numbers:
        draft.version = review.version = number + 2
        keep_draft(draft, assignment_of(review.submission.system).worksheet, "rest", NOW)
        keep_review(review, "rest", NOW)


def banked(cast: Cast, numbers: Numbers) -> None:
    """Sentences of Cora's own and shared ones."""
    for number in numbers:
        for owner_id in (cast.cora, None):
            db.session.add(
                BankComment(
                    assignment_key="practice-operating-system", owner_id=owner_id, kind="suggested",
                    text=f"Sentence {number}", created_at=NOW,
                )
            )  # fmt: skip


def waiting(cast: Cast, numbers: Numbers) -> None:
    """Rounds in Cora's queue, each of somebody else."""
    for number in numbers:
        enrollment = participant(cast.spring, number)
        submitted_system(enrollment.id, promised_at=NOW + timedelta(hours=number))


def answered(cast: Cast, numbers: Numbers) -> None:
    """Rounds Cora answered, each marked blind by Cal, in as many cohorts as there are; Sam may see all of them."""
    for number in numbers:
        submission = submitted_system(participant(cast.spring, number).id)
        review = published_review(submission, cast.cora, now=NOW + timedelta(hours=number))
        db.session.add(
            BlindReview(
                submission_id=submission.id, review_id=review.id, coach_id=cast.cal, status="done", marks=GOOD_MARKS,
                verdict="accepted", offered_at=NOW, expires_at=NOW + timedelta(days=10), answered_at=NOW,
            )
        )  # fmt: skip
        db.session.add(
            AgreementTally(cohort_id=cast.spring, module_slug="systems", criterion=f"criterion-{number}",
                           first="meets", second="meets", pairs=1)
        )  # fmt: skip
        _cohort(number)


def opinions(cast: Cast, numbers: Numbers) -> None:
    """Questions about Cora's one draft."""
    if numbers[0] == 0:
        draft_comments(cast, range(1))
    draft = db.session.scalar(select(Review).where(Review.status == "draft"))
    for number in numbers:
        db.session.add(
            Opinion(review_id=draft.id, number=number + 1, colleague_id=cast.cal, question=f"Question {number}",
                    asked_at=NOW, answer="Yes", answered_by_id=cast.cal, answered_at=NOW)
        )  # fmt: skip


def examples(cast: Cast, numbers: Numbers) -> None:
    """Accepted rounds that are shown as examples of their module."""
    for number in numbers:
        submission = submitted_system(participant(cast.spring, 700 + number).id)
        published_review(submission, cast.cora, verdict="accepted", comments=())
        db.session.add(
            Exemplar(
                submission_id=submission.id, assignment_key=submission.system.assignment_key, status="shown",
                consent_version=1, consent_text="I agree", consented_at=NOW, answers={"1.A.1": "A practice"},
                rendered={}, wish="", version=1, changed_at=NOW, shown_at=NOW,
            )
        )  # fmt: skip


def releases(cast: Cast, numbers: Numbers) -> None:
    """Releases nobody reads yet, each with a title of its own."""
    for number in numbers:
        program = edited(set_module(title=f"Title {number}"))
        publish(None, program, NOW, f"Note {number}")


def waiting_behind(cast: Cast, numbers: Numbers) -> None:
    """The same in a cohort that reads an older release: another task is published, and others draft it."""
    if numbers[0] == 0:
        publish(None, edited(add_field()), NOW)
    waiting(cast, numbers)
    for number in numbers:
        enrollment = participant(cast.spring, 500 + number)
        begun = submitted_system(enrollment.id).system
        db.session.execute(delete(Submission).where(Submission.system_id == begun.id))
        begun.round, begun.status = 0, "drafting"


def accepted(cast: Cast, numbers: Numbers) -> None:
    """Ana's accepted work, of more modules than the program has by now, and the bindings of it."""
    for number in numbers:
        if number == 0:
            published_review(
                submitted_system(cast.ana_enrollment), cast.cora, verdict="accepted", comments=()
            )
        db.session.add(
            Binding(
                enrollment_id=cast.ana_enrollment, fingerprint=str(number), status="failed", requested_at=NOW,
                error="no paper",
            )
        )  # fmt: skip


def calls(cast: Cast, numbers: Numbers) -> None:
    for number in numbers:
        db.session.add(
            Call(cohort_id=cast.spring, key=f"more-{number}", title=f"Call {number}", minutes=60,
                 starts_at=NOW + timedelta(days=number))
        )  # fmt: skip


def lessons_read(cast: Cast, numbers: Numbers) -> None:
    for number in numbers:
        db.session.add(
            LessonRead(
                enrollment_id=cast.ana_enrollment,
                module_slug="systems",
                lesson_slug=f"lesson-{number}",
                read_at=NOW,
            )
        )


def notes(cast: Cast, numbers: Numbers) -> None:
    """Notes of Ana's to one lesson, most of them to questions it does not ask any more."""
    for number in numbers:
        db.session.add(
            Reflection(
                enrollment_id=cast.ana_enrollment, module_slug="systems", lesson_slug="lesson-1", key=f"{number:012}",
                question=f"Question {number}", text=f"Note {number}", version=1, saved_at=NOW,
            )
        )  # fmt: skip


def notes_on(cast: Cast, numbers: Numbers) -> None:
    """Versions of the coaches' note on Ana, and lines of the history of her extensions."""
    for number in numbers:
        about = {
            "enrollment_id": cast.ana_enrollment,
            "by_id": cast.cora,
            "by_name": "Cora Bennett",
            "at": NOW,
        }
        db.session.add(PersonNote(version=number + 1, text=f"Note {number}", **about))
        db.session.add(Extension(change="changed", days=number, reason="R", **about))


def orders(cast: Cast, numbers: Numbers) -> None:
    """Cohorts Ana paid for, each in its own way."""
    for number in numbers:
        cohort = _cohort(number)
        enrollment = cohorts.enroll(None, db.session.get_one(User, cast.ana), cohort, "P", NOW)
        order = Order(
            enrollment_id=enrollment.id, description=f"A seat {number}", amount_cents=240000, currency="usd",
            status="paid", created_at=NOW, paid_at=NOW,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        installments.lay_out(order, schedule.cut(240000, 3, NOW.date()))
        for part in range(3):
            db.session.add(
                Payment(order_id=order.id, amount_cents=80000, currency="usd", status="succeeded",
                        received_at=NOW + timedelta(days=part))
            )  # fmt: skip


def codes(cast: Cast, numbers: Numbers) -> None:
    """Codes, each used by Ana for a cohort of its own."""
    orders(cast, numbers)
    paid = db.session.scalars(select(Order.id).order_by(Order.id.desc()).limit(len(numbers))).all()
    for number, order_id in zip(numbers, paid, strict=True):
        code = DiscountCode(
            code=f"CODE-{number}", kind="percent", value=10, currency="usd", created_at=NOW,
            cohort_id=db.session.get_one(Order, order_id).enrollment.cohort_id,
        )  # fmt: skip
        db.session.add(code)
        db.session.flush()
        first = db.session.scalar(select(func.min(DiscountCode.id)))
        use = {
            "order_id": order_id,
            "user_id": cast.ana,
            "amount_cents": 10,
            "status": "confirmed",
            "at": NOW,
        }
        db.session.add_all(DiscountUse(code_id=code_id, **use) for code_id in {code.id, first})


def left_checkouts(cast: Cast, numbers: Numbers) -> None:
    """Orders that somebody stopped paying."""
    for number in numbers:
        orders(cast, [number])
        order_id = db.session.scalar(select(func.max(Order.id)))
        alert = MoneyAlert(
            kind="left checkout", key=f"left:{order_id}", order_id=order_id, detail="D", opened_at=NOW
        )
        db.session.add(alert)
        db.session.flush()


def refunds(cast: Cast, numbers: Numbers) -> None:
    """Payments of Ana's one order, each with something that went back of it."""
    if numbers[0] == 0:
        order = Order(
            enrollment_id=cast.ana_enrollment, description="A seat", amount_cents=240000, currency="usd",
            status="paid", created_at=NOW,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        installments.lay_out(order, schedule.cut(240000, 3, NOW.date()))
    order = db.session.scalars(select(Order).where(Order.enrollment_id == cast.ana_enrollment)).one()
    for number in numbers:
        payment = Payment(
            order_id=order.id, amount_cents=8000, currency="usd", status="succeeded",
            received_at=NOW + timedelta(days=number),
        )  # fmt: skip
        refund = Refund(
            payment=payment, amount_cents=100, reason="time", status="succeeded", external=False, by_hand=False,
            asked_at=NOW,
        )  # fmt: skip
        db.session.add_all([payment, refund])


def touched(cast: Cast, numbers: Numbers) -> None:
    """Enrolled, each with an order of which the first of three installments is paid; applied; in line."""
    cohort = db.session.get_one(Cohort, cast.summer)
    cohort.capacity = 1000
    for number in numbers:
        users = [_user(100_000 + 3 * number + place) for place in range(3)]
        enrollment = cohorts.enroll(None, users[0], cohort, "P", NOW)
        enrollment.status = "active"
        order = Order(
            enrollment_id=enrollment.id, description="A seat", amount_cents=240000, currency="usd",
            status="part paid", created_at=NOW, installments=3,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        installments.lay_out(order, schedule.cut(240000, 3, NOW.date()))
        payment = Payment(
            order_id=order.id, amount_cents=80000, currency="usd", status="succeeded", received_at=NOW
        )
        seat = SeatHold(
            cohort_id=cohort.id, user_id=users[0].id, seat=number + 1, status="converted", because="enrolled",
            created_at=NOW,
        )  # fmt: skip
        about = {"cohort_id": cohort.id, "practice_name": "P", "answers": {}, "submitted_at": NOW}
        asks = [Application(user_id=one.id, status="submitted", **about) for one in users[1:]]
        db.session.add_all([payment, seat, *asks])
        db.session.flush()
        line.enter(asks[0], NOW)


def called_off(cast: Cast, numbers: Numbers) -> None:
    """The same people of a cohort that is cancelled; every second one was seen to, and has money on its way."""
    touched(cast, numbers)
    cohort = db.session.get_one(Cohort, cast.summer)
    cohort.status = "cancelled"
    row = db.session.scalar(select(Cancellation).where(Cancellation.cohort_id == cohort.id))
    if row is None:
        row = Cancellation(
            cohort_id=cohort.id, status="confirmed", reason="R", asked_by_id=cast.sam, asked_at=NOW,
            decided_by_id=cast.sam, decided_at=NOW,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
    known = select(CancellationCase.user_id).where(
        CancellationCase.user_id.is_not(None)
    )  # an employer's has none
    fresh = select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.user_id.not_in(known))
    for enrollment in db.session.scalars(fresh).all():
        done = enrollment.id % 2 == 0
        case = CancellationCase(
            cancellation_id=row.id, user_id=enrollment.user_id, standing="enrolled",
            status="done" if done else "waiting", done_at=NOW if done else None,
            failure="" if done else "Stripe is silent.",
        )  # fmt: skip
        db.session.add(case)
        paid = select(Payment).join(Payment.order).where(Order.enrollment_id == enrollment.id)
        refund = Refund(
            payment=db.session.scalars(paid).one(), amount_cents=80000, reason="cohort cancelled", status="sent",
            external=False, by_hand=False, asked_at=NOW,
        )  # fmt: skip
        db.session.add(refund)


def payouts(cast: Cast, numbers: Numbers) -> None:
    """Payouts, each of one movement, and ever more movements in the first."""
    for number in numbers:
        row = Payout(
            stripe_payout_id=f"po_{number}", amount_cents=100, currency="usd", status="paid", automatic=True,
            made_at=NOW, arrives_on=NOW.date(), looked_at=NOW, listed_at=NOW,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        first = db.session.scalar(select(func.min(Payout.id)))
        for payout_id, category in ((row.id, "payment"), (first, "unknown")):
            moved = {"amount_cents": 100, "fee_cents": 0, "net_cents": 100, "currency": "usd", "made_at": NOW}
            name = f"txn_{number}_{category}"
            line = BalanceLine(
                payout_id=payout_id, stripe_transaction_id=name, kind="charge", category=category, **moved
            )
            db.session.add(line)


def money_of_one(cast: Cast, numbers: Numbers) -> None:
    """One order of Ana's with ever more payments, receipts, tries and tasks, open and closed; and ever more events."""
    order = db.session.scalar(select(Order).where(Order.enrollment_id == cast.ana_enrollment))
    if order is None:
        order = Order(
            enrollment_id=cast.ana_enrollment, description="A seat", amount_cents=255000, currency="usd",
            status="part paid", created_at=NOW, installments=3,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        installments.lay_out(order, schedule.cut(255000, 3, NOW.date()))
    part = installments.lock(order)[1]
    for number in numbers:
        paid = {"amount_cents": 100, "currency": "usd", "status": "succeeded", "source": "check"}
        db.session.add(Payment(order_id=order.id, received_at=NOW, **paid))
        tried = {"amount_cents": 85000, "card_id": "pm_1", "made_at": NOW}
        db.session.add(ChargeTry(installment_id=part.id, number=number + 1, status="failed", **tried))
        for closed_at in (None, NOW):
            said = {"order_id": order.id, "kind": "grace", "detail": f"Task {number}", "opened_at": NOW}
            key = f"{number}:{closed_at}"
            db.session.add(
                MoneyAlert(key=key, closed_at=closed_at, closed_by_id=closed_at and cast.sam, **said)
            )
            event = {"type": "customer.updated", "object_id": "cus_1", "livemode": False, "received_at": NOW}
            db.session.add(StripeEvent(id=f"evt_{key}", processed_at=closed_at, **event))
        record(None, f"Thing {number} happened", ("order", order.id), now=NOW)
    installments.allocate(order)
    papers.give_receipts(order, NOW)


def open_cohorts(cast: Cast, numbers: Numbers) -> None:
    for number in numbers:
        _cohort(number)


def full_cohorts(cast: Cast, numbers: Numbers) -> None:
    """Cohorts that take applications and have no seat free, Summer among them."""
    for number in numbers:
        cohort = _cohort(number, capacity=1)
        _hold(cohort.id, _user(number).id, 1)
        if number == 0:
            for seat in (1, 2, 3):
                _hold(cast.summer, _user(1000 + seat).id, seat)


def _hold(
    cohort_id: int, user_id: int, seat: int, status: str = "converted", because: str = "enrolled"
) -> None:
    db.session.add(
        SeatHold(
            cohort_id=cohort_id, user_id=user_id, seat=seat, status=status, because=because, created_at=NOW
        )
    )


def employers_of_summer(cast: Cast, numbers: Numbers) -> None:
    """Employers with seats of the summer cohort, one claimed by somebody, each with a payment; some not paid."""
    db.session.get_one(Cohort, cast.summer).capacity = 100
    for number in numbers:
        purchase = _employer(cast, number, paid=bool(number % 2))
        user_id = _user(number).id
        _hold(cast.summer, user_id, 3 * number + 1)
        db.session.flush()
        own = db.session.scalars(select(SeatHold).where(SeatHold.user_id == user_id)).one()
        own.employer_purchase_id = purchase.id


def invited(cast: Cast, numbers: Numbers) -> None:
    """One employer who invites ever more people, by turns claimed and not; every seat is theirs."""
    if numbers[0] == 0:
        purchase = _employer(cast, 0, paid=True)
        hashed = hash_token("a-link")
        db.session.add(EmployerLink(purchase=purchase, token_hash=hashed, because="asked", created_at=NOW))
    purchase = db.session.scalars(select(EmployerPurchase)).one()
    for number in numbers:
        row = Invitation(
            purchase=purchase, email=f"i{number}@example.com", token_hash=hash_token(f"invitation-{number}"),
            invited_at=NOW, sent_at=NOW,
        )  # fmt: skip
        if number % 2:
            user = _user(number)
            row.status, row.user_id, row.ended_at = "claimed", user.id, NOW
            cohorts.enroll(None, user, db.session.get_one(Cohort, cast.summer), "P", NOW)
        db.session.add(row)


def _employer(cast: Cast, number: int, paid: bool) -> EmployerPurchase:
    purchase = EmployerPurchase(
        cohort_id=cast.summer, employer=f"Employer {number}", contact_name="Dana", contact_email="d@x.example",
        seats=2, price_cents=240000, currency="usd", pays_by="link", pay_until=NOW + timedelta(days=9),
        claim_until=NOW.date() + timedelta(days=60), opened_at=NOW, opened_by_id=cast.sam,
    )  # fmt: skip
    order = Order(
        employer=purchase, description="Two seats", amount_cents=480000, currency="usd",
        status="paid" if paid else "open", created_at=NOW,
    )  # fmt: skip
    db.session.add_all([purchase, order])
    db.session.flush()
    installments.lay_out(order, [schedule.Due(1, NOW.date(), 480000)])
    for seat in (2, 3):
        hold = SeatHold(cohort_id=cast.summer, seat=3 * number + seat, because="employer", created_at=NOW)
        hold.employer_purchase_id, hold.status = purchase.id, "converted" if paid else "active"
        db.session.add(hold)
    if paid:
        db.session.add(
            Payment(
                order_id=order.id, amount_cents=480000, currency="usd", status="succeeded", received_at=NOW
            )
        )
    return purchase


def applications(cast: Cast, numbers: Numbers) -> None:
    """People around the summer cohort: asking for a seat, paid and seated, about to pay."""
    summer = db.session.get_one(Cohort, cast.summer)
    summer.capacity = 100
    for number in numbers:
        user = _user(number)
        db.session.add(_application(user.id, cast.summer, "submitted"))
        seated = _user(100 + number)
        db.session.add(_application(seated.id, cast.summer, "accepted"))
        enrollment = cohorts.enroll(None, seated, summer, "P", NOW)
        cohorts.activate(None, enrollment, NOW)
        _hold(cast.summer, seated.id, number + 1)
        order = Order(
            enrollment_id=enrollment.id, description="A seat", amount_cents=240000, currency="usd",
            status="paid", created_at=NOW, paid_at=NOW,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        db.session.add(
            Payment(
                order_id=order.id, amount_cents=240000, currency="usd", status="succeeded", received_at=NOW
            )
        )


def _application(user_id: int, cohort_id: int, status: str) -> Application:
    answers = {"clients": "Adults", "why_now": "Now", "hours": "Four or five hours"}
    return Application(
        user_id=user_id,
        cohort_id=cohort_id,
        status=status,
        practice_name="P",
        answers=answers,
        submitted_at=NOW,
    )


def in_line(cast: Cast, numbers: Numbers) -> None:
    """Sold seats of the summer cohort, and people who wait for one in the order they came; Pat is the first."""
    for number in numbers:
        _hold(cast.summer, _user(100 + number).id, number + 1)
        application = _application(_user(number).id if number else cast.pat, cast.summer, "waitlisted")
        db.session.add(application)
        db.session.flush()
        line.enter(application, NOW + timedelta(minutes=number))


def own_applications(cast: Cast, numbers: Numbers) -> None:
    for number in numbers:
        db.session.add(_application(cast.pat, _cohort(number).id, "submitted"))


def own_offer(cast: Cast, numbers: Numbers) -> None:
    """Pat may take a seat in the summer cohort; there are other cohorts besides."""
    open_cohorts(cast, numbers)
    if numbers[0] == 0:
        application = _application(cast.pat, cast.summer, "accepted")
        _hold(cast.summer, cast.pat, 3, "active", "offer")
        db.session.add(
            Offer(application=application, amount_cents=240000, currency="usd", made_at=NOW,
                  expires_at=NOW + timedelta(hours=72))
        )  # fmt: skip


def assessments(cast: Cast, numbers: Numbers) -> None:
    """Finished sets of Pat and of Ana, each later than the one before, and what all of them come to."""
    for number in numbers:
        for user_id in (cast.pat, cast.ana):
            row = assessment(user_id=user_id, finished_at=NOW - timedelta(days=60 - number))
    if numbers[0] == 0:
        db.session.add(
            AssessmentSample(structure_hash=row.structure_hash, people=120, first_on=NOW.date(), last_on=NOW.date(),
                             sums=dict.fromkeys(("lack-of-systems", "lack-of-focus", "blurred-scope"), 200))
        )  # fmt: skip


def leads(cast: Cast, numbers: Numbers) -> None:
    for number in numbers:
        db.session.add(
            Lead(
                email=f"lead{number}@grown.example",
                status="confirmed",
                wants_cohorts=True,
                asked_at=NOW,
                confirmed_at=NOW,
            )
        )


def mails(cast: Cast, numbers: Numbers) -> None:
    for number in numbers:
        db.session.add(
            Message(key=f"grown:{number}", kind="accounts/sign_in_link", to_address="ana@example.com", to_name="Ana",
                    subject=f"Mail {number}", text="Text", html="<p>Text</p>", created_at=NOW, send_after=NOW)
        )  # fmt: skip
