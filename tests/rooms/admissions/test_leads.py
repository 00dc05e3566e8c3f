"""Hearing from us: asked, confirmed, told once of each cohort, ended with one press; and the list of it for staff."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.admissions import lead_jobs, lead_rules, leads
from app.admissions.lead_models import Lead, LeadLink
from app.audit.models import Entry
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from app.mail.models import Message
from app.mail.sending import compose, send_waiting

ASKED = {"email": "Kim@Example.com", "name": "Kim", "cohorts": "y", "agree": "y", "source": "/reasons?x=1"}


def letters(address: str = "kim@example.com") -> list[Message]:
    db.session.rollback()
    return list(db.session.scalars(select(Message).where(Message.to_address == address).order_by(Message.id)))


def link(purpose: str, number: int = -1) -> str:
    """The path in the newest mail, as its reader would press it."""
    found = re.search(rf"/{purpose}/[\w-]+", letters()[number].text)
    assert found
    return found.group()


def lead(address: str = "kim@example.com") -> Lead | None:
    db.session.rollback()
    return db.session.scalar(select(Lead).where(Lead.email == address))


def confirm(client, **more: str) -> None:
    client.post("/subscribe", data=ASKED | more)
    assert client.post(link("subscribe")).location == "/subscribe/confirmed"


def test_nothing_counts_before_the_address_has_answered(client):
    assert client.get("/subscribe?from=/reasons&for=cohorts").status_code == 200
    assert client.post("/subscribe", data=ASKED).location == "/subscribe/sent"
    found = lead()
    assert (found.status, found.name, found.wants_cohorts, found.consent_text) == ("asked", "", False, "")
    (mail,) = letters()
    assert "Kim" not in mail.text + mail.html + mail.to_name  # nobody vouches for the name yet
    page = client.get(link("subscribe"))
    assert "I agree that" in page.text
    assert lead().status == "asked"  # opening the link confirms nothing


def test_confirming_keeps_what_was_agreed_to(client, clock):
    client.post("/subscribe", data=ASKED)
    clock.move(hours=1)
    address = link("subscribe")
    assert client.post(address).status_code == 303
    found = lead()
    assert (found.status, found.name, found.wants_cohorts, found.wants_updates) == (
        "confirmed",
        "Kim",
        True,
        False,
    )
    assert found.consent_text in client.get("/subscribe").get_data(as_text=True)  # word for word
    assert found.consent_version == lead_rules.CONSENT_VERSION
    assert found.consented_at == clock.now - timedelta(hours=1)
    assert found.source == "/reasons"
    assert client.post(address).status_code == 410  # once
    assert "See cohort of" in client.get("/subscribe/confirmed").text


def test_secrets_are_kept_as_hashes_for_one_purpose_and_a_time(client, clock):
    client.post("/subscribe", data=ASKED)
    to_confirm, to_end = link("subscribe"), link("unsubscribe")
    hashes = set(db.session.scalars(select(LeadLink.token_hash)))
    assert not hashes & {to_confirm.split("/")[2], to_end.split("/")[2]}
    assert client.get(to_confirm.replace("subscribe", "unsubscribe", 1)).status_code == 410
    assert client.post(to_end.replace("unsubscribe", "subscribe", 1)).status_code == 410
    clock.move(days=7)
    assert client.post(to_confirm).status_code == 410
    assert client.post(to_end).status_code == 200


def test_the_answer_never_tells_whether_an_address_is_known(client, cast):
    confirm(client)
    known = client.post("/subscribe", data=ASKED)
    new = client.post("/subscribe", data=ASKED | {"email": "new@example.com"})
    account = client.post("/subscribe", data=ASKED | {"email": "ana@example.com"})
    for _ in range(4):
        too_often = client.post("/subscribe", data=ASKED)
    assert {(one.status_code, one.location) for one in (known, new, account, too_often)} == {
        (303, "/subscribe/sent")
    }
    assert len(letters()) == 3  # in a day; what came after is silently not sent
    assert lead().status == "confirmed"  # and a stranger who types it changes nothing


def test_too_many_from_one_place(client):
    for number in range(21):
        response = client.post("/subscribe", data=ASKED | {"email": f"one{number}@example.com"})
    assert response.status_code == 429
    assert "wait an hour" in response.text
    assert "one20@example.com" in response.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"email": "kim"}, "does not look like an email address"),
        ({"email": ""}, "Please enter your email address."),
        ({"agree": ""}, "Please tick this box"),
        ({"cohorts": ""}, "at least one of the two"),
        ({"name": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_the_rest_is_kept(client, sent, sentence):
    data = {key: value for key, value in (ASKED | sent).items() if value}
    response = client.post("/subscribe", data=data)
    assert response.status_code == 422
    assert sentence in response.text
    assert 'value="/reasons' in response.text
    assert lead() is None


def test_no_page_elsewhere_is_taken_for_the_source(client):
    confirm(client, source="https://evil.example/x")
    assert lead().source == ""


# --- ending it -------------------------------------------------------------------------------------------------------


def test_a_mail_provider_ends_it_with_one_press(client, clock):
    confirm(client)
    mail = compose(letters()[0])
    header = str(mail["List-Unsubscribe"])
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = mail.as_bytes().decode()
    assert re.search(r"^List-Unsubscribe: <http://[^\s?=]+/unsubscribe/[\w-]{43}>\r?$", raw, re.MULTILINE)
    address = re.search(r"/unsubscribe/[\w-]+", header).group()
    assert "Stop all mail to me" in client.get(address).text
    assert lead().status == "confirmed"  # GET changes nothing
    for _ in range(2):
        response = client.post(address, data={"List-Unsubscribe": "One-Click"}, csrf=False)
        assert response.status_code == 200  # no redirect, no token, twice is harmless
    assert lead().status == "unsubscribed"


def test_an_older_link_to_confirm_does_not_undo_it_and_a_new_one_does(client):
    client.post("/subscribe", data=ASKED)
    old = link("subscribe")
    client.post(link("unsubscribe"), csrf=False)
    assert client.post(old).status_code == 410
    confirm(client)
    found = lead()
    assert (found.status, found.unsubscribed_at) == ("confirmed", None)


def test_every_mail_to_a_lead_has_the_pair_and_no_other_has(client, cast, sign_in, clock):
    confirm(client)
    _open_another(cast)
    lead_jobs.tell_leads(clock.now)
    client.post("/sign-in/link", data={"email": "ana@example.com"})
    for message in db.session.scalars(select(Message)):
        mail = compose(message)
        for_leads = message.kind.startswith("admissions/lead_")
        assert ("List-Unsubscribe" in mail) is ("List-Unsubscribe-Post" in mail) is for_leads, message.kind


def test_the_secret_leaves_the_row_with_the_mail(client, app, clock, monkeypatch):
    client.post("/subscribe", data=ASKED)
    monkeypatch.setitem(app.config, "DEMO", False)
    send_waiting(clock.now)
    (mail,) = letters()
    assert (mail.status, mail.unsubscribe_url) == ("sent", None)
    assert "/subscribe/" not in mail.text + mail.html


# --- told of a cohort ------------------------------------------------------------------------------------------------


def _open_another(cast) -> None:
    begin_write()
    db.session.get_one(Cohort, cast.autumn).status = "open"
    db.session.get_one(Cohort, cast.autumn).apply_until = None
    db.session.commit()


def test_the_interest_list_is_told_once_of_each_cohort(client, cast, clock):
    confirm(client)
    assert lead_jobs.tell_leads(clock.now) == 0  # the page that confirmed showed what is open
    _open_another(cast)
    assert lead_jobs.tell_leads(clock.now) == 1
    assert lead_jobs.tell_leads(clock.now) == 0
    mail = letters()[-1]
    assert (mail.kind, mail.to_name) == ("admissions/lead_cohort_open", "Kim")
    assert "/cohorts/autumn-2026" in mail.text
    assert client.post(link("unsubscribe"), csrf=False).status_code == 200


@pytest.mark.parametrize("who", ["asked", "unsubscribed", "updates only"])
def test_nobody_else_is_told(client, cast, clock, who):
    if who == "asked":
        client.post("/subscribe", data=ASKED)
    else:
        confirm(client, **({"cohorts": "", "updates": "y"} if who == "updates only" else {}))
    if who == "unsubscribed":
        client.post(link("unsubscribe"), csrf=False)
    if who == "updates only":
        begin_write()
        db.session.scalar(select(Lead)).wants_cohorts = False
        db.session.commit()
    _open_another(cast)
    assert lead_jobs.tell_leads(clock.now) == 0


def test_a_long_list_is_told_in_portions(write, cast, clock):
    with write():
        for number in range(lead_jobs.BATCH + 7):
            db.session.add(
                Lead(
                    email=f"one{number}@example.com",
                    status="confirmed",
                    wants_cohorts=True,
                    asked_at=clock.now,
                )
            )
    assert lead_jobs.tell_leads(clock.now) == lead_jobs.BATCH + 7
    assert db.session.scalar(select(func.count(Message.id))) == lead_jobs.BATCH + 7


def test_what_nobody_confirmed_is_forgotten(client, clock):
    confirm(client)
    client.post("/subscribe", data=ASKED | {"email": "lee@example.com"})
    client.post("/subscribe", data=ASKED | {"email": "ed@example.com"})
    clock.move(days=25)
    client.post("/subscribe", data=ASKED | {"email": "ed@example.com"})  # asks once more
    begin_write()
    for mail in db.session.scalars(select(Message)):
        mail.status = "sent"
    db.session.commit()
    lead_jobs.erase_leads(clock.move(days=6))
    assert lead("lee@example.com") is None
    assert lead("ed@example.com") is not None
    assert lead().status == "confirmed"
    assert letters("lee@example.com") == []
    assert len(letters("ed@example.com")) == 1


def test_who_ended_it_without_ever_confirming_is_forgotten_as_well(client, clock):
    confirm(client)
    client.post(link("unsubscribe"), csrf=False)  # this one had confirmed: what they agreed to is kept
    other = {"email": "lee@example.com"}
    client.post("/subscribe", data=ASKED | other)
    begin_write()
    leads.unsubscribe(db.session.scalars(select(Lead).where(Lead.email == other["email"])).one(), clock.now)
    db.session.commit()
    clock.move(days=25)
    client.post("/subscribe", data=ASKED | other)  # thinks again, and has its days to confirm
    lead_jobs.erase_leads(clock.move(days=6))
    assert lead("lee@example.com").status == "unsubscribed"
    lead_jobs.erase_leads(clock.move(days=25))
    assert lead("lee@example.com") is None
    assert lead().status == "unsubscribed"


# --- the list of staff -----------------------------------------------------------------------------------------------


def test_staff_filter_and_page(sign_in, cast, write, clock):
    with write():
        for number in range(60):
            status = "confirmed" if number % 2 else "asked"
            db.session.add(Lead(email=f"one{number}@example.com", status=status, asked_at=clock.now,
                                confirmed_at=clock.now, wants_cohorts=number % 2 == 1))  # fmt: skip
    sam = sign_in(cast.sam)
    page = sam.get("/staff/leads")
    assert "one59@example.com" in page.text
    assert "one9@example.com" not in page.text
    on = re.search(r'href="(/staff/leads\?before=\d+)"', page.text).group(1)
    assert "one9@example.com" in sam.get(on).text
    confirmed = sam.get("/staff/leads?status=confirmed&wants=cohorts").text
    assert "one59@example.com" in confirmed
    assert "one58@example.com" not in confirmed
    assert "Nobody fits" in sam.get("/staff/leads?status=unsubscribed").text
    assert sam.get("/staff/leads?status=none&wants=²&before=x").status_code == 200
    assert sign_in(cast.cora).get("/staff/leads").status_code == 404


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@x", "  =1+1", "＝1"])
def test_the_export_holds_no_formula(sign_in, cast, write, clock, name):
    with write():
        db.session.add(Lead(email="+kim@example.com", name=name, status="confirmed", asked_at=clock.now))
    response = sign_in(cast.sam).get("/staff/leads.csv?status=confirmed")
    assert response.mimetype == "text/csv"
    head, row = csv.reader(io.StringIO(response.get_data(as_text=True).removeprefix("\ufeff")))
    assert head[0] == "Email"
    assert row[:2] == ["'+kim@example.com", f"'{name}"]


def test_staff_take_somebody_off_who_asked_in_words(client, sign_in, cast):
    confirm(client)
    sam = sign_in(cast.sam)
    address = f"/staff/leads/{lead().id}/unsubscribe"
    assert sign_in(cast.cora).post(address).status_code == 404
    assert lead().status == "confirmed"
    for _ in range(2):
        assert sam.post(address).location == "/staff/leads"
    assert lead().status == "unsubscribed"
    said = list(db.session.scalars(select(Entry.actor_id).where(Entry.sentence.startswith("Took somebody"))))
    assert said == [cast.sam]  # said once
    assert sam.post("/staff/leads/999999/unsubscribe").status_code == 404
