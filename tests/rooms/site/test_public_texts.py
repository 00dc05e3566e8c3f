"""The reasons and the program, as the published texts have them."""

from __future__ import annotations

import pytest

from app.cohorts.models import Cohort
from app.lib.database import Base, db
from tests.rooms.site.test_public_home import amber


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_list_links_what_is_written(client):
    html = page(client, "/reasons")
    assert '<a href="/reasons/lack-of-systems">Lack of systems</a>' in html
    assert "The practice lives in a head." in html
    assert "/reasons/blurred-scope" not in html  # no page of its own: named, not linked
    assert "Blurred scope" in html


def test_a_reason_leads_to_its_neighbors(client):
    html = page(client, "/reasons/lack-of-focus")
    for text in (
        "Text of reasons/lack-of-focus",
        "The lead of Lack of focus",
        "Practice focus plan",
        "Reason 2 of 3",
    ):
        assert text in html
    assert 'href="/reasons/lack-of-systems" rel="prev"' in html
    assert 'rel="next"' not in html


@pytest.mark.parametrize("slug", ["blurred-scope", "home", "nothing", "..", "'", "x" * 200])
def test_no_such_reason(client, slug):
    assert client.get(f"/reasons/{slug}").status_code == 404


def test_the_program_shows_weeks_and_a_module_from_the_inside(client):
    html = page(client, "/program")
    for text in (
        "Text of program",
        "Operations week",
        "Saturday",
        "Thursday",
        "in 3 business days",
        "Lesson 2",
    ):
        assert text in html
    assert "Jun 6" not in html.split('id="module"')[0]  # the plan is the same for every cohort


@pytest.mark.parametrize("path", ["/reasons", "/reasons/lack-of-systems", "/program"])
def test_each_ends_with_the_next_cohort(client, write, cast, path):
    assert amber(page(client, path)) == {"Join the cohort of June 6": "/cohorts/summer-2026"}
    with write():
        db.session.get_one(Cohort, cast.summer).status = "closed"
    html = page(client, path)
    assert "No date is set yet" in html
    assert "/cohorts/summer-2026" not in html


@pytest.mark.parametrize("path", ["/", "/reasons", "/reasons/lack-of-systems", "/program", "/cohorts"])
def test_anybody_may_read_signed_in_or_not(client, sign_in, cast, path):
    assert "/sign-in" in page(client, path)
    for person in (cast.ana, cast.cora, cast.sam, cast.pat):
        assert "Your dashboard" in page(sign_in(person), path)


def test_before_the_first_release_there_is_a_sentence(app, write):
    with write():
        for table in reversed(Base.metadata.sorted_tables):
            db.session.execute(table.delete())
    response = app.test_client().get("/program")
    assert response.status_code == 503
    assert "We are back in a few minutes" in response.get_data(as_text=True)
