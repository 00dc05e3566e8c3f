"""Stripe down, slow, busy or broken, at every page and every step of the worker that speaks to it.

Down: nothing arrives. Slow: the line breaks after the work was done. Busy: 429. Broken: 500, which Stripe repeats for
the same key. Each time: clear words and no 500 of ours, nothing charged or sent back twice, and all is as it should be
after the next press or the next run.
"""

from __future__ import annotations

import pytest

from app.lib.database import db
from tests.rooms.payments.purchases import stripe  # noqa: F401
from tests.rooms.payments.troubles import STEPS

TROUBLES = {"down": "timeout_before", "slow": "timeout_after", "busy": "429", "broken": "500"}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_clear_words_no_double_charge_repaired_by_itself(app, cast, clock, stripe, sign_in, step, trouble):
    scene = step(app, cast, clock, stripe, sign_in)
    db.session.rollback()
    stripe.fail_next(TROUBLES[trouble], times=1000)
    said = scene.act()
    stripe.heal()
    assert [words for words in step.words if words not in said] == [], said
    db.session.rollback()
    clock.move(minutes=3)
    scene.go_on()
    scene.end()
