"""What changed since I last looked: told in a line, gone once it was seen."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import func, select

from app.cohorts.models import Cohort
from app.coursework.models import Draft, KeptState, Look
from app.coursework.review_models import Comment, Review
from app.curriculum.actions import publish
from app.lib.database import db
from tests.factories import published_review, submitted_system
from tests.releases import add_field, edited
from tests.rooms.coursework.worksheets import HOSTILE, JSON, begun, form_of, opened


@pytest.fixture
def laptop(sign_in, cast):
    return sign_in(cast.ana)


@pytest.fixture
def phone(sign_in, cast):
    return sign_in(cast.ana)


def looks() -> list[Look]:
    db.session.rollback()
    return list(db.session.scalars(select(Look)))


def looked(browser, url):
    """As the script does after some seconds."""
    page = browser.get(url).text
    form = next(
        one
        for one in (form_of(page, index) for index in range(page.count("<form")))
        if set(one) == {"was", "seen"}
    )
    response = browser.post(f"{url}/seen", data=form, headers=JSON)
    assert response.status_code == 200
    return form


def line(browser, url) -> str:
    found = re.search(r'<div class="news__line">(.*?)</div>', browser.get(url).text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split()) if found else ""


def save(browser, url, **answers):
    response = browser.post(f"{url}/draft", data=opened(browser, url) | answers, headers=JSON)
    assert response.status_code == 200


def test_opening_a_worksheet_notes_nothing_and_before_a_first_look_nothing_is_new(laptop):
    url = begun(laptop)
    assert line(laptop, url) == ""
    assert looks() == []
    looked(laptop, url)
    assert line(laptop, url) == ""
    assert len(looks()) == 1


def test_what_another_device_saved_is_told_with_its_fields(laptop, phone, clock):
    url = begun(laptop)
    looked(laptop, url)
    clock.move(hours=3)
    looked(phone, url)
    save(phone, url, **{"1.A.1": ["From the phone"], "1.C.1": ["This too"]})
    assert line(phone, url) == ""  # typed here
    told = line(laptop, url)
    assert told.startswith("New since Wed, Mar 25, 9:00 a.m. MDT. Saved in another tab or on another device:")
    assert "device: 1.A.1, 1.C.1." in told
    page = laptop.get(url).text
    assert page.count("New since Wed, Mar 25, 9:00 a.m. MDT</p>") == 2
    assert '<a href="#1.C.1">1.C.1</a>' in page
    looked(laptop, url)
    assert line(laptop, url) == ""


def test_a_save_says_what_was_seen_as_well(laptop, phone):
    url = begun(laptop)
    looked(laptop, url)
    save(phone, url, **{"1.A.1": ["From the phone"]})
    assert "1.A.1" in line(laptop, url)
    save(laptop, url, **{"1.C.1": ["From the laptop"]})  # of a page that shows the phone's text
    assert line(laptop, url) == ""


def test_a_page_that_is_behind_has_not_seen_what_it_does_not_show(laptop, phone):
    url = begun(laptop)
    behind = opened(laptop, url)
    save(phone, url, **{"1.A.1": ["From the phone"]})
    assert laptop.post(f"{url}/draft", data=behind | {"1.C.1": ["Mine"]}, headers=JSON).status_code == 200
    assert "Saved in another tab or on another device: 1.A.1." in line(laptop, url)


def test_what_one_put_back_oneself_is_no_news(laptop, clock):
    url = begun(laptop)
    save(laptop, url, **{"1.A.1": ["Of before"]})
    clock.move(days=1)
    save(laptop, url, **{"1.A.1": ["Of today"]})
    state = db.session.scalar(select(KeptState.id))
    db.session.rollback()
    assert laptop.post(f"{url}/history/{state}/put-back").status_code == 303
    assert "Of before" in laptop.get(url).text
    assert line(laptop, url) == ""


def test_a_review_and_its_withdrawal_are_told(laptop, cast, write):
    with write():
        submission = submitted_system(cast.ana_enrollment)
        url, submission_id = f"/systems/{submission.system_id}", submission.id
    looked(laptop, url)
    with write():
        review = published_review(db.session.get_one(type(submission), submission_id), cast.cora)
        review_id = review.id
    assert "Round 1 is answered: changes requested: 1.C.1." in line(laptop, url)
    looked(laptop, url)
    with write():
        db.session.scalars(select(Comment)).one().settled_at = submission.submitted_at
    assert "One request is settled: 1.C.1." in line(laptop, url)
    looked(laptop, url)
    assert line(laptop, url) == ""
    with write():
        db.session.get_one(Review, review_id).status = "withdrawn"
    assert "The review of round 1 was withdrawn." in line(laptop, url)


def test_a_better_worksheet_is_told(laptop, cast, write, clock):
    url = begun(laptop)
    looked(laptop, url)
    with write():
        release = publish(None, edited(add_field()), clock.now)
        db.session.get_one(Cohort, cast.spring).release_id = release.id
    assert "METI improved this worksheet" in line(laptop, url)


def test_the_button_without_scripts(laptop, phone):
    url = begun(laptop)
    looked(laptop, url)
    save(phone, url, **{"1.A.1": ["From the phone"]})
    page = laptop.get(url).text
    assert "Mark as seen" in page
    forms = (form_of(page, index) for index in range(page.count("<form")))
    form = next(one for one in forms if set(one) == {"was", "seen"})
    response = laptop.post(f"{url}/seen", data=form)
    assert (response.status_code, response.location) == (303, url)
    assert line(laptop, url) == ""


def test_a_new_device_goes_by_the_last_look_of_the_others(laptop, phone, cast, write):
    with write():
        url = f"/systems/{submitted_system(cast.ana_enrollment).system_id}"
    looked(laptop, url)
    assert line(phone, url) == ""
    looked(phone, url)
    assert len(looks()) == 2


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"was": "[]", "seen": "{"},
        {"was": json.dumps({"1.A.1": HOSTILE, "x" * 500: "0" * 12}), "seen": json.dumps({HOSTILE: "0" * 12})},
        {"was": json.dumps({str(number): "0" * 12 for number in range(5000)})},
        {"seen": json.dumps({"review~1": 7, "settled~2": None})},
    ],
)
def test_whatever_is_sent_is_bounded_and_only_marks(laptop, sent):
    url = begun(laptop)
    assert laptop.post(f"{url}/seen", data=sent).status_code == 303
    (look,) = looks()
    assert len(look.marks) <= 1000
    assert all(re.fullmatch("[0-9a-f]{12}", mark) and len(key) <= 80 for key, mark in look.marks.items())
    assert laptop.get(url).status_code == 200


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "pat"])
def test_nobody_else_marks_it(laptop, sign_in, cast, who):
    url = begun(laptop)
    assert sign_in(getattr(cast, who)).post(f"{url}/seen").status_code == 404
    assert looks() == []


def test_twice_is_harmless_and_the_draft_is_untouched(laptop):
    url = begun(laptop)
    before = db.session.scalar(select(Draft.version))
    looked(laptop, url)
    looked(laptop, url)
    assert db.session.scalar(select(Draft.version)) == before
    assert db.session.scalar(select(func.count()).select_from(Look)) == 1
