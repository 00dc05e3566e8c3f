"""Publishing from the page: what it would change is read first, and no cohort changes by it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.curriculum.models import Release
from app.lib.database import db
from tests.rooms.curriculum import small

PUBLISH = "/staff/curriculum/publish"


def content(html: str) -> str:
    return re.search(r'name="content" value="(\w*)"', html)[1]


def ids() -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Release.id).order_by(Release.id)))


def test_the_folder_becomes_a_release_and_no_cohort_reads_it(sam, cast):
    page = sam.get(PUBLISH).text
    assert "What it changes against release 1" in page and "No cohort changes by this." in page
    response = sam.post(PUBLISH, data={"content": content(page), "note": " Bread \x00 <b>now</b> "})
    assert (response.status_code, response.location, ids()) == (303, "/staff/curriculum/2", [1, 2])
    assert "Release 2 is published." in sam.get("/staff/curriculum/2").text
    assert {one.release_id for one in db.session.scalars(select(Cohort))} == {1}
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert entry.actor_name == "Sam Whitlock" and entry.sentence.endswith(": Bread <b>now</b>")


def test_the_same_folder_twice_is_one_release(sam):
    form = {"content": content(sam.get(PUBLISH).text), "note": ""}
    assert [sam.post(PUBLISH, data=form).status_code for _ in range(2)] == [303, 303]
    assert ids() == [1, 2]
    assert "There is nothing to publish." in sam.get(PUBLISH).text


def test_a_folder_that_changed_since_the_page_was_read_is_shown_again(sam, folder):
    old = content(sam.get(PUBLISH).text)
    small.write(folder, {"modules/02-oven/module.md": small.MODULE_2 + "Then wait."})
    response = sam.post(PUBLISH, data={"content": old, "note": "My sentence"})
    assert response.status_code == 409 and "The folder changed since" in response.text
    assert 'value="My sentence"' in response.text and ids() == [1]
    assert sam.post(PUBLISH, data={"content": content(response.text), "note": ""}).status_code == 303


def test_a_note_that_is_too_long_is_kept_and_told(sam):
    form = {"content": content(sam.get(PUBLISH).text), "note": "n" * 301}
    response = sam.post(PUBLISH, data=form)
    assert (
        response.status_code == 422
        and "there is room for 300" in response.text
        and "n" * 301 in response.text
    )
    assert ids() == [1]


def test_a_folder_with_mistakes_leads_to_their_list(sam, folder):
    good = content(sam.get(PUBLISH).text)
    small.write(folder, {"program.yaml": "title: ["})
    assert sam.get(PUBLISH).location == "/staff/curriculum/preview"
    assert sam.post(PUBLISH, data={"content": good, "note": ""}).status_code == 303
    assert ids() == [1]


@pytest.mark.parametrize("who", ["ana", "cora", "pat"])
def test_nobody_else_publishes(sign_in, cast, folder, who):
    browser = sign_in(getattr(cast, who))
    assert browser.get(PUBLISH).status_code == browser.post(PUBLISH, data={"note": ""}).status_code == 404
    assert ids() == [1]


def test_a_code_that_is_ten_minutes_old_is_asked_for_again(app, sam, cast, clock, write):
    from app.accounts.models import SecondFactor, SignIn

    with write():
        db.session.add(
            SecondFactor(user_id=cast.sam, secret="JBSWY3DPEHPK3PXP", last_step=0, switched_on_at=clock.now)
        )
        for row in db.session.scalars(select(SignIn).where(SignIn.user_id == cast.sam)):
            row.second_factor_at = clock.now
    assert sam.get(PUBLISH).status_code == 200
    clock.move(minutes=11)
    assert sam.get(PUBLISH).location.startswith("/sign-in/code?next=/staff/curriculum/publish")
    clock.move(minutes=10)
    assert sam.post(PUBLISH, data={"note": ""}).location.startswith("/sign-in/code")
    assert ids() == [1]
