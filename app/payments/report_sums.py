"""The reports that go by what money was for: revenue, discounts, refunds, and what payouts are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from app.lib.money import money
from app.payments import payout_queries, payout_rules, returns
from app.payments import report_queries as queries
from app.payments.report_tables import Column, Scope, Table, by_currency


def revenue(scope: Scope) -> list[Table]:
    columns = ("Agreed", "Credited", "Waived, cancelled", "Revenue")
    head = (
        Column("Cohort"),
        Column("Plan"),
        Column("Orders", "count"),
        *(Column(one, "money") for one in columns),
    )
    return [
        Table(
            currency,
            head,
            [
                (
                    row.cohort, _plan(row), row.orders, row.agreed, -row.credited, -row.forgiven,
                    row.agreed - row.credited - row.forgiven,
                )
                for row in rows
            ],
            bars=(6,),
        )
        for currency, rows in by_currency(queries.revenue(scope)).items()
    ]  # fmt: skip


def _plan(row: Row[Any]) -> str:
    if row.by_employer:
        return "Employer"
    return "In full" if row.installments == 1 else f"{row.installments} installments"


def discounts(scope: Scope) -> list[Table]:
    columns = ("Confirmed", "Held", "Taken off")
    head = (Column("Code"), Column("Uses", "count"), *(Column(one, "money") for one in columns))
    return [
        Table(
            currency,
            head,
            [(row.code, row.uses, row.confirmed, row.held, row.confirmed + row.held) for row in rows],
            bars=(2, 3),
            note="Each bar: confirmed, then held by somebody who is still paying.",
        )
        for currency, rows in by_currency(queries.discounts(scope)).items()
    ]


def refunds(scope: Scope) -> list[Table]:
    columns = ("Through Stripe", "By hand", "Sent back")
    head = (Column("Reason"), Column("Refunds", "count"), *(Column(one, "money") for one in columns))
    return [
        Table(
            currency,
            head,
            [
                (_reason(row), row.refunds, row.through_stripe, row.by_hand, row.through_stripe + row.by_hand)
                for row in rows
            ],
            bars=(2, 3),
            note="Each bar: through Stripe, then by check or transfer.",
        )
        for currency, rows in by_currency(queries.refunds(scope)).items()
    ]


def _reason(row: Row[Any]) -> str:
    """One of ours in words; one from Stripe's dashboard with Stripe's word."""
    if not row.external:
        return returns.REASONS.get(row.reason, row.reason.capitalize() or "No reason given")
    said = row.reason.replace("_", " ")
    return f"Made in Stripe’s dashboard: {said}" if said else "Made in Stripe’s dashboard"


# --- payouts --------------------------------------------------------------------------------------------------------


def payouts(scope: Scope) -> list[Table]:
    parts = ("Payments", "Refunds", "Disputes", "Fees", "Unknown", "Paid out")
    head = (
        Column("Arrives", "day", "UTC"),
        Column("Payout"),
        *(Column(one, "money") for one in parts),
        Column("Check"),
    )
    return [
        Table(
            currency,
            head,
            [
                (
                    row.arrives_on, row.stripe_payout_id, row.payments, row.refunds, row.disputes, row.fees,
                    row.unknown, 0 if row.status in payout_rules.CAME_BACK else row.amount_cents, payout_check(row),
                )
                for row in rows
            ],
            leads_to="reports.payout",
            links=[{"payout_id": row.id} for row in rows],
        )
        for currency, rows in by_currency(payout_queries.payouts(scope)).items()
    ]  # fmt: skip


def payout_check(row: Row[Any]) -> str:
    """Whether a payout is the sum of what it is made of, in words."""
    if row.status in payout_rules.CAME_BACK:
        return f"{row.status.capitalize()}, {money(row.amount_cents, row.currency)} came back"
    if not row.automatic:
        return "Made by hand"
    if row.listed_at is None:
        return "Not listed yet"
    if row.net != row.amount_cents:
        return "Does not add up"
    return "Adds up" if row.unknown == 0 else "Adds up, part unknown"
