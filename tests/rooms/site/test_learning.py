from __future__ import annotations

import pytest
from markdown import Markdown

from tests.factories import submitted_system


def test_modules_say_when_they_open(sign_in, cast):
    page = sign_in(cast.ana).get("/modules").text
    assert "Title of systems" in page and "Title of scope" in page
    assert '<a href="/modules/scope">' not in page  # opens in May
    assert "Opens" in page


def test_an_open_module_shows_its_opening_its_lessons_and_one_button(sign_in, cast):
    page = sign_in(cast.ana).get("/modules/systems").text
    assert "The opening of systems." in page
    assert "/modules/systems/lesson-1" in page
    assert "Begin the worksheet" in page


def test_a_module_without_a_worksheet_pretends_nothing(sign_in, cast):
    page = sign_in(cast.ana).get("/modules/focus").text
    assert "Begin the worksheet" not in page


def test_a_closed_module_tells_its_date_and_not_its_text(sign_in, cast):
    page = sign_in(cast.ana).get("/modules/scope").text
    assert "The opening of scope." not in page
    assert "This module opens" in page


def test_a_lesson_leads_on(sign_in, cast):
    page = sign_in(cast.ana).get("/modules/systems/lesson-1").text
    assert "Text of lesson 1." in page and "/modules/systems/lesson-2" in page


@pytest.mark.parametrize("path", ["/modules/systems", "/modules/systems/lesson-1"])
def test_what_a_release_says_is_rendered_when_it_is_published_and_never_again(
    sign_in, cast, monkeypatch, path
):
    def render(*_: object) -> str:
        raise AssertionError("Markdown is rendered for a reader")

    browser = sign_in(cast.ana)
    monkeypatch.setattr(Markdown, "convert", render)
    assert browser.get(path).status_code == 200


def test_a_module_says_what_it_builds_on_and_how_that_stands(sign_in, cast, write):
    def shown() -> str:
        page = sign_in(cast.ana).get("/modules/focus").text
        return " ".join(page[page.index("<h2>Builds on") : page.index("<h2>Documents")].split())

    before = shown()
    assert '<a href="/modules/systems">1 Operations</a>' in before
    assert "Not started" in before
    assert (
        '<h2>Pairs with</h2><ul class="neighbors" role="list"><li><a href="/modules/scope">3 Scope</a></li>'
        in before
    )
    with write():
        submitted_system(cast.ana_enrollment).system.status = "accepted"
    assert "Accepted" in shown()


def test_a_pair_is_told_from_both_sides_and_other_modules_say_nothing(sign_in, cast):
    ana = sign_in(cast.ana)
    assert '<a href="/modules/focus">2 Focus</a>' in ana.get("/modules/scope").text
    page = ana.get("/modules/systems").text
    assert "Builds on" not in page and "Pairs with" not in page


def test_what_closes_last_has_its_day_on_its_page_and_in_the_calendar(sign_in, cast):
    ana = sign_in(cast.ana)
    said = "Wed, May 20, 9:59 p.m. MDT"
    page = ana.get("/modules/systems").text
    assert "Closes last" in page and said in page
    calendar = " ".join(ana.get("/calendar").text.split())
    row = calendar[calendar.rindex("<tr>", 0, calendar.index("last version due")) :]
    assert said in row and "Practice operating system" in row


def test_the_public_plan_says_it_too(client):
    page = client.get("/program").text
    for said in (
        "Builds on module 1; pairs with module 3.",
        "Closes last, in week 12.",
        "Pairs with module 2.",
    ):
        assert f"<small>{said}</small>" in page


@pytest.mark.parametrize("path", ["/modules/nope", "/modules/systems/nope", "/modules/scope/lesson-1"])
def test_what_is_not_there_is_404(sign_in, cast, path):
    assert sign_in(cast.ana).get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/modules", "/modules/systems", "/modules/systems/lesson-1", "/calendar", "/manual"]
)
def test_only_participants_get_in(client, sign_in, cast, path):
    assert client.get(path).status_code == 303
    assert sign_in(cast.pat).get(path).status_code == 404
    assert sign_in(cast.cora).get(path).status_code == 404


def test_health(client, cast):
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}


def test_a_module_says_how_it_is_judged_and_what_counts_as_use(sign_in, cast):
    page = sign_in(cast.ana).get("/modules/systems").text
    assert "How it is judged" in page and "Waiting times are shown too." in page
    assert page.count("Critical: ") == 1
    assert "30 days" in page and "Four weekly entries" in page
    assert 'href="/modules/systems/samples/good"' in page


def test_a_sample_is_shown_with_the_reasons_why(sign_in, cast):
    page = sign_in(cast.ana).get("/modules/systems/samples/good").text
    assert "Why it would be accepted" in page
    assert "Northgate Medical Exercise" in page and "<h3>Purpose</h3>" in page
    assert "23 sessions a month" in page  # worked out


def test_a_sample_of_a_module_that_is_not_open_is_404(sign_in, cast):
    assert sign_in(cast.uma).get("/modules/systems/samples/good").status_code == 404


def test_a_lesson_is_rendered_when_it_is_published_and_never_when_it_is_read(sign_in, cast, monkeypatch):
    """Neither Markdown nor the allow-list runs for a page; whoever would call them finds them broken."""

    def render(*_args: object, **_more: object) -> None:
        raise AssertionError("a page renders its text anew")

    ana = sign_in(cast.ana)
    for place in ("markdown.Markdown.convert", "nh3.clean", "markdown_it.MarkdownIt.render"):
        monkeypatch.setattr(place, render)
    for path in ("/modules/systems/lesson-1", "/modules/systems", "/modules", "/glossary"):
        assert ana.get(path).status_code == 200
