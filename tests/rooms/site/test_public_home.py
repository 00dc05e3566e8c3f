"""The front page: what the program is, and the next cohort with its figures."""

from __future__ import annotations

from datetime import date, timedelta

import html5lib
import pytest
from markupsafe import escape
from sqlalchemy import event

from app.accounts.models import User
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort
from app.curriculum.models import Release
from app.lib.database import db
from app.payments.price_models import Price, RefundTier
from tests.rooms.admissions.offers import fill


def page(client, path="/"):
    response = client.get(path)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def amber(html):
    """Where the amber buttons of a page lead, by what they say."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    buttons = [node for node in tree.iter("a") if "btn--next" in node.get("class", "").split()]
    return {" ".join("".join(node.itertext()).split()): node.get("href") for node in buttons}


def test_shows_the_texts_and_the_next_cohort(client):
    html = page(client)
    for text in (
        "Go home with a tested page",
        "By memory",
        "Lack of systems",
        "Is it a test?",
        "Operations week",
    ):
        assert text in html
    assert "Saturday, June 6, 2026" in html
    assert "$2,400" in html
    assert "3 of 3 free" in html
    assert "50% of $2,400 = $1,200" in html


def test_has_one_next_step_the_cohort_that_can_be_joined(client):
    assert amber(page(client)) == {"Join the cohort of June 6": "/cohorts/summer-2026"}


def test_without_an_open_cohort_the_next_step_is_the_program(client, write, cast):
    with write():
        db.session.get_one(Cohort, cast.summer).status = "closed"
    html = page(client)
    assert amber(html) == {"Read the program": "/program"}
    assert "No date is set yet" in html
    assert "$" not in html
    assert "Coach answers within" not in html


def test_the_last_moment_to_apply_is_over(client, clock):
    clock.now = clock.now.replace(month=6, day=4)
    assert "Join the cohort" not in page(client)


def test_a_full_cohort_gives_way_to_the_next_one(client, write, cast, clock):
    fill(cast.summer, 3, clock.now)
    assert amber(page(client)) == {"See the cohort of June 6": "/cohorts/summer-2026"}
    with write():
        later(1, clock.now)
    assert amber(page(client)) == {"Join the cohort of September 12": "/cohorts/later-1"}


def test_names_the_coaches_of_the_cohort_and_only_them(client, write, cast, clock):
    assert "Cora Bennett" not in page(client)
    with write():
        cora, cohort = db.session.get_one(User, cast.cora), db.session.get_one(Cohort, cast.summer)
        cohorts.assign_coach(None, cohort, cora, clock.now)
    html = page(client)
    assert "Cora Bennett" in html
    assert "Cal Whitman" not in html
    assert "at most 3 participants" in html


def test_a_coach_who_has_left_is_not_named(client, write, cast, clock):
    with write():
        cora, cohort = db.session.get_one(User, cast.cora), db.session.get_one(Cohort, cast.summer)
        cohorts.assign_coach(None, cohort, cora, clock.now).until = clock.now - timedelta(days=1)
    assert "Cora Bennett" not in page(client)


def test_the_sample_pages_come_from_the_good_sample(client):
    html = page(client)
    assert "Cancellation policy" in html
    assert "notice: no fee." in html
    assert "Break-even: 23" in html
    assert 'id="h-' not in html


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_hostile_names_are_only_text(client, write, cast, clock, name):
    with write():
        cora, cohort = db.session.get_one(User, cast.cora), db.session.get_one(Cohort, cast.summer)
        cora.name = name
        cohorts.assign_coach(None, cohort, cora, clock.now)
    html = page(client)
    assert name not in html
    assert str(escape(name)) in html


def test_a_page_that_is_not_written_is_not_there(client, write):
    with write():
        release = db.session.scalars(db.select(Release)).one()
        release.content = release.content.replace('"slug":"home"', '"slug":"attic"')
    assert client.get("/").status_code == 404
    assert client.get("/program").status_code == 200


def test_says_what_it_is_to_search_engines(client):
    html = page(client)
    assert '<meta name="description" content="About A manual of your own.">' in html
    assert '<link rel="canonical" href="http://localhost:8000/">' in html
    assert '<meta property="og:title" content="A manual of your own">' in html
    assert '<link rel="canonical" href="http://localhost:8000/">' in page(client, "/?utm=mail")


def test_a_full_refund_does_not_fall_away_without_tiers(client, write, cast):
    with write():
        db.session.execute(db.delete(RefundTier).where(RefundTier.cohort_id == cast.summer))
    html = page(client)
    assert "Refund" not in html
    assert "$2,400" in html


def test_the_queries_do_not_grow_with_the_cohorts(client, write, clock):
    page(client)
    few = count(client)
    with write():
        for number in range(30):
            later(number, clock.now)
    assert count(client) == few <= 6


def test_loads_nothing_from_elsewhere(client):
    tree = html5lib.parse(page(client), namespaceHTMLElements=False)
    assets = [node.get("src") or node.get("href") for node in tree.iter() if node.tag in ("script", "img")]
    assets += [node.get("href") for node in tree.iter("link") if node.get("rel") not in ("canonical",)]
    assert assets
    assert all(one.startswith("/static/") for one in assets)


def later(number: int, now) -> Cohort:
    """Another open cohort, in September; must run inside a writing transaction."""
    starts_on = date(2026, 9, 12) + timedelta(weeks=number - 1)
    release_id = db.session.scalars(db.select(Release.id)).first()
    cohort = cohorts.open_cohort(
        None,
        slug=f"later-{number}",
        title=f"Later {number}",
        starts_on=starts_on,
        capacity=5,
        release_id=release_id,
        now=now,
    )
    db.session.add(Price(cohort_id=cohort.id, label="Full price", amount_cents=250000, currency="usd"))
    return cohort


def count(client) -> int:
    """Statements of one visit to the front page."""
    seen = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        page(client)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([one for one in seen if one.lstrip().upper().startswith("SELECT")])
