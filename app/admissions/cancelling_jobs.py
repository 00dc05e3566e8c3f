"""A cancelled cohort, person after person: looked for every minute, safe to run twice and at once."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from app.admissions import cancelling
from app.admissions import cancelling_queries as queries
from app.admissions.cancelling_models import CancellationCase
from app.lib.database import begin_write, db
from app.lib.jobs import job, nudge
from app.lib.refusal import Refused
from app.payments import cancellations, refunding

FAULT = "Something went wrong on our side; the log says what. It is tried again by itself."


@job("cancel-cohorts", minutes=1)
def cancel_cohorts(now: datetime) -> list[str]:
    """See to everybody whom a confirmed cancellation touches; send back what came in after that.

    Each person by themselves. Returns what could not be done, in sentences.
    """
    waiting = queries.waiting_cases()
    db.session.rollback()
    failures = [said for one in waiting if (said := _see_to(one, now))]
    for cancellation_id, cohort_id in queries.confirmed():
        late = cancellations.arrived_since(
            cohort_id, queries.seen_to(cancellation_id), queries.purchases_seen_to(cancellation_id)
        )
        for order_id in late:
            _return_late(cancellation_id, order_id, now)
    db.session.rollback()
    return failures


def _see_to(case_id: int, now: datetime) -> str:
    """One person. Returns why not, as a sentence; it stays with the case, and the next run tries again."""
    try:
        for order_id in _orders_of(case_id):
            refunding.clear_the_way(order_id, now)
        begin_write()
        cancelling.see_to(case_id, now)
        nudge("send-refunds")
        db.session.commit()
    except Refused as refused:
        return _note(case_id, refused.sentence, now)
    except Exception:
        db.session.rollback()
        current_app.logger.exception("seeing to case %s of a cancelled cohort failed", case_id)
        return _note(case_id, FAULT, now)
    return ""


def _note(case_id: int, sentence: str, now: datetime) -> str:
    db.session.rollback()
    begin_write()
    cancelling.could_not(case_id, sentence, now)
    db.session.commit()
    return sentence


def _orders_of(case_id: int) -> list[int]:
    """Ids of the orders that are to be ended for this person or employer."""
    case = db.session.get_one(CancellationCase, case_id)
    payer = case.employer or queries.enrollment_of(case, case.cancellation.cohort_id)
    found = cancellations.orders_to_end(payer) if payer is not None else []
    db.session.rollback()
    return found


def _return_late(cancellation_id: int, order_id: int, now: datetime) -> None:
    """What fails is logged, and tried again by the next run."""
    try:
        begin_write()
        cancelling.return_late(cancellation_id, order_id, now)
        nudge("send-refunds")
        db.session.commit()
    except Exception:
        db.session.rollback()
        current_app.logger.exception("sending back what came late for order %s failed", order_id)
