"""What somebody paid and what is to come; and whoever has paid a seat for them."""

from __future__ import annotations

from flask import render_template

from app.accounts.sessions import get_user
from app.admissions import claim_queries
from app.lib.access import open_to
from app.payments.statements import statements_of
from app.site.views import bp


@bp.get("/payments")
@open_to("signed in")
def payments() -> str:
    """What this person paid and what is to come, with receipts and the refund rule; what an employer paid is named,
    and its amounts are the employer's alone."""
    user = get_user()
    return render_template(
        "payments/payments.html", statements=statements_of(user), given=claim_queries.seats_given(user)
    )
