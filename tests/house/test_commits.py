"""Reading writes nothing; what is refused leaves nothing; what is written is committed by the view that wrote it."""

from __future__ import annotations

import pytest

from app.lib.database import begin_write, db
from tests.house.canaries import ACTORS
from tests.house.doors import DOORS
from tests.house.visits import HTML, House, changed, fingerprint

# The pages that may write on GET: where Stripe sends people back. What is true they ask of Stripe, not the address.
MAY_WRITE = {"admissions.checkout_return", "payments.came_back"}
# Forms that are nobody's page: Stripe signs what it sends; a mail provider presses what has the secret in its address.
WITHOUT_TOKEN = {"payments.webhook", "leads.unsubscribe"}
# Tries are counted even when the form is refused, or they could be repeated without end.
COUNTED = {"throttle"}


def test_the_fingerprint_sees_one_changed_letter(house: House):
    from app.accounts.models import User

    before = fingerprint()
    assert not changed(before)
    begin_write()
    db.session.get_one(User, house.world.cast.ana).name = "Ana Moralez"
    db.session.commit()
    assert changed(before) == {"user"}


@pytest.mark.parametrize("actor", ACTORS)
def test_reading_changes_no_row(house: House, actor):
    """Every page, by everybody who may open it, with arguments nobody asked for; and by HEAD, as scanners ask."""
    before, browser = fingerprint(), house.browser(actor)
    for door in DOORS:
        if door.method == "GET" and door.is_open_to(actor) and door.endpoint not in MAY_WRITE:
            browser.get(house.address(door, actor) + "?page=2&version=1", headers=HTML, critical=False)
            browser.head(house.address(door, actor), critical=False)
    guilty = changed(before)
    assert not guilty, f"some page of {actor} writes on GET: {guilty}"


def test_coming_back_from_stripe_twice_is_harmless(house: House):
    doors = [door for door in DOORS if door.endpoint in MAY_WRITE]
    assert len(doors) == len(MAY_WRITE)
    browser = house.browser("pat")
    for door in doors:
        house.enter(door, "pat", browser)
    once = fingerprint()
    for door in doors:
        house.enter(door, "pat", browser)
    assert not changed(once)


def test_a_form_without_its_token_changes_nothing(house: House):
    """As another site's page would send it, with the cookie of somebody who may."""
    before = fingerprint()
    for door in DOORS:
        if door.method == "GET" or door.endpoint in WITHOUT_TOKEN:
            continue
        for actor in [actor for actor in ACTORS if door.is_open_to(actor)][:2]:
            response = house.browser(actor).post(
                house.address(door, actor), data=door.form(house.world, actor), headers=HTML, csrf=False
            )
            assert response.status_code == 400, f"{door} as {actor} without a token: {response.status_code}"
            assert not changed(before), f"{door} as {actor} without a token"


def test_a_form_with_a_token_of_somebody_else_changes_nothing(house: House):
    before, stolen = fingerprint(), house.browser("ben").csrf_token()
    for door in DOORS:
        if door.method == "POST" and door.endpoint not in WITHOUT_TOKEN and door.is_open_to("ana"):
            sent = door.form(house.world, "ana") | {"csrf_token": stolen}
            response = house.browser("ana").post(
                house.address(door, "ana"), data=sent, headers=HTML, csrf=False
            )
            assert response.status_code == 400, door
    assert not changed(before)


@pytest.mark.parametrize("actor", ACTORS)
def test_an_empty_form_that_is_refused_leaves_nothing(house: House, actor):
    for door in DOORS:
        if door.method != "POST" or not door.is_open_to(actor) or door.endpoint in WITHOUT_TOKEN:
            continue
        before = fingerprint()
        response = house.browser(actor).post(house.address(door, actor), headers=HTML, critical=False)
        left = changed(before) - COUNTED
        if response.status_code >= 400:
            assert not left, f"{door} as {actor} was refused ({response.status_code}) and left {left}"
        if left:
            house.restore()
