"""One section of the worksheet at a time: what is shown, what is sent, and where links lead."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from app.coursework.models import Draft, Submission
from app.lib.database import db
from tests.factories import counted_queries, submitted_system
from tests.programs import COMPLETE
from tests.rooms.coursework.worksheets import COMPLETE_FORM, SENDING, begun, form_of, opened


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Any:
    return sign_in(cast.ana)


@pytest.fixture
def url(ana: Any) -> str:
    address = begun(ana)
    ana.post(f"{address}/draft", data=opened(ana, address) | COMPLETE_FORM)
    return address


def answers() -> Any:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one().answers


def test_only_that_section_stands_on_the_page_with_the_way_on(ana, url):
    page = ana.get(f"{url}?section=1.B").text
    names = set(form_of(page))
    assert "1.B.1~row" in names
    assert not any(name.startswith(("1.A", "1.E", "rating", "statement")) for name in names)
    assert f'href="{url}?section=1.A#A" rel="prev"' in page
    assert f'href="{url}?section=1.E#E" rel="next"' in page
    assert re.search(r"2 of \d", page)


@pytest.mark.parametrize("section", ["", "B", "9.B", "1.b", "%00", "<b>"])
def test_any_other_word_shows_the_whole(ana, url, section):
    page = ana.get(url, query_string={"section": section}).text
    assert {"1.A.1", "1.C.1"} <= set(form_of(page))
    assert 'class="stepbar"' not in page


def test_saving_one_section_loses_nothing_of_the_others_and_stays_there(ana, url):
    form = opened(ana, f"{url}?section=1.B") | {"1.B.1~r1~step": ["Phone call"], "save": ["B"]}
    response = ana.post(f"{url}/draft", data=form)
    assert (response.status_code, response.location) == (303, f"{url}?section=1.B#B")
    assert answers()["1.B.1"][0]["step"] == "Phone call"
    assert answers() | {"1.B.1": COMPLETE["1.B.1"]} == COMPLETE


def test_rows_are_added_in_one_section(ana, url):
    response = ana.post(f"{url}/draft", data=opened(ana, f"{url}?section=1.B") | {"add": ["1.B.1"]})
    assert response.location == f"{url}?section=1.B#1.B.1"
    assert len(answers()["1.B.1"]) == 3


def test_a_conflict_in_one_section_leads_back_to_it(ana, url):
    here, there = opened(ana, f"{url}?section=1.B"), opened(ana, url)
    ana.post(f"{url}/draft", data=there | {"1.C.1": ["There"]})
    response = ana.post(f"{url}/draft", data=here | {"1.C.1": ["Here"]})
    assert response.status_code == 409
    assert '<input type="hidden" name="section" value="1.B">' in response.text


def test_another_section_changed_elsewhere_is_no_conflict(ana, url):
    here, there = opened(ana, f"{url}?section=1.B"), opened(ana, url)
    ana.post(f"{url}/draft", data=there | {"1.A.1": ["There"]})
    assert ana.post(f"{url}/draft", data=here | {"1.C.1": ["Here"]}).status_code == 303
    assert (answers()["1.A.1"], answers()["1.C.1"]) == ("There", "Here")


def test_a_round_is_sent_from_the_last_step(ana, url):
    page = opened(ana, f"{url}?section=send")
    response = ana.post(f"{url}/submit", data=page | SENDING)
    assert (response.status_code, response.location) == (303, f"{url}/submissions/1")
    db.session.rollback()
    assert db.session.scalars(select(Submission)).one().answers["1.A.1"] == COMPLETE["1.A.1"]


def test_a_refusal_in_the_last_step_names_the_way_to_the_section(ana, url):
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.C.1": [""]})
    response = ana.post(f"{url}/submit", data=opened(ana, f"{url}?section=send") | SENDING)
    assert response.status_code == 422
    assert f'href="{url}?section=1.B#1.C.1"' in response.text
    assert 'name="section" value="send"' in response.text


def test_a_link_to_a_field_of_this_section_stays_on_the_page(ana, url):
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.C.1": [""]})
    assert 'href="#1.C.1"' in ana.get(f"{url}?section=1.B").text
    assert 'href="#1.C.1"' in ana.get(url).text


def test_where_nothing_can_be_written_all_is_read(ana, write, cast):
    with write():
        system = submitted_system(cast.ana_enrollment).system
        system.status, system_id = "accepted", system.id
    page = ana.get(f"/systems/{system_id}?section=1.B").text
    assert "stepbar" not in page
    assert COMPLETE["1.A.1"] in page


def test_one_section_asks_no_more_than_the_whole(ana, url):
    ana.get(url)
    with counted_queries() as whole:
        ana.get(url)
    with counted_queries() as one:
        ana.get(f"{url}?section=1.B")
    assert len(one) == len(whole) <= 5


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "sam", "pat"])
def test_nobody_else_finds_a_section(ana, url, sign_in, cast, who):
    assert sign_in(getattr(cast, who)).get(f"{url}?section=1.B").status_code == 404
