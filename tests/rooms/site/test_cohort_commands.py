from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.admissions.deferring_models import DeferralTier
from app.cohorts.models import Call, Cohort
from app.lib.database import db

OPEN = ("open-cohort", "january-2027", "--starts", "2027-01-02", "--seats", "24", "--price", "2400.50")


@pytest.fixture
def flask(app):
    def run(*words):
        result = app.test_cli_runner().invoke(args=list(words))
        db.session.rollback()
        return result

    return run


def test_a_first_cohort_is_opened_and_takes_applications(flask, client, cast):
    answer = flask(*OPEN, "--refund", "2026-12-19=100", "--refund", "2027-01-09=50")
    assert answer.exit_code == 0, answer.output
    page = client.get("/cohorts/january-2027").text
    assert "$2,400.50" in page and "Apply for a seat" in page and "50%" in page
    assert db.session.scalars(
        select(Call).join(Cohort, Cohort.id == Call.cohort_id).where(Cohort.slug == "january-2027")
    ).all()


def test_a_cohort_has_its_rule_for_who_moves_on(flask, cast):
    assert flask(*OPEN, "--defer", "2026-12-19=2", "--defer", "2027-01-30=1,150.50").exit_code == 0
    rows = db.session.scalars(select(DeferralTier).order_by(DeferralTier.until))
    assert [(one.until, one.times, one.fee_cents) for one in rows] == [
        (date(2026, 12, 19), 2, 0), (date(2027, 1, 30), 1, 15_050)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((*OPEN[:3], "2027-01-03", *OPEN[4:]), "A cohort starts on a Saturday"),
        (("open-cohort", "summer-2026", *OPEN[2:]), "There is a cohort summer-2026 already."),
        ((*OPEN, "--refund", "soon=50"), "is not like 2027-01-09=50"),
        ((*OPEN, "--refund", "2027-01-09=150"), "is not a share"),
        ((*OPEN, "--defer", "soon=1"), "is not like 2027-01-30=1,150"),
        ((*OPEN, "--defer", "2027-01-30=1,nan"), "is not like 2027-01-30=1,150"),
        ((*OPEN, "--defer", "2027-01-30=0"), "is not from 1 to 20 times"),
        ((*OPEN, "--currency", "dollars"), "three letters"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(flask, cast, words, sentence):
    answer = flask(*words)
    assert answer.exit_code != 0
    assert sentence in answer.output
    assert db.session.scalar(select(Cohort.id).where(Cohort.slug == "january-2027")) is None


def test_a_coach_is_assigned_and_sees_the_queue(flask, sign_in, cast):
    assert flask("assign-coach", "Pat@example.com", "summer-2026").exit_code == 0
    assert flask("assign-coach", "pat@example.com", "summer-2026").exit_code == 0
    assert db.session.get(User, cast.pat).is_coach
    assert sign_in(cast.pat).get("/coaching/queue").status_code == 200
    assert "There is no account" in flask("assign-coach", "nobody@example.com", "summer-2026").output
    assert "There is no cohort" in flask("assign-coach", "pat@example.com", "nope").output


def test_a_coach_without_an_account_gets_one(flask, cast):
    answer = flask("assign-coach", "New.Coach@example.com", "summer-2026", "--name", "Nell Coach")
    assert answer.exit_code == 0, answer.output
    assert db.session.scalar(select(User.is_coach).where(User.email == "new.coach@example.com"))
    db.session.rollback()
    assert flask("assign-coach", "no-address", "summer-2026", "--name", "Nell").exit_code != 0


def test_a_cohort_is_closed_to_applications(flask, client, cast):
    assert flask("set-cohort", "summer-2026", "closed").exit_code == 0
    assert "Apply for a seat" not in client.get("/cohorts/summer-2026").text
    assert flask("set-cohort", "summer-2026", "archived").exit_code == 0
    assert "that is for good" in flask("set-cohort", "summer-2026", "open").output
    refused = flask("set-cohort", "summer-2026", "cancelled")
    assert refused.exit_code != 0
    assert "/staff/cohorts/summer-2026/cancel" in refused.output
    assert "There is no cohort" in flask("set-cohort", "nope", "open").output
