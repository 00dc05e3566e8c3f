"""May other participants see this round as an example? Its author offers, reads, approves, and can take it back."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coursework import exemplar_rules, exemplars, forms
from app.coursework.assignments import assignment_of_round
from app.coursework.models import Submission
from app.coursework.queries import submission_for
from app.coursework.views import bp
from app.lib import clock, merging
from app.lib.access import open_to
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.lib.web import say

SAID = {
    "offer": "Thank you. A coach prepares the copy; you read it before anybody else does.",
    "approve": "Thank you. A coach puts it among the examples of this module.",
    "back": "Sent back with your wish. Nobody else sees the text meanwhile.",
    "withdraw": "Taken back. Nobody sees it any more, and the copy is deleted.",
}


@bp.get("/systems/<id:system_id>/submissions/<id:number>/example")
@open_to("participant")
def example(system_id: int, number: int) -> str:
    return _page(submission_for(get_user(), system_id, number))


def _page(found: Submission, refusal: Refused | None = None) -> str:
    exemplar = exemplars.exemplar_of(found)
    status = exemplar.status if exemplar else "withdrawn"
    return render_template(
        "coursework/example.html",
        submission=found,
        module=assignment_of_round(found).module,
        exemplar=exemplar,
        status=status,
        fields=exemplars.fields_of(exemplar)
        if exemplar and status in ("prepared", "approved", "shown")
        else [],
        consent=exemplar_rules.CONSENT,
        may_offer=found.system.accepted_round == found.number and found.status == "decided",
        wish=forms.clean_text(request.form.get("wish", "")).strip(),
        refusal=refusal,
    )


@bp.post("/systems/<id:system_id>/submissions/<id:number>/example")
@open_to("participant")
def decide_example(system_id: int, number: int) -> Any:
    """`do` is offer, approve, back or withdraw."""
    user, verb = get_user(), request.form.get("do", "")
    begin_write()
    found = submission_for(user, system_id, number)
    try:
        _do(verb, user, found)
    except Refused as refusal:
        db.session.rollback()
        return _page(submission_for(user, system_id, number), refusal), 422
    db.session.commit()
    say(SAID[verb])
    return redirect(url_for("coursework.example", system_id=system_id, number=number), 303)


def _do(verb: str, user: User, found: Submission) -> None:
    now = clock.now()
    if verb == "offer":
        exemplars.offer(user, found, request.form.get("agree") == "yes", now)
        return
    exemplar = exemplars.exemplar_of(found)
    if exemplar is None or verb not in SAID:
        raise Refused("This round is not offered as an example.")
    if verb == "approve":
        exemplars.approve(user, exemplar, merging.read_int(request.form, "version"), now)
    elif verb == "back":
        exemplars.send_back(user, exemplar, forms.clean_text(request.form.get("wish", "")).strip(), now)
    else:
        exemplars.withdraw(user, exemplar, now)
