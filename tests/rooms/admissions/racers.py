"""Processes of a race for seats. A module of its own, because a new process has to import it."""

from __future__ import annotations

import multiprocessing
import queue
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import create_app
from app.accounts.models import User
from app.admissions import actions, claims, employers, jobs, seats, waitlist
from app.admissions.claim_models import Invitation
from app.admissions.models import Application, SeatHold
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.payments.employer_models import EmployerPurchase
from app.payments.standin.errors import ConnectionLost
from app.payments.standin.transport import InProcess
from tests.rooms.admissions.bought import terms
from tests.settings import settings_for

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)  # a seat held until NOW would be free again for a sweep that begins after it

# What a process does in one cohort for one user, and what came of it.
Work = Callable[[int, int], Any]


def takes(cohort_id: int, user_id: int) -> int | None:
    """Try for one seat, as the checkout does; the number of the seat won."""
    begin_write()
    hold = seats.take(db.session.get_one(Cohort, cohort_id), user_id, "checkout", LATER, NOW)
    won = hold.seat if hold is not None else None
    db.session.commit()
    return won


def offers(cohort_id: int, _user_id: int) -> list[int]:
    """Offer what is free to the line, as the sweep does; whose seats came of it."""
    found = []
    while True:
        begin_write()
        offer = waitlist.offer_next(cohort_id, NOW)
        if offer is None:
            db.session.rollback()
            return found
        found.append(offer.application.user_id)
        db.session.commit()


def buys_two(cohort_id: int, staff_id: int) -> list[int] | None:
    """Open an employer's purchase of two seats, as staff do; their numbers, or None when they were not free."""
    begin_write()
    staff, cohort = db.session.get_one(User, staff_id), db.session.get_one(Cohort, cohort_id)
    try:
        purchase = employers.open_purchase(staff, cohort, terms(claim_until=date(2026, 6, 30)), NOW)
    except Refused:
        db.session.rollback()
        return None
    seats_held = [hold.seat for hold in employers.holds_of(purchase.id)]
    db.session.commit()
    return seats_held


def claims_one(cohort_id: int, user_id: int) -> str:
    """Press the button of an invitation to an employer's seat: 'in', or the sentence of who is refused."""
    begin_write()
    user = db.session.get_one(User, user_id)
    mine = select(Invitation).join(Invitation.purchase).where(EmployerPurchase.cohort_id == cohort_id)
    row = db.session.scalars(mine.where(Invitation.email == user.email)).one()
    try:
        claims.claim(user, row, "P", NOW)
    except Refused as refused:
        db.session.rollback()
        return refused.sentence
    db.session.commit()
    return "in"


def sweeps(cohort_id: int, _user_id: int) -> list[int]:
    """Let go what is over and offer what is free, as the sweep of every minute does; whose seats came of it."""
    over = select(SeatHold.id).where(
        SeatHold.cohort_id == cohort_id, SeatHold.status == "active", SeatHold.until <= NOW
    )
    for hold_id in db.session.scalars(over).all():
        db.session.rollback()
        jobs._let_go(hold_id, NOW)
    db.session.rollback()
    return offers(cohort_id, 0)


def sweeps_and_takes(cohort_id: int, user_id: int) -> int | None:
    """Try for one seat with the sweep just before it, so that a seat whose time is over counts as free."""
    sweeps(cohort_id, user_id)
    return takes(cohort_id, user_id)


def code_of(number: int) -> str:
    """The discount code of a round."""
    return f"RACE-{number}"


def uses_the_code(number: int, user_id: int) -> int:
    """Press the button of the checkout with the code of this round, in the cohort whose offer is for it.

    What is to be paid then; 0 where the code was used up, and nothing was begun.
    """
    begin_write()
    theirs = (Application.user_id == user_id, Application.practice_name == code_of(number))
    application = db.session.scalars(select(Application).where(*theirs)).one()
    user, cohort = db.session.get_one(User, user_id), application.cohort
    try:
        order = actions.begin_checkout(user, cohort, NOW, 1, code_of(number))
        cents = order.amount_cents
        db.session.commit()
    except Refused:
        db.session.rollback()
        return 0
    return cents


def silence(_request: Any) -> Any:
    """A payment service that nobody reaches."""
    raise ConnectionLost


def run(
    database: Any, runners: Sequence[tuple[Work, int]], cohort_ids: Sequence[int]
) -> list[dict[int, Any]]:
    """A process for each runner, round by round in one cohort after the other (or whatever a number of theirs means);
    what each came to, by cohort."""
    fast = "forkserver" in multiprocessing.get_all_start_methods()  # imports once for all
    context = multiprocessing.get_context("forkserver" if fast else "spawn")
    if fast:
        context.set_forkserver_preload([__name__])
    start, results = context.Barrier(len(runners)), context.Queue()
    where = (database.url("test"), str(database.folder))
    racers = [
        context.Process(target=_race, args=(*where, number, *runner, cohort_ids, start, results), daemon=True)
        for number, runner in enumerate(runners)
    ]
    for racer in racers:
        racer.start()
    reports = sorted((_report(racers, results) for _racer in racers), key=lambda report: report[0])
    for racer in racers:
        racer.join(30)
    assert not [error for _number, _found, error in reports if error]
    return [found for _number, found, _error in reports]


def _report(racers: Sequence[Any], results: Any) -> Any:
    """What the next of them came to; a process that died without a word ends the waiting."""
    while True:
        try:
            return results.get(timeout=5)
        except queue.Empty:
            assert not [racer for racer in racers if racer.exitcode], "a process of the race died"


def _race(
    url: str,
    folder: str,
    number: int,
    work: Work,
    user_id: int,
    cohort_ids: Sequence[int],
    start: Any,
    results: Any,
) -> None:
    """Work in each cohort, starting each round together with the others."""
    app = create_app(settings_for(url, Path(folder), STRIPE_HTTP_CLIENT=InProcess(silence)))
    app.logger.setLevel("ERROR")  # a silent Stripe is what is tested
    found: dict[int, Any] = {}
    with app.app_context():
        try:
            for cohort_id in cohort_ids:
                start.wait(300)
                found[cohort_id] = work(cohort_id, user_id)
            results.put((number, found, None))
        except Exception as error:
            start.abort()
            results.put((number, found, repr(error)))
        finally:
            db.session.remove()
            db.engine.dispose()
