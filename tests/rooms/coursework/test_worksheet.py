"""The worksheet: beginning it, filling it in without scripts, reading it when nothing may be written."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import get_template_attribute
from sqlalchemy import func, select

from app.audit.models import Entry
from app.cohorts.models import Cohort, Enrollment
from app.coursework.models import Draft, System
from app.curriculum.field_types import TableField
from app.lib.database import db
from tests.factories import accepted_system, counted_queries, participant, submitted_system
from tests.programs import COMPLETE
from tests.rooms.coursework.worksheets import COMPLETE_FORM, HOSTILE, begun, form_of, opened


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


# --- beginning ------------------------------------------------------------------------------------


def test_beginning_a_module_makes_its_system_and_leads_there(ana):
    url = begun(ana)
    assert ana.get(url).status_code == 200
    system = db.session.scalars(select(System)).one()
    assert (system.module_slug, system.status, system.round) == ("systems", "drafting", 0)


def test_beginning_twice_leads_to_the_same_system(ana):
    assert begun(ana) == begun(ana)
    assert db.session.scalar(select(func.count(System.id))) == 1
    assert (
        db.session.scalar(select(func.count(Entry.id)).where(Entry.sentence.startswith("Began System"))) == 1
    )


def test_a_module_that_is_not_open_refuses_with_its_date(ana):
    response = ana.post("/modules/scope/start", critical=False)
    assert response.status_code == 409
    assert "has no worksheet yet" in response.text
    assert db.session.scalar(select(func.count(System.id))) == 0


def test_before_the_cohort_starts_nothing_can_be_begun(sign_in, cast):
    response = sign_in(cast.uma).post("/modules/systems/start", critical=False)
    assert response.status_code == 409
    assert "opens on Sat, Sep 5, 10:00 a.m. CDT" in response.text


def test_an_unknown_module_is_not_found(ana):
    assert ana.post("/modules/nothing-here/start").status_code == 404


# --- reading --------------------------------------------------------------------------------------


def test_every_field_stands_with_label_guidance_rubric_and_progress(ana):
    page = ana.get(begun(ana)).text
    for words in (
        "Practice name",
        "Client path",
        "Cancellation rule",
        "Break-even",
        "0 of 2",
        "Rubric: Client path",
    ):
        assert words in page
    assert "Every step has an owner." in page


@pytest.mark.parametrize(("columns", "many"), [(7, False), (8, True)])
def test_a_table_with_too_many_columns_for_a_desk_is_drawn_as_cards(app, columns, many):
    kinds = [{"key": f"c{number}", "label": "A word", "type": "short_text"} for number in range(columns)]
    table = TableField.model_validate({"id": "1.A.1", "label": "Wide", "type": "table", "columns": kinds})
    page = SimpleNamespace(total=lambda field: "", rows_note=lambda field: "")
    with app.test_request_context():
        draw = get_template_attribute("coursework/fields/table_rows.html", "table_rows")
        assert ("rows--many" in draw(page, table, [])) is many


def test_reading_changes_nothing(ana, write, cast):
    url = begun(ana)
    before = (draft().version, draft().saved_at, db.session.scalar(select(func.count(Entry.id))))
    for _ in range(2):
        ana.get(url)
    assert before == (draft().version, draft().saved_at, db.session.scalar(select(func.count(Entry.id))))


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "sam", "pat"])
def test_nobody_else_finds_it(ana, sign_in, cast, who):
    url = begun(ana)
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(url).status_code == 404
    for verb in ("draft", "submit", "requests/1", "submissions/1/take-back"):
        assert stranger.post(f"{url}/{verb}", data={"1.A.1": "Mine now"}).status_code == 404
    assert draft().answers == {}


def test_a_number_too_large_for_the_database_is_not_found(ana):
    assert ana.get("/systems/99999999999999999999").status_code == 404


def test_somebody_signed_out_is_asked_to_sign_in(ana, client):
    url = begun(ana)
    response = client.get(url)
    assert (response.status_code, response.location) == (303, f"/sign-in?next={url}")


# --- saving without scripts -----------------------------------------------------------------------


def test_saving_keeps_every_type_of_field_and_leads_back_to_the_section(ana):
    url = begun(ana)
    response = ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM | {"save": ["B"]})
    assert (response.status_code, response.location) == (303, f"{url}#B")
    assert draft().answers == COMPLETE
    assert draft().version == 2


def test_what_was_saved_stands_in_the_form_again(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM)
    again = opened(ana, url)
    assert again["1.E.1~r1~amount"] == ["1,150"]
    assert again["1.C.1"] == [COMPLETE["1.C.1"]]
    assert again["1.A.2"] == ["", "gym"]
    page = ana.get(url).text
    assert "1,900" in page
    assert "(1,150 + 750)" in page or "1,900 ÷ (90 − 4)" in page


def test_sending_an_unchanged_page_changes_nothing(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM)
    before = (draft().version, draft().answers)
    ana.post(f"{url}/draft", data=opened(ana, url))
    assert before == (draft().version, draft().answers)


def test_unticking_everything_is_kept(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.2": ["", "gym", "online"]})
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.2": [""]})
    assert draft().answers["1.A.2"] == []


def test_a_row_can_be_added_and_removed(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | COMPLETE_FORM)
    response = ana.post(f"{url}/draft", data=opened(ana, url) | {"add": ["1.B.1"]})
    assert response.location == f"{url}#1.B.1"
    form = opened(ana, url)
    assert len([row for row in form["1.B.1~row"] if row]) == 3
    ana.post(f"{url}/draft", data=form | {"remove": ["1.B.1~r1"]})
    assert [row["step"] for row in draft().answers["1.B.1"]] == ["Discharge", ""]


def test_a_table_stops_growing_at_its_limit(ana):
    url = begun(ana)
    rows = {"1.E.1~row": ["", *(f"r{n}" for n in range(200))]}
    rows |= {f"1.E.1~r{n}~item": [f"Item {n}"] for n in range(200)}
    ana.post(f"{url}/draft", data=opened(ana, url) | rows)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"add": ["1.E.1"]})
    assert len(draft().answers["1.E.1"]) == 200


# --- what people type -----------------------------------------------------------------------------


def test_a_number_that_cannot_be_read_is_kept_as_typed_with_a_sentence(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.E.3~price": ["ninety"]})
    page = ana.get(url).text
    assert "“ninety” is not a number we can read" in page
    assert form_of(page)["1.E.3~price"] == ["ninety"]


def test_hostile_text_is_kept_and_shown_as_text(ana):
    url = begun(ana)
    hostile = {"1.A.1": [HOSTILE], "1.C.1": [HOSTILE], "1.B.1~row": ["", "r1"], "1.B.1~r1~step": [HOSTILE]}
    hostile |= {"1.B.1~r1~exists": [HOSTILE], "1.A.2": ["", HOSTILE], "1.E.3~price": ["9" * 400]}
    assert ana.post(f"{url}/draft", data=opened(ana, url) | hostile).status_code == 303
    page = ana.get(url)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "\x00" not in str(draft().answers)
    assert draft().answers["1.A.1"].startswith("<script>alert(1)</script> {{ 7*7 }}")


def test_a_very_long_text_is_kept_whole_and_named(ana):
    url = begun(ana)
    text = "word " * 20_000
    assert ana.post(f"{url}/draft", data=opened(ana, url) | {"1.C.1": [text]}).status_code == 303
    assert draft().answers["1.C.1"] == text.strip()
    assert "there is room for 20,000" in ana.get(url).text


@pytest.mark.parametrize(
    "odd",
    [
        {"9.Z.9": ["x"], "1.A.1~r1~step": ["x"], "__proto__": ["x"], "rating~nobody": ["meets"]},
        {"1.B.1~row": ["", "r7"], "1.B.1~r8~step": ["a foreign row"]},
        {"1.E.5": ["35"], "1.E.5~break_even": ["35"]},
        {"request~99": ["changed"], "request~": [""], "request~x": ["changed"], "rating~rules": ["best"]},
    ],
)
def test_names_nobody_drew_are_passed_over(ana, odd):
    url = begun(ana)
    assert ana.post(f"{url}/draft", data=opened(ana, url) | odd).status_code == 303
    assert not any(draft().answers.values())
    assert draft().self_rating == {}


@pytest.mark.parametrize("was", ["[" * 5000, "{", '{"1.A.1": 5}', "[]", '"x"', "null", ""])
@pytest.mark.parametrize("version", ["", "-1", "1e9", "9" * 50, "٣"])
def test_odd_marks_and_versions_lose_nothing(ana, was, version):
    url = begun(ana)
    response = ana.post(f"{url}/draft", data={"was": was, "version": version, "1.A.1": "Kept in the form"})
    assert response.status_code in (303, 409)
    if response.status_code == 409:
        assert "Kept in the form" in response.text


def test_row_names_are_made_safe(ana):
    url = begun(ana)
    name = '"><b>'
    form = {"1.B.1~row": ["", name], f"1.B.1~{name}~step": ["Inquiry"]}
    ana.post(f"{url}/draft", data=opened(ana, url) | form)
    assert [row["step"] for row in draft().answers["1.B.1"]] == ["Inquiry"]
    assert draft().answers["1.B.1"][0]["id"] != name


# --- when nothing may be written ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("suspended", "is suspended"),
        ("paused", "is paused"),
        ("withdrawn", "You left this cohort"),
        ("completed", "completed"),
    ],
)
def test_an_enrollment_that_may_not_work_reads_with_the_reason(ana, write, cast, status, words):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM
    ana.post(f"{url}/draft", data=form)
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = status
    page = ana.get(url).text
    assert words in page
    assert "Northgate Medical Exercise" in page
    assert 'id="work"' not in page
    refused = ana.post(f"{url}/draft", data=form | {"1.A.1": ["Typed while suspended"]})
    assert refused.status_code == 422
    assert words in refused.text
    assert "Typed while suspended" in refused.text  # to copy it
    assert draft().answers["1.A.1"] == "Northgate Medical Exercise"


def test_an_accepted_system_is_read_only_and_says_so(ana, write, cast):
    with write():
        system_id = accepted_system(cast.ana_enrollment, cast.cora).id
    page = ana.get(f"/systems/{system_id}").text
    assert "accepted and part of your manual" in page
    assert ana.post(f"/systems/{system_id}/draft", data={"version": "1", "1.A.1": "x"}).status_code == 422


def test_while_a_round_waits_the_next_one_can_be_drafted(ana, write, cast):
    with write():
        system_id = submitted_system(cast.ana_enrollment).system_id
    url = f"/systems/{system_id}"
    page = ana.get(url).text
    assert "is waiting for your coach" in page
    assert "Submit round" not in page
    ana.post(f"{url}/draft", data=form_of(page) | {"1.A.1": ["New name"]})
    assert draft().answers["1.A.1"] == "New name"
    assert db.session.get_one(System, system_id).status == "submitted"


def test_a_cohort_moved_into_the_future_still_lets_people_write(ana, write, cast):
    url = begun(ana)
    with write():
        db.session.get_one(Cohort, cast.spring).shift_days = 60
    assert ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.1": ["Kept"]}).status_code == 303
    assert draft().answers["1.A.1"] == "Kept"


# --- how much it asks of the database -------------------------------------------------------------


def test_the_same_few_queries_for_one_row_and_for_thirty(ana, cast, write):
    url = begun(ana)
    ana.get(url)
    with counted_queries() as one:
        ana.get(url)
    rows = {"1.B.1~row": ["", *(f"r{n}" for n in range(30))]} | {
        f"1.B.1~r{n}~step": [f"Step {n}"] for n in range(30)
    }
    ana.post(f"{url}/draft", data=opened(ana, url) | rows)
    with write():
        for number in range(30):
            submitted_system(participant(cast.spring, number).id)
    with counted_queries() as thirty:
        ana.get(url)
    assert len(one) == len(thirty) <= 5, thirty
