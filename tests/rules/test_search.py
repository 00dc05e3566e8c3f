"""The search engine: what matches, what comes first, what is shown of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.site.search_index import EXCERPT, MAX_QUERY, Entry, Index, ask, could_match, excerpt, hit, marked


def entry(title: str, text: str = "", kind: str = "lesson") -> Entry:
    return Entry(kind, title, "Module 1", text, "site.lesson")


INDEX = Index(
    [
        entry("Red flags", "A red flag means stop. Refer the person the same day."),
        entry("The phone screen", "Screening by telephone: twelve minutes, written down."),
        entry("Consent", "The client consents before the first measurement."),
        entry("Café rules", "The fee for a late cancellation is half of the session."),
        entry("Prices", "The flag of the price list is not a red one."),
    ],
    "en-US",
)


def titles(typed: str) -> list[str]:
    return [one.title for one in INDEX.search(ask(typed, "en-US"))]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("red flag", ["Red flags", "Prices"]),  # a word in the title counts more
        ("FLAGS", ["Red flags", "Prices"]),
        ("screened", ["The phone screen"]),  # by the stem
        ("consenting", ["Consent"]),
        ("canc", ["Café rules"]),  # the last word may be unfinished
        ("canc fee", []),  # ... only the last
        ("cancellation fee", ["Café rules"]),
        ("cafe", ["Café rules"]),
        ("red consent", []),  # all words in one place
        ("", []),
        ("  ?! ", []),
        ("r", []),  # one letter is not the beginning of a word
    ],
)
def test_what_is_found(typed, found):
    assert titles(typed) == found


@pytest.mark.parametrize(
    ("typed", "better"),
    [("cancellatoin fee", "cancellation fee"), ("red flga", "red flag"), ("xylophone", ""), ("consent", "")],
)
def test_a_misspelled_word_is_guessed(typed, better):
    assert INDEX.instead(typed) == better


def test_another_language_is_stemmed_in_its_own_way():
    german = Index([entry("Häuser", "Die Häuser am See."), entry("Haustür", "Eine Tür.")], "de-AT")
    assert [one.title for one in german.search(ask("haus ", "de-AT"))] == ["Häuser"]


def test_a_language_without_a_stemmer_is_searched_word_by_word():
    index = Index([entry("Dom", "Domy nad jeziorem."), entry("Most", "Most.")], "pl")
    assert [one.title for one in index.search(ask("domy ", "pl"))] == ["Dom"]


def test_the_excerpt_is_the_stretch_with_most_of_the_question():
    text = " ".join([*["word"] * 100, "fee", *["word"] * 60, "late", "cancellation", "fee", *["word"] * 50])
    shown = excerpt(text, ask("cancellation fee ", "en-US"))
    assert "<mark>cancellation</mark> <mark>fee</mark>" in shown
    assert shown.startswith("… ") and shown.endswith(" …")
    assert len(shown.split()) <= EXCERPT + 2


def test_what_is_marked_is_escaped():
    question = ask("script", "en-US")
    assert marked("<script>alert(1)</script>", question) == Markup(
        "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"
    )
    shown = hit(entry('"><img src=x>', "<script>x</script>"), question)
    assert "<script" not in shown.excerpt and "<img" not in shown.title


texts = st.text(alphabet=st.sampled_from(list("abcdeAÉß’' .<>&\"\n1-_😀ıſ")), max_size=300)


@given(text=texts, typed=texts)
def test_whatever_is_typed_nothing_breaks_and_nothing_is_lost(text, typed):
    question = ask(typed, "en-US")
    assert len(question.stems) <= MAX_QUERY
    index = Index([entry("A title", text)], "en-US")
    for one in index.search(question):
        shown = hit(one, question)
        bare = re.sub(r"</?mark>", "", str(shown.excerpt))
        assert "<" not in bare and ">" not in bare
    index.instead(typed)
    assert re.sub(r"</?mark>", "", str(marked(text, question))) == str(Markup.escape(text))


@given(
    words=st.lists(
        st.sampled_from(["client", "consent", "price", "screening", "red", "flag", "session"]), min_size=1
    )
)
def test_every_word_of_a_text_finds_it(words):
    index = Index([entry("One", " ".join(words)), entry("Two", "nothing of it")], "en-US")
    for word in words:
        question = ask(word, "en-US")
        assert [one.title for one in index.search(question)] == ["One"]
        assert could_match(" ".join(words), question)
