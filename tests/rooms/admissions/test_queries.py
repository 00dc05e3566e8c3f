"""How often each page asks the database: a floor of the house, however many rows there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from app.lib.database import db
from tests.rooms.admissions.offers import applied, fill, new_user, offered
from tests.rooms.payments.purchases import Buyer, stripe  # noqa: F401

MOST = 5


@pytest.fixture
def queries(app) -> Callable[[Any, str], int]:
    """`queries(browser, path)`: how many SELECTs this page takes."""

    def counted(browser: Any, path: str) -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if statement.lstrip().startswith("SELECT"):
                seen.append(statement)

        db.session.rollback()
        db.session.expunge_all()
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            assert browser.get(path).status_code == 200
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return counted


def more(cast, now) -> None:
    """Twenty more of everything in another cohort and in this one."""
    for index in range(20):
        applied(new_user(f"More{index}", now), cast.summer, now)
    fill(cast.summer, 1, now)


@pytest.mark.parametrize("path", ["/cohorts/summer-2026/apply", "/payments"])
def test_a_prospects_pages(cast, clock, sign_in, queries, path):
    pat = sign_in(cast.pat)
    queries(pat, path)  # each process reads a program once
    few = queries(pat, path)
    more(cast, clock.now)
    assert queries(pat, path) == few <= MOST


def test_checkout(cast, clock, sign_in, queries):
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    pat = sign_in(cast.pat)
    queries(pat, "/cohorts/summer-2026/checkout")  # each process reads a program once
    few = queries(pat, "/cohorts/summer-2026/checkout")
    more(cast, clock.now)
    assert queries(pat, "/cohorts/summer-2026/checkout") == few <= MOST


def test_payments(cast, clock, sign_in, queries, stripe):
    pat = sign_in(cast.pat)
    for cohort in (cast.summer, cast.autumn, cast.spring):
        stripe.pay(Buyer(cast.pat, cohort, clock.now).go_to_pay(clock.now))
    assert queries(pat, "/payments") <= MOST


def test_one_application(cast, clock, sign_in, queries):
    sam = sign_in(cast.sam)
    waiting = applied(cast.ben, cast.summer, clock.now)
    decided = offered(cast.pat, cast.summer, cast.sam, clock.now)
    assert queries(sam, f"/staff/applications/{waiting}") <= MOST
    assert queries(sam, f"/staff/applications/{decided}") <= MOST


def test_the_staff_page_of_a_cohort(cast, clock, sign_in, queries, stripe):
    sam = sign_in(cast.sam)
    offered(cast.pat, cast.summer, cast.sam, clock.now)
    few = queries(sam, "/staff/cohorts/summer-2026")
    more(cast, clock.now)
    for index in range(5):
        stripe.pay(Buyer(new_user(f"Payer{index}", clock.now), cast.summer, clock.now).go_to_pay(clock.now))
    assert queries(sam, "/staff/cohorts/summer-2026") == few <= MOST
