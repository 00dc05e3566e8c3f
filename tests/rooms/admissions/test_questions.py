"""Staff decide what one cohort's applicants are asked; what was sent keeps the questions it answered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.admissions.models import Application
from app.admissions.question_models import ApplicationQuestions
from app.audit.models import Entry
from app.lib.database import db
from tests.rooms.admissions.test_apply import ANSWERS, URL

PAGE = "/staff/cohorts/summer-2026/questions"


def of(*questions: dict[str, Any], version: int = 0, do: str = "save") -> dict[str, Any]:
    """The form of the page that shows these questions."""
    form: dict[str, Any] = {"version": version, "do": do, "key": [one["key"] for one in questions]}
    for one in questions:
        form |= {f"{one['key']}~{part}": value for part, value in one.items() if part != "key"}
    return form


WHO = {
    "key": "clients",
    "question": "Whom do you serve?",
    "hint": "A sentence",
    "kind": "long",
    "required": "yes",
}
TOWN = {"key": "q1town", "question": "In which town?", "kind": "short"}
PACE = {
    "key": "q2pace",
    "question": "How fast?",
    "kind": "choice",
    "options": "Slow\n\nFast\nSlow",
    "required": "yes",
}


@pytest.fixture
def sam(sign_in, cast):
    return sign_in(cast.sam)


def kept() -> ApplicationQuestions | None:
    db.session.rollback()
    return db.session.scalar(select(ApplicationQuestions))


def shown(page) -> list[str]:
    """The keys of the page's questions, in its order."""
    return re.findall(r'name="key" value="(\w+)"', page.text)


def test_it_begins_as_a_copy_and_looking_keeps_nothing(sam):
    page = sam.get(PAGE)
    assert shown(page) == ["clients", "why_now", "hours"]
    assert kept() is None


def test_applicants_are_asked_what_was_saved(sam, sign_in, cast):
    assert sam.post(PAGE, data=of(PACE, WHO, TOWN)).location == PAGE
    row = kept()
    assert (row.version, row.changed_by_id) == (1, cast.sam)
    assert next(one["options"] for one in row.questions) == ["Slow", "Fast"]
    page = sign_in(cast.pat).get(URL).text
    assert page.index("How fast?") < page.index("Whom do you serve?") < page.index("In which town?")
    assert "Why now" not in page
    assert "Changed the questions to applicants" in " ".join(db.session.scalars(select(Entry.sentence)))


def test_what_was_sent_keeps_its_questions(sam, sign_in, cast):
    pat = sign_in(cast.pat)
    pat.post(URL, data=ANSWERS)
    sam.post(PAGE, data=of(PACE))
    db.session.rollback()
    application = db.session.scalar(select(Application).where(Application.user_id == cast.pat))
    for page in (pat.get(URL), sam.get(f"/staff/applications/{application.id}")):
        assert application.questions[0]["question"] in page.text
        assert ANSWERS["asked_clients"] in page.text
        assert "How fast?" not in page.text


def test_a_draft_keeps_its_answers_and_is_asked_what_is_new(sam, sign_in, cast):
    pat = sign_in(cast.pat)
    pat.post(f"{URL}/draft", data={"asked_clients": "Adults", "asked_why_now": "Now or never"})
    sam.post(PAGE, data=of(WHO, PACE))
    page = pat.get(URL).text
    assert "Adults" in page
    assert "How fast?" in page
    assert "Now or never" not in page
    pat.post(f"{URL}/draft", data={"version": 1, "was": "{}", "asked_q2pace": "Fast"})
    back = {"key": "why_now", "question": "Why now?", "kind": "long"}
    sam.post(PAGE, data=of(WHO, PACE, back, version=1))
    assert "Now or never" in pat.get(URL).text  # put back, it finds its answer


def test_a_choice_that_is_no_longer_offered_must_be_made_anew(sam, sign_in, cast):
    pat = sign_in(cast.pat)
    pat.post(f"{URL}/draft", data={"asked_hours": "Four or five hours"})
    hours = {
        "key": "hours",
        "question": "Hours?",
        "kind": "choice",
        "options": "Few\nMany",
        "required": "yes",
    }
    sam.post(PAGE, data=of(hours))
    page = pat.get(URL)
    assert page.status_code == 200
    assert "checked" not in page.text.split("Hours?")[1].split("</fieldset>")[0]
    assert "Please choose one" in pat.post(URL, data={"version": 1, "was": "{}"}).text


@pytest.mark.parametrize(
    ("do", "keys"),
    [
        ("up:q1town", ["q1town", "clients", "q2pace"]),
        ("down:q1town", ["clients", "q2pace", "q1town"]),
        ("out:clients", ["q1town", "q2pace", "clients"]),
        ("up:nobody", ["clients", "q1town", "q2pace"]),
        ("dance", ["clients", "q1town", "q2pace"]),
    ],
)
def test_buttons_change_the_page_and_keep_nothing(sam, do, keys):
    page = sam.post(PAGE, data=of(WHO, TOWN, PACE, do=do))
    assert page.status_code == 200
    assert shown(page) == keys
    assert "Not saved yet" in page.text
    assert "In which town?" in page.text
    assert kept() is None


def test_a_question_is_added_and_taken_out_and_put_back(sam):
    page = sam.post(PAGE, data=of(WHO, do="add"))
    new = shown(page)[1]
    assert re.fullmatch(r"q[0-9a-f]{8}", new)
    out = TOWN | {"asked": "no"}
    page = sam.post(PAGE, data=of(WHO, out, do="back:q1town"))
    assert "Taken out" not in page.text
    assert shown(page) == ["clients", "q1town"]
    sam.post(PAGE, data=of(WHO, out))
    assert [one["is_asked"] for one in kept().questions] == [True, False]


def test_a_colleagues_change_is_not_overwritten_unseen(sam):
    sam.post(PAGE, data=of(WHO))
    page = sam.post(PAGE, data=of(TOWN, version=0))
    assert page.status_code == 409
    assert "A colleague has changed" in page.text
    assert "Whom do you serve?" in page.text  # theirs
    assert "In which town?" in page.text  # mine
    assert 'name="version" value="1"' in page.text
    assert kept().version == 1
    assert sam.post(PAGE, data=of(TOWN, version=1)).status_code == 303


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (TOWN | {"question": " "}, "Please write the question."),
        (PACE | {"options": "Only one"}, "Please give 2 to 12 answers"),
        (TOWN | {"asked": "no"}, "Ask at least one question."),
        (TOWN | {"hint": "x" * 501}, "at most 500"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_else_is_kept(sam, question, sentence):
    page = sam.post(PAGE, data=of(question))
    assert page.status_code == 422
    assert sentence in page.text
    assert kept() is None


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7919*7 }}", "a\x00b", "𝔘𝔫𝔦 🏋️", '"><b>x', "\u202egone"]
)
def test_hostile_strings_are_only_text(sam, sign_in, cast, text):
    sam.post(
        PAGE,
        data=of({"key": "q1", "question": text, "hint": text, "kind": "choice", "options": f"{text}\nOther"}),
    )
    pages = [
        sam.get(PAGE),
        sign_in(cast.pat).get(URL),
        sam.post(PAGE, data=of(WHO | {"question": text}, do="preview")),
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<b>x" not in page.text
        assert "55433" not in page.text


@pytest.mark.parametrize("key", ["", "A", "a b", "../x", "x" * 99, "name\x00", "1a", "é"])
def test_keys_that_are_none_are_passed_over(sam, key):
    assert shown(sam.post(PAGE, data=of(WHO, TOWN | {"key": key}, do="dance"))) == ["clients"]


def test_the_preview_shows_what_is_not_saved_and_can_send_nothing(sam):
    page = sam.post(PAGE, data=of(PACE, TOWN, do="preview"))
    assert page.status_code == 200
    assert "How fast?" in page.text
    assert "<form" not in page.text.split("<main")[1]
    assert kept() is None
