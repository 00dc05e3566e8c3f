"""Who has moved to another cohort in the house, and the form with which Sam would move them on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from app.accounts.models import User
from app.admissions import deferring, deferring_queries
from app.admissions.deferring_models import Deferral, DeferralTier
from app.cohorts.models import Cohort, Enrollment
from app.lib.database import begin_write, db
from app.payments.queries import refund_tiers


def fill(world: Any, names: list[str], now: datetime) -> None:
    """Each of these came from a cohort of last year, outside its rule and without all of their work; Sam reads why.

    `ids` has the place they left as `ana_left`, and the form as `ana_moves`.
    """
    begin_write()
    cast, summer = world.cast, db.session.get_one(Cohort, world.cast.summer)
    before = Cohort(
        slug="fall-2025", title="Cohort of September 6, 2025", starts_on=summer.starts_on - timedelta(weeks=39),
        capacity=9, status="archived", release_id=summer.release_id, time_zone=summer.time_zone, created_at=now,
    )  # fmt: skip
    db.session.add(before)
    db.session.flush()
    db.session.add(DeferralTier(cohort_id=before.id, until=before.starts_on, times=1, fee_cents=0))
    for name in names:
        _moved(world, name, before, db.session.get_one(User, cast.sam), now)
    db.session.commit()
    for name in names:
        place = deferring_queries.place_of(getattr(cast, f"{name}_enrollment"))
        assert place is not None
        summer = db.session.get_one(Cohort, cast.summer)
        plan = deferring.plan(place, summer, refund_tiers(summer), now.date())
        told_on = now.date().isoformat()
        world.ids[f"{name}_moves"] = {
            "to": "summer-2026",
            "told_on": told_on,
            "reason": "time",
            "seen": plan.seen,
        }
    db.session.rollback()


def _moved(world: Any, name: str, before: Cohort, sam: User, now: datetime) -> None:
    plant = world.canaries.plant
    enrollment = db.session.get_one(Enrollment, getattr(world.cast, f"{name}_enrollment"))
    left = Enrollment(
        user_id=enrollment.user_id, cohort=before, status="deferred", created_at=now - timedelta(days=90), ended_at=now,
        practice_name=plant(f"xq{name}formerly", f"{name} sam"),
    )  # fmt: skip
    db.session.add(left)
    db.session.flush()
    enrollment.continues_id = left.id
    db.session.add(
        Deferral(
            enrollment=enrollment, told_on=now.date(), reason="health", fee_cents=0, by=sam, at=now,
            clause=plant(f"Clause xq{name}movedby", "sam", "sam"),
            exception=plant(f"Says xq{name}exception", "sam", "sam"),
            left_out=[plant(f"System 9 of xq{name}leftout stays.", f"{name} sam", "sam")],
        )
    )  # fmt: skip
    world.ids[f"{name}_left"] = left.id
