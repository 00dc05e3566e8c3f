"""A field that is not asked any more: gone for who never answered it, theirs to read for who did."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cohorts.models import Cohort
from app.coursework.models import Draft, Submission
from app.lib.database import db
from tests.factories import published_review
from tests.programs import COMPLETE
from tests.releases import published, retire
from tests.rooms.coursework.worksheets import COMPLETE_FORM, JSON, SENDING, begun, opened, sent

NAME = COMPLETE["1.A.1"]


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


@pytest.fixture
def retired(write, cast):
    """From here on the spring cohort reads a release in which the practice's name and the path are retired."""

    def now() -> None:
        release_id = published(retire("1.A.1"), retire("1.A.2"), retire("1.B.1"))
        with write():
            db.session.get_one(Cohort, cast.spring).release_id = release_id

    return now


def test_who_never_answered_it_does_not_see_it_nor_its_empty_section(ana, retired):
    retired()
    page = ana.get(begun(ana)).text
    assert "Practice name" not in page and "Exists today" not in page
    assert 'id="A"' not in page and "Cancellation rule" in page


def test_who_answered_it_reads_it_and_cannot_write_in_it(ana, retired):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM)
    retired()
    page = ana.get(url).text
    assert page.count("not asked any more") == 3
    assert NAME in page and "Rented space in a gym" in page and "Inquiry" in page
    assert not {"1.A.1", "1.A.2", "1.B.1~row"} & opened(ana, url).keys()


def test_it_keeps_nobody_from_sending_and_what_stands_in_it_goes_along(ana, retired):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.1": [NAME]})
    retired()
    asked = {key: value for key, value in COMPLETE_FORM.items() if not key.startswith(("1.A", "1.B.1"))}
    response = ana.post(f"{url}/submit", data=opened(ana, url) | asked | SENDING)
    assert response.status_code == 303
    db.session.rollback()
    kept = db.session.scalars(select(Submission)).one()
    assert kept.answers == {key: COMPLETE[key] for key in ("1.A.1", "1.C.1", "1.E.1", "1.E.3")}
    page = ana.get(response.location).text
    assert page.count("not asked any more") == 1 and NAME in page
    assert "Where services are delivered" not in page


def test_a_page_that_was_open_when_it_was_retired_still_saves_into_it(ana, retired):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["Typed meanwhile"]}
    retired()
    assert ana.post(f"{url}/draft", data=form, headers=JSON).status_code == 200
    db.session.rollback()
    assert db.session.scalars(select(Draft)).one().answers["1.A.1"] == "Typed meanwhile"
    assert "Typed meanwhile" in ana.get(url).text


def test_a_coach_sees_what_stands_in_it_and_no_empty_one(ana, retired, sign_in, cast, write):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.1": [NAME]})
    retired()
    sent(ana, url)
    cora = sign_in(cast.cora)
    number = db.session.scalar(select(Submission.id))
    page = cora.get(cora.post(f"/submissions/{number}/review").location).text
    assert NAME in page and page.count("Not asked any more") == 3
    with write():
        published_review(db.session.get_one(Submission, number), cast.cora)
    answered = ana.get(f"{url}/submissions/1").text
    assert NAME in answered and "Write the exception as a rule." in answered
