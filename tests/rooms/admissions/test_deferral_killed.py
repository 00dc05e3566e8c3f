"""Whoever moves somebody is killed (SIGKILL) at every stage: either all of it is there, or nothing."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import deferring, deferring_queries, seats
from app.admissions.deferring import Deferring
from app.admissions.deferring_models import Deferral
from app.admissions.models import SeatHold
from app.cohorts.models import Cohort, Enrollment
from app.coursework.models import Submission, System
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.payments.models import Order
from tests.factories import accepted_system
from tests.rooms.coursework.deaths import answer_or_death
from tests.rooms.payments.movers import Mover, another_cohort
from tests.rooms.payments.purchases import stripe  # noqa: F401

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
MOST = 400  # stages there may be
STEP = 7  # after the first ones; all of them would take minutes


def test_killed_at_any_stage_nothing_is_half(app: Flask, cast, clock, write, stripe):
    pat = Mover(cast.pat, cast.summer, clock).seated(stripe)
    with write():
        accepted_system(pat.enrollment_id, cast.cora)
        winter = another_cohort(cast)

    def move() -> SimpleNamespace:
        begin_write()
        place = deferring_queries.place_of(pat.enrollment_id)
        assert place is not None
        sam, target = db.session.get_one(User, cast.sam), db.session.get_one(Cohort, winter)
        what = Deferring(told_on=clock.now.date(), reason="time")
        deferring.defer(sam, place.enrollment, place.order, target, what, clock.now)
        db.session.commit()
        return SimpleNamespace(status_code=200)

    nothing = _found(pat, winter)
    stages = [*range(12), *range(12, MOST, STEP)]
    for stage in stages:
        lived = answer_or_death(app, stage, move)
        found = _found(pat, winter)
        if found != nothing:
            break
        assert lived is None, stage
    assert stage > 40  # the verb has this many stages at least, or they were not counted
    assert found == {
        "places": ["deferred", "active"], "holds": [(cast.summer, "released"), (winter, "converted")],
        "order": "A seat in the Cohort of January 2, 2027", "systems": 2, "rounds": 2, "moves": 1, "mails": 1,
    }  # fmt: skip


def _found(pat: Mover, winter: int) -> dict[str, object]:
    db.session.rollback()
    places = select(Enrollment.status).where(Enrollment.user_id == pat.user_id).order_by(Enrollment.id)
    holds = select(SeatHold.cohort_id, SeatHold.status).where(SeatHold.user_id == pat.user_id)
    live = db.session.execute(holds.order_by(SeatHold.id)).all()
    assert sum(status in seats.LIVE for _cohort, status in live) == 1  # never none, never two
    found = {
        "places": list(db.session.scalars(places)),
        "holds": [tuple(row) for row in live],
        "order": db.session.get_one(Order, pat.order_id, populate_existing=True).description,
        "systems": db.session.scalar(select(func.count()).select_from(System)),
        "rounds": db.session.scalar(select(func.count()).select_from(Submission)),
        "moves": db.session.scalar(select(func.count()).select_from(Deferral)),
        "mails": db.session.scalar(select(func.count()).where(Message.kind == "admissions/deferred")),
    }
    db.session.rollback()
    return found
