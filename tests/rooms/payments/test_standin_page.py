"""The payment page over real HTTP, as a browser without scripts uses it."""

from __future__ import annotations

import re
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import pytest
import requests
import stripe

from app.payments.standin import BANK_DEBIT, DECLINED, VISA, StandIn, serving

from .standin_kit import Clock, Site, seat


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def standin(site: Site, clock: Clock) -> StandIn:
    return StandIn(site, clock=clock)


@pytest.fixture
def url(standin: StandIn) -> Iterator[str]:
    with serving(standin) as address:
        yield address


@pytest.fixture
def client(url: str, standin: StandIn) -> stripe.StripeClient:
    return stripe.StripeClient(standin.api_key, base_addresses={"api": url})


def key(text: str) -> stripe.RequestOptions:
    return {"idempotency_key": text}


class Form(HTMLParser):
    """The first form of a page: where it goes, and what it can send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action, self.labels, self.names, self.options = "", set(), {}, []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form":
            self.action = self.action or str(found["action"])
        if tag == "label":
            self.labels.add(found["for"])
        if tag == "option":
            self.options.append(found["value"])
        if tag in ("input", "select"):
            self.names[found["name"]] = found["id"]


def submit(page: requests.Response, **fields: str) -> requests.Response:
    target = urllib.parse.urljoin(page.url, Form(page.text).action)
    return requests.post(target, fields, allow_redirects=False, timeout=5)


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=5)


def test_a_person_pays_and_is_sent_back(client, standin, site):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    page = get(session.url)

    assert page.status_code == 200
    assert "<title>Test payment page (no real money)</title>" in page.text
    assert len(re.findall(r"<h1>", page.text)) == 1
    for shown in ("Enterprise Cohort, one seat", "$2,497.00", "ana@example.com", "Pay $2,497.00", "Decline"):
        assert shown in page.text
    assert 'href="http://127.0.0.1:8000/cohorts/spring">Cancel' in page.text
    form = Form(page.text)
    assert set(form.names.values()) <= form.labels
    assert form.options[0] == VISA

    sent = submit(page, card=VISA, do="pay")

    assert sent.status_code == 303
    assert sent.headers["Location"] == f"http://127.0.0.1:8000/return?session={session.id}"
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_webhooks_arrive_by_themselves_while_it_serves(clock):
    arrived = threading.Event()

    def endpoint(body: bytes, headers: Mapping[str, str]) -> int:
        if b'"type": "checkout.session.completed"' in body:
            arrived.set()
        return 200

    standin = StandIn(endpoint, clock=clock)
    with serving(standin) as url:
        client = stripe.StripeClient(standin.api_key, base_addresses={"api": url})
        page = get(client.v1.checkout.sessions.create(seat(), key("checkout:1")).url)
        submit(page, card=VISA, do="pay")
        assert arrived.wait(timeout=10)
    assert standin.pending_events == []


def test_the_page_carries_nothing_inline_and_keeps_others_out(client):
    page = get(client.v1.checkout.sessions.create(seat(), key("checkout:1")).url)

    assert not re.search(r"<script|<style|\bstyle=|\bon\w+=", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    sheet = get(urllib.parse.urljoin(page.url, "/assets/page.css"))
    assert sheet.headers["Content-Type"].startswith("text/css")


def test_what_the_seller_wrote_is_shown_as_text(client):
    product = {"currency": "usd", "unit_amount": 100, "product_data": {"name": "<b>Seat</b>"}}
    given = seat(
        line_items=[{"price_data": product, "quantity": 2}], custom_text={"submit": {"message": "<i>Hi"}}
    )
    page = get(client.v1.checkout.sessions.create(given, key("checkout:1")).url)

    assert "&lt;b&gt;Seat&lt;/b&gt; × 2" in page.text
    assert "&lt;i&gt;Hi" in page.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"do": "decline"}, "Your card was declined."),
        ({"do": "pay", "card": DECLINED}, "Your card was declined."),
        ({"do": "pay", "card": "4000000000009995"}, "Your card has insufficient funds."),
        ({"do": "pay", "card": "1234"}, "That is not one of the test cards."),
        ({"do": "pay"}, "That is not one of the test cards."),
    ],
)
def test_a_refusal_says_why_and_the_page_stays_open(client, standin, fields, sentence):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    refused = submit(get(session.url), **fields)

    assert refused.status_code in (400, 402)
    assert f'role="alert">{sentence}' in refused.text
    assert standin.get(session.id)["status"] == "open"
    assert submit(refused, card=VISA, do="pay").status_code == 303


def test_a_missing_email_is_asked_for_and_kept_when_the_card_fails(client, standin):
    session = client.v1.checkout.sessions.create(seat(customer_email=None), key("checkout:1"))
    page = get(session.url)
    assert "email" in Form(page.text).names

    without = submit(page, card=VISA, do="pay", email="")
    assert "Please enter an email address." in without.text
    declined = submit(page, card=DECLINED, do="pay", email="ana@example.com")
    assert 'value="ana@example.com"' in declined.text
    assert submit(page, card=VISA, do="pay", email="ana@example.com").status_code == 303
    assert standin.get(session.id)["customer_details"]["email"] == "ana@example.com"


def test_the_terms_are_a_box_to_tick(client, standin):
    given = seat(consent_collection={"terms_of_service": "required"})
    page = get(client.v1.checkout.sessions.create(given, key("checkout:1")).url)

    assert "agree to the terms" in submit(page, card=VISA, do="pay").text
    assert submit(page, card=VISA, do="pay", agreed="yes").status_code == 303


def test_paying_twice_is_harmless(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    page = get(session.url)
    submit(page, card=VISA, do="pay")

    again = submit(page, card=VISA, do="pay")
    later = get(session.url)

    for answer in (again, later):
        assert "This is already paid. Nothing was charged a second time." in answer.text
        assert "<form" not in answer.text
        assert f"http://127.0.0.1:8000/return?session={session.id}" in answer.text
    assert len(standin.all("charge")) == 1


def test_many_clicks_at_once_make_one_payment(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    page = get(session.url)
    answers: list[int] = []
    clicks = [
        threading.Thread(target=lambda: answers.append(submit(page, card=VISA, do="pay").status_code))
        for _ in range(8)
    ]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()

    assert sorted(answers) == [303] + [400] * 7
    assert [charge["status"] for charge in standin.all("charge")] == ["succeeded"]


def test_an_expired_page_says_so_and_leads_back(client, clock):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    clock.move(hours=25)

    page = get(session.url)

    assert "This payment page has expired. Nothing was charged." in page.text
    assert 'href="http://127.0.0.1:8000/cohorts/spring">Back to the seller' in page.text


def test_a_bank_debit_can_be_answered_on_the_page(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    assert submit(get(session.url), card=BANK_DEBIT, do="pay").status_code == 303

    waiting = get(session.url)
    assert "on its way" in waiting.text
    assert submit(waiting, do="debit-paid").status_code == 303

    assert "already paid" in get(session.url).text
    assert standin.get(session.id)["payment_status"] == "paid"


def test_a_receipt_can_be_opened(client, standin):
    session = client.v1.checkout.sessions.create(seat(), key("checkout:1"))
    standin.pay(session.id)
    charge = standin.all("charge")[0]

    receipt = get(charge["receipt_url"])

    assert "Test receipt (no real money)" in receipt.text
    assert "$2,497.00" in receipt.text
    assert charge["id"] in receipt.text


@pytest.mark.parametrize("path", ["/c/pay/cs_test_none", "/receipts/ch_none", "/nothing"])
def test_an_unknown_page_is_404_with_a_sentence(url, path):
    page = get(url + path)

    assert page.status_code == 404
    assert 'role="alert"' in page.text


def test_a_timeout_over_the_network_closes_the_line(client, standin):
    standin.fail_next("timeout_after")

    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(seat(), key("checkout:1"))

    assert len(standin.all("checkout.session")) == 1
    assert (
        client.v1.checkout.sessions.create(seat(), key("checkout:1")).id
        == standin.all("checkout.session")[0]["id"]
    )
