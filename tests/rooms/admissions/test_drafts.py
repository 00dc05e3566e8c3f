"""An application is kept by the server while it is typed, for its writer alone."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.admissions import draft_jobs
from app.admissions.models import Application
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.lib.merging import marks
from app.mail.models import Message
from tests.cast import NOW
from tests.rooms.admissions.test_apply import ANSWERS, URL

DRAFT = f"{URL}/draft"
JSON = {"Accept": "application/json"}


def digest(form: dict[str, str]) -> str:
    text = "".join(f"{key}\x1f{value}\x1e" for key, value in form.items())
    return hashlib.sha256(text.encode()).hexdigest()


def typed(browser, was="{}", version=0, **answers):
    """What the page sends by itself; returns the answer."""
    form = {f"asked_{key}" if key != "practice_name" else key: text for key, text in answers.items()}
    response = browser.post(DRAFT, data={"version": version, "was": was, **form}, headers=JSON)
    if response.status_code in (200, 409):
        assert response.json["digest"] == digest(form)
    return response


def drafts() -> list[Application]:
    db.session.rollback()
    return list(db.session.scalars(select(Application).where(Application.status == "draft")))


def test_what_is_typed_is_there_on_another_device(sign_in, cast):
    first = typed(sign_in(cast.pat), clients="Adults after a stroke")
    assert first.status_code == 200
    assert first.json["version"] == 1
    page = sign_in(cast.pat).get(URL)  # another browser
    assert "Adults after a stroke" in page.text
    assert "Saved" in page.text
    dashboard = sign_in(cast.pat).get("/dashboard").text
    assert "Go on with your application" in dashboard


def test_each_save_changes_only_what_changed_here(sign_in, cast):
    pat = sign_in(cast.pat)
    one = typed(pat, clients="Here", why_now="").json
    two = typed(pat, one["version"] and json.dumps(one["was"]), 1, clients="Here", why_now="Now").json
    assert (two["version"], two["conflicts"]) == (2, [])
    (draft,) = drafts()
    assert draft.answers == {"clients": "Here", "why_now": "Now"}
    same = typed(pat, json.dumps(two["was"]), 2, clients="Here", why_now="Now").json
    assert same["version"] == 2  # nothing changed, so nothing was written


def test_two_tabs_lose_neither_text(sign_in, cast):
    pat = sign_in(cast.pat)
    typed(pat, clients="First tab")
    drawn = json.dumps(marks({"asked_clients": "", "asked_why_now": ""}))  # as the second tab was opened
    other = typed(pat, drawn, clients="Second tab", why_now="Only here")
    assert other.status_code == 409
    assert other.json["conflicts"] == ["asked_clients"]
    form = {"version": 0, "was": drawn, "asked_clients": "Second tab"}
    page = pat.post(DRAFT, data=form)
    assert page.status_code == 409
    assert "First tab" in page.text
    assert "Second tab" in page.text
    hidden = dict(re.findall(r'<input type="hidden" name="(version|was)" value="([^"]*)"', page.text))
    chosen = {
        "asked": "asked_clients",
        "keep~asked_clients": "both",
        "asked_clients": "Second tab",
        "version": hidden["version"],
        "was": hidden["was"].replace("&#34;", '"'),
    }
    assert pat.post(DRAFT, data=chosen).status_code == 303
    (draft,) = drafts()
    assert draft.answers["clients"] == "First tab\n\nSecond tab"
    assert draft.answers["why_now"] == "Only here"


def test_the_button_saves_without_scripts(sign_in, cast):
    pat = sign_in(cast.pat)
    response = pat.post(DRAFT, data={**ANSWERS, "version": 0, "was": "{}", "save": "later"})
    assert (response.status_code, response.location) == (303, URL)
    page = pat.get(URL).text
    assert "You can go on here or on another device" in page
    assert re.search(r'value="Four or five hours"[^>]*checked|checked[^>]*value="Four or five hours"', page)


def test_an_empty_form_begins_nothing(sign_in, cast):
    pat = sign_in(cast.pat)
    assert pat.post(DRAFT, data={"practice_name": "", "asked_clients": " "}).status_code == 303
    assert "nothing to save yet" in pat.get(URL).text
    assert drafts() == []


def test_sending_makes_the_draft_the_application(sign_in, cast):
    pat = sign_in(cast.pat)
    saved = typed(pat, clients="Half").json
    form = ANSWERS | {"version": saved["version"], "was": json.dumps(saved["was"])}
    assert pat.post(URL, data=form).status_code == 303
    (found,) = db.session.scalars(select(Application).where(Application.user_id == cast.pat)).all()
    assert (found.status, found.answers["clients"], found.saved_at) == (
        "submitted",
        ANSWERS["asked_clients"],
        None,
    )
    assert [one["key"] for one in found.questions] == ["clients", "why_now", "hours"]
    late = typed(pat, clients="Too late")
    assert late.status_code == 422
    assert "sent this application already" in late.json["error"]


def test_a_refused_application_is_saved_all_the_same(sign_in, cast):
    pat = sign_in(cast.pat)
    response = pat.post(URL, data=ANSWERS | {"asked_why_now": "", "version": 0, "was": "{}"})
    assert response.status_code == 422
    (draft,) = drafts()
    assert draft.answers["clients"] == ANSWERS["asked_clients"]
    assert f'name="version" value="{draft.version}"' in response.text


def test_sending_over_another_tab_shows_both_texts_first(sign_in, cast):
    pat = sign_in(cast.pat)
    typed(pat, clients="First tab")
    response = pat.post(URL, data=ANSWERS | {"version": 0, "was": "{}"})
    assert response.status_code == 409
    assert "First tab" in response.text
    assert len(drafts()) == 1


def test_who_is_signed_out_is_told_so_and_who_is_in_is_refused(client, sign_in, cast):
    assert typed(client, clients="x").status_code == 401
    assert typed(sign_in(cast.wes), clients="x").status_code == 422  # stands in line with one that was sent
    response = sign_in(cast.ana).post(
        "/cohorts/spring-2026/apply/draft", data={"asked_clients": "x"}, headers=JSON
    )
    assert response.status_code == 422
    assert drafts() == []


def test_a_closed_cohort_takes_no_drafts(sign_in, cast):
    begin_write()
    db.session.scalar(select(Cohort).where(Cohort.slug == "summer-2026")).status = "closed"
    db.session.commit()
    response = typed(sign_in(cast.pat), clients="x")
    assert response.status_code == 422
    assert "does not take applications" in response.json["error"]


def test_nobody_else_sees_it(sign_in, cast):
    typed(sign_in(cast.pat), clients="Mine alone", practice_name="Hidden Practice")
    (draft,) = drafts()
    sam = sign_in(cast.sam)
    assert sam.get(f"/staff/applications/{draft.id}").status_code == 404
    assert (
        sam.post(f"/staff/applications/{draft.id}/accept", data={"version": draft.version}).status_code == 404
    )
    for page in ("/staff", "/staff/cohorts/summer-2026", "/staff/cohorts/summer-2026/seats", "/staff/funnel"):
        text = sam.get(page).text
        assert "Mine alone" not in text
        assert "Hidden Practice" not in text


def test_it_can_be_thrown_away(sign_in, cast):
    pat = sign_in(cast.pat)
    typed(pat, clients="No more")
    assert pat.post(f"{DRAFT}/delete").status_code == 303
    assert drafts() == []
    assert "No more" not in pat.get(URL).text
    assert pat.post(f"{DRAFT}/delete").status_code == 303  # twice is harmless


def test_throwing_away_touches_nothing_that_was_sent(sign_in, cast):
    pat = sign_in(cast.pat)
    pat.post(URL, data=ANSWERS)
    pat.post(f"{DRAFT}/delete")
    db.session.rollback()
    assert db.session.scalar(select(func.count(Application.id)).where(Application.user_id == cast.pat)) == 1


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "{{ 7919*7 }}", "a\x00b\ud800".encode("utf-8", "replace").decode(), "𝔘 🏋️"],
)
def test_hostile_strings_are_only_text(sign_in, cast, text):
    pat = sign_in(cast.pat)
    assert pat.post(DRAFT, data={"asked_clients": text, "practice_name": text}).status_code == 303
    page = pat.get(URL).text
    assert "<script>alert" not in page
    assert "55433" not in page


@pytest.mark.parametrize("was", ["[1]", "{", '{"asked_clients": 5}', "null", "x" * 5000, "[" * 9999])
def test_marks_that_are_none_of_ours_are_no_marks(sign_in, cast, was):
    assert typed(sign_in(cast.pat), was=was, version=0, clients="x").status_code == 200


@pytest.mark.parametrize("answers", [{"clients": "x" * 10_001}, {"practice_name": "x" * 161}])
def test_what_is_too_long_is_refused_in_words(sign_in, cast, answers):
    response = typed(sign_in(cast.pat), **answers)
    assert response.status_code == 422
    assert "characters" in response.json["error"]
    assert drafts() == []


def test_looking_begins_nothing(sign_in, cast):
    sign_in(cast.pat).get(URL)
    assert drafts() == []


# --- forgetting --------------------------------------------------------------------------------------------------


def reminders() -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.kind == "admissions/draft")))


def test_a_draft_is_forgotten_after_ninety_days_and_a_word_before(sign_in, cast, clock):
    typed(sign_in(cast.pat), clients="Later")
    draft_jobs.forget_drafts(clock.move(days=82))
    assert reminders() == []
    for _ in range(2):
        draft_jobs.forget_drafts(clock.move(days=1))
    (mail,) = reminders()
    assert mail.to_address == "pat@example.com"
    assert "takes no more applications" in mail.text  # in June the cohort has begun
    draft_jobs.forget_drafts(clock.move(days=5))
    assert len(drafts()) == 1
    draft_jobs.forget_drafts(clock.move(days=2))
    assert drafts() == []


def test_who_types_again_is_kept_for_as_long_again(sign_in, cast, clock):
    pat = sign_in(cast.pat)
    begin_write()
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == "summer-2026"))
    cohort.apply_until = NOW + timedelta(days=400)
    db.session.commit()
    one = typed(pat, clients="Later").json
    draft_jobs.forget_drafts(clock.move(days=84))
    (mail,) = reminders()
    assert "/sign-in/link/" in mail.text
    typed(sign_in(cast.pat), was=json.dumps(one["was"]), version=1, clients="Now")
    draft_jobs.forget_drafts(clock.move(days=10))
    assert len(drafts()) == 1
    draft_jobs.forget_drafts(clock.move(days=73))
    assert len(reminders()) == 2


def test_a_worker_that_stood_still_reminds_before_it_forgets(sign_in, cast, clock):
    typed(sign_in(cast.pat), clients="Later")
    draft_jobs.forget_drafts(clock.move(days=200))
    assert len(drafts()) == 1
    draft_jobs.forget_drafts(clock.move(days=6))
    assert len(drafts()) == 1
    draft_jobs.forget_drafts(clock.move(days=1))
    assert drafts() == []
