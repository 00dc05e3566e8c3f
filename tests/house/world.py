"""The house with everybody's things in it: work in every state, reviews, money, applications, devices, a bound manual.

Each thing holds a canary (tests/house/canaries.py). Built once for each test process; tests get copies.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts import links
from app.accounts.models import SignIn, User
from app.admissions import actions as admissions
from app.admissions import line, seats
from app.admissions.lead_models import Lead, LeadLink
from app.admissions.leads import Wish
from app.admissions.models import Application
from app.admissions.question_models import ApplicationQuestions
from app.admissions.question_rules import Asked
from app.coaching.actions import write_note
from app.cohorts import feed
from app.cohorts.extensions import set_days
from app.cohorts.models import Cohort, Enrollment, Onboarding
from app.cohorts.onboarding_rules import ITEMS
from app.coursework.assignments import assignment_of
from app.coursework.history import keep_draft, keep_review
from app.coursework.lessons import new_note, save_note
from app.coursework.models import Draft, KeptState, Submission, SubmissionAttachment, System
from app.coursework.review_models import BankComment, Comment, Reply, Review
from app.coursework.withheld import hide
from app.coursework.withheld_rules import Target
from app.curriculum.actions import publish
from app.curriculum.schema import Program, Source
from app.files import storage
from app.lib.database import begin_write, db
from app.lib.merging import Merge
from app.lib.tokens import hash_token
from app.manual.jobs import bind_manuals, make_samples
from app.payments import checkout, discounts, installments, papers, schedule, staff_queries
from app.payments.event_models import MoneyAlert, StripeEvent
from app.payments.models import ChargeTry, CheckoutSession, Dispute, Installment, Order, Payment, Refund
from app.payments.paper_models import Paper
from app.payments.payout_models import BalanceLine, Payout
from tests.cast import NOW, Cast
from tests.factories import GOOD_MARKS, assessment, attached, next_round, published_review, submitted_system
from tests.house import called_off, employers, moves, quality
from tests.house.canaries import ACTORS, Canaries
from tests.programs import COMPLETE, KEY, LINE, PLAN, QUESTION, small_program
from tests.releases import edited, reword

QUESTIONS = ("clients", "why_now")
BEFORE = NOW - timedelta(days=8)
TO_CONFIRM, TO_END = "link-to-confirm-with", "link-that-ends-all-mail"
PRIVATE_LINK = "link-to-a-result-of-nobody-known"
# Whose work, who coaches it. Staff may read everything; what they are shown today is less.
COACHES = {"ana": "cora", "ben": "cora", "uma": "cal"}


@dataclass
class World:
    cast: Cast
    canaries: Canaries = field(default_factory=Canaries)
    ids: dict[str, Any] = field(default_factory=dict)  # "ana_system": 1, "pat_session": "cs_…"

    def cookie(self, actor: str) -> str:
        """The secret in this person's cookie."""
        return f"cookie-of-{actor}"


def build(cast: Cast, now: datetime = NOW) -> World:
    """Fill the database of the current application context. Stripe must be the stand-in."""
    world = World(cast)
    world.ids |= {"plan": storage.put(PLAN), "line": storage.put(LINE)}
    begin_write()
    for name in ACTORS[:-1]:
        _account(world, name, now)
    for name, coach in COACHES.items():
        _work(world, name, coach, now)
        _money(world, name, now)
    _private_notes(world)
    _payout(world)
    _bank(world)
    for name, coach in COACHES.items():
        _care(world, name, coach)
        _set_up(world, name, coach)
    for name in ("ana", "wes", "uma", "pat"):
        _application(world, name, now)
    _begun(world)
    _assessments(world, now)
    _leads(world, now)
    called_off.plant_all(world.cast, world.canaries.plant, now)
    employers.fill(world, now)
    # nobody reads it yet: METI may move a cohort to it
    world.ids["release"] = publish(None, edited(reword), now, "Other words").id
    db.session.commit()
    _offer_and_page_to_pay(world, now)
    moves.fill(world, list(COACHES), now)
    bind_manuals(now)
    make_samples(now)
    return world


def _account(world: World, name: str, now: datetime) -> None:
    """A device known by a word of its own, the session the tests come with, and an unused link of each kind."""
    user = db.session.get_one(User, getattr(world.cast, name))
    plant = world.canaries.plant
    work = COACHES.get(name, "")
    plant(user.email, f"{name} sam {work}", name)
    if not user.is_coach and not user.is_staff:  # coaches are presented to the public by name
        plant(user.name, f"{name} sam {work}", name)
    device = plant(f"xq{name}device", name, name)
    for token, label in ((f"device-of-{name}", device), (world.cookie(name), "Firefox on Linux")):
        db.session.add(
            SignIn(
                token_hash=hash_token(token),
                user_id=user.id,
                device=label,
                created_at=now,
                last_used_at=now,
                expires_at=now + timedelta(days=30),
            )
        )
    for purpose in ("sign-in", "reset-password"):
        world.ids[f"{name}_{purpose}"] = links.make(user, purpose, now=now).rsplit("/", 1)[1]
    db.session.flush()
    world.ids[f"{name}_device"] = db.session.scalar(select(SignIn.id).where(SignIn.device == device))


def _answers(word: str) -> dict[str, Any]:
    return {
        **COMPLETE,
        "1.A.1": f"Practice {word}",
        "1.C.1": f"### Purpose\nA rule for {word}.\n\n### Steps\n1. It is {word}.",
    }


def _work(world: World, name: str, coach: str, now: datetime) -> None:
    """Ana and Uma: accepted, reopened, waiting again with a half-written review. Ben: changes requested."""
    plant, both = world.canaries.plant, f"{name} {coach} sam"
    enrollment_id = getattr(world.cast, f"{name}_enrollment")
    enrollment = db.session.get_one(Enrollment, enrollment_id)
    enrollment.practice_name = plant(f"xq{name}practice", both, name)
    coach_id = getattr(world.cast, coach)
    blind = " cal" if name == "ben" else ""  # asked to mark it a second time, without knowing whose it is
    round_1 = submitted_system(
        enrollment_id, answers=_answers(plant(f"xq{name}round1", both + blind, name + blind)), now=BEFORE
    )
    system = round_1.system
    accepted = name != "ben"
    held = _file(world, system, name, "held", both, f"{name} {coach}")
    if not accepted:
        _hold(round_1, held)
    remark = plant(f"xq{name}remark", both, name)
    review = published_review(
        round_1,
        coach_id,
        verdict="accepted" if accepted else "changes requested",
        strength=plant(f"xq{name}strength", both, name),
        comments=[("1.C.1", "praise" if accepted else "required", remark)],
        now=BEFORE + timedelta(days=1),
    )
    review.note = plant(f"xq{name}note", both, name)
    if accepted:
        round_2 = next_round(
            system,
            answers=_answers(plant(f"xq{name}round2", both, f"{name} {coach}")) | {"1.C.2": _wall(held)},
            now=now,
        )
        _begun_review(world, round_2, name, coach, now)
    else:
        _withdrawn_review(world, round_1, name, coach)
    draft = db.session.get_one(Draft, system.id)
    draft.answers = _answers(plant(f"xq{name}earlier", f"{name} sam", name))
    draft.kept_version = 0
    keep_draft(draft, assignment_of(system).worksheet, "rest", BEFORE)
    draft.answers = _answers(plant(f"xq{name}draft", f"{name} sam", name))
    _file(world, system, name, "kept", f"{name} sam", name)
    db.session.flush()
    _talk(world, review, name, coach, now)
    world.ids |= {
        f"{name}_system": system.id,
        f"{name}_state": db.session.scalar(select(KeptState.id).where(KeptState.system_id == system.id)),
        f"{name}_submission": db.session.scalar(
            select(Submission.id).where(Submission.system_id == system.id, Submission.number == system.round)
        ),
        f"{name}_published": review.id,
        f"{name}_comment": db.session.scalar(select(Comment.id).where(Comment.review_id == review.id)),
    }
    quality.fill(world, name, coach, review, now)


def _talk(world: World, review: Review, name: str, coach: str, now: datetime) -> None:
    """Something both sides said about the comment; nobody has read it."""
    both = f"{name} {coach} sam"
    for author, what in ((coach, "coachreply"), (name, "reply")):
        word = world.canaries.plant(f"xq{name}{what}", both, f"{name} {coach}")
        said = Reply(
            comment_id=review.comments[0].id, author_id=getattr(world.cast, author), text=word, created_at=now
        )
        db.session.add(said)
        db.session.flush()
        world.ids[f"{name}_{'coach_reply' if author == coach else 'reply'}"] = said.id


def _file(world: World, system: System, name: str, what: str, readers: str, seen_by: str) -> dict[str, Any]:
    """A file whose name and whose words are canaries; `ids` has it as `ana_held`."""
    plant = world.canaries.plant
    words = plant(f"xq{name}{what}words", readers, seen_by).encode()
    people = [plant(f"xq{name}{what}author", readers)] if what == "held" else []
    called = plant(f"xq{name}{what}name", readers, seen_by) + ".txt"
    facts = attached(system, "1.C.2", called, words, now=BEFORE, people=people)
    world.ids[f"{name}_{what}"] = facts["id"]
    return facts


def _wall(*files: dict[str, Any]) -> dict[str, Any]:
    return {"deidentified": "yes", "text": "", "files": list(files)}


def _hold(submission: Submission, facts: dict[str, Any]) -> None:
    """Part of this round, as if it had been sent with it."""
    submission.answers = submission.answers | {"1.C.2": _wall(facts)}
    db.session.add(SubmissionAttachment(submission_id=submission.id, attachment_id=facts["id"]))


def _begun_review(world: World, round_2: Submission, name: str, coach: str, now: datetime) -> None:
    word = world.canaries.plant(f"xq{name}halfwritten", f"{coach} sam", coach)
    draft = Review(
        submission_id=round_2.id, coach_id=getattr(world.cast, coach), created_at=now, saved_at=now,
        marks=GOOD_MARKS, settled={}, strength=word, note=word,
    )  # fmt: skip
    draft.comments.append(Comment(field_id="1.C.1", kind="suggested", text=word, position=1))
    db.session.add(draft)
    db.session.flush()
    keep_review(draft, "rest", now)
    draft.strength = f"{word} again"
    db.session.flush()
    world.ids[f"{name}_review"] = draft.id
    _state_of_review(world, name, draft)


def _withdrawn_review(world: World, round_1: Submission, name: str, coach: str) -> None:
    word = world.canaries.plant(f"xq{name}withdrawn", f"{coach} sam", coach)
    gone = Review(
        submission_id=round_1.id, coach_id=getattr(world.cast, coach), status="withdrawn", verdict="accepted",
        created_at=BEFORE, saved_at=BEFORE, published_at=BEFORE, withdrawn_at=BEFORE, marks=GOOD_MARKS, settled={},
        strength=word, note=word,
    )  # fmt: skip
    gone.comments.append(Comment(field_id="1.C.1", kind="required", text=word, position=1))
    db.session.add(gone)
    db.session.flush()
    keep_review(gone, "submit", BEFORE)
    db.session.flush()
    world.ids[f"{name}_review"] = gone.id
    _state_of_review(world, name, gone)


def _state_of_review(world: World, name: str, review: Review) -> None:
    state = select(KeptState.id).where(KeptState.review_id == review.id)
    world.ids[f"{name}_review_state"] = db.session.scalar(state)


def _set_up(world: World, name: str, coach: str) -> None:
    """What this person told while setting up, and their calendar address."""
    enrollment = db.session.get_one(Enrollment, getattr(world.cast, f"{name}_enrollment"))
    word = world.canaries.plant(f"xq{name}certified", f"{name} {coach} sam", f"{name} {coach} sam")
    told = Onboarding(
        enrollment_id=enrollment.id, setting="own", years=9, certifications=word, hardest="focus"
    )
    told.items = dict.fromkeys(ITEMS, "done")
    db.session.add(told)
    row = feed.make(enrollment.user, enrollment, BEFORE)
    token = str(feed.path_of(row)).rsplit("/", 1)[1].removesuffix(".ics")
    world.ids[f"{name}_feed"] = world.canaries.plant(token, name, name)


def _begun(world: World) -> None:
    """An application Ben has not sent, and a question that was taken out of Uma's cohort."""
    draft = Application(
        user_id=world.cast.ben, cohort_id=world.cast.summer, status="draft", saved_at=BEFORE, version=3,
        practice_name=world.canaries.plant("xqbenbegun", "ben", "ben"),
        answers={"clients": world.canaries.plant("xqbenunsent", "ben", "ben")},
    )  # fmt: skip
    db.session.add(draft)
    db.session.flush()
    world.ids["ben_begun"] = draft.id
    word = world.canaries.plant("xqtakenout", "sam", "sam")
    asked = [Asked("why_now", "Why now?").row(), Asked("gone", word, is_asked=False).row()]
    kept = ApplicationQuestions(cohort_id=world.cast.autumn, questions=asked, version=1)
    kept.changed_at, kept.changed_by_id = BEFORE, world.cast.sam
    db.session.add(kept)


def _bank(world: World) -> None:
    """A sentence of each coach's own, and one that all share, which staff may retire."""
    for coach in ("cora", "cal", "shared"):
        own = coach != "shared"
        word = f"xq{coach}banked"
        world.canaries.plant(word, coach if own else "cora cal sam", coach if own else "cora cal sam")
        one = BankComment(
            assignment_key="practice-operating-system", owner_id=getattr(world.cast, coach) if own else None,
            kind="required", text=f"Say {word} again.", created_at=BEFORE,
        )  # fmt: skip
        db.session.add(one)
        db.session.flush()
        world.ids[f"{coach}_kept"] = one.id


def _care(world: World, name: str, coach: str) -> None:
    """A note of the coaches on this person, more days with a reason, and a remark that was hidden: nobody sees that."""
    coach_user = db.session.get_one(User, getattr(world.cast, coach))
    enrollment = db.session.get_one(Enrollment, getattr(world.cast, f"{name}_enrollment"))
    plant = world.canaries.plant
    note = f"They know {plant(f'xq{name}aboutthem', coach, coach)}."
    write_note(coach_user, enrollment, None, note, 0, BEFORE)
    reason = plant(f"xq{name}moredays", f"{name} {coach} sam", f"{name} {coach} sam")
    set_days(coach_user, enrollment, None, 7, f"Because of {reason}", any_length=False, now=BEFORE)
    review = db.session.get_one(Review, world.ids[f"{name}_published"])
    hidden = plant(f"xq{name}hiddenremark", "")
    review.comments.append(Comment(field_id="1.C.1", kind="praise", text=hidden, quote=hidden, position=9))
    db.session.flush()
    target = Target("comment", "1.C.1", None, review.comments[-1].id)
    world.ids[f"{name}_withheld"] = hide(coach_user, review.submission, target, BEFORE).id


def _private_notes(world: World) -> None:
    """Ana's and Uma's notes to a lesson: nobody else's to read, whatever else they may read of theirs."""
    for name, reader in (
        ("ana", "ana"),
        ("uma", ""),
    ):  # Uma's lesson is not open yet: even she is not shown hers
        word = world.canaries.plant(f"xq{name}private", name, reader)
        note = new_note(
            db.session.get_one(Enrollment, getattr(world.cast, f"{name}_enrollment")),
            "systems",
            "lesson-1",
            KEY,
            QUESTION,
        )
        save_note(note, Merge({"text": f"I keep {word} in my head."}, changed=["text"]), BEFORE)


def _money(world: World, name: str, now: datetime) -> None:
    plant = world.canaries.plant
    order = Order(
        enrollment_id=getattr(world.cast, f"{name}_enrollment"),
        description=plant(f"xq{name}order", f"{name} sam", name),
        amount_cents=255000, currency="usd", status="part paid", created_at=BEFORE, installments=3,
        consent=plant(f"I agree, says xq{name}consent", "sam"), consented_at=BEFORE,
        card_id=plant(f"pm_xq{name}saved", "sam"), card_words=plant(f"Visa xq{name}kept", f"{name} sam", name),
    )  # fmt: skip
    db.session.add(order)
    db.session.flush()
    installments.lay_out(order, schedule.cut(255000, 3, BEFORE.date()))
    failed = installments.lock(order)[1]
    failed.status, failed.failed_at, failed.next_try_at = "failed", BEFORE, None
    failed.failure = plant(f"The bank says xq{name}why.", f"{name} sam", name)
    order.grace_until = schedule.grace_until(BEFORE.date())
    world.ids |= {f"{name}_order": order.id, f"{name}_installment": failed.id}
    _charge_try(world, name, failed)
    db.session.add(
        Payment(
            order_id=order.id, amount_cents=85000, currency="usd", status="succeeded", received_at=BEFORE,
            paid_with=plant(f"Visa xq{name}card", f"{name} sam", name),
            receipt_url="https://pay.example/" + plant(f"xq{name}receipt", f"{name} sam", name),
            stripe_payment_intent=plant(f"pi_xq{name}intent", "sam"),
            stripe_charge=plant(f"ch_xq{name}charge", "sam"),
        )
    )  # fmt: skip
    check = Payment(
        order_id=order.id, amount_cents=10000, currency="usd", status="succeeded", received_at=now, source="check",
        method="check", paid_with=plant(f"Check xq{name}number", f"{name} sam", f"{name} sam"),
        note=plant(f"Says xq{name}slip", "sam", "sam"),
    )  # fmt: skip
    db.session.add(check)
    installments.allocate(order)
    installments.mark_paid(order, BEFORE)
    papers.give_receipts(order, now)
    receipt = db.session.scalars(select(Paper).where(Paper.payment_id == check.id)).one()
    world.ids |= {f"{name}_check": check.id, f"{name}_paper": receipt.id}
    _tasks(world, name, order, now)
    page = staff_queries.order_page_for(db.session.get_one(User, world.cast.sam), order.id)
    world.ids[f"{name}_seen"] = page.seen
    _money_out(world, name, order)


def _payout(world: World) -> None:
    """One payout with a movement of everybody's payment and refund, and one that is nobody's."""
    plant = world.canaries.plant
    row = Payout(
        stripe_payout_id=plant("po_xqpayout", "sam", "sam"), amount_cents=1000, currency="usd", status="paid",
        automatic=True, made_at=BEFORE, arrives_on=NOW.date(), looked_at=BEFORE, listed_at=BEFORE,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for name in COACHES:
        for category in ("payment", "unknown"):
            word = plant(f"xq{name}moved{category}", "sam", "sam" if category == "unknown" else "")
            line = BalanceLine(
                payout_id=row.id, stripe_transaction_id=plant(f"txn_xq{name}{category}", "sam"), kind="charge",
                category=category, amount_cents=100, fee_cents=0, net_cents=100, currency="usd", description=word,
                source_id=plant(f"ch_xq{name}source{category}", "sam"),
                intent_id=plant(f"pi_xq{name}moved{category}", "sam"), made_at=BEFORE,
            )  # fmt: skip
            line.payment_id = world.ids[f"{name}_check"] if category == "payment" else None
            db.session.add(line)
    world.ids["payout"] = row.id


def _tasks(world: World, name: str, order: Order, now: datetime) -> None:
    """A task about money that is open, one that Sam has closed, and an event that fits nothing."""
    plant = world.canaries.plant
    said = {"order_id": order.id, "kind": "grace", "opened_at": BEFORE}
    task = MoneyAlert(key=f"open:{name}", detail=plant(f"Call xq{name}task", "sam", "sam"), **said)
    closed = MoneyAlert(key=f"closed:{name}", detail=plant(f"Called xq{name}done", "sam", "sam"), **said)
    closed.closed_at, closed.closed_by_id = now, world.cast.sam
    closed.closed_note = plant(f"Spoke of xq{name}closing", "sam", "sam")
    event = StripeEvent(
        id=plant(f"evt_xq{name}event", "sam", "sam"), type="checkout.session.completed", livemode=False,
        object_id=plant(f"cs_xq{name}object", "sam", "sam"), received_at=BEFORE, attempts=1,
        error=plant(f"Unmatched xq{name}error", "sam", "sam"),
    )  # fmt: skip
    db.session.add_all([task, closed, event])
    db.session.flush()
    world.ids |= {f"{name}_task": task.id, f"{name}_closed": closed.id, f"{name}_event": event.id}


def _money_out(world: World, name: str, order: Order) -> None:
    """A refund that came back from the bank, and a dispute that was won: neither changes what is owed."""
    plant, payment = (
        world.canaries.plant,
        db.session.scalars(
            select(Payment).where(Payment.order_id == order.id, Payment.source == "stripe")
        ).one(),
    )
    refund = Refund(
        payment=payment, amount_cents=1000, reason="other", status="failed", external=False, by_hand=False,
        asked_at=BEFORE, approved_at=BEFORE, sent_at=BEFORE, ended_at=BEFORE,
        clause=plant(f"xq{name}clause", "sam"), failure=plant(f"xq{name}cameback", "sam"),
        stripe_refund_id=plant(f"re_xq{name}refund", "sam"),
    )  # fmt: skip
    dispute = Dispute(
        payment=payment, stripe_dispute_id=plant(f"du_xq{name}dispute", "sam"), amount_cents=1000, status="won",
        reason=plant(f"xq{name}contested", "sam"), opened_at=BEFORE, closed_at=BEFORE,
    )  # fmt: skip
    db.session.add_all([refund, dispute])
    db.session.flush()
    world.ids[f"{name}_refund"] = refund.id
    world.ids[f"{name}_enrollment"] = order.enrollment_id


def _charge_try(world: World, name: str, part: Installment) -> None:
    plant = world.canaries.plant
    row = ChargeTry(
        installment_id=part.id, number=1, status="failed", amount_cents=part.amount_cents, made_at=BEFORE
    )
    row.card_id, row.decline_code = plant(f"pm_xq{name}tried", "sam"), plant(f"xq{name}code", "sam")
    row.stripe_payment_intent = plant(f"pi_xq{name}later", "sam")
    row.sentence = plant(f"Bank of xq{name}sentence", "sam")
    db.session.add(row)


def _application(world: World, name: str, now: datetime) -> None:
    """Ana's old one, which was accepted; Wes waits for a seat; Uma and Pat have asked for one."""
    plant, readers = world.canaries.plant, f"{name} sam"
    status = {"ana": "accepted", "wes": "waitlisted"}.get(name, "submitted")
    application = db.session.scalar(
        select(Application).where(Application.user_id == getattr(world.cast, name))
    ) or Application(
        user_id=getattr(world.cast, name),
        cohort_id=world.cast.spring if name == "ana" else world.cast.summer,
        submitted_at=BEFORE,
    )
    application.status = status
    application.answers = {key: plant(f"xq{name}{key}", readers, "sam") for key in QUESTIONS}
    application.answers["hours"] = "Four or five hours"
    application.practice_name = plant(f"xq{name}asks", readers, "sam")
    db.session.add(application)
    db.session.flush()
    world.ids[f"{name}_application"] = application.id
    if status == "waitlisted":
        entry = line.enter(application, BEFORE)
        entry.skipped, entry.note = True, plant(f"xq{name}passed", "sam", "sam")


def _assessments(world: World, now: datetime) -> None:
    """Finished sets of Ana, Uma and Pat, one that Ana has begun since, and one behind a link.

    Answers are numbers, so the canary stands in the words of the release that each set answers, and nobody else's does.
    """
    program = small_program()
    for name in ("ana", "uma", "pat"):
        release_id = _told_by(program, world.canaries.plant(f"xq{name}assessment", name, name), now)
        user_id = getattr(world.cast, name)
        row = assessment(user_id=user_id, release_id=release_id, finished_at=BEFORE)
        world.ids[f"{name}_assessment"] = row.id
    begun = _told_by(program, world.canaries.plant("xqanabegun", "ana", "ana"), now)
    row = assessment(user_id=world.cast.ana, release_id=begun, finished_at=None, answers={"1a": 1})
    world.ids["ana_begun"] = row.id
    newest = program.model_copy(update={"sources": {"F1": Source(text="What is published now")}})
    assessment(token=PRIVATE_LINK, release_id=publish(None, newest, now).id, finished_at=BEFORE)


def _leads(world: World, now: datetime) -> None:
    """Somebody who confirmed, and somebody who has not yet: their addresses are staff's to read, and nobody else's."""
    plant = world.canaries.plant
    stopped = MoneyAlert(kind="left checkout", key="left", detail="Stopped.", opened_at=BEFORE)
    stopped.order_id = world.ids["ana_order"]
    db.session.add(stopped)
    db.session.flush()
    world.ids["left_checkout"] = stopped.id
    for name, status, token, purpose in (
        ("kim", "confirmed", TO_END, "unsubscribe"),
        ("lee", "asked", TO_CONFIRM, "confirm"),
    ):
        lead = Lead(
            email=plant(f"xq{name}@example.com", f"xq{name} sam", "sam"), name=plant(f"xq{name}name", "sam", "sam"),
            status=status, wants_cohorts=True, wants_updates=True, asked_at=BEFORE,
            confirmed_at=BEFORE if status == "confirmed" else None, source="/reasons/lack-of-focus",
        )  # fmt: skip
        db.session.add(lead)
        db.session.flush()
        world.ids[f"{name}_lead"] = lead.id
        wish = Wish(name="", updates=True, cohorts=True, source="/", consent="I agree.")
        db.session.add(
            LeadLink(
                lead_id=lead.id, purpose=purpose, token_hash=hash_token(token), wish=asdict(wish),
                created_at=BEFORE, expires_at=now + timedelta(days=7),
            )
        )  # fmt: skip


def _told_by(program: Program, word: str, now: datetime) -> int:
    """A release whose self-assessment says this word on every page of it."""
    assert program.assessment is not None
    readings = [one.model_copy(update={"title": f"Reading {word}"}) for one in program.assessment.readings]
    text = program.assessment.model_copy(update={"frame": f"Frame {word}", "readings": tuple(readings)})
    return publish(None, program.model_copy(update={"assessment": text}), now).id


def _offer_and_page_to_pay(world: World, now: datetime) -> None:
    """Pat has an offer, has pressed the button, and stands before Stripe's page."""
    begin_write()
    staff, pat = db.session.get_one(User, world.cast.sam), db.session.get_one(User, world.cast.pat)
    application = db.session.get_one(Application, world.ids["pat_application"])
    admissions.accept(staff, application, application.version, now)
    order = admissions.begin_checkout(pat, db.session.get_one(Cohort, world.cast.summer), now)
    hold = seats.hold_of(world.cast.summer, pat.id)
    assert hold is not None
    hold.forced = world.canaries.plant("xqpatforced", "sam", "sam")
    order_id = order.id
    db.session.commit()
    back = "http://localhost:8000/cohorts/summer-2026/checkout"
    checkout.pay(order_id, f"{back}/return?session_id={{CHECKOUT_SESSION_ID}}", f"{back}/cancelled", now)
    session = db.session.scalar(select(CheckoutSession).where(CheckoutSession.order_id == order_id))
    assert session is not None
    assert session.stripe_id is not None
    _use_a_code(world, order_id, now)
    world.ids["pat_session"] = world.canaries.plant(session.stripe_id, "pat sam")
    db.session.rollback()


def _use_a_code(world: World, order_id: int, now: datetime) -> None:
    """A code whose note is for staff alone, used by Pat; and one that nobody used."""
    begin_write()
    staff = db.session.get_one(User, world.cast.sam)
    note = world.canaries.plant("codenotequartz", "sam", "sam")
    terms = discounts.Terms(
        "SPRING-20", "percent", 20, "usd", None, None, 10, 1, None, None, None, False, f"For {note}"
    )
    code = discounts.create(staff, terms, now)
    db.session.flush()
    order = db.session.get_one(Order, order_id)
    discounts.use(order, discounts.want(code.code, order.enrollment.user, order), 100, now)
    world.ids["code"] = code.id
    db.session.commit()
