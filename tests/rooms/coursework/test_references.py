"""Answers of other modules on a worksheet: as accepted, as drafted, or not there yet; and as a round keeps them."""

from __future__ import annotations

import html5lib
import pytest
from sqlalchemy import select

from app.coursework.models import Draft, Submission, System
from app.lib.database import db
from tests.factories import accepted_system, attached, counted_queries, submitted_system
from tests.programs import COMPLETE
from tests.rooms.coursework.linked import on_linked_release
from tests.rooms.coursework.worksheets import COMPLETE_FORM, HOSTILE, PLANNED, SENDING, STATED, begun, opened


@pytest.fixture
def linked(write, cast):
    with write():
        on_linked_release(cast)


@pytest.fixture
def ana(linked, sign_in, cast):
    return sign_in(cast.ana)


def block(page: str, field_id: str) -> str:
    """The words of one field of the page."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    node = next(one for one in tree.iter() if one.get("id") in (field_id, f"f{field_id}"))
    return " ".join(" ".join(node.itertext()).split())


def test_what_is_not_begun_is_said_with_the_way_there(ana):
    page = ana.get(begun(ana, "focus")).text
    for field in ("2.A.2", "2.A.4"):
        assert "Module 1, Practice operating system, is not begun yet." in block(page, field)
    assert '<a href="/modules/systems">Open that module</a>' in page


def test_a_later_module_is_shown_too(ana):
    url = begun(ana)
    assert "Here stands your answer to 2.A.1 Focus, once there is one." in block(ana.get(url).text, "1.A.1")
    focus = begun(ana, "focus")
    assert "Nothing is written there yet. Open 2.A.1" in block(ana.get(url).text, "1.A.1")
    ana.post(f"{focus}/draft", data=opened(ana, focus) | {"2.A.1": ["Knees"]})
    page = ana.get(url).text
    assert "From 2.A.1 Focus draft, saved Wed, Mar 25 Knees" in block(page, "1.A.1")
    assert f'<a href="{focus}#2.A.1">Open 2.A.1</a>' in page


def test_a_draft_is_shown_as_it_is_typed(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM | {"1.C.1": [f"**Bold** {HOSTILE}"]})
    page = ana.get(begun(ana, "focus")).text
    assert block(page, "2.A.2").endswith(
        "Step Inquiry Discharge Open 1.B.1"
    )  # only the column that is asked for
    assert "Break-even 23 sessions a month" in block(page, "2.A.3")
    assert "**Bold** <script>alert(1)</script>" in block(page, "2.A.4")
    assert "<script>alert" not in page


def test_what_was_accepted_goes_before_the_draft(ana, cast, write):
    with write():
        system = accepted_system(cast.ana_enrollment, cast.cora)
        db.session.get_one(Draft, system.id).answers = COMPLETE | {"1.C.1": "A new draft"}
    page = ana.get(begun(ana, "focus")).text
    assert "accepted Wed, Mar 25, round 1" in block(page, "2.A.4")
    assert "A new draft" not in page
    assert "<h3>Purpose</h3>" in page  # rendered when it was sent


def test_files_are_named_with_their_hash(ana, cast, write):
    with write():
        facts = attached(submitted_system(cast.ana_enrollment).system, "1.C.2", "<b>wall</b>.txt")
    page = ana.get(begun(ana, "focus")).text
    assert "<b>wall</b>.txt (text, 5 bytes)" in block(page, "2.A.5")
    assert facts["sha256"] in block(page, "2.A.5")


def test_only_ones_own_answers_are_shown(ana, sign_in, cast):
    ben = sign_in(cast.ben)
    theirs = begun(ben)
    ben.post(f"{theirs}/draft", data=opened(ben, theirs) | COMPLETE_FORM | {"1.C.1": ["Ben's rule"]})
    page = ana.get(begun(ana, "focus")).text
    assert "Ben&#39;s rule" not in page
    assert "is not begun yet" in block(page, "2.A.4")


def test_a_form_stores_nothing_of_it(ana):
    url = begun(ana, "focus")
    ana.post(f"{url}/draft", data=opened(ana, url) | {"2.A.1": ["Knees"], "2.A.2": ["Mine now"]})
    db.session.rollback()
    answers = db.session.scalars(select(Draft)).one().answers
    assert answers == {"2.A.1": "Knees"}


def test_a_reference_counts_for_nothing(ana):
    url = begun(ana, "focus")
    page = ana.get(url).text
    assert "0 of 1 answered" in page
    ana.post(f"{url}/draft", data=opened(ana, url) | {"2.A.1": ["Knees"]})
    assert "1 of 1 answered" in ana.get(url).text


def test_a_round_keeps_what_was_shown_when_it_was_sent(ana, sign_in, cast, clock):
    systems, focus = begun(ana), begun(ana, "focus")
    ana.post(f"{systems}/draft", data=opened(ana, systems) | COMPLETE_FORM | {"1.C.1": ["The first rule"]})
    form = opened(ana, focus) | {"2.A.1": ["Knees"], "rating~focus": ["meets"]} | STATED | PLANNED
    receipt = ana.post(f"{focus}/submit", data=form).location
    ana.post(f"{systems}/draft", data=opened(ana, systems) | {"1.C.1": ["Another rule"]})
    assert "Another rule" in block(ana.get(focus).text, "2.A.4")

    page = ana.get(receipt).text
    assert "The first rule" in block(page, "2.A.4")
    assert "Inquiry" in block(page, "2.A.2")
    assert "Another rule" not in page

    submission = db.session.scalars(select(Submission)).one()
    assert submission.answers == {"2.A.1": "Knees"}  # what others wrote is no part of the answers
    assert submission.shown["2.A.4"]["state"] == "draft"
    number = submission.id
    cora = sign_in(cast.cora)
    review = cora.get(cora.post(f"/submissions/{number}/review").location).text
    assert "From 1.C.1 Cancellation rule draft, saved Wed, Mar 25" in block(review, "2.A.4")
    assert "The first rule" in block(review, "2.A.4")
    assert "Another rule" not in review
    assert systems not in review  # the worksheet is the participant's


def test_what_a_round_shows_is_marked_when_it_changed(ana, sign_in, cast, write, clock):
    from tests.factories import published_review

    systems, focus = begun(ana), begun(ana, "focus")
    ana.post(f"{systems}/draft", data=opened(ana, systems) | COMPLETE_FORM)
    form = {"2.A.1": ["Knees"], "rating~focus": ["meets"]} | STATED | PLANNED
    ana.post(f"{focus}/submit", data=opened(ana, focus) | form)
    with write():
        submission = db.session.scalars(select(Submission)).one()
        published_review(submission, cast.cora, comments=[("2.A.1", "suggested", "Which?")])
    clock.move(minutes=1)
    ana.post(f"{systems}/draft", data=opened(ana, systems) | {"1.B.1~r1~step": ["First call"]})
    ana.post(f"{focus}/submit", data=opened(ana, focus) | form)
    round_2 = db.session.scalars(select(Submission.id).where(Submission.number == 2)).one()
    cora = sign_in(cast.cora)
    review = cora.get(cora.post(f"/submissions/{round_2}/review").location).text
    assert "First call" in block(review, "2.A.2")
    assert "2.A.3" not in review.split('id="work"')[1].split("judge")[0]  # the same as before: folded away


def test_the_module_one_worksheet_is_sent_with_it(ana):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    page = ana.get(ana.post(f"{url}/submit", data=form).location).text
    assert "Here stands the answer to 2.A.1 Focus, once there is one." in block(page, "1.A.1")


def test_the_worksheet_stays_within_five_queries(ana, cast, write):
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)
    url = begun(ana, "focus")
    ana.get(url)
    with counted_queries() as sent:
        ana.get(url)
    assert len(sent) == 5, "\n\n".join(sent)


def test_a_worksheet_to_read_shows_it_too(ana, cast, write):
    url = begun(ana, "focus")
    with write():
        system = db.session.scalars(select(System)).one()
        system.status = "excused"
    page = ana.get(url).text
    assert "is not begun yet" in block(page, "2.A.2")
