"""The seats of an employer: held, paid, let go, handed back. None of these commits; each locks the cohort first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.admissions import claim_messages, employer_rules, seats
from app.admissions.claim_models import EmployerLink, Invitation
from app.admissions.models import SeatHold
from app.audit.actions import record
from app.cohorts.models import Cohort
from app.lib import times
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.tokens import hash_token, new_token
from app.lib.words import count
from app.payments import actions as payments
from app.payments import alerts, refunds
from app.payments import employers as money
from app.payments import queries as money_queries
from app.payments.employer_models import EmployerPurchase
from app.payments.models import Order


def open_purchase(
    actor: User, cohort: Cohort, terms: money.Terms, now: datetime, forced: str = ""
) -> EmployerPurchase:
    """Hold so many seats for an employer, write down what they cost, and mail the contact the page of them.

    `forced` is the reason to give more than the cohort has free; it stands at each seat. Raises Refused.
    """
    cohort = seats.lock(cohort.id)
    employer_rules.check_seating(cohort.sales)
    order = money.open_purchase(actor, cohort, terms, now)
    purchase = order.employer
    assert purchase is not None
    held = seats.take_for_employer(cohort, purchase.id, terms.seats, purchase.pay_until, now, forced=forced)
    if held < terms.seats:
        raise Refused(employer_rules.too_few(held), field="seats")
    if forced:
        sentence = f"Overbooked {cohort.title} for {terms.employer}: {forced}"
        record(actor, sentence, ("cohort", cohort.id), now=now)
    link, url = make_link(purchase, "opened", now)
    claim_messages.opened(order, purchase, url, link.id, now)
    return purchase


def make_link(purchase: EmployerPurchase, because: str, now: datetime) -> tuple[EmployerLink, str]:
    """A new secret that opens the page of these seats, and its whole address. Only the hash is kept."""
    token = new_token()
    link = EmployerLink(purchase=purchase, token_hash=hash_token(token), because=because, created_at=now)
    db.session.add(link)
    db.session.flush()
    return link, f"{current_app.config['BASE_URL']}/employers/{token}"


def replace_links(actor: User, purchase: EmployerPurchase, now: datetime) -> None:
    """Make every link to the page worthless and mail a new one: for a mail that went to the wrong eyes, or is lost."""
    live = select(EmployerLink).where(
        EmployerLink.purchase_id == purchase.id, EmployerLink.revoked_at.is_(None)
    )
    for row in db.session.scalars(live):
        row.revoked_at = now
    link, url = make_link(purchase, "asked", now)
    claim_messages.new_link(purchase, url, link.id, now)
    sentence = f"Revoked the links to the seats of {purchase.employer} and mailed a new one"
    record(actor, sentence, ("employer purchase", purchase.id), now=now)


def holds_of(purchase_id: int) -> Sequence[SeatHold]:
    """The live seats of an employer, by number."""
    query = select(SeatHold).where(
        SeatHold.employer_purchase_id == purchase_id, SeatHold.status.in_(seats.LIVE)
    )
    return db.session.scalars(query.order_by(SeatHold.seat).execution_options(populate_existing=True)).all()


def begin_pay(order: Order, consent: str, now: datetime) -> None:
    """Keep the seats while the contact pays, and write down the words agreed to. Raises Refused."""
    purchase = _locked(order)
    cohort = purchase.cohort
    order = payments.lock_order(order.id)
    held = holds_of(purchase.id)
    employer_rules.check_pay(order.status, purchase.pays_by, cohort.sales, len(held), purchase.seats)
    money.agree(order, consent, now)
    until = employer_rules.pay_until(purchase.pay_until, now)
    purchase.pay_until = until
    for hold in held:
        hold.until = until


def _locked(order: Order) -> EmployerPurchase:
    """The purchase of an order, with its cohort locked before it."""
    assert order.employer_purchase_id is not None
    cohort_id = db.session.scalars(
        select(EmployerPurchase.cohort_id).where(EmployerPurchase.id == order.employer_purchase_id)
    ).one()
    seats.lock(cohort_id)
    return money.lock(order.employer_purchase_id)


def keep_paid(order: Order, now: datetime) -> bool:
    """Paid seats stay held until somebody claims them, and the contact may invite. True when it was news."""
    purchase = _locked(order)
    order = payments.lock_order(order.id)
    waiting = [hold for hold in holds_of(purchase.id) if hold.status == "active"]
    if order.status != "paid" or not waiting or purchase.cohort.status == "cancelled":
        return False
    for hold in waiting:
        hold.status, hold.until = "converted", None
    link, url = make_link(purchase, "paid", now)
    claim_messages.ready(purchase, url, link.id, now)
    sentence = f"{purchase.employer} has paid: {count(len(waiting), 'seat', 'seats')} to be claimed"
    record(None, sentence, ("employer purchase", purchase.id), now=now)
    return True


def let_go(order: Order, now: datetime, actor: User | None = None) -> bool:
    """The time to pay is over, or staff (`actor`) take the offer back: the seats and the unpaid order go.

    Only once the order's payment page is over. False when it was paid, or is being paid, meanwhile.
    """
    purchase = _locked(order)
    order = payments.lock_order(order.id)
    busy = order.status != "open" or money_queries.session_under_way(order.id) is not None
    if busy or refunds.arrived(order) or (actor is None and purchase.pay_until > now):
        return False
    if actor is None:
        payments.expire_order(order, now)
    else:
        money.cancel(actor, order, now)
    claim_messages.let_go(purchase, now, taken_back=actor is not None)
    free(purchase, "expired" if actor is None else "released", now)
    return True


def free(purchase: EmployerPurchase, status: str, now: datetime) -> int:
    """Give the seats back that nobody claimed, once, and end the invitations to them. Returns how many."""
    unclaimed = [hold for hold in holds_of(purchase.id) if hold.user_id is None]
    for hold in unclaimed:
        seats.release(hold, now, status)
    numbers = ", ".join(str(hold.seat) for hold in unclaimed)
    if unclaimed:
        word = "seat" if len(unclaimed) == 1 else "seats"
        record(
            None, f"Freed {word} {numbers} of {purchase.employer}", ("cohort", purchase.cohort_id), now=now
        )
    open_ones = select(Invitation).where(Invitation.purchase_id == purchase.id, Invitation.status == "open")
    for invitation in db.session.scalars(open_ones):
        invitation.status, invitation.ended_at = "taken back", now
    alerts.close(money.order_of(purchase.id), ("seats unclaimed",), now)
    return len(unclaimed)


def hand_back(
    actor: User, order: Order, seats_shown: int, shown_cents: int | None, told_on: date, now: datetime
) -> int:
    """Staff end the unclaimed seats: free for others at once, and what the rule gives goes back to the employer.

    `shown_cents` None: without money. Raises Refused when the seats or the cents are not what was confirmed.
    """
    purchase = _locked(order)
    order = payments.lock_order(order.id)
    unclaimed = sum(hold.user_id is None for hold in holds_of(purchase.id))
    if unclaimed != seats_shown or not unclaimed or order.status != "paid":
        raise Refused(employer_rules.CHANGED)
    if shown_cents is not None:
        money.refund_unclaimed(actor, order, unclaimed, told_on, shown_cents, now)
    said = f"Handed back {count(unclaimed, 'unclaimed seat', 'unclaimed seats')} of {purchase.employer}"
    record(actor, said, ("employer purchase", purchase.id), now=now)
    return free(purchase, "released", now)


def seat_late_money(order: Order, now: datetime) -> bool:
    """An employer paid after the seats were let go: all of them again if they are free, else a person decides."""
    purchase = _locked(order)
    order = payments.lock_order(order.id)
    if purchase.cohort.sales in ("on hold", "cancelled") or not money_queries.paid_late(order.id):
        return False  # what comes for a cohort that does not take place goes back: see `cancelling`
    taken = db.session.begin_nested()
    held = seats.take_for_employer(purchase.cohort, purchase.id, purchase.seats, None, now, in_line=True)
    if held < purchase.seats:
        taken.rollback()
        claim_messages.paid_too_late(order, purchase, now)
        return False
    taken.commit()
    payments.revive_order(order, now)
    keep_paid(order, now)
    return True


def say_unclaimed(order: Order, now: datetime) -> None:
    """The last day to claim is over and seats are left: a task for staff, once for each such day."""
    purchase = _locked(order)
    unclaimed = sum(hold.user_id is None for hold in holds_of(purchase.id))
    today = times.local_date(now, purchase.cohort.time_zone)
    if unclaimed and today > purchase.claim_until and order.status == "paid":
        detail = (
            f"{purchase.employer}: {count(unclaimed, 'seat was', 'seats were')} not claimed by "
            f"{times.day_year(purchase.claim_until)}. Give more days, free them, or send money back."
        )
        key = f"seats-unclaimed:{purchase.id}:{purchase.claim_until}:{unclaimed}"
        alerts.raise_once("seats unclaimed", key, order, detail, now)
