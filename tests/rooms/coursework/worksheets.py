"""Fill in worksheets as a browser would: read the form of a page, change some of it, send all of it back."""

from __future__ import annotations

from typing import Any

import html5lib

from tests.client import Client
from tests.programs import COMPLETE

Form = dict[str, list[str]]
JSON = {"Accept": "application/json"}
HOSTILE = "<script>alert(1)</script> {{ 7*7 }} ' OR 1=1 -- \u202e <img src=x onerror=alert(1)> \x00"


def begun(browser: Client, slug: str = "systems") -> str:
    """Begin a module; the address of its worksheet."""
    response = browser.post(f"/modules/{slug}/start")
    assert response.status_code == 303, response.text
    return str(response.location)


def form_of(html: str, index: int = -1) -> Form:
    """What a browser would send of the page's form: the worksheet's (by its id), or the one with that index."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    forms = list(tree.iter("form"))
    form = forms[index] if index >= 0 else next(one for one in forms if one.get("id") == "work")
    sent: Form = {}
    for node in form.iter():
        if node.get("name") and (value := _value(node)) is not None:
            sent.setdefault(node.get("name"), []).append(value)
    sent.pop("csrf_token", None)
    return sent


def _value(node: Any) -> str | None:
    if node.tag == "textarea":
        return (node.text or "").removeprefix("\n")
    if node.tag == "select":
        chosen = [option for option in node.iter("option") if option.get("selected") is not None]
        return chosen[0].get("value") if chosen else ""
    if node.tag != "input" or node.get("type") in ("submit", "button"):
        return None
    if node.get("type") in ("checkbox", "radio") and node.get("checked") is None:
        return None
    return node.get("value") or ""


def opened(browser: Client, url: str) -> Form:
    response = browser.get(url)
    assert response.status_code == 200
    return form_of(response.text)


COMPLETE_FORM: Form = {
    "1.A.1": [COMPLETE["1.A.1"]],
    "1.A.2": ["", "gym"],
    "1.B.1~row": ["", "r1", "r2"],
    "1.B.1~r1~step": ["Inquiry"],
    "1.B.1~r1~exists": ["in_use"],
    "1.B.1~r2~step": ["Discharge"],
    "1.B.1~r2~exists": ["none"],
    "1.C.1": [COMPLETE["1.C.1"]],
    "1.E.1~row": ["", "r1", "r2"],
    "1.E.1~r1~item": ["Rent"],
    "1.E.1~r1~amount": ["$1,150"],
    "1.E.1~r2~item": ["Insurance"],
    "1.E.1~r2~amount": ["750"],
    "1.E.3~price": ["90"],
    "1.E.3~variable_cost": ["4"],
}
RATED: Form = {"rating~client_path": ["meets"], "rating~rules": ["exceeds"]}
STATED: Form = {"statement_own": ["1"], "statement_no_client": ["1"]}
PLANNED: Form = {"plan~when": ["the next inquiry comes in"], "plan~will": ["read the rule aloud first"]}
SENDING = RATED | STATED | PLANNED


def noted(form: Form, words: str = "This is my own practice’s.") -> Form:
    """A note to every finding that the form has a place for."""
    return {name: [words] for name in form if name.startswith("note~")}


def sent(browser: Client, url: str, **changes: Any) -> Any:
    """Fill in everything, rate, state, and submit."""
    form = opened(browser, url) | COMPLETE_FORM | SENDING | changes
    return browser.post(f"{url}/submit", data=form)
