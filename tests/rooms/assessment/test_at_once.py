"""The same person in several tabs at the same moment, on SQLite and on PostgreSQL."""

from __future__ import annotations

from app.assessment.models import Assessment
from tests.rooms.assessment.sets import FOCUS, SYSTEMS, answers, finishes
from tests.rooms.coursework.test_review_race import at_once
from tests.rooms.coursework.test_worksheet_race import copies, count, posts

JSON = {"Accept": "application/json"}


def windows_of(app, browser, number):
    """More tabs of one browser, with its session and the secret it holds."""
    windows, secret = copies(app, browser, number), browser.get_cookie("assessment", path="/assessment")
    for window in windows if secret else []:
        window.set_cookie("assessment", secret.value, path="/assessment")
    return windows


def test_beginning_four_times_at_once_begins_one(app, sign_in, cast):
    windows = windows_of(app, sign_in(cast.pat), 4)
    found = at_once(app, posts(windows, "/assessment", [{}] * 4))
    assert {(one.status_code, one.location) for one in found} == {(303, SYSTEMS)}
    assert count(Assessment) == 1


def test_taps_of_four_tabs_at_once_are_all_kept(app, client):
    client.post("/assessment")
    windows = windows_of(app, client, 4)
    taps = [{"answer-1a": "1"}, {"answer-1b": "2"}, {"answer-2a": "0"}, {"answer-2b": "1"}]
    calls = posts(windows[:2], SYSTEMS, taps[:2], JSON) + posts(windows[2:], FOCUS, taps[2:], JSON)
    assert [one.status_code for one in at_once(app, calls)] == [200] * 4
    assert answers() == {"1a": 1, "1b": 2, "2a": 0, "2b": 1}


def test_erasing_and_mailing_at_once(app, client):
    address = finishes(client)
    windows = windows_of(app, client, 2)
    calls = posts(windows[:1], f"{address}/erase", [{}])
    calls += posts(windows[1:], f"{address}/mail", [{"email": "pat@example.com"}])
    assert {one.status_code for one in at_once(app, calls)} <= {303, 404}
    assert count(Assessment) == 0
