"""The same news at the same moment: threads that all have fetched before any has written."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select
from werkzeug.test import Client

from app.lib.database import db
from app.payments import checkout, events
from app.payments import stripe as calls
from app.payments.event_models import MoneyAlert, StripeEvent
from tests.rooms.payments.purchases import CANCEL, PAID_ONCE, SUCCESS, Buyer, stripe  # noqa: F401


def together(app, *steps) -> list:
    """Run the steps at once, each in a thread with a context of its own; what each returned or raised."""
    answers: list = [None] * len(steps)

    def run(number: int, step) -> None:
        with app.app_context():
            try:
                answers[number] = step()
            except Exception as error:
                answers[number] = error
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.fixture
def fetched_together(monkeypatch):
    """`fetched_together(n)`: nobody goes on from fetching a session until n have fetched."""

    def wait_for(number: int) -> None:
        everybody, fetch = Barrier(number, timeout=20), calls.retrieve_session

        def fetch_and_wait(stripe_id):
            session = fetch(stripe_id)
            everybody.wait()
            return session

        monkeypatch.setattr(calls, "retrieve_session", fetch_and_wait)

    return wait_for


def test_webhook_and_return_page_at_once(app, cast, clock, stripe, fetched_together):
    stripe.hold_deliveries = True
    pat = Buyer(cast.pat, cast.summer, clock.now)
    page = pat.go_to_pay(clock.now)
    stripe.pay(page)
    db.session.remove()
    event = next(event for event in stripe.pending_events if event["type"] == "checkout.session.completed")
    fetched_together(4)
    answers = together(
        app,
        lambda: events.take(event, clock.now),
        lambda: checkout.settle(page, clock.now) and None,
        lambda: checkout.settle(page, clock.now) and None,
        lambda: checkout.settle(page, clock.now) and None,
    )
    assert answers == ["applied", None, None, None]
    assert pat.state() == PAID_ONCE


def test_the_same_event_twice_at_once(app, cast, clock, stripe, fetched_together):
    stripe.hold_deliveries = True
    pat = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(pat.go_to_pay(clock.now))
    db.session.remove()
    event = next(event for event in stripe.pending_events if event["type"] == "checkout.session.completed")
    fetched_together(2)
    answers = together(app, *[lambda: events.take(event, clock.now)] * 2)
    assert sorted(map(str, answers)) == ["applied", "known"]
    assert pat.state() == PAID_ONCE


def test_two_tabs_press_the_button_at_once(app, cast, clock, stripe):
    for number in range(10):
        pat = Buyer(cast.pat if number == 0 else _somebody(number, clock.now), cast.spring, clock.now)
        db.session.remove()
        press = [lambda order=pat.order_id: checkout.pay(order, SUCCESS, CANCEL, clock.now)] * 3
        answers = together(app, *press)
        assert len(set(map(str, answers))) == 1, answers
        stripe.pay(answers[0].rsplit("/", 1)[1])
        assert pat.state() == PAID_ONCE


def _somebody(number: int, now) -> int:
    from app.accounts.models import User
    from app.lib.database import begin_write

    begin_write()
    user = User(email=f"tab-{number}@example.com", name=f"Tab {number}", created_at=now)
    db.session.add(user)
    db.session.flush()
    user_id = user.id
    db.session.commit()
    return user_id


def test_the_route_takes_signed_events_at_once(app, cast, clock, stripe):
    """Through the real route: every event of one purchase, three times each, all at the same time."""
    stripe.hold_deliveries = True
    pat = Buyer(cast.pat, cast.summer, clock.now)
    stripe.pay(pat.go_to_pay(clock.now))
    db.session.remove()
    posts: list[tuple[bytes, dict]] = []
    stripe._deliveries.endpoint = lambda body, headers: posts.append((body, dict(headers))) or 200
    for event in stripe.pending_events:
        stripe.deliver(event)
    sends = [
        lambda body=body, headers=headers: (
            Client(app).post("/webhooks/stripe", data=body, headers=headers).status_code
        )
        for body, headers in posts * 3
    ]
    assert set(map(str, together(app, *sends))) == {"200"}
    assert pat.state() == PAID_ONCE


@pytest.fixture
def tasks_written_together(app):
    """Two that are about to write a task about money wait for each other; where only one may write at all (SQLite),
    there is nothing to wait for."""
    everybody = Barrier(2 if db.engine.dialect.name == "postgresql" else 1, timeout=20)

    def wait(_connection, _cursor, statement, *_more):
        if statement.startswith("INSERT INTO money_alert"):
            everybody.wait()

    listening.listen(db.engine, "before_cursor_execute", wait)
    yield
    listening.remove(db.engine, "before_cursor_execute", wait)


def test_the_first_two_events_of_another_version_at_once(app, clock, stripe, tasks_written_together):
    """Both find that nobody has been told, both tell it: it is one task, and neither is sent once more."""
    told = {"type": "customer.created", "api_version": "2020-08-27", "livemode": False}
    db.session.remove()
    answers = together(
        app,
        *[
            lambda number=number: events.take(
                told | {"id": f"evt_{number}", "data": {"object": {"id": "cus_1"}}}, clock.now
            )
            for number in (1, 2)
        ],
    )
    assert answers == ["applied", "applied"]
    (kind,) = db.session.scalars(select(MoneyAlert.kind)).all()
    assert kind == "wrong version"
    assert [row.error for row in db.session.scalars(select(StripeEvent))] == [None, None]
