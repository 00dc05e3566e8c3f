"""Receipts and credit notes: one for each payment, numbered without a gap whatever happens at once, and as a PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.lib import pdf
from app.lib.database import begin_write, db
from app.payments import actions, papers
from app.payments.models import Order
from app.payments.paper_models import Paper, PaperCounter
from app.payments.standin.cards import BANK_DEBIT
from tests.house.hostile import STRINGS
from tests.rooms.payments.plans import EACH, Plan
from tests.rooms.payments.purchases import Buyer, stripe  # noqa: F401
from tests.rooms.payments.test_at_once import _somebody, together

WORDS: papers.Content = {
    "name": "Pat", "what": "A seat", "paid_on": "2026-03-25", "paid_with": "Check 7", "lines": [("A seat", 100)]
}  # fmt: skip


@pytest.fixture
def typesetter():
    if not pdf.is_possible():
        pytest.skip("needs the Pango libraries")


def labels() -> list[str]:
    db.session.rollback()
    return [one.label for one in db.session.scalars(select(Paper).order_by(Paper.id))]


def give(order_id: int, kind: str, now: datetime) -> str:
    order = actions.lock_order(order_id)
    return papers.number(kind, order, 100, WORDS, now).label


def test_each_payment_has_one_receipt_however_often_it_is_settled(cast, clock, stripe):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe)
    plan.wait_until_due(2)
    plan.work()
    for _ in range(2):
        begin_write()
        actions.settle_order(actions.lock_order(plan.order_id), clock.now)
        db.session.commit()
    assert labels() == ["R-2026-0001", "R-2026-0002"]
    second = db.session.scalars(select(Paper).order_by(Paper.id.desc())).first()
    assert second.content == {
        "name": "Pat Lindqvist", "what": "A seat", "paid_on": "2026-04-25", "paid_with": "Visa ending 4242",
        "lines": [["Installment 2 of 3", EACH]],
    }  # fmt: skip


def test_kinds_and_years_are_numbered_apart(app, cast, clock):
    order = Buyer(cast.pat, cast.summer, clock.now).order_id
    begin_write()
    given = [give(order, kind, clock.now) for kind in ("receipt", "credit note", "receipt")]
    # The institute's calendar (New York here) turns the page five hours after Greenwich.
    given.append(give(order, "receipt", datetime(2027, 1, 1, 4, 59, tzinfo=UTC)))
    given.append(give(order, "receipt", datetime(2027, 1, 1, 5, 0, tzinfo=UTC)))
    db.session.commit()
    assert given == ["R-2026-0001", "C-2026-0001", "R-2026-0002", "R-2026-0003", "R-2027-0001"]


def test_what_is_rolled_back_has_used_no_number(app, cast, clock):
    order = Buyer(cast.pat, cast.summer, clock.now).order_id
    for keep in (True, False, True):
        begin_write()
        give(order, "receipt", clock.now)
        if keep:
            db.session.commit()
        else:
            db.session.rollback()
    assert labels() == ["R-2026-0001", "R-2026-0002"]


def test_no_gap_and_no_number_twice_when_many_give_them_at_once(app, cast, clock):
    """Eight threads, six papers each, every third of them rolled back."""
    buyers = [Buyer(_somebody(number, clock.now), cast.spring, clock.now).order_id for number in range(8)]
    db.session.remove()

    def many(order_id: int) -> int:
        kept = 0
        for turn in range(6):
            begin_write()
            give(order_id, "receipt", clock.now)
            if (order_id + turn) % 3:
                db.session.commit()
                kept += 1
            else:
                db.session.rollback()
        return kept

    kept = together(app, *[lambda order_id=order_id: many(order_id) for order_id in buyers])
    assert all(isinstance(number, int) for number in kept), kept
    numbers = sorted(db.session.scalars(select(Paper.number)))
    assert numbers == list(range(1, sum(kept) + 1))
    assert db.session.get(PaperCounter, ("receipt", 2026)).last == sum(kept)


def test_money_that_fits_nothing_has_its_receipt_too(cast, clock, stripe):
    pat = Buyer(cast.pat, cast.summer, clock.now)
    page = pat.go_to_pay(clock.now)
    begin_write()
    actions.expire_order(db.session.get_one(Order, pat.order_id), clock.now)
    db.session.commit()
    stripe.pay(page)
    assert labels() == ["R-2026-0001"]
    paper = db.session.scalars(select(Paper)).one()
    assert paper.content["lines"] == [["Received on top of what was to pay", 240000]]


def test_the_receipt_as_a_pdf(cast, clock, stripe, sign_in, typesetter):
    pat = Plan(cast.pat, cast.summer, clock).begun(stripe)
    browser = sign_in(cast.pat)
    assert "R-2026-0001" in browser.get("/payments").text
    paper = db.session.scalars(select(Paper)).one()
    answer = browser.get(f"/payments/papers/{paper.id}.pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="R-2026-0001.pdf"'
    (sheet,) = PdfReader(BytesIO(answer.data)).pages
    text = " ".join(sheet.extract_text().split())
    for said in (
        "Receipt", "R-2026-0001", "March 25, 2026", "Received from Pat Lindqvist", "Paid with Visa ending 4242",
        "Installment 1 of 3 $850", "Received in all $850",
    ):  # fmt: skip
        assert said in text, (said, text)
    assert sign_in(cast.sam).get(f"/payments/papers/{paper.id}.pdf").data[:5] == b"%PDF-"
    for stranger in (cast.wes, cast.cora):
        assert sign_in(stranger).get(f"/payments/papers/{paper.id}.pdf").status_code == 404
    assert pat.state()["order"] == "part paid"


def test_a_credit_note_as_a_pdf(app, cast, clock, typesetter):
    order = Buyer(cast.pat, cast.summer, clock.now).order_id
    begin_write()
    give(order, "credit note", clock.now)
    db.session.commit()
    (sheet,) = PdfReader(BytesIO(papers.printed(db.session.scalars(select(Paper)).one()))).pages
    text = " ".join(sheet.extract_text().split())
    for said in ("Credit note", "C-2026-0001", "Credited in all $1"):
        assert said in text, (said, text)


def test_hostile_words_are_printed_as_words_on_one_sheet(app, cast, clock, typesetter):
    order_id = Buyer(cast.pat, cast.summer, clock.now).order_id
    for string in STRINGS:
        order = db.session.get_one(Order, order_id)
        words = WORDS | {"name": string[:120], "what": string[:200], "paid_with": string[:60]}
        paper = Paper(
            kind="receipt",
            year=2026,
            number=1,
            amount_cents=100,
            currency="usd",
            issued_at=clock.now,
            content=words,
        )
        assert order.id and papers.printed(paper).startswith(b"%PDF-")


def test_without_a_typesetter_it_is_said(cast, clock, stripe, sign_in, monkeypatch):
    def fail(*_):
        raise pdf.NoTypesetter("The libraries are missing.")

    Plan(cast.pat, cast.summer, clock).begun(stripe)
    monkeypatch.setattr("app.lib.pdf.bind", fail)
    paper_id = db.session.scalar(select(Paper.id))
    answer = sign_in(cast.pat).get(f"/payments/papers/{paper_id}.pdf")
    assert answer.status_code == 409
    assert "cannot be made as a PDF on this machine now" in answer.text


def test_money_the_bank_is_deciding_on_has_no_receipt_yet(cast, clock, stripe):
    pat = Buyer(cast.pat, cast.summer, clock.now)
    page = pat.go_to_pay(clock.now)
    stripe.pay(page, card=BANK_DEBIT)
    assert pat.state()["payments"] == [("processing", 240000)]
    assert labels() == []
    stripe.async_pay(page)
    assert labels() == ["R-2026-0001"]
