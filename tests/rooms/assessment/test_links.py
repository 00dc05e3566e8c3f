"""Where the self-assessment is linked from."""

from __future__ import annotations

import re

LINK = re.compile(r'<a href="/assessment"[^>]*>([^<]+)</a>')


def links(browser, path: str) -> list[str]:
    return LINK.findall(browser.get(path).text)


def test_from_the_public_pages(client):
    front = client.get("/").text
    assert links(client, "/") == ["See where you stand", "Self-assessment"]
    assert "6 statements, about 3 minutes, free" in front
    assert links(client, "/reasons") == ["See where your practice stands", "Self-assessment"]
    assert links(client, "/reasons/lack-of-focus") == ["See where your practice stands", "Self-assessment"]
    assert links(client, "/cohorts") == ["Self-assessment"]


def test_from_the_dashboards(sign_in, cast):
    assert links(sign_in(cast.ana), "/dashboard") == ["Your self-assessment"]
    assert "Your self-assessment" in sign_in(cast.pat).get("/dashboard").text
