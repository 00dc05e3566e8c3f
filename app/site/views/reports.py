"""The first page of the reports: the figure of each, and where its report is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template

from app.admissions import funnel
from app.lib.access import open_to
from app.payments import report_queries
from app.payments.report_views import scope_of
from app.payments.reports import REPORTS
from app.site.views import bp

FUNNEL_DAYS = 90  # as the funnel's own page shows at first


@bp.get("/staff/reports")
@open_to("staff")
def reports() -> str:
    scope = scope_of()
    figures: dict[str, list[Any]] = {}
    net: dict[str, int] = {}
    rows = report_queries.headlines(scope)
    for row in sorted(rows, key=lambda one: (one.currency != "usd", one.currency)):
        figures.setdefault(row.name, []).append(row)
        if row.name in ("cash", "refunds"):
            net[row.currency] = net.get(row.currency, 0) + (row.cents if row.name == "cash" else -row.cents)
    return render_template(
        "site/reports.html",
        reports=REPORTS.values(),
        figures=figures,
        net=net,
        unknown=figures["unknown"][0].more,
        scope=scope,
        steps=funnel.counts(None, scope.now - timedelta(days=FUNNEL_DAYS)),
        days=FUNNEL_DAYS,
    )
