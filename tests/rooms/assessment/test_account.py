"""Results in an account: kept there, erased there, and side by side with those before them."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from app.assessment.models import AssessmentSample
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.curriculum.actions import publish
from app.lib.database import db
from tests.cast import NOW
from tests.factories import ONES, assessment
from tests.programs import small_program
from tests.rooms.assessment.sets import finishes, rows, words

# --- keeping and erasing ------------------------------------------------------------------------------------------


def test_keeping_moves_it_into_the_account_and_ends_the_link(client, sign_in, cast):
    address, pat = finishes(client), sign_in(cast.pat)
    assert "Keep it in my account" in pat.get(address).text
    response = pat.post(f"{address}/keep")
    (row,) = rows()
    assert response.location == f"/assessment/results/{row.id}"
    assert (row.user_id, row.token_hash) == (cast.pat, None)
    assert pat.get(response.location).status_code == 200
    assert client.get(address).status_code == 404
    assert pat.post(f"{address}/keep").status_code == 404  # twice is harmless
    assert "Kept a self-assessment in the account" in str(db.session.scalars(select(Entry.sentence)).all())


def test_nobody_keeps_without_an_account(client):
    address = finishes(client)
    assert client.post(f"{address}/keep").location.startswith("/sign-in")
    assert rows()[0].user_id is None


def test_erasing_by_the_link(client):
    address = finishes(client)
    response = client.post(f"{address}/erase")
    assert response.location == "/assessment"
    assert not rows()
    assert "Your answers and their result are erased." in client.get("/assessment").text
    assert client.get(address).status_code == 404
    assert "A visitor erased a self-assessment" in str(db.session.scalars(select(Entry.sentence)).all())


def test_erasing_in_the_account(sign_in, cast, write):
    with write():
        row_id = assessment(user_id=cast.pat).id
    for other in (cast.ana, cast.sam):
        assert sign_in(other).post(f"/assessment/results/{row_id}/erase").status_code == 404
    assert len(rows()) == 1
    assert sign_in(cast.pat).post(f"/assessment/results/{row_id}/erase").location == "/assessment"
    assert not rows()


# --- in the account -----------------------------------------------------------------------------------------------


def test_who_is_signed_in_finds_the_result_in_the_account(sign_in, cast):
    pat = sign_in(cast.pat)
    address = finishes(pat)
    assert re.fullmatch(r"/assessment/results/\d+", address)
    page = pat.get(address).text
    assert "This result stays in your account" in page
    assert "private link" not in page
    assert f'href="{address}"' in pat.get("/assessment").text


def test_nobody_else_sees_it(sign_in, cast, client, write):
    with write():
        row_id = assessment(user_id=cast.ana).id
        begun = assessment(user_id=cast.ana, finished_at=None).id
    for other in (cast.ben, cast.cora, cast.sam, cast.pat):
        assert sign_in(other).get(f"/assessment/results/{row_id}").status_code == 404
    assert client.get(f"/assessment/results/{row_id}").location.startswith("/sign-in")
    assert sign_in(cast.ana).get(f"/assessment/results/{begun}").status_code == 404


def test_week_0_week_4_and_what_lies_between_stand_side_by_side(sign_in, cast, write):
    """Ana's cohort began on February 28; what she answered after this one is not shown on it."""
    with write():
        first = assessment(
            user_id=cast.ana, finished_at=NOW - timedelta(days=30), answers=dict.fromkeys(ONES, 0)
        ).id
        second = assessment(user_id=cast.ana, finished_at=NOW - timedelta(days=1)).id
        assessment(user_id=cast.ana, finished_at=NOW, answers=dict.fromkeys(ONES, 2))
    ana = sign_in(cast.ana)
    page = ana.get(f"/assessment/results/{second}").text
    said = words(page)
    assert "Self-assessment, week 4, answered Tue, Mar 24, 2026" in said
    assert "Reason week 0 week 4 Reading 1 Systems 0 2 fragile" in said
    assert "Total of 12 0 6" in said
    assert page.count("g-before") == 1
    assert "Dashed line: Mon, Feb 23, 2026." in said
    assert "week 0, answered" in words(ana.get(f"/assessment/results/{first}").text)
    assert "g-before" not in ana.get(f"/assessment/results/{first}").text
    assert "Your dashboard" in said


def test_at_most_two_earlier_ones_stand_beside_it(sign_in, cast, write):
    with write():
        for days in (9, 8, 7):
            assessment(user_id=cast.pat, finished_at=NOW - timedelta(days=days))
        last = assessment(user_id=cast.pat).id
    said = words(sign_in(cast.pat).get(f"/assessment/results/{last}").text)
    assert "Reason Tue, Mar 17 Wed, Mar 18 Score Reading" in said


def test_an_earlier_one_of_another_structure_does_not(sign_in, cast, write):
    program = small_program()
    text = program.assessment.model_copy(update={"scale": program.assessment.scale[:2]})
    with write():
        other = publish(None, program.model_copy(update={"assessment": text}), NOW)
        assessment(user_id=cast.pat, finished_at=NOW - timedelta(days=9), release_id=other.id)
        last = assessment(user_id=cast.pat, release_id=db.session.get(Cohort, cast.spring).release_id).id
    assert "g-before" not in sign_in(cast.pat).get(f"/assessment/results/{last}").text


def test_a_result_in_an_account_does_not_end(sign_in, cast, write):
    with write():
        row_id = assessment(user_id=cast.pat, finished_at=NOW - timedelta(days=3000)).id
    assert sign_in(cast.pat).get(f"/assessment/results/{row_id}").status_code == 200
    assert db.session.scalar(select(AssessmentSample)) is None
