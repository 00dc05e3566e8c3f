"""No report on a month reads a growing table from one end to the other: the database's own plans say so."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.lib.database import db
from app.payments import (
    paper_models as paper_models,
)  # the mappers are set up below, and a payment has its paper
from app.payments import payout_queries, report_queries
from app.payments.report_rules import Period
from app.payments.report_tables import Scope
from app.payments.reports import REPORTS
from tests.cast import NOW
from tests.house.test_plans import noted, read_whole


def month(cohort_id: int | None) -> Scope:
    return Scope(
        Period("month", date(2026, 3, 1), date(2026, 3, 25)),
        cohort_id,
        "America/New_York",
        NOW,
        date(2026, 3, 25),
    )


def whole(sent: list[tuple[str, Any]]) -> list[str]:
    found = [f"{tables}: {said}" for said, values in sent if (tables := read_whole(said, values))]
    db.session.rollback()
    return found


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("of_cohort", [False, True])
def test_a_report_goes_by_its_days(app, cast, name, of_cohort):
    with noted() as sent:
        for asked in (REPORTS[name].tables, REPORTS[name].lines):
            asked(month(cast.spring if of_cohort else None))

    assert sent
    assert whole(sent) == []


def test_the_first_page_and_a_payout_read_nothing_whole(app, cast):
    with noted() as sent:
        report_queries.headlines(month(None))
        payout_queries.payout_lines(1, 10)
        payout_queries.payout_sum(1)

    assert whole(sent) == []
