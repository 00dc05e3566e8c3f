"""Net three of access: every door, tried by everybody, and no word of anybody's that is not theirs to read."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.lib.database import db
from app.mail.models import Message
from tests.house.canaries import ACTORS
from tests.house.doors import DEVELOPMENT, DOORS, SIGN_IN, Door
from tests.house.employers import TIDE_CONTACT
from tests.house.visits import HTML, House, answer_class, changed, fingerprint, text_of

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def test_every_address_has_its_line_and_every_line_an_address(app):
    known = {
        (rule.endpoint, method) for rule in app.url_map.iter_rules() for method in rule.methods & METHODS
    }
    lined = {(door.endpoint, door.method) for door in DOORS}
    new = [f'  {verb.lower()}("{endpoint}", ...)' for endpoint, verb in sorted(known - lined)]
    assert not new, "nobody said who may open these; add to tests/house/doors.py:\n" + "\n".join(new)
    gone = [f"  {verb} {endpoint}" for endpoint, verb in sorted(lined - known)]
    assert not gone, "these do not exist any more; remove from tests/house/doors.py:\n" + "\n".join(gone)


def expect(house: House, door: Door, actor: str, wrong: list[str], browser=None):
    """Try the door; note a wrong answer, and every word in it that is not for this person."""
    response = house.enter(door, actor, browser)
    address = house.address(door, actor)
    where = f"{door} at {address}"
    if answer_class(response) != door.answer_for(actor):
        wrong.append(f"{where}: {answer_class(response)}, not {door.answer_for(actor)}")
    if door not in DEVELOPMENT:
        leaked = house.world.canaries.not_for(actor, text_of(response)) - house.world.canaries.in_text(
            address
        )
        wrong += [f"{where}: shows {word!r}" for word in sorted(leaked)]
    return response


def mails_gone_astray(house: House) -> list[str]:
    """Mails that tell somebody what is not theirs to read."""
    wrong = []
    for mail in db.session.scalars(select(Message)):
        reader = mail.to_address.split("@")[0]
        text = f"{mail.to_name}\n{mail.subject}\n{mail.text}\n{mail.html}"
        known = reader in ACTORS or reader == TIDE_CONTACT
        leaked = house.world.canaries.not_for(reader if known else "nobody", text)
        wrong += [f"mail {mail.kind} to {mail.to_address}: {word!r}" for word in sorted(leaked)]
    db.session.rollback()
    return wrong


@pytest.mark.parametrize("actor", ACTORS)
def test_doors_that_are_closed(house: House, actor):
    """Wrong person, wrong answer; and a refused form leaves nothing behind."""
    wrong: list[str] = []
    before, browser = fingerprint(), house.browser(actor)
    for door in DOORS:
        if not door.is_open_to(actor):
            expect(house, door, actor, wrong, browser)
    assert not wrong, "\n".join(wrong)
    assert not changed(before)


@pytest.mark.parametrize("actor", ACTORS)
def test_pages_that_are_open(house: House, actor):
    """Everything this person may open; what must be there is there, what is somebody else's is not."""
    wrong: list[str] = []
    seen: set[str] = set()
    browser = house.browser(actor)
    for door in DOORS:
        if door.method == "GET" and door.is_open_to(actor):
            response = expect(house, door, actor, wrong, browser)
            if door not in DEVELOPMENT:
                seen |= house.world.canaries.in_text(text_of(response))
    assert not wrong, "\n".join(wrong)
    unseen = set(house.world.canaries.expected_by(actor)) - seen
    assert not unseen, f"{actor} was shown nowhere what is theirs: {unseen}"


@pytest.mark.parametrize("actor", ACTORS)
def test_forms_that_are_open(house: House, actor):
    """Each form as this person may send it, on a world nobody has touched; and what it mails to whom."""
    wrong: list[str] = []
    for door in DOORS:
        if door.method == "POST" and door.is_open_to(actor):
            browser = house.browser(actor)
            response = expect(house, door, actor, wrong, browser)
            if response.status_code in (302, 303) and response.location.startswith("/"):
                page = browser.get(response.location, headers=HTML, critical=False)
                leaked = house.world.canaries.not_for(actor, text_of(page))
                wrong += [f"{door} leads to {page.request.path}: shows {word!r}" for word in sorted(leaked)]
            wrong += [f"{door}: {one}" for one in mails_gone_astray(house)]
            if response.status_code < 400:
                house.restore()
    assert not wrong, "\n".join(wrong)


def test_a_program_gets_401_instead_of_the_sign_in_page(house: House):
    browser = house.browser("nobody")
    for door in DOORS:
        if door.answer_for("nobody") == SIGN_IN and not door.endpoint.startswith("accounts."):
            send = browser.get if door.method == "GET" else browser.post
            response = send(house.address(door, "nobody"), headers={"Accept": "application/json"})
            assert response.status_code == 401, door
            assert "Sign in" in response.json["error"]
