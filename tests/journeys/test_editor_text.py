"""The editor's own work, without a site: Markdown in and out again, and what is pasted."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

import run
from app.curriculum.reader import read
from app.lib.markdown import user_html
from tests.house.hostile import STRINGS
from tests.journeys.clipboards import CLIPBOARDS

EDITOR = run.ROOT / ".setup" / "editor"
BUNDLE = run.ROOT / "static" / "vendor" / "editor.js"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
CALL = "async ([name, given]) => (await import('/editor.js'))[name](given)"


@pytest.fixture(scope="module")
def bench(chromium: Browser) -> Iterator[Page]:
    """An empty page under the site's policy that may fetch the bundle."""

    def answer(route: Route) -> None:
        if route.request.url.endswith("/editor.js"):
            route.fulfill(body=BUNDLE.read_text(), content_type="text/javascript")
        else:
            route.fulfill(
                body="<!doctype html><title>Bench</title>",
                content_type="text/html",
                headers={"Content-Security-Policy": POLICY},
            )

    page = chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.route("http://bench.localhost/**", answer)
    page.goto("http://bench.localhost/")
    yield page
    page.close()
    assert not said


def rewritten(bench: Page, text: str) -> str | None:
    """What the editor writes when every part of the text is written anew."""
    found: str | None = bench.evaluate(CALL, ["rewritten", text])
    return found


def long_texts() -> Iterator[str]:
    """Every text in every sample that is longer than a line."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from walk(one)

    for module in read(run.ROOT / "curriculum").modules:
        for sample in module.samples:
            for text in walk([sample.answers, sample.why]):
                if "\n" in text or len(text) > 120:
                    yield text


def as_read(text: str) -> str:
    """As a textarea holds it."""
    return re.sub(r"\r\n?", "\n", text).replace("\x00", "\ufffd")


def test_every_sample_is_held_and_shows_the_same(bench: Page) -> None:
    texts = list(long_texts())
    assert len(texts) > 100
    for text in texts:
        again = rewritten(bench, text)
        assert again is not None, text
        assert user_html(again) == user_html(text), text


@pytest.mark.parametrize("index", range(len(STRINGS)))
def test_a_hostile_string_is_held_or_left_alone(bench: Page, index: int) -> None:
    text = as_read(STRINGS[index])
    again = rewritten(bench, text)
    assert again is None or user_html(again) == user_html(text)


HELD = [
    "one\ntwo\n\nthree",
    "**bold**, *italic*, ***both***, **bold *and italic* bold**, `code`",
    "### Title\n\ntext\n\n#### Smaller",
    "# One\n\nTwo\n---",
    "- a\n- b\n  - c\n    1. d\n    2. e\n- f",
    "- a\n\n- b\n\n  more of b",
    "3. three\n4. four\n\n\n1) other list",
    "- one list\n\n* another list",
    "> said\n>\n> - in\n> - quotes\n\nafter",
    "[words](https://example.org/a_(b)) <https://example.org> [m](mailto:a@example.org) [p](tel:+15550100)",
    "[**bold** words](https://example.org 'title')",
    "| a | b |\n|---|:-:|\n| **1** | x \\| y |\n| 2 | |",
    "before\n\n***\n\nafter",
    "- [ ] open\n- [x] done",
    "5 * 3 = 15, snake_case, 1 < 2, AT&T, [note], C#, ~about~",
    "\\# no heading\n\\- no item\n1\\. no number\n\\> no quote\n\\*\\*no bold\\*\\*",
    "a\\\n\\\nb",
    "&amp;lt; \\&lt; &copy; &notit;",
    "-\n- b",
    "**a:** b **(c)** d",
    "word  with  two  spaces",
]
NOT_HELD = [
    "    indented code",
    "```\nfence\n```",
    "##### five",
    "[a][b]\n\n[b]: https://example.org",
    "> " * 18 + "deep",
]


@pytest.mark.parametrize("text", HELD)
def test_what_the_site_shows_the_editor_holds(bench: Page, text: str) -> None:
    again = rewritten(bench, text)
    assert again is not None
    assert user_html(again) == user_html(text)
    assert rewritten(bench, again) == again  # and then it rests


@pytest.mark.parametrize("text", NOT_HELD)
def test_what_it_cannot_hold_it_says(bench: Page, text: str) -> None:
    assert rewritten(bench, text) is None


def test_signs_in_any_order_are_held_or_left_alone(bench: Page) -> None:
    """Texts made of the pieces Markdown trips over; the same ones in every run."""
    dice = random.Random(20260228)
    pieces = [
        *"*_`[]()<>#+-.!|~\\&=:",
        "**",
        "- ",
        "1. ",
        "> ",
        "### ",
        "\n",
        "\n\n",
        "\n  ",
        " ",
        " ",
        "word",
        "é",
        "😀",
    ]
    held = 0
    texts = ["".join(dice.choices(pieces, k=dice.randint(2, 14))) for _ in range(1500)]
    again = bench.evaluate(
        "async (texts) => { const {rewritten} = await import('/editor.js'); return texts.map(rewritten); }",
        texts,
    )
    for text, now in zip(texts, again, strict=True):
        if now is not None:
            held += 1
            assert sense(user_html(now)) == sense(user_html(text)), (text, now)
    assert held > 1200


def sense(html: str) -> str:
    """HTML without what no reader sees: empty paragraphs and blanks at the ends of lines."""
    html = re.sub(
        r"\s*(<br>|</?(?:p|li|ul|ol|blockquote|h3|h4|td|th|tr|thead|tbody|table)\b[^>]*>)\s*", r"\1", html
    )
    html = re.sub(r"(<br>)+(?=</)", "", html)
    return re.sub(" +", " ", html.replace("<p></p>", "")).strip()


@pytest.mark.parametrize("name", CLIPBOARDS)
def test_pasted_from_elsewhere(bench: Page, name: str) -> None:
    one = CLIPBOARDS[name]
    found = bench.evaluate(CALL, ["pasted", {"html": one.html, "text": one.text}])
    assert found["markdown"] == one.markdown
    assert found["pictures"] == one.pictures


def test_the_bundle_is_built_from_its_sources() -> None:
    """Whoever changes .setup/editor runs `npm run build` there."""
    digest = hashlib.sha256()
    for path in [*sorted((EDITOR / "src").iterdir()), EDITOR / "package-lock.json"]:
        digest.update(path.read_bytes())
    assert f"Sources: {digest.hexdigest()}" in BUNDLE.read_text()[:300]
    assert "http" not in re.sub(r'"url": "[^"]*"', "", (EDITOR / "package-lock.json").read_text())
