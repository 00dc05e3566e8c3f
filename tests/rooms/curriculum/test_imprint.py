"""What the site calls itself: the newest release says it, each process remembers it, and no page breaks for it."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from app.curriculum.links import SITE
from app.curriculum.models import Release
from app.curriculum.queries import front
from app.lib.database import db
from app.lib.imprint import Imprint, imprint
from app.lib.words import begin_sentence, count, in_words, mid_sentence
from tests.factories import counted_queries
from tests.programs import small_program


def published(write, clock, title: str) -> None:
    program = small_program().model_copy(update={"title": title})
    with write():
        db.session.add(
            Release(hash=program.content_hash(), content=program.canonical_json(), created_at=clock.now)
        )


def test_the_newest_release_names_the_site_within_a_minute(client, write, clock, cast):
    assert imprint().title == "Small Cohort"
    assert "Sign in · Small Cohort</title>" in client.get("/sign-in").text
    published(write, clock, "New Cohort")
    clock.move(seconds=59)
    assert imprint().title == "Small Cohort"
    clock.move(seconds=1)
    assert imprint().title == "New Cohort"


def test_a_public_page_looks_the_release_up_and_so_tells_the_others(client, write, clock, cast):
    assert imprint().title == "Small Cohort"
    published(write, clock, "New Cohort")
    assert "Front page" in client.get("/program").text
    assert imprint().title == "New Cohort"


def test_it_is_asked_for_once(app, cast):
    imprint()
    db.session.rollback()
    with counted_queries() as statements:
        assert imprint().modules == 3
    assert not statements


def test_before_the_first_release_and_without_a_database_a_page_has_a_name(app, client, monkeypatch, clock):
    def broken(*_args, **_kwargs):
        raise OperationalError("SELECT", {}, Exception("gone"))

    assert imprint().title == "Small Cohort"
    clock.move(minutes=5)
    monkeypatch.setattr(db.session, "scalar", broken)
    assert imprint().title == "Small Cohort"  # what was known
    assert "Small Cohort" in client.get("/no-such-page").text
    front.forget()
    assert imprint() == Imprint()
    front.learn(None, clock.now)
    assert imprint().institute == ""


def test_every_address_a_text_may_link_to_is_one_of_the_site(app):
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert set(SITE) <= rules


@pytest.mark.parametrize(
    ("number", "said"), [(0, "no"), (1, "one"), (12, "twelve"), (13, "13"), (1400, "1,400"), (-1, "-1")]
)
def test_small_numbers_are_words(number, said):
    assert in_words(number) == said
    assert count(number, "change", "changes") == f"{said} {'change' if number == 1 else 'changes'}"


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("Lack of focus", "en-US", "lack of focus"),
        ("SOP index", "en-US", "SOP index"),
        ("Keine Ordnung", "de-DE", "Keine Ordnung"),
        ("", "en-US", ""),
    ],
)
def test_a_name_within_a_sentence(name, language, said):
    assert mid_sentence(name, language) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [("field 1.C.1", "Field 1.C.1"), ("a comment on SOP 7", "A comment on SOP 7"), ("", "")],
)
def test_words_that_begin_a_sentence(words, said):
    assert begin_sentence(words) == said
