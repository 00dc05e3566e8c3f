"""The public front: what the program is, for whom, when and for how much. Texts come from files."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template

from app.admissions import queries as admissions
from app.cohorts import queries as cohorts
from app.cohorts.models import Cohort
from app.curriculum.queries import current_release, program_of
from app.curriculum.schema import Program
from app.lib import clock
from app.lib.access import open_to
from app.payments import queries as payments
from app.payments import rules as payment_rules
from app.site.views import bp


@bp.get("/")
@open_to("anyone")
def home() -> str:
    program = _program()
    page = program.page("home") or abort(404)
    coming = cohorts.open_cohorts(clock.now())
    return render_template(
        "site/home.html", program=program, page=page, cohort=_facts(coming[0]) if coming else None
    )


@bp.get("/reasons")
@open_to("anyone")
def reasons() -> str:
    return render_template("site/reasons.html", program=_program())


@bp.get("/reasons/<slug>")
@open_to("anyone")
def reason(slug: str) -> str:
    program = _program()
    page = program.page(f"reasons/{slug}") or abort(404)
    module = next((one for one in program.modules if one.reason_slug == slug), None) or abort(404)
    around = [program.module_numbered(module.number - 1), program.module_numbered(module.number + 1)]
    return render_template("site/reason.html", program=program, page=page, module=module, around=around)


@bp.get("/program")
@open_to("anyone")
def program() -> str:
    found = _program()
    page = found.page("program") or abort(404)
    return render_template("site/program.html", program=found, page=page)


@bp.get("/cohorts")
@open_to("anyone")
def cohorts_list() -> str:
    coming = [_facts(one) for one in cohorts.open_cohorts(clock.now())]
    return render_template("site/cohorts.html", coming=coming)


@bp.get("/cohorts/<slug>")
@open_to("anyone")
def cohort(slug: str) -> str:
    found = cohorts.public_cohort(slug)
    return render_template("site/cohort.html", program=cohorts.program(found), **_facts(found))


def _program() -> Program:
    """The newest release; the public pages show what is published, not what a running cohort is pinned to."""
    release = current_release() or abort(503, "The program is being published. Please come back in a minute.")
    return program_of(release.id)


def _facts(cohort: Cohort) -> dict[str, Any]:
    """What a prospect must know before applying: dates, price, seats left, refund rule."""
    now = clock.now()
    price = payments.price_of(cohort, now)
    tiers = payments.refund_tiers(cohort)
    return {
        "cohort": cohort,
        "price": price,
        "seats": admissions.seats(cohort),
        "refunds": payment_rules.refund_lines(tiers, price.amount_cents) if price else [],
        "takes_applications": any(one.id == cohort.id for one in cohorts.open_cohorts(now)),
    }
