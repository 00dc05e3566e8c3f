"""The public front: what the program is, for whom, when and for how much. Texts come from the published curriculum."""

from __future__ import annotations

from itertools import groupby

from flask import abort, current_app, render_template, request

from app.accounts.sessions import get_user
from app.admissions import actions as admission_actions
from app.admissions import queries as admissions
from app.admissions import rules as admission_rules
from app.cohorts import queries as cohorts
from app.curriculum.queries import front, newest_release, program_of
from app.curriculum.schema import Module, Program
from app.lib import clock
from app.lib.access import open_to
from app.lib.login import current_user
from app.manual import samples
from app.site import coming, excerpts
from app.site.views import bp


@bp.app_template_global("canonical")
def canonical() -> str:
    """This page's one public address, without what a link may have added to it."""
    return f"{current_app.config['BASE_URL']}{request.path}"


@bp.get("/")
@open_to("anyone")
def home() -> str:
    release_id, release_hash = release()
    program, now = program_of(release_id), clock.now()
    page = program.page("home") or abort(404)
    chosen = coming.next_with_seats(coming.in_prospect(now))
    following = coming.filled(chosen, now) if chosen else None
    return render_template(
        "site/home.html",
        program=program,
        page=page,
        facts=page.facts,
        coming=following,
        weeks=coming.weeks(following.program, following.cohort) if following else coming.weeks(program),
        samples=excerpts.sample_pages(release_id, release_hash),
        offer_hours=_offer_hours(),
        answer_days=admission_rules.ANSWER_DAYS,
    )


@bp.get("/reasons")
@open_to("anyone")
def reasons() -> str:
    program = program_of(release()[0])
    home_page = program.page("home")
    return render_template(
        "site/reasons.html",
        program=program,
        facts=home_page.facts if home_page else {},
        entries=[(module, program.page(f"reasons/{module.reason_slug}")) for module in program.modules],
        coming=coming.next_with_seats(coming.in_prospect(clock.now())),
    )


@bp.get("/reasons/<slug>")
@open_to("anyone")
def reason(slug: str) -> str:
    newest = release()
    program = program_of(newest[0])
    page = program.page(f"reasons/{slug}") or abort(404)
    module = next((one for one in program.modules if one.reason_slug == slug), None) or abort(404)
    return render_template(
        "site/reason.html",
        program=program,
        page=page,
        module=module,
        filled=samples.book_of(*newest).chapter(module.slug),
        before=_written(program, module.number - 1),
        after=_written(program, module.number + 1),
        coming=coming.next_with_seats(coming.in_prospect(clock.now())),
    )


@bp.get("/program")
@open_to("anyone")
def program() -> str:
    newest = release()
    found = program_of(newest[0])
    page = found.page("program") or abort(404)
    return render_template(
        "site/program.html",
        program=found,
        page=page,
        weeks=coming.weeks(found),
        sample=_first_written(found),
        filled=samples.book_of(*newest),
        coming=coming.next_with_seats(coming.in_prospect(clock.now())),
    )


@bp.get("/glossary")
@open_to("anyone")
def glossary() -> str:
    """All terms by their first letter."""
    found = program_of(release()[0])
    letters = groupby(found.glossary, key=lambda one: one.slug[0].upper())
    return render_template(
        "site/glossary.html", program=found, letters=[(letter, list(terms)) for letter, terms in letters]
    )


@bp.get("/cohorts")
@open_to("anyone")
def cohorts_list() -> str:
    return render_template("site/cohorts.html", entries=coming.in_prospect(clock.now()))


@bp.get("/cohorts/<slug>")
@open_to("anyone")
def cohort(slug: str) -> str:
    found, now = cohorts.public_cohort(slug), clock.now()
    facts = coming.in_full(found, now)
    mine = admissions.standing(get_user(), found) if current_user.is_authenticated else None
    checkout = admission_actions.state_of(mine, found, now) if mine else None
    state = coming.seat_state(facts, mine, checkout)
    applied_at = mine.application.submitted_at if mine and mine.application else None
    home_page = facts.program.page("home")
    return render_template(
        "site/cohort.html",
        program=facts.program,
        coming=facts,
        state=state,
        mine=mine,
        other=admissions.next_cohort(found, now)
        if state in ("full", "closed", "gone", "declined", "left", "cancelled")
        else None,
        answer_by=admission_rules.answer_by(applied_at, found.time_zone) if applied_at else None,
        weeks=coming.weeks(facts.program, found),
        rhythm=home_page.facts.get("rhythm", []) if home_page else [],
        sample=_first_written(facts.program),
        offer_hours=_offer_hours(),
        answer_days=admission_rules.ANSWER_DAYS,
    )


def release() -> tuple[int, str]:
    """Id and hash of the newest release; the public pages show what is published, not what a cohort is pinned to."""
    newest = newest_release()
    if newest is None:
        abort(503, "The program is being published. Please come back in a minute.")
    front.learn(newest[0], clock.now())
    return newest


def _written(program: Program, number: int) -> Module | None:
    """The module of that number if its reason has a page."""
    module = program.module_numbered(number)
    return module if module and program.page(f"reasons/{module.reason_slug}") else None


def _first_written(program: Program) -> Module | None:
    """The module that is shown from the inside: the first that has lessons and a worksheet."""
    return next((one for one in program.modules if one.lessons and one.worksheet), None)


def _offer_hours() -> int:
    """For how many hours a seat is held with an offer."""
    return int(admission_rules.OFFER_LIFE.total_seconds() // 3600)
