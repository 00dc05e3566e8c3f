"""A worksheet to take along as a Word file: what was typed is in it, whatever became of the place."""

from __future__ import annotations

import pytest

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework import withheld
from app.coursework.models import Draft, System
from app.coursework.withheld_rules import Target
from app.lib.database import db
from tests.cast import NOW
from tests.factories import accepted_system, participant, published_review, submitted_system
from tests.house.hostile import STRINGS
from tests.programs import COMPLETE
from tests.rooms.manual.words import lines, opened, text_of


@pytest.fixture
def sent(write, cast):
    """Ana's first round, waiting; she writes on meanwhile."""
    with write():
        submission = submitted_system(cast.ana_enrollment)
        draft = db.session.get_one(Draft, submission.system_id)
        draft.answers = {**draft.answers, "1.A.1": "Northgate, the second thought"}
        return submission.system_id


def copy_of(browser, system_id, number=0):
    place = f"/submissions/{number}" if number else ""
    answer = browser.get(f"/systems/{system_id}{place}/worksheet.docx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert (
        "sandbox" in answer.headers["Content-Security-Policy"]
        and "no-store" in answer.headers["Cache-Control"]
    )
    return opened(answer.data)


def test_the_draft_and_the_round_are_two_files(sign_in, cast, sent):
    browser = sign_in(cast.ana)
    draft, round_1 = copy_of(browser, sent), copy_of(browser, sent, 1)
    for one in (draft, round_1):
        words = text_of(one)
        assert (
            "One rule for everybody." in words and "Discharge" in words and "1150" in words.replace(",", "")
        )
    assert "the second thought" in text_of(draft) and "the second thought" not in text_of(round_1)
    assert ("Kicker", "System 1") in lines(draft) and ("Kicker", "System 1, round 1") in lines(round_1)
    said = dict(lines(draft))["Intro"]
    assert said.startswith("As saved on ") and said.endswith("Not accepted so far: submitted.")
    assert "As sent on " in dict(lines(round_1))["Intro"]


def test_of_an_accepted_system_it_says_so(sign_in, cast, write):
    with write():
        system_id = accepted_system(cast.ana_enrollment, cast.cora).id
    said = dict(lines(copy_of(sign_in(cast.ana), system_id)))["Intro"]
    assert "Accepted on " in said and said.endswith("round 1.")


@pytest.mark.parametrize("status", ["suspended", "withdrawn", "deferred", "completed", "paused"])
def test_whoever_may_not_write_any_more_takes_it_along(sign_in, cast, write, sent, status):
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = status
    browser = sign_in(cast.ana)
    page = browser.get("/manual").text
    assert "Everything you wrote" in page and f'href="/systems/{sent}/worksheet.docx"' in page
    assert "One rule for everybody." in text_of(copy_of(browser, sent))
    copy_of(browser, sent, 1)


def test_what_was_written_at_an_earlier_place_is_listed_too(sign_in, cast, write, sent):
    with write():
        earlier = db.session.get_one(Enrollment, cast.ana_enrollment)
        place = participant(cast.autumn, 77)
        place.user_id = cast.ana
        earlier.status = "deferred"
        submitted_system(place.id)
        titles = [place.cohort.title, earlier.cohort.title]
    page = sign_in(cast.ana).get("/manual").text
    written = page[page.index('id="written"') :]
    assert written.index(titles[0]) < written.index(titles[1])
    assert written.count("/worksheet.docx") == 2


def test_nothing_written_is_said_so(sign_in, cast):
    page = sign_in(cast.ana).get("/manual").text
    assert "from the first word you save" in page and "worksheet.docx" not in page


@pytest.mark.parametrize(
    ("target", "gone"),
    [
        (Target("field", "1.C.1"), ["One rule for everybody."]),
        (Target("round"), ["One rule for everybody.", "Discharge", "Northgate Medical Exercise\n"]),
    ],
)
def test_what_is_hidden_is_in_no_copy(sign_in, cast, write, target, gone):
    with write():
        submission = submitted_system(cast.ana_enrollment)
        published_review(submission, cast.cora, comments=(("1.C.1", "required", "More."),))
        withheld.hide(db.session.get_one(User, cast.cora), submission, target, NOW)
        system_id = submission.system_id
    browser = sign_in(cast.ana)
    for number in (0, 1):
        found = copy_of(browser, system_id, number)
        assert not [one for one in gone if one in text_of(found)]
        assert "left out, because what stands there may be data about a client." in text_of(found)


ODD = {
    "1.A.1": "x" * 3_000,
    "1.A.2": ["gym", "no such place"],
    "1.B.1": [{"id": "r1", "step": "Inquiry\nand more", "exists": "perhaps"}, {"id": "r1"}],
    "1.E.1": [{"id": "r1", "item": "Rent", "amount": "about 1,150 or so"}],
    "1.E.3": {"price": "ninety", "variable_cost": "-"},
}


def test_what_is_no_answer_yet_comes_along_as_it_was_typed(sign_in, cast, write, sent):
    with write():
        db.session.get_one(Draft, sent).answers = ODD
    words = text_of(copy_of(sign_in(cast.ana), sent))
    for typed in ("x" * 3_000, "and more", "about 1,150 or so", "ninety"):
        assert typed in words


def test_no_text_breaks_the_file(sign_in, cast, write, sent):
    browser = sign_in(cast.ana)
    for first in range(0, len(STRINGS), 60):
        some = STRINGS[first : first + 60]
        with write():
            system = db.session.get_one(System, sent)
            system.enrollment.practice_name = some[0][:100]
            rows = [{"id": f"r{n}", "step": one, "exists": one} for n, one in enumerate(some)]
            answers = {**COMPLETE, "1.A.1": some[0], "1.B.1": rows, "1.C.1": "\n\n".join(some)}
            db.session.get_one(Draft, sent).answers = answers
        copy_of(browser, sent)
