"""The history of a worksheet's draft: kept while it is saved, read, and put back."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, func, select

from app.audit.models import Entry
from app.cohorts.models import Enrollment
from app.coursework.jobs import thin_history
from app.coursework.models import Draft, KeptState, System
from app.lib.database import db
from tests.factories import attached
from tests.programs import COMPLETE
from tests.rooms.coursework.worksheets import COMPLETE_FORM, HOSTILE, JSON, begun, opened, sent

LONG = "word " * 80


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


def kept() -> list[KeptState]:
    db.session.rollback()
    return list(db.session.scalars(select(KeptState).order_by(KeptState.id)))


def typed(browser, url, **answers):
    response = browser.post(f"{url}/draft", data=opened(browser, url) | answers, headers=JSON)
    assert response.status_code == 200, response.text


def two_evenings(browser, clock):
    """Something is written, and changed the evening after; the address of the worksheet."""
    url = begun(browser)
    typed(browser, url, **COMPLETE_FORM)
    clock.move(days=1)
    typed(browser, url, **{"1.A.1": ["Harbor Moves"], "1.C.1": ["Only one line."]})
    return url


# --- keeping --------------------------------------------------------------------------------------


def test_a_fresh_draft_keeps_nothing_of_nothing(ana):
    url = begun(ana)
    typed(ana, url, **{"1.A.1": ["First words"]})
    assert kept() == []
    assert draft().kept_version == 1


def test_the_state_before_the_first_change_after_a_pause_is_kept(ana, clock):
    two_evenings(ana, clock)
    (one,) = kept()
    assert (one.why, one.version, one.content["answers"]["1.A.1"]) == ("rest", 2, COMPLETE["1.A.1"])
    assert one.words > 20
    assert one.kept_at == clock.now
    assert one.saved_at < one.kept_at
    assert draft().kept_version == 2


def test_a_pause_of_nine_minutes_is_none_and_writing_on_is_kept_every_ten(ana, clock):
    url = begun(ana)
    for number in range(5):
        typed(ana, url, **{"1.A.1": [f"Words {number}"]})
        clock.move(minutes=4)
    assert [(one.why, one.version) for one in kept()] == [("writing", 4)]


def test_a_large_loss_is_kept_at_once(ana, clock):
    url = begun(ana)
    typed(ana, url, **{"1.C.1": [LONG]})
    clock.move(seconds=20)
    typed(ana, url, **{"1.C.1": [""]})
    assert [(one.why, one.content["answers"]["1.C.1"].split()[0]) for one in kept()] == [("loss", "word")]


def test_what_is_sent_is_kept(ana):
    url = begun(ana)
    sent(ana, url)
    assert [one.why for one in kept()] == ["submit"]
    assert kept()[0].content["answers"]["1.A.1"] == COMPLETE["1.A.1"]


@pytest.mark.parametrize(("choice", "lost"), [("mine", "Theirs"), ("theirs", "Mine")])
def test_the_text_that_a_choice_throws_away_is_kept(ana, choice, lost):
    url = begun(ana)
    one, two = opened(ana, url), opened(ana, url)
    ana.post(f"{url}/draft", data=one | {"1.A.1": ["Theirs"]})
    form = two | {"1.A.1": ["Mine"], "asked": ["1.A.1"], "keep~1.A.1": [choice]}
    form["was"] = opened(ana, url)["was"]  # as the page that asks carries them
    for _ in range(2):  # twice is harmless
        assert ana.post(f"{url}/draft", data=form).status_code == 303
    assert [(state.why, state.content["answers"]["1.A.1"]) for state in kept()] == [("merge", lost)]


def test_an_autosave_stays_one_short_transaction_with_at_most_one_insert(ana, clock):
    url = begun(ana)
    typed(ana, url, **COMPLETE_FORM)
    clock.move(days=1)
    form = opened(ana, url) | {"1.A.1": ["Another day"]}
    said: list[str] = []

    def note(_connection, _cursor, statement, *_):
        said.append(statement.split()[0].upper())

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert ana.post(f"{url}/draft", data=form, headers=JSON).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    # only SQLite says where the writing begins; the other engine's count has the reading before it, too
    inside, most = (said[len(said) - said[::-1].index("BEGIN") :], 8) if "BEGIN" in said else (said, 16)
    assert said.count("INSERT") <= 2  # the state, and what was looked at
    assert len([one for one in inside if one in ("SELECT", "INSERT", "UPDATE", "DELETE")]) <= most, said


# --- reading --------------------------------------------------------------------------------------


def test_an_empty_history_says_what_will_be_there(ana):
    page = ana.get(f"{begun(ana)}/history").text
    assert "No earlier text yet" in page


def test_the_list_names_what_changed_after_each_state(ana, clock):
    url = two_evenings(ana, clock)
    assert f'href="{url}/history"' in ana.get(url).text
    page = ana.get(f"{url}/history").text
    assert "Before a pause ended" in page
    assert re.search(r"Changed after it: 1\.A\.1 [^;]+; 1\.C\.1 Cancellation rule<", page)
    assert re.search(r"\d+ words", page)
    assert "MDT</time>" in page  # Denver, where Ana lives


def test_one_state_is_shown_against_today(ana, clock):
    url = two_evenings(ana, clock)
    page = ana.get(f"{url}/history/{kept()[0].id}").text
    assert "<ins>Harbor" in page
    assert "<del>" in page
    assert "Two of " in page
    assert page.count("Put this back") == 2


def test_reading_changes_nothing_and_hostile_words_are_words(ana, clock):
    url = begun(ana)
    typed(ana, url, **{"1.A.1": [HOSTILE], "1.C.1": [HOSTILE]})
    clock.move(days=1)
    typed(ana, url, **{"1.A.1": ["Mild"], "1.C.1": [f"{HOSTILE} more"]})
    state_id, version = kept()[0].id, draft().version
    for address in ("", f"/{state_id}", "?before=x", "?before=999999", "?before=٣", f"?before={'9' * 40}"):
        page = ana.get(f"{url}/history{address}").text
        assert "<script>alert" not in page
    assert draft().version == version
    assert len(kept()) == 1


def test_a_long_history_is_paged_by_key(ana, clock, write):
    url = two_evenings(ana, clock)
    first = kept()[0]
    with write():
        for number in range(45):
            db.session.add(
                KeptState(
                    system_id=first.system_id, version=9, content=first.content, words=number, why="rest",
                    saved_at=clock.now, kept_at=clock.now,
                )
            )  # fmt: skip
    seen, address = 0, f"{url}/history"
    for _ in range(3):
        page = ana.get(address).text
        seen += page.count("kept__words")
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1] if found else ""
    assert (seen, address) == (46, "")


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "pat", "sam"])
def test_nobody_else_finds_it(ana, clock, sign_in, cast, who):
    url = two_evenings(ana, clock)
    other, state_id = sign_in(getattr(cast, who)), kept()[0].id
    assert other.get(f"{url}/history").status_code == 404
    assert other.get(f"{url}/history/{state_id}").status_code == 404
    assert other.post(f"{url}/history/{state_id}/put-back").status_code == 404
    assert draft().answers["1.A.1"] == "Harbor Moves"


def test_a_state_of_another_system_is_not_found_by_ones_own_address(ana, clock, sign_in, cast):
    two_evenings(ana, clock)
    ben = sign_in(cast.ben)
    url = begun(ben)
    assert ben.get(f"{url}/history/{kept()[0].id}").status_code == 404


# --- putting back ---------------------------------------------------------------------------------


def put_back(browser, url, state_id, **fields):
    return browser.post(f"{url}/history/{state_id}/put-back", data=fields)


def test_one_field_is_put_back_and_the_rest_stays(ana, clock):
    url = two_evenings(ana, clock)
    before = draft()
    version = before.version
    response = put_back(ana, url, kept()[0].id, part="1.A.1")
    assert (response.status_code, response.location) == (303, f"{url}#1.A.1")
    assert draft().answers["1.A.1"] == COMPLETE["1.A.1"]
    assert draft().answers["1.C.1"] == "Only one line."
    assert draft().version == version + 1
    assert kept()[0].put_back_at == clock.now
    assert "can be undone" in ana.get(url).text
    sentence = db.session.scalars(select(Entry.sentence).order_by(Entry.id.desc())).first()
    assert sentence.startswith("Put back 1.A.1 as it was on ")


def test_all_of_it_is_put_back_and_that_can_be_undone(ana, clock):
    url = two_evenings(ana, clock)
    assert put_back(ana, url, kept()[0].id).status_code == 303
    assert draft().answers["1.C.1"] == COMPLETE["1.C.1"]
    undo = kept()[-1]
    assert (undo.why, undo.content["answers"]["1.A.1"]) == ("put back", "Harbor Moves")
    assert put_back(ana, url, undo.id).status_code == 303
    assert draft().answers["1.A.1"] == "Harbor Moves"
    assert draft().answers["1.C.1"] == "Only one line."


def test_putting_back_twice_says_that_it_is_so_already(ana, clock):
    url = two_evenings(ana, clock)
    state_id = kept()[0].id
    put_back(ana, url, state_id, part="1.A.1")
    version = draft().version
    again = put_back(ana, url, state_id, part="1.A.1")
    assert again.status_code == 422
    assert "It stands like this already" in again.text
    assert draft().version == version


@pytest.mark.parametrize("part", ["9.Z.9", HOSTILE, "rating~nothing", "x" * 5000])
def test_a_field_that_is_not_asked_any_more_is_refused_kindly(ana, clock, part):
    url = two_evenings(ana, clock)
    response = put_back(ana, url, kept()[0].id, part=part)
    assert response.status_code == 422
    assert "does not ask that any more" in response.text
    assert draft().answers["1.A.1"] == "Harbor Moves"


def test_nothing_is_put_back_where_nothing_can_be_written(ana, clock, write, cast):
    url = two_evenings(ana, clock)
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    response = put_back(ana, url, kept()[0].id)
    assert response.status_code == 422
    assert "is suspended" in response.text
    assert "Put this back" not in response.text
    assert draft().answers["1.A.1"] == "Harbor Moves"


def test_files_stay_as_they_are(ana, clock, write):
    url = begun(ana)
    with write():
        held = attached(db.session.scalars(select(System)).one(), "1.C.2")
    typed(ana, url, **{"1.C.2~text": ["The text of before"]})
    clock.move(days=1)
    ana.post(f"{url}/files/{held['id']}/remove")
    typed(ana, url, **{"1.C.2~text": ["The text of today"]})
    state = next(one for one in reversed(kept()) if one.content["answers"]["1.C.2"]["files"])
    assert put_back(ana, url, state.id).status_code == 303
    answer = draft().answers["1.C.2"]
    assert (answer["text"], answer["files"]) == ("The text of before", [])


def test_the_job_thins_and_keeps_what_was_gone_back_to(ana, clock):
    url = begun(ana)
    for number in range(12):
        typed(ana, url, **{"1.A.1": [f"Words {number}"]})
        clock.move(minutes=11)
    count = len(kept())
    assert count == 11
    put_back(ana, url, kept()[0].id, part="1.A.1")
    first = kept()[0].id
    clock.move(days=9)
    thin_history(clock.now)
    left = kept()
    assert len(left) == 2
    assert left[0].id == first
    assert {one.step for one in left} == {2}
    thin_history(clock.now)
    assert db.session.scalar(select(func.count(KeptState.id))) == 2
