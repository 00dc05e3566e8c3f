"""Reports on money, for staff: each as a page, as CSV and for Excel; and one payout with what it is made of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts.sessions import require_recent_second_factor
from app.lib import clock, times
from app.lib.access import open_to
from app.lib.database import db
from app.lib.imprint import imprint
from app.lib.refusal import Refused
from app.lib.spreadsheet import XLSX, csv_text, xlsx_bytes
from app.lib.words import clean_text
from app.payments import payout_queries
from app.payments import report_queries as queries
from app.payments import report_rules as rules
from app.payments.payout_models import Payout
from app.payments.report_tables import Report, Scope, of_currency
from app.payments.reports import REPORTS

bp = Blueprint("reports", __name__)

NAMES = ", ".join(REPORTS)
RECENT = timedelta(minutes=30)
MOST_LINES = 200  # of one payout on its page


def scope_of(period: rules.Period | None = None, cohort_id: int | None = None) -> Scope:
    """What is asked for now; this month where no period is given."""
    now, zone = clock.now(), imprint().time_zone
    today = times.local_date(now, zone)
    return Scope(period or rules.period_of({}, today), cohort_id, zone, now, today)


@bp.get(f"/staff/reports/<any({NAMES}):name>")
@open_to("staff")
def report(name: str) -> Any:
    """One report for the period and the cohort that were chosen."""
    one, choices = REPORTS[name], queries.cohorts_to_choose() if REPORTS[name].by_cohort else []
    slug = request.args.get("cohort", "")
    cohort = next((row for row in choices if row.slug == slug), None)
    scope, refused = _scope(one, cohort.id if cohort else None)
    page = render_template(
        "payments/report.html",
        report=one,
        scope=scope,
        tables=one.tables(scope),
        reports=REPORTS.values(),
        periods=rules.PERIODS,
        choices=choices,
        cohort=cohort,
        typed=_typed(scope, refused),
        refused=refused,
    )
    return page, 422 if refused else 200


def _typed(scope: Scope, refused: Refused | None) -> dict[str, str]:
    """What stands in the two fields for days: what was typed, where it is refused, or else the days shown."""
    if refused:
        return {field: clean_text(request.args.get(field, "")[:40]) for field in ("from", "until")}
    return {"from": str(scope.period.first), "until": str(scope.period.last)}


def _scope(one: Report, cohort_id: int | None) -> tuple[Scope, Refused | None]:
    """What was asked for; this month, and why, where a day was typed that is none."""
    scope = scope_of(cohort_id=cohort_id)
    if not one.by_period:
        return scope, None
    try:
        return scope_of(rules.period_of(request.args, scope.today), cohort_id), None
    except Refused as refused:
        return scope, refused


@bp.get(f"/staff/reports/<any({NAMES}):name>.<any(csv, xlsx):kind>")
@open_to("staff")
@require_recent_second_factor(RECENT)
def export(name: str, kind: str) -> Response:
    """The same as a file, in one currency: `currency`, or the first there is."""
    one, slug = REPORTS[name], request.args.get("cohort", "")
    cohort = next((row for row in queries.cohorts_to_choose() if row.slug == slug), None) if slug else None
    scope, refused = _scope(one, cohort.id if cohort and one.by_cohort else None)
    if refused:
        return redirect(
            f"{url_for('reports.report', name=name)}?{request.query_string.decode('ascii', 'ignore')}", 303
        )
    table = of_currency(one.lines(scope), request.args.get("currency", "usd"))
    head = table.file_head if table else [one.empty]
    rows = table.file_rows if table else []
    days = f"{scope.period.first}-to-{scope.period.last}" if one.by_period else f"{scope.today}"
    file = f"{name}-{days}{'-' + table.currency if table else ''}.{kind}"
    named = {"Content-Disposition": f'attachment; filename="{file}"'}
    if kind == "csv":
        return Response(csv_text(head, rows), mimetype="text/csv", headers=named)
    return Response(xlsx_bytes(one.title, head, rows), mimetype=XLSX, headers=named)


@bp.get("/staff/reports/payouts/<id:payout_id>")
@open_to("staff")
def payout(payout_id: int) -> str:
    """One payout: every payment, refund, dispute and fee in it, its sum, and what fits nothing of ours."""
    found = db.session.get(Payout, payout_id) or abort(404)
    lines = payout_queries.payout_lines(payout_id, MOST_LINES)
    return render_template(
        "payments/payout.html",
        payout=found,
        lines=lines[:MOST_LINES],
        is_more=len(lines) > MOST_LINES,
        net_cents=payout_queries.payout_sum(payout_id)
        if len(lines) > MOST_LINES
        else sum(row.net_cents for row in lines),
    )
