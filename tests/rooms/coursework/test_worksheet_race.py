"""The same person in several places at the same moment, on SQLite and on PostgreSQL."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from app.coursework.models import Attachment, Draft, Submission, System
from app.files.models import StoredFile
from app.lib.database import db
from app.mail.models import Message
from tests.client import Client
from tests.factories import submitted_system
from tests.rooms.coursework.test_review_race import at_once
from tests.rooms.coursework.worksheets import COMPLETE_FORM, JSON, SENDING, begun, opened


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Client:
    browser: Client = sign_in(cast.ana)
    return browser


def copies(app: Any, browser: Client, count: int) -> list[Client]:
    """More windows of the same browser: the same session, each with a connection of its own."""
    browser.csrf_token()
    with browser.session_transaction() as kept:
        session = dict(kept)
    windows = [Client(app) for _ in range(count)]
    for window in windows:
        with window.session_transaction() as kept:
            kept.update(session)
    db.session.remove()
    return windows


def posts(windows: list[Client], url: str, forms: list[Any], headers: Any = None) -> list[Any]:
    """One call for each window, its token fetched before the start."""
    calls = []
    for window, form in zip(windows, forms, strict=True):
        data = {**form, "csrf_token": window.csrf_token()}
        calls.append(lambda w=window, d=data: w.post(url, data=d, csrf=False, headers=headers))
    return calls


def count(what: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(what)) or 0


def test_beginning_four_times_at_once_makes_one_system(app, ana):
    windows = copies(app, ana, 4)
    answers = at_once(app, posts(windows, "/modules/systems/start", [{}] * 4))
    assert {(one.status_code, one.location) for one in answers} == {(303, "/systems/1")}
    assert count(System) == count(Draft) == 1


def test_submitting_four_times_at_once_sends_one_round(app, ana):
    url = begun(ana)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    windows = copies(app, ana, 4)
    answers = at_once(app, posts(windows, f"{url}/submit", [form] * 4))
    assert {(one.status_code, one.location) for one in answers} == {(303, f"{url}/submissions/1")}
    assert count(Submission) == count(Message) == 1


def test_four_tabs_save_the_same_field_and_three_are_asked(app, ana):
    url = begun(ana)
    form = opened(ana, url)
    windows = copies(app, ana, 4)
    texts = [f"Text {number}" for number in range(4)]
    answers = at_once(app, posts(windows, f"{url}/draft", [form | {"1.A.1": [text]} for text in texts], JSON))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    winner = next(text for text, one in zip(texts, answers, strict=True) if one.status_code == 200)
    db.session.rollback()
    assert db.session.scalars(select(Draft)).one().answers["1.A.1"] == winner


def test_four_tabs_save_different_fields_and_nothing_is_lost(app, ana):
    url = begun(ana)
    form = opened(ana, url)
    parts = [{"1.A.1": ["Name"]}, {"1.C.1": ["A rule"]}, {"1.E.3~price": ["90"]}, {"1.A.2": ["", "gym"]}]
    windows = copies(app, ana, 4)
    answers = at_once(app, posts(windows, f"{url}/draft", [form | part for part in parts], JSON))
    assert [one.status_code for one in answers] == [200] * 4
    db.session.rollback()
    draft = db.session.scalars(select(Draft)).one()
    kept = draft.answers
    assert (kept["1.A.1"], kept["1.C.1"], kept["1.E.3"]["price"], kept["1.A.2"]) == (
        "Name",
        "A rule",
        "90",
        ["gym"],
    )
    assert draft.version == 5


def test_taken_back_and_taken_up_at_once_only_one_happens(app, ana, cast, write, sign_in):
    with write():
        round_1 = submitted_system(cast.ana_enrollment)
        system_id, submission_id = round_1.system_id, round_1.id
    cora = sign_in(cast.cora)
    tokens = ana.csrf_token(), cora.csrf_token()
    db.session.remove()
    at_once(
        app,
        [
            lambda: ana.post(
                f"/systems/{system_id}/submissions/1/take-back", data={"csrf_token": tokens[0]}, csrf=False
            ),
            lambda: cora.post(
                f"/submissions/{submission_id}/review", data={"csrf_token": tokens[1]}, csrf=False
            ),
        ],
    )
    db.session.rollback()
    round_1 = db.session.get_one(Submission, submission_id)
    assert (round_1.status, round_1.system.status) in {("withdrawn", "drafting"), ("in review", "in review")}


def test_five_files_at_once_find_room_for_two(app, ana):
    """And the quota is asked under the same lock: none of the others leaves a row behind."""
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.C.2~deidentified": ["", "yes"]})
    windows = copies(app, ana, 5)
    files = [{"1.C.2~upload": (io.BytesIO(b"%d" % number), f"{number}.txt")} for number in range(5)]
    answers = at_once(app, posts(windows, f"{url}/files/1.C.2", files, JSON))
    assert sorted(one.status_code for one in answers) == [200, 200, 422, 422, 422]
    assert count(Attachment) == count(StoredFile) == 2
    held = db.session.scalars(select(Draft)).one().answers["1.C.2"]["files"]
    assert {one["id"] for one in held} == set(db.session.scalars(select(Attachment.id)))
