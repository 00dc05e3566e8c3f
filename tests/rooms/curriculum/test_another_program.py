"""Quite another program from another folder: read, published, opened, walked through; nothing of the real one shows.

`tests/other_program` is in German, has three modules in five weeks beginning on Mondays, other sections and numbers,
other fields, no sources and no assessment. What the site itself says stays English.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import html5lib
import pytest
from flask import render_template
from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.actions import activate, enroll
from app.cohorts.models import Cohort, Enrollment
from app.coursework.models import Submission, System
from app.lib.database import db
from app.mail.models import Message
from app.mail.sending import compose
from app.manual.queries import book_of
from config import ROOT
from tests.rooms.admissions.offers import new_user
from tests.rooms.coursework.test_review import opened as taken_up
from tests.rooms.coursework.test_review import send
from tests.rooms.coursework.worksheets import PLANNED, STATED, begun, opened

SLUG = "maerz-2027"
PATH = f"/cohorts/{SLUG}"
# What only the real program may say. The site's own words must do without.
FOREIGN = re.compile(
    r"\bMETI\b|medical|MedExPRO|Enterprise|Harborline|\bclients?\b|\bpatients?\b|\bten\b|\btwelve\b|Saturday|Eastern"
    r"|Los Angeles|surgeon|therap",
    re.IGNORECASE,
)
WORK = {
    "1.K.7~row": ["", "r1"],
    "1.K.7~r1~tool": ["Hobel"],
    "1.K.7~r1~checked": ["2027-03-02"],
    "1.K.9": ["freitags"],
    "1.ZZ.12": ["80 %"],
    "1.ZZ.20": ["", "strom"],
    "rating~auffindbar": ["meets"],
}


@pytest.fixture
def flask(app, clock, monkeypatch):
    monkeypatch.setitem(app.config, "CURRICULUM_DIR", ROOT / "tests" / "other_program")
    clock.now = datetime(2027, 2, 15, 9, 0, tzinfo=UTC)

    def run(*words: str) -> str:
        result = app.test_cli_runner().invoke(args=list(words))
        db.session.rollback()
        assert result.exit_code == 0, result.output
        return str(result.output)

    return run


@pytest.fixture
def school(flask, app) -> None:
    """The program published, a cohort open, somebody to coach it."""
    flask("curriculum", "publish")
    flask(
        "open-cohort", SLUG, "--starts", "2027-03-01", "--seats", "4", "--price", "900", "--currency", "eur"
    )
    flask("assign-coach", "lena@example.com", SLUG, "--name", "Lena Voss")


def words_of(html: str) -> str:
    """What a person reads or hears of a page."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    heard = [
        node.get(name, "") for node in tree.iter() for name in ("alt", "aria-label", "content", "placeholder")
    ]
    shown = ["".join(node.itertext()) for node in tree if node.tag in ("head", "body")]
    return " ".join(" ".join([*shown, *heard]).split())


def seen(browser: Any, path: str, status: int = 200) -> str:
    response = browser.get(path)
    assert response.status_code == status, path
    text = words_of(response.text)
    assert not FOREIGN.search(text), f"{path}: {FOREIGN.findall(text)} in {text[:400]}"
    assert "Werkstatt mit System" in text, path
    return str(response.text)


def language(html: str) -> str:
    return html5lib.parse(html, namespaceHTMLElements=False).get("lang")


def test_a_cohort_starts_on_the_first_day_of_its_weeks(flask, app):
    flask("curriculum", "publish")
    words = ("open-cohort", SLUG, "--starts", "2027-03-06", "--seats", "4", "--price", "900")
    result = app.test_cli_runner().invoke(args=list(words))
    assert "A cohort starts on a Monday" in result.output


def test_the_public_pages_speak_of_this_program_only(school, client):
    home = seen(client, "/")
    assert language(home) == "de-DE"
    assert '<header class="top" lang="en-US">' in home
    assert "The three reasons" in home and "Three reasons, three systems" in home
    assert "Eine Werkstatt, die ohne Zuruf läuft" in home and "Tischlerei Birkhahn" in home
    assert "An open practice manual with three tabs" in home
    assert "Handwerksschule Nordtal" in home and "Dies ist Unterricht." in home
    assert "6:30 p.m. WET in Lisbon" in home and "Who it is for" in home
    assert "What changes" not in home  # it has no texts for that
    program = seen(client, "/program")
    assert "Monday" in program and "Friday" in program and "in 1 business day" in program
    assert "Builds on module 1; pairs with module 3." in program
    reasons = seen(client, "/reasons")
    assert "Three reasons, three systems" in reasons and "Jeder sucht jeden Morgen." in reasons
    reason = seen(client, "/reasons/zu-billig")
    assert "Reason 2 of 3" in reason and language(reason) == "de-DE"
    assert "€900" in seen(client, "/cohorts") and "€900" in seen(client, PATH)
    assert language(seen(client, "/sign-in")) == "en-US"
    seen(client, "/no-such-page", status=404)


def test_an_applicant_is_asked_what_this_program_asks(school, client, cast, sign_in):
    form = seen(client, f"{PATH}/apply")
    assert "Welche Maschinen stehen bei dir?" in form and "Eine Zeile genügt." in form
    data = {"name": "Jan Kern", "email": "jan@example.com", "time_zone": "Europe/Berlin"}
    empty = client.post(f"{PATH}/apply", data=data)
    assert empty.status_code == 422
    assert (
        empty.text.count("Please answer this in a sentence or two.") == 2
    )  # beside the field and above the form
    sent = client.post(f"{PATH}/apply", data=data | {"asked_machines": "Hobel und Säge"})
    assert sent.status_code == 303
    seen(client, sent.location)
    sam = sign_in(cast.sam)
    overview = seen(sam, f"/staff{PATH}")
    assert "Hobel und Säge" in overview
    address = re.search(r'href="(/staff/applications/\d+)"', overview)[1]
    page = seen(sam, address)
    assert "Bildest du aus?" in page and "Not answered" in page
    assert sam.post(f"{address}/accept", data={"version": "1"}).status_code == 303
    assert no_mail_speaks_of_another_program() == {"admissions/received", "admissions/offered"}


def no_mail_speaks_of_another_program() -> set[str]:
    """Kinds of the mails written, each of them looked at."""
    mails = db.session.scalars(select(Message)).all()
    for mail in mails:
        for text in (mail.text, words_of(mail.html), mail.subject):
            assert not FOREIGN.search(text), f"{mail.kind}: {FOREIGN.findall(text)}"
        assert "Werkstatt mit System" in mail.text and "Handwerksschule Nordtal" in mail.html
        assert str(compose(mail)["From"]).startswith("Werkstatt mit System <")
    return {mail.kind for mail in mails}


@pytest.fixture
def mia(school, clock, sign_in, write):
    """A participant, in the first week."""
    user_id = new_user("Mia", clock.now)
    with write():
        user = db.session.get_one(User, user_id)
        cohort = db.session.scalars(select(Cohort).where(Cohort.slug == SLUG)).one()
        enrollment = enroll(None, user, cohort, "Tischlerei Kern", clock.now)
        activate(None, enrollment, clock.now)
    clock.now = datetime(2027, 3, 2, 8, 0, tzinfo=UTC)
    return sign_in(user_id)


def test_a_participant_works_a_coach_answers_and_the_manual_is_made(mia, sign_in):
    for path in ("/dashboard", "/calendar", "/account", "/payments", "/manual"):
        seen(mia, path)
    modules = seen(mia, "/modules")
    assert (
        "Against: Keine Ordnung. You build: Werkzeugordnung." in modules
    )  # German nouns keep their capitals
    module = seen(mia, "/modules/ordnung")
    assert language(module) == "de-DE" and "Closes last" in module and "Diese Woche bekommt" in module
    assert "Ein Ort für jedes Ding" in seen(mia, "/modules/ordnung/ein-ort")
    sheet = begun(mia, "ordnung")
    page = seen(mia, sheet)
    assert "Example: Tischlerei Birkhahn" in page
    assert "Darin kommt niemand mit Namen vor." in page and "Das habe ich selbst geschrieben." in page
    saved = mia.post(f"{sheet}/draft", data=opened(mia, sheet) | WORK | {"save": ["K"]})
    assert saved.status_code == 303
    sent = mia.post(f"{sheet}/submit", data=opened(mia, sheet) | STATED | PLANNED)
    assert sent.location == f"{sheet}/submissions/1", sent.text
    assert "Hobel" in seen(mia, sent.location)

    coach = sign_in(_coach_id())
    assert "One review is waiting" in seen(coach, "/coaching/queue")
    submission = db.session.scalars(select(Submission)).one().id
    review = taken_up(coach, submission)
    assert "Nur du findest es." in seen(coach, review)
    answer = send(coach, review, **{"mark-auffindbar": "meets", "strength": "Gut.", "do": "accept"})
    assert answer.status_code == 303
    assert db.session.scalars(select(System.status)).all() == ["accepted"]

    manual = seen(mia, "/manual")
    assert "Ortsliste" in manual and language(manual) == "de-DE"
    document = seen(mia, "/manual/ordnung/ortsliste")
    assert "Aufgeräumt wird: Am Freitag. Beschriftet sind 80%." in document and "Hobel" in document
    assert "1 Ordnung</a>" in seen(mia, "/modules/angebot")
    assert_the_bound_manual_is_german()
    assert no_mail_speaks_of_another_program() == {"coursework/receipt", "coursework/review_published"}


def assert_the_bound_manual_is_german() -> None:
    enrollment = db.session.scalars(select(Enrollment).join(Cohort).where(Cohort.slug == SLUG)).one()
    html = render_template("manual/book.html", book=book_of(enrollment), zone="Europe/Berlin")
    assert language(html) == "de-DE"
    assert "Erst lesen, dann einschalten." in html and "Handwerksschule Nordtal" in html
    assert not FOREIGN.search(words_of(html))


def _coach_id() -> int:
    return db.session.scalars(select(User.id).where(User.email == "lena@example.com")).one()
