"""A cohort moves to another release: who reads what afterwards, and that nothing already sent ever changes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.coursework.models import Draft, Submission, System
from app.coursework.moves import move, moved_dates, plans
from app.curriculum.models import Release
from app.curriculum.queries import program_of
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from tests.client import CSRF
from tests.factories import accepted_system, counted_queries, participant, published_review, submitted_system
from tests.programs import COMPLETE
from tests.releases import (
    add_field,
    drop_criterion,
    drop_field,
    drop_module,
    moved,
    plan_of,
    published,
    replace_field,
    retire,
    reword,
    set_module,
)
from tests.rooms.coursework.test_review_race import at_once
from tests.rooms.coursework.test_worksheet_race import copies, posts
from tests.rooms.coursework.worksheets import COMPLETE_FORM, JSON, RATED, SENDING, begun, opened, sent


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


@pytest.fixture
def ben(sign_in, cast):
    return sign_in(cast.ben)


def systems() -> dict[str, System]:
    db.session.rollback()
    return {one.enrollment.user.first_name: one for one in db.session.scalars(select(System))}


# --- who reads what ---------------------------------------------------------------------------------------------


def test_words_flow_to_everybody(ana, ben, cast):
    drafting, waiting = begun(ana), begun(ben)
    sent(ben, waiting)
    moved(cast.spring, published(reword), cast.sam)
    for browser, url in ((ana, drafting), (ben, waiting)):
        assert "Cancellation rule in other words" in browser.get(url).text
        assert "Meets in other words." in browser.get(url).text
    assert {one.release_id for one in systems().values()} == {None}
    assert "Title in other words" in ana.get("/modules/systems").text


def test_a_changed_task_reaches_who_has_sent_nothing(ana, ben, cast):
    drafting, waiting = begun(ana), begun(ben)
    sent(ben, waiting)
    before = db.session.get_one(Cohort, cast.spring).release_id
    release_id = published(add_field("1.B.2"), reword)
    moved(cast.spring, release_id, cast.sam)
    assert "Question 1.B.2" in ana.get(drafting).text
    page = ben.get(waiting).text
    assert "Question 1.B.2" not in page and "Cancellation rule in other words" not in page
    assert "Operations in other words" in page  # the text around the worksheet is the cohort's
    assert (systems()["Ana"].release_id, systems()["Ben"].release_id) == (None, before)


def test_who_has_not_begun_begins_with_the_new_task(ana, cast):
    moved(cast.spring, published(add_field("1.B.2")), cast.sam)
    assert "Question 1.B.2" in ana.get(begun(ana)).text


def test_the_next_round_of_a_kept_worksheet_answers_its_own_release(ben, cast, write):
    url = begun(ben)
    sent(ben, url)
    before = db.session.get_one(Cohort, cast.spring).release_id
    moved(cast.spring, published(add_field("1.B.2")), cast.sam)
    with write():
        published_review(db.session.scalars(select(Submission)).one(), cast.cora, comments=())
    assert sent(ben, url, **{"1.A.1": ["Another name"]}).status_code == 303
    db.session.rollback()
    rounds = db.session.scalars(select(Submission).order_by(Submission.number)).all()
    assert [one.release_id for one in rounds] == [before, before]
    assert rounds[0].structure_hash == rounds[1].structure_hash


def test_the_first_round_on_the_new_release_says_so(ana, cast):
    url = begun(ana)
    release_id = published(reword)
    moved(cast.spring, release_id, cast.sam)
    sent(ana, url)
    db.session.rollback()
    assert db.session.scalars(select(Submission)).one().release_id == release_id


def test_moving_back_is_the_undo(ana, ben, cast):
    drafting, waiting = begun(ana), begun(ben)
    sent(ben, waiting)
    before = db.session.get_one(Cohort, cast.spring).release_id
    moved(cast.spring, published(add_field("1.B.2")), cast.sam)
    moved(cast.spring, before, cast.sam)
    assert {one.release_id for one in systems().values()} == {None}
    assert "Question 1.B.2" not in ana.get(drafting).text


def test_the_way_back_is_refused_once_somebody_has_answered_what_is_new(ana, cast):
    url = begun(ana)
    before = db.session.get_one(Cohort, cast.spring).release_id
    moved(cast.spring, published(add_field("1.B.2")), cast.sam)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.B.2": ["An answer"]})
    with pytest.raises(Refused, match=r"Field 1\.B\.2 .* Ana Morales has an answer in it"):
        moved(cast.spring, before, cast.sam)
    assert "An answer" in ana.get(url).text


def test_the_audit_says_who_moved_it_and_what_it_came_to(ben, cast, clock):
    sent(ben, begun(ben))
    before = db.session.get_one(Cohort, cast.spring).release_id
    release_id = published(add_field())
    moved(cast.spring, release_id, cast.sam, clock.now)
    db.session.rollback()
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert (entry.sentence, entry.actor_name, entry.about_kind, entry.about_id, entry.at) == (
        f"Moved Cohort of February 28, 2026 from release {before} to release {release_id}: "
        "one system keeps the worksheet already answered",
        "Sam Whitlock",
        "cohort",
        cast.spring,
        clock.now,
    )


def test_another_cohort_is_not_touched(ana, sign_in, cast, write):
    with write():
        submitted_system(cast.uma_enrollment)
    moved(cast.spring, published(add_field()), cast.sam)
    assert systems()["Uma"].release_id is None
    assert db.session.get_one(Cohort, cast.autumn).release_id == 1


# --- refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [drop_field("1.A.1"), drop_module("systems"), drop_criterion("rules")])
def test_what_would_hide_what_somebody_wrote_changes_nothing(ana, cast, edit):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM | RATED)
    before = db.session.get_one(Cohort, cast.spring).release_id
    with pytest.raises(Refused, match="Ana Morales has"):
        moved(cast.spring, published(edit), cast.sam)
    db.session.rollback()
    assert db.session.get_one(Cohort, cast.spring).release_id == before
    assert ana.get(url).status_code == 200


def test_retiring_the_field_lets_it_through(ana, cast):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM)
    moved(cast.spring, published(retire("1.A.1")), cast.sam)
    assert COMPLETE["1.A.1"] in ana.get(url).text


def test_a_plan_that_is_no_longer_true_is_not_carried_out(ana, cast):
    url = begun(ana)
    release_id = published(add_field())
    mark = plan_of(cast.spring, release_id).mark
    sent(ana, url)
    begin_write()
    cohort, sam = db.session.get_one(Cohort, cast.spring), db.session.get_one(User, cast.sam)
    with pytest.raises(Refused, match="Somebody began or sent work"):
        move(sam, cohort, release_id, mark, cohort.created_at)
    db.session.rollback()


def test_moving_twice_is_harmless(app, cast):
    release_id = published(reword)
    moved(cast.spring, release_id, cast.sam)
    entries = len(db.session.scalars(select(Entry.id)).all())
    begin_write()
    cohort, sam = db.session.get_one(Cohort, cast.spring), db.session.get_one(User, cast.sam)
    assert move(sam, cohort, release_id, "any", cohort.created_at) is None
    db.session.commit()
    assert len(db.session.scalars(select(Entry.id)).all()) == entries


def test_a_cohort_that_is_over_stays(cast, write):
    with write():
        db.session.get_one(Cohort, cast.spring).status = "finished"
    with pytest.raises(Refused, match="is finished"):
        moved(cast.spring, published(reword), cast.sam)


def test_dates_that_would_move_are_named_and_what_would_shut_again(app, cast, clock):
    release_id = published(set_module("focus", opens_day=28, due_day=33), set_module("scope", due_day=76))
    cohort = db.session.get_one(Cohort, cast.spring)
    found = moved_dates(cohort, program_of(release_id), clock.now)
    assert [(one.module.slug, one.shuts) for one in found] == [("focus", True), ("scope", False)]
    assert [one.new.opens_at.isoformat() for one in found] == [
        "2026-03-28T15:00:00+00:00",
        "2026-05-09T15:00:00+00:00",
    ]


# --- what is sent is sent ---------------------------------------------------------------------------------------


def pages(browsers: dict[str, Any], paths: list[tuple[str, str]]) -> dict[str, str]:
    """Every page as it is answered."""
    found = {}
    for who, path in paths:
        browser = browsers[who]
        response = browser.get(path)
        assert response.status_code == 200, path
        # The standing sentence below a document is the institute's of today; what it prints is the participant's.
        text = response.text.split('<footer class="standing">')[0]
        found[f"{who} {path}"] = CSRF.sub("", text)  # another one in every answer
    return found


def test_an_old_round_its_review_and_its_chapter_stay_as_they_are_byte_for_byte(
    ana, ben, sign_in, cast, write
):
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)
        review = published_review(submitted_system(cast.ben_enrollment), cast.cora)
        review_id, ana_system = (
            review.id,
            db.session.scalar(select(System.id).where(System.enrollment_id == cast.ana_enrollment)),
        )
        ben_system = review.submission.system_id
    browsers = {"ana": ana, "ben": ben, "cora": sign_in(cast.cora)}
    paths = [
        ("ana", f"/systems/{ana_system}/submissions/1"),
        ("ben", f"/systems/{ben_system}/submissions/1"),
        ("cora", f"/reviews/{review_id}"),
        ("ana", "/manual/systems"),
        ("ana", "/manual/systems/cancellation-policy"),
    ]
    before = pages(browsers, paths)
    for edits in ((reword,), (reword, add_field()), (drop_field("1.A.1"), drop_criterion("client_path"))):
        release_id = published(*edits, set_module(outcomes=[f"{len(edits)} edits"]))
        moved(cast.spring, release_id, cast.sam)
        assert pages(browsers, paths) == before


def test_a_release_that_anything_refers_to_cannot_be_deleted(ben, cast):
    """By the database itself: cohort, round and pinned system hold their release."""
    url = begun(ben)
    sent(ben, url)
    first = db.session.get_one(Cohort, cast.spring).release_id
    second = published(add_field())
    for cohort_id in (cast.spring, cast.autumn, cast.summer):
        moved(cohort_id, second, cast.sam)
    assert systems()["Ben"].release_id == first  # no cohort reads it any more; a round and a system do
    for release_id in (first, second):
        begin_write()
        with pytest.raises(IntegrityError):
            db.session.execute(delete(Release).where(Release.id == release_id))
        db.session.rollback()
    begin_write()  # the round alone holds it as well
    db.session.execute(System.__table__.update().values(release_id=None))
    with pytest.raises(IntegrityError):
        db.session.execute(delete(Release).where(Release.id == first))
    db.session.rollback()


# --- at the same moment -----------------------------------------------------------------------------------------


def test_a_round_that_is_sent_while_the_cohort_moves_is_kept_with_its_task(app, ana, cast):
    """Whichever is first: the round and the system it belongs to have the same structure in the end."""
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    windows = copies(app, ana, 2)
    release_id = published(add_field("1.B.2", required=False))
    mark = plan_of(cast.spring, release_id).mark
    db.session.remove()

    def moving() -> str:
        with app.app_context():
            begin_write()
            cohort, sam = db.session.get_one(Cohort, cast.spring), db.session.get_one(User, cast.sam)
            try:
                move(sam, cohort, release_id, mark, cohort.created_at)
                db.session.commit()
            except Refused as refused:
                db.session.rollback()
                return refused.sentence
            return "moved"

    answers = at_once(app, [*posts(windows, f"{url}/submit", [form] * 2), moving])
    assert {one.status_code for one in answers[:2]} == {303}
    system, kept = systems()["Ana"], db.session.scalars(select(Submission)).one()
    cohort = db.session.get_one(Cohort, cast.spring)
    reads = program_of(system.release_id or cohort.release_id).module("systems")
    written = program_of(kept.release_id).module("systems")
    assert reads.assignment_hash == written.assignment_hash == kept.structure_hash


def test_a_module_that_is_begun_while_the_cohort_moves_is_in_its_release(app, ana, cast):
    windows = copies(app, ana, 3)
    release_id = published(drop_module("systems"), set_module("focus", title="Another title"))
    mark = plan_of(cast.spring, release_id).mark
    db.session.remove()

    def moving() -> None:
        with app.app_context():
            begin_write()
            cohort, sam = db.session.get_one(Cohort, cast.spring), db.session.get_one(User, cast.sam)
            try:
                move(sam, cohort, release_id, mark, cohort.created_at)
                db.session.commit()
            except Refused:
                db.session.rollback()

    at_once(app, [*posts(windows, "/modules/systems/start", [{}] * 3), moving])
    db.session.rollback()
    program = program_of(db.session.get_one(Cohort, cast.spring).release_id)
    assert all(program.module_of(one.assignment_key) for one in systems().values())


# --- the price --------------------------------------------------------------------------------------------------


def test_planning_takes_one_query_however_many_people(cast, write):
    release_id = published(add_field())
    plan_of(cast.spring, release_id)
    counts = []
    for numbers in (range(1), range(1, 30)):
        with write():
            for number in numbers:
                submitted_system(participant(cast.spring, number).id)
        cohort = db.session.get_one(Cohort, cast.spring)
        assert cohort.title
        with counted_queries() as statements:
            plans([cohort], program_of(release_id))
        counts.append(len(statements))
    assert counts == [1, 1]


def test_a_kept_worksheet_costs_no_query_more(ben, cast):
    url = begun(ben)
    sent(ben, url)
    ben.get(url)
    with counted_queries() as before:
        ben.get(url)
    moved(cast.spring, published(add_field()), cast.sam)
    ben.get(url)
    with counted_queries() as after:
        ben.get(url)
    assert len(before) == len(after)


def test_saving_into_a_kept_worksheet_works_by_itself(ben, cast):
    url = begun(ben)
    sent(ben, url)
    moved(cast.spring, published(drop_field("1.A.1")), cast.sam)
    form = opened(ben, url) | {"1.A.1": ["Kept and changed"]}
    assert ben.post(f"{url}/draft", data=form, headers=JSON).status_code == 200
    db.session.rollback()
    assert db.session.scalars(select(Draft)).one().answers["1.A.1"] == "Kept and changed"


# --- a page that was open meanwhile -----------------------------------------------------------------------------


def test_what_was_typed_into_a_field_that_is_gone_is_shown_to_be_copied(ana, cast):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["A name <b>"], "1.C.1": ["A rule"]}
    moved(cast.spring, published(drop_field("1.A.1")), cast.sam)
    response = ana.post(f"{url}/draft", data=form)
    assert response.status_code == 409
    assert "A name &lt;b&gt;" in response.text and "Practice name" in response.text
    assert "A rule" not in response.text  # it has its field and is saved
    db.session.rollback()
    assert db.session.scalars(select(Draft)).one().answers == {"1.C.1": "A rule"}


def test_the_page_that_saves_by_itself_is_told_and_keeps_its_text(ana, cast):
    url = begun(ana)
    form = opened(ana, url) | {"1.E.3~price": ["90"]}
    moved(cast.spring, published(replace_field("1.E.3", type="short_text")), cast.sam)
    response = ana.post(f"{url}/draft", data=form, headers=JSON)
    assert response.status_code == 409
    assert response.json == {
        "error": "This worksheet was changed while your page was open. "
        "Copy what you wrote under 1.E.3 Price and variable cost, then reload."
    }


def test_nothing_is_sent_over_the_head_of_who_wrote_it(ana, cast):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    moved(cast.spring, published(drop_field("1.A.1")), cast.sam)
    response = ana.post(f"{url}/submit", data=form)
    assert response.status_code == 409 and COMPLETE["1.A.1"] in response.text
    db.session.rollback()
    assert db.session.scalars(select(Submission)).all() == []
    assert ana.post(f"{url}/submit", data=opened(ana, url) | SENDING).status_code == 303


def test_an_open_page_whose_fields_all_remain_saves_as_ever(ana, cast):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["A name"]}
    moved(cast.spring, published(reword, add_field(), retire("1.B.1")), cast.sam)
    assert ana.post(f"{url}/draft", data=form).status_code == 303


@pytest.mark.parametrize("release", ["0", "-1", "99999", "9" * 30, "²", "<script>", ""])
def test_whatever_release_a_form_names_it_is_saved(ana, release):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["A name"], "release": [release]}
    assert ana.post(f"{url}/draft", data=form).status_code == 303
