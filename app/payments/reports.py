"""The reports on money: for each the sentence that says what counts, as of when, and where its tables come from."""

from __future__ import annotations

from app.payments import report_sums as sums
from app.payments import report_times as times
from app.payments.report_tables import Report

REPORTS = {
    one.name: one
    for one in (
        Report(
            "cash",
            "Cash by day",
            "Payments that arrived, on the day they arrived, less refunds on the day they were sent. A refund that "
            "failed later is not counted; money a bank has taken back is under payouts.",
            times.cash,
            times.cash_lines,
            empty="No money moved in these days",
        ),
        Report(
            "receivables",
            "Receivables",
            "What is still to be paid of every open installment of an order that stands, as of this moment. At risk is "
            "what is in grace or suspended, what a charge has failed for, and what is due after the saved card ends.",
            times.receivables,
            times.receivable_lines,
            by_period=False,
            empty="Nothing is owed",
        ),
        Report(
            "revenue",
            "Revenue by cohort and plan",
            "What people agreed to pay in orders made in these days that money came for, or that were free, less what "
            "has been credited, waived or cancelled of them up to this moment.",
            sums.revenue,
            sums.revenue,
            empty="No order was made in these days",
        ),
        Report(
            "discounts",
            "Discounts",
            "What codes took off orders, by the day a code was used. A use that was given back, because its order was "
            "let go, is not counted.",
            sums.discounts,
            sums.discounts,
            empty="No code was used in these days",
        ),
        Report(
            "refunds",
            "Refunds by reason",
            "Refunds by the day they were sent, those on their way included. What waits to be approved or sent, and "
            "what failed, is not counted.",
            sums.refunds,
            sums.refunds,
            empty="Nothing was sent back in these days",
        ),
        Report(
            "payouts",
            "Payouts",
            "What Stripe paid out to the bank, by the day it arrives there, and what each payout is made of as of the "
            "last nightly look. One that failed came back, and is not counted as paid out. Unknown is what fits no "
            "payment, refund or dispute of ours.",
            sums.payouts,
            sums.payouts,
            by_cohort=False,
            empty="Nothing was paid out in these days",
        ),
    )
}
