"""The reports on money as staff meet them: pages, days that are typed, files, and one payout."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from app.lib.database import db
from app.lib.spreadsheet import XLSX
from app.payments import installments, schedule
from app.payments.discount_models import DiscountCode, DiscountUse
from app.payments.models import Order, Payment, Refund
from app.payments.payout_models import BalanceLine, Payout
from app.payments.reports import REPORTS
from tests.cast import NOW, Cast
from tests.house.hostile import SHARP
from tests.rooms.payments.plans import Plan
from tests.rooms.payments.purchases import stripe  # noqa: F401

PLACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def books(cast: Cast, write: Any) -> int:
    """Ana pays in three: $850 in March through Stripe, a check in May; $100 went back. Returns the order's id."""
    with write():
        order = Order(
            enrollment_id=cast.ana_enrollment, description="A seat", amount_cents=255_000, currency="usd",
            status="part paid", created_at=NOW, installments=3, discount_cents=10_000,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        installments.lay_out(order, schedule.cut(255_000, 3, date(2026, 2, 20)))
        paid = Payment(
            order_id=order.id, amount_cents=85_000, currency="usd", status="succeeded", received_at=NOW
        )
        db.session.add(paid)
        db.session.flush()
        db.session.add(
            Refund(
                payment=paid, amount_cents=10_050, reason="health", status="succeeded", by_hand=False,
                external=False, asked_at=NOW, sent_at=NOW, ended_at=NOW,
            )
        )  # fmt: skip
        code = DiscountCode(code="SPRING", kind="percent", value=10, created_at=NOW)
        db.session.add(code)
        db.session.flush()
        used = {"code_id": code.id, "order_id": order.id, "user_id": cast.ana, "amount_cents": 10_000}
        db.session.add(DiscountUse(status="confirmed", at=NOW, **used))
        installments.allocate(order)
        installments.mark_paid(order, NOW)
        return order.id


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def csv_rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def xlsx_cells(data: bytes) -> list[list[tuple[str, str]]]:
    """Each cell as its type ('n' for a number) and what it holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{PLACE}c")]
        for row in sheet.iter(f"{PLACE}row")
    ]


def test_the_first_page_has_the_figure_of_each(books, sign_in, cast):
    text = words(sign_in(cast.sam).get("/staff/reports").text)
    assert "Sun, Mar 1, 2026 to Wed, Mar 25, 2026, in New York days" in text
    assert "Cash by day $749.50 $850 arrived, $100.50 went back." in text
    assert "Receivables $1,800.50 Still to come as of now, $950.50 of it overdue." in text
    assert "Revenue by cohort and plan $2,550 Agreed in 1 order." in text
    assert "Discounts $100 Taken off by 1 use of codes." in text
    assert "Payouts $0 Paid out by Stripe in 0 payouts." in text
    assert "Where people stop" in text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cash", "Wed, Mar 25, 2026 $850 – – −$100.50 – $749.50"),
        ("receivables", "Cohort of February 28, 2026 $950.50 $850 – $1,800.50"),
        ("revenue", "Cohort of February 28, 2026 3 installments 1 $2,550 – – $2,550"),
        ("discounts", "SPRING 1 $100 – $100"),
        ("refunds", "Health or family 1 $100.50 – $100.50"),
    ],
)
def test_each_report_says_what_it_counts_and_shows_it(books, sign_in, cast, name, said):
    text = words(sign_in(cast.sam).get(f"/staff/reports/{name}").text)
    assert words(REPORTS[name].says) in text.replace("&#39;", "'")
    assert said in text
    assert "USD" in text


def test_without_any_money_each_says_so(sign_in, cast):
    sam = sign_in(cast.sam)
    for name, report in REPORTS.items():
        assert report.empty in sam.get(f"/staff/reports/{name}").text


def test_one_cohort_alone(books, sign_in, cast):
    sam = sign_in(cast.sam)
    assert "$749.50" in sam.get("/staff/reports/cash?cohort=spring-2026").text
    other = sam.get("/staff/reports/cash?cohort=autumn-2026").text
    assert "No money moved" in other
    assert "Only the cohort of September 5, 2026." in words(other)
    assert "$749.50" in sam.get("/staff/reports/cash?cohort=no-such").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=last-month", "Sun, Feb 1, 2026 to Sat, Feb 28, 2026."),
        ("period=quarter", "Thu, Jan 1, 2026 to Wed, Mar 25, 2026."),
        ("period=last-quarter", "Wed, Oct 1, 2025 to Wed, Dec 31, 2025."),
        ("period=year", "Thu, Jan 1, 2026 to Wed, Mar 25, 2026."),
        ("period=last-year", "Wed, Jan 1, 2025 to Wed, Dec 31, 2025."),
        ("period=all", "All days up to Wed, Mar 25, 2026."),
        ("period=none", "Sun, Mar 1, 2026 to Wed, Mar 25, 2026."),
        ("from=2026-03-25&until=2026-03-25", "Wed, Mar 25, 2026."),
    ],
)
def test_the_days_that_are_chosen_are_named(books, sign_in, cast, query, said):
    assert said in words(sign_in(cast.sam).get(f"/staff/reports/cash?{query}").text)


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("from=soon&until=2026-03-01", "from", "Give a day, such as 2026-03-31."),
        ("from=2026-02-30&until=2026-03-01", "from", "Give a day, such as 2026-03-31."),
        ("from=2026-03-01", "until", "Give a day, such as 2026-03-31."),
        ("from=2026-03-02&until=2026-03-01", "until", "The last day comes before the first one."),
        ("from=1999-12-31&until=2026-03-01", "from", "Give a day, such as 2026-03-31."),
    ],
)
def test_a_day_that_is_none_is_said_at_its_field(books, sign_in, cast, query, field, said):
    sam = sign_in(cast.sam)
    answer = sam.get(f"/staff/reports/cash?{query}")
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-error".*?{re.escape(said)}', answer.text, re.DOTALL)
    assert "Sun, Mar 1, 2026 to Wed, Mar 25, 2026" in answer.text  # what is shown meanwhile is named
    assert sam.get(f"/staff/reports/cash.csv?{query}").location == f"/staff/reports/cash?{query}"


@pytest.mark.parametrize("typed", SHARP)
def test_nothing_typed_breaks_a_report(books, sign_in, cast, typed):
    sam = sign_in(cast.sam)
    for name in REPORTS:
        for field in ("from", "until", "period", "cohort"):
            answer = sam.get(f"/staff/reports/{name}", query_string={field: typed})
            assert answer.status_code in (200, 422)
            assert "<script>xq" not in answer.text
    assert sam.get("/staff/reports/cash.xlsx", query_string={"currency": typed}).status_code == 200


def test_a_file_has_numbers_days_and_names_of_currency_and_zone(books, sign_in, cast):
    sam = sign_in(cast.sam)
    answer = sam.get("/staff/reports/cash.csv")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="cash-2026-03-01-to-2026-03-25-usd.csv"'
    )
    head, row = csv_rows(answer)
    assert head[:2] == ["Day (America/New_York)", "Stripe (USD)"]
    assert row == ["2026-03-25", "850.00", "0.00", "0.00", "-100.50", "0.00", "749.50"]

    answer = sam.get("/staff/reports/cash.xlsx")
    assert answer.mimetype == XLSX
    head, row = xlsx_cells(answer.data)
    assert head[0] == ("inlineStr", "Day (America/New_York)")
    days = (date(2026, 3, 25) - date(1899, 12, 30)).days
    assert row == [
        ("n", str(days)),
        ("n", "850.00"),
        *[("n", "0.00")] * 2,
        ("n", "-100.50"),
        ("n", "0.00"),
        ("n", "749.50"),
    ]


def test_the_file_of_receivables_has_every_installment(books, sign_in, cast, write):
    with write():
        order = db.session.get_one(Order, books)
        order.card_ends_on = date(2026, 3, 31)
    head, late, later = csv_rows(sign_in(cast.sam).get("/staff/reports/receivables.csv"))[:3]
    assert head[0] == "Due (cohort’s time zone)"
    assert late[:8] == [
        "2026-02-20",
        "Ana Morales",
        "Cohort of February 28, 2026",
        "1 of 3",
        "Due",
        "yes",
        "",
        str(books),
    ]
    assert later[0] == "2026-03-20"
    shown = words(sign_in(cast.sam).get("/staff/reports/receivables").text)
    assert "Card ends before" in shown


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1", "-1+1", "@SUM(A1)", "\t=1", "＝1"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(books, sign_in, cast, write, name, kind):
    with write():
        db.session.query(Order).one().enrollment.user.name = name
    answer = sign_in(cast.sam).get(f"/staff/reports/receivables.{kind}")
    if kind == "csv":
        assert csv_rows(answer)[1][1] == f"'{name}"
        return
    row = xlsx_cells(answer.data)[1]
    assert row[1] == ("inlineStr", name)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as file:
        assert not any(b"<f" in file.read(part) for part in file.namelist() if "sheet1" in part)


def test_currencies_are_never_added(books, sign_in, cast, write):
    with write():
        order = Order(
            enrollment_id=cast.uma_enrollment, description="A seat", amount_cents=100, currency="cad", status="paid",
            created_at=NOW, installments=1,
        )  # fmt: skip
        db.session.add(order)
        db.session.flush()
        paid = {"order_id": order.id, "amount_cents": 100, "currency": "cad", "status": "succeeded"}
        db.session.add(Payment(received_at=NOW, **paid))
    sam = sign_in(cast.sam)
    text = words(sam.get("/staff/reports/cash").text)
    assert text.index(" USD ") < text.index(" CAD ")
    assert "CA$1" in text
    assert csv_rows(sam.get("/staff/reports/cash.csv?currency=cad"))[1][1] == "1.00"
    assert csv_rows(sam.get("/staff/reports/cash.csv"))[1][1] == "850.00"
    assert "$749.50, CA$1" in words(sam.get("/staff/reports").text)


@pytest.fixture
def payout(books: int, write: Any) -> int:
    with write():
        row = Payout(
            stripe_payout_id="po_1", amount_cents=70_000, currency="usd", status="paid", automatic=True, made_at=NOW,
            arrives_on=date(2026, 3, 20), looked_at=NOW, listed_at=NOW,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        paid, back = db.session.query(Payment).one().id, db.session.query(Refund).one().id
        for number, (category, kind, cents, fee) in enumerate(
            (("payment", "charge", 85_000, 2_495), ("refund", "refund", -10_050, 0), ("fee", "stripe_fee", -455, 0),
             ("dispute", "adjustment", -3_000, 1_500), ("unknown", "charge", 2_500, 0))
        ):  # fmt: skip
            line = BalanceLine(
                payout_id=row.id, stripe_transaction_id=f"txn_{number}", kind=kind, category=category,
                amount_cents=cents, fee_cents=fee, net_cents=cents - fee, currency="usd", made_at=NOW,
            )  # fmt: skip
            line.payment_id = paid if category in ("payment", "dispute") else None
            line.refund_id = back if category == "refund" else None
            db.session.add(line)
        return row.id


def test_each_payout_shows_what_it_is_made_of_and_its_check(payout, sign_in, cast):
    sam = sign_in(cast.sam)
    text = words(sam.get("/staff/reports/payouts").text)
    assert "po_1 $850 −$100.50 −$30 −$44.50 $25 $700 Adds up, part unknown" in text

    page = sam.get(f"/staff/reports/payouts/{payout}").text
    assert words(page).count("Ana Morales") == 3  # payment, refund and dispute lead to the order
    assert "comes to the same amount" in page
    assert "Unknown (charge) txn_4" in words(page)
    assert sam.get("/staff/reports/payouts/999").status_code == 404
    assert sign_in(cast.cora).get(f"/staff/reports/payouts/{payout}").status_code == 404


def test_a_payout_that_does_not_add_up_says_so(payout, sign_in, cast, write):
    with write():
        db.session.get_one(Payout, payout).amount_cents += 5
    sam = sign_in(cast.sam)
    assert "Does not add up" in sam.get("/staff/reports/payouts").text
    assert "comes to $700: $0.05 is not explained" in sam.get(f"/staff/reports/payouts/{payout}").text


def test_a_saved_card_is_kept_with_the_day_it_ends(cast, clock, stripe):
    plan = Plan(cast.pat, cast.summer, clock).begun(stripe)
    db.session.rollback()
    assert db.session.get_one(Order, plan.order_id).card_ends_on == date(2034, 12, 31)
