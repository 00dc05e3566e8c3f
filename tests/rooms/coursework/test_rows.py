"""Rows of a table by button, without scripts: moved, duplicated; the order is part of the answer."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.coursework.models import Draft
from app.lib.database import db
from tests.rooms.coursework.worksheets import COMPLETE_FORM, HOSTILE, JSON, begun, form_of, opened


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Any:
    return sign_in(cast.ana)


@pytest.fixture
def url(ana: Any) -> str:
    address = begun(ana)
    ana.post(f"{address}/draft", data=opened(ana, address) | COMPLETE_FORM)
    return address


def steps() -> list[str]:
    db.session.rollback()
    return [row["step"] for row in db.session.scalars(select(Draft)).one().answers["1.B.1"]]


def press(browser: Any, url: str, form: Any, **button: str) -> Any:
    return browser.post(f"{url}/draft", data=form | {name: [value] for name, value in button.items()})


def test_a_row_moves_up_and_down_and_the_page_comes_back_to_the_table(ana, url):
    response = press(ana, url, opened(ana, url), move="1.B.1~r2~up")
    assert (response.status_code, response.location) == (303, f"{url}#1.B.1")
    assert steps() == ["Discharge", "Inquiry"]
    press(ana, url, opened(ana, url), move="1.B.1~r2~down")
    assert steps() == ["Inquiry", "Discharge"]


def test_what_was_typed_is_saved_with_the_move(ana, url):
    press(
        ana,
        url,
        opened(ana, url) | {"1.B.1~r1~step": ["Phone call"], "1.C.1": ["By noon"]},
        move="1.B.1~r1~down",
    )
    assert steps() == ["Discharge", "Phone call"]
    assert db.session.scalars(select(Draft)).one().answers["1.C.1"] == "By noon"


def test_a_row_is_duplicated_with_everything_in_it(ana, url):
    press(ana, url, opened(ana, url), duplicate="1.B.1~r1")
    assert steps() == ["Inquiry", "Inquiry", "Discharge"]
    rows = db.session.scalars(select(Draft)).one().answers["1.B.1"]
    assert rows[0]["exists"] == rows[1]["exists"] == "in_use"
    assert len({row["id"] for row in rows}) == 3


def test_a_blank_row_moves_and_goes_too(ana, url):
    press(ana, url, opened(ana, url), add="1.B.1")
    blank = [row for row in opened(ana, url)["1.B.1~row"] if row][-1]
    press(ana, url, opened(ana, url), move=f"1.B.1~{blank}~up")
    assert steps() == ["Inquiry", "", "Discharge"]
    press(ana, url, opened(ana, url), remove=f"1.B.1~{blank}")
    assert steps() == ["Inquiry", "Discharge"]


@pytest.mark.parametrize(
    "button",
    [
        {"move": "1.B.1~r1~up"},
        {"move": "1.B.1~r2~down"},
        {"move": "1.B.1~r9~up"},
        {"duplicate": "1.B.1~r9"},
        {"move": "1.A.1~r1~up"},
        {"duplicate": "9.Z.9~r1"},
        {"move": HOSTILE},
        {"duplicate": HOSTILE},
    ],
)
def test_what_cannot_be_done_changes_nothing(ana, url, button):
    before = steps()
    assert press(ana, url, opened(ana, url), **button).status_code == 303
    assert steps() == before


def test_a_move_alone_is_a_change_and_the_same_order_is_none(ana, url):
    def told() -> tuple[int, int]:
        db.session.rollback()
        return db.session.scalars(select(Draft.version)).one(), db.session.scalar(
            select(func.count(Entry.id))
        ) or 0

    form = opened(ana, url)
    version, _ = told()
    press(ana, url, form, move="1.B.1~r1~down")
    assert told()[0] == version + 1
    after = told()
    press(ana, url, opened(ana, url))
    assert told() == after


# --- a second tab ---------------------------------------------------------------------------------


def test_a_move_here_and_a_change_of_another_field_there_both_stay(ana, url):
    here, there = opened(ana, url), opened(ana, url)
    press(ana, url, there | {"1.A.1": ["New name"]})
    assert press(ana, url, here, move="1.B.1~r2~up").status_code == 303
    assert steps() == ["Discharge", "Inquiry"]
    assert db.session.scalars(select(Draft)).one().answers["1.A.1"] == "New name"


def test_two_orders_are_asked_about_and_the_moved_one_is_carried(ana, url):
    here, there = opened(ana, url), opened(ana, url)
    press(ana, url, there | {"1.B.1~r1~step": ["Phone call"]})
    response = press(ana, url, here, move="1.B.1~r2~up")
    assert response.status_code == 409
    assert steps() == ["Phone call", "Discharge"]
    asked = form_of(response.text, _index(response.text))
    kept = ana.post(f"{url}/draft", data=asked | {"keep~1.B.1": ["mine"]})
    assert kept.status_code == 303
    assert steps() == ["Discharge", "Inquiry"]


def _index(html: str) -> int:
    """Which form of the page asks what to keep."""
    before = html[: html.index('class="conflicts"')]
    return before.count("<form") - 1


def test_a_removed_row_stays_removed_through_the_question(ana, url):
    here, there = opened(ana, url), opened(ana, url)
    press(ana, url, there | {"1.B.1~r1~step": ["Phone call"]})
    response = press(ana, url, here, remove="1.B.1~r1")
    ana.post(f"{url}/draft", data=form_of(response.text, _index(response.text)) | {"keep~1.B.1": ["mine"]})
    assert steps() == ["Discharge"]


def test_the_order_of_a_page_with_scripts_arrives(ana, url):
    form = opened(ana, url)
    form["1.B.1~row"] = ["", "r2", "r1"]
    response = ana.post(f"{url}/draft", data=form, headers=JSON)
    assert response.status_code == 200
    assert steps() == ["Discharge", "Inquiry"]


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "pat"])
def test_nobody_else_moves_rows(ana, url, sign_in, cast, who):
    stranger = sign_in(getattr(cast, who))
    assert (
        stranger.post(f"{url}/draft", data={"move": "1.B.1~r1~down", "1.B.1~row": ["r1", "r2"]}).status_code
        == 404
    )
    assert steps() == ["Inquiry", "Discharge"]
