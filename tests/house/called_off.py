"""Cohorts that are cancelled, or asked to be: what staff wrote about it, and whom it could not see to yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from app.admissions.cancelling_models import Cancellation, CancellationCase
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.lib.database import db
from tests.cast import Cast

OFF = "off-2026"
REASON = "Fewer people enrolled than a cohort needs, and we would rather not begin with so few."


def plant_all(cast: Cast, plant: Callable[..., str], now: datetime) -> None:
    """Cal asks to cancel the spring cohort; another is cancelled, and Wes could not be seen to yet."""
    spring = db.session.get_one(Cohort, cast.spring)
    said = {"asked_by_id": cast.cal, "asked_at": now}
    asked = Cancellation(
        cohort_id=cast.spring, status="requested", reason=f"{REASON} {plant('xqaskedwhy', 'sam', 'sam')}", **said
    )  # fmt: skip
    cohorts.stop_sales(None, spring, "it may be cancelled", now)
    off = cohorts.open_cohort(
        None, slug=OFF, title="Cohort that is off", starts_on=date(2026, 11, 7), capacity=3,
        release_id=spring.release_id, now=now, status="cancelled",
    )  # fmt: skip
    done = Cancellation(
        cohort_id=off.id, status="confirmed", reason=f"{REASON} {plant('xqdonewhy', 'sam', 'sam')}",
        decided_by_id=cast.sam, decided_at=now, **said,
    )  # fmt: skip
    declined = Cancellation(
        cohort_id=cast.autumn, status="declined", reason=REASON, decided_by_id=cast.sam, decided_at=now,
        note=f"Two more came. {plant('xqwhynot', 'sam', 'sam')}", **said,
    )  # fmt: skip
    db.session.add_all([asked, done, declined])
    db.session.flush()
    failure = f"Stripe is silent. {plant('xqcasefailure', 'sam', 'sam')}"
    row = CancellationCase(
        cancellation_id=done.id, user_id=cast.wes, standing="applied", tries=2, failure=failure
    )
    db.session.add(row)
