from __future__ import annotations

import pytest


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


def test_a_lesson_is_rendered_when_it_is_published_and_never_when_it_is_read(sign_in, cast, monkeypatch):
    """Neither Markdown nor the allow-list runs for a page; whoever would call them finds them broken."""

    def render(*_args: object, **_more: object) -> None:
        raise AssertionError("a page renders its text anew")

    ana = sign_in(cast.ana)
    for place in ("markdown.Markdown.convert", "nh3.clean", "markdown_it.MarkdownIt.render"):
        monkeypatch.setattr(place, render)
    for path in ("/modules/systems/lesson-1", "/modules/systems", "/modules", "/glossary"):
        assert ana.get(path).status_code == 200
