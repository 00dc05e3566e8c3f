"""An accepted round becomes an example: offered, prepared, approved, shown; and gone at once when it is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import Entry
from app.coursework import exemplar_rules as rules
from app.coursework.exemplar_models import STATUSES, Exemplar
from app.coursework.models import Submission, System
from app.lib.database import begin_write, db
from app.lib.refusal import Refused
from app.mail.models import Message
from tests.factories import accepted_system, attached, submitted_system
from tests.programs import COMPLETE

NAMED = {
    **COMPLETE,
    "1.A.1": "Northgate Medical Exercise",
    "1.C.1": "Ana Morales of Fairview decides.\n\n**Always.**",
}
AGREED = {"do": "offer", "agree": "yes"}


@pytest.fixture
def accepted(app: Any, cast: Any, write: Any) -> str:
    """Where Ana decides about her accepted round."""
    with write():
        system = accepted_system(cast.ana_enrollment, cast.cora, answers=NAMED)
        return f"/systems/{system.id}/submissions/1/example"


@pytest.fixture
def ana(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.ana)


@pytest.fixture
def cora(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.cora)


def mails(kind: str) -> list[str]:
    found = list(db.session.scalars(select(Message.to_address).where(Message.kind == f"coursework/{kind}")))
    db.session.rollback()
    return found


def one() -> Exemplar:
    db.session.rollback()
    return db.session.scalars(select(Exemplar)).one()


def prepared(ana: Any, cora: Any, accepted: str, **texts: str) -> str:
    """Offered and prepared with these texts; where the coach works on it."""
    assert ana.post(accepted, data=AGREED).status_code == 303
    address = f"/coaching/exemplars/{one().id}"
    form = {
        "do": "prepare",
        "version": str(one().version),
        "t~1.C.1": "[participant] decides.\n\n**Always.**",
        **texts,
    }
    assert cora.post(address, data=form).status_code == 303
    return address


def test_the_whole_way_to_the_samples_of_the_module(
    ana: Any, cora: Any, cast: Any, sign_in: Any, accepted: str
) -> None:
    assert accepted in ana.get(accepted.removesuffix("/example")).get_data(as_text=True)
    assert "I agree that an anonymized copy" in ana.get(accepted).get_data(as_text=True)
    for _ in range(2):
        assert ana.post(accepted, data=AGREED).status_code == 303
    assert mails("exemplar_coach") == ["cora@example.com"]
    assert (one().consent_version, one().consent_text) == (rules.CONSENT_VERSION, rules.CONSENT)
    address = f"/coaching/exemplars/{one().id}"
    assert address in cora.get("/coaching/exemplars").get_data(as_text=True)
    page = cora.get(address).get_data(as_text=True)
    assert "[participant] of Fairview decides." in page
    assert 'value="[practice]"' in page
    sent = {
        "do": "prepare",
        "version": str(one().version),
        "t~1.C.1": "[participant] decides. **Always.**",
        "out": "1.E.1",
    }
    for _ in range(2):
        assert cora.post(address, data=sent).status_code == 303
    assert mails("exemplar_prepared") == ["ana@example.com"]
    ben, module = sign_in(cast.ben), "/modules/systems"
    example = f"{module}/examples/{one().id}"
    assert ben.get(example).status_code == 404
    assert cora.post(address, data={"do": "show"}).status_code == 422  # not approved yet
    page = ana.get(accepted).get_data(as_text=True)
    assert "[participant] decides." in page
    assert "Fairview" not in page
    for _ in range(2):
        assert ana.post(accepted, data={"do": "approve", "version": str(one().version)}).status_code == 303
    assert ben.get(example).status_code == 404
    for _ in range(2):
        assert cora.post(address, data={"do": "show"}).status_code == 303
    assert "From a participant, with consent" in ben.get(module).get_data(as_text=True)
    page = ben.get(example).get_data(as_text=True)
    assert "<strong>Always.</strong>" in page
    for word in ("Ana", "Morales", "Northgate", "Fairview", "1,150"):
        assert word not in page, word
    for _ in range(2):
        assert ana.post(accepted, data={"do": "withdraw"}).status_code == 303
    assert ben.get(example).status_code == 404
    assert cora.get(address).status_code == 404
    assert "with consent" not in ben.get(module).get_data(as_text=True)
    assert (one().answers, one().rendered, one().status) == ({}, {}, "withdrawn")
    said = db.session.scalars(
        select(Entry.sentence).where(Entry.about_kind == "exemplar").order_by(Entry.id)
    ).all()
    assert [line.split(" ")[0] for line in said] == ["Offered", "Prepared", "Approved", "Showed", "Took"]
    db.session.rollback()
    assert ana.post(accepted, data=AGREED).status_code == 303  # and may be offered anew
    assert one().status == "offered"
    db.session.rollback()


def test_without_the_tick_nothing_is_offered(ana: Any, accepted: str) -> None:
    refused = ana.post(accepted, data={"do": "offer"})
    assert refused.status_code == 422
    assert "Tick the sentence first" in refused.text
    assert db.session.scalars(select(Exemplar)).all() == []


def test_only_the_accepted_round_can_be_offered(ana: Any, cast: Any, write: Any) -> None:
    with write():
        system_id = submitted_system(cast.ana_enrollment).system_id
    address = f"/systems/{system_id}/submissions/1/example"
    assert "Not this round" in ana.get(address).get_data(as_text=True)
    assert ana.post(address, data=AGREED).status_code == 422


@pytest.mark.parametrize("who", ["ben", "uma", "cora", "cal", "pat", "sam"])
def test_nobody_decides_for_the_author(who: str, cast: Any, sign_in: Any, accepted: str) -> None:
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(accepted).status_code == 404
    assert stranger.post(accepted, data=AGREED).status_code == 404


@pytest.mark.parametrize("who", ["ana", "ben", "cal", "sam"])
def test_nobody_but_the_cohorts_coaches_prepares(
    who: str, ana: Any, cora: Any, cast: Any, sign_in: Any, accepted: str
) -> None:
    address = prepared(ana, cora, accepted)
    stranger = sign_in(getattr(cast, who))
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, data={"do": "prepare"}).status_code == 404
    if who != "cal":
        assert stranger.get("/coaching/exemplars").status_code == 404
    else:
        assert "Nothing is offered yet" in stranger.get("/coaching/exemplars").get_data(as_text=True)


def test_the_author_sends_it_back_and_approves_only_what_they_read(
    ana: Any, cora: Any, accepted: str
) -> None:
    address = prepared(ana, cora, accepted)
    read = one().version
    assert ana.post(accepted, data={"do": "back", "wish": " "}).status_code == 422
    for _ in range(2):
        assert ana.post(accepted, data={"do": "back", "wish": "Take <b>Always</b> out."}).status_code == 303
    page = cora.get(address).get_data(as_text=True)
    assert "Take &lt;b&gt;Always&lt;/b&gt; out." in page
    assert ana.post(accepted, data={"do": "approve", "version": str(read)}).status_code == 422  # sent back
    again = {"do": "prepare", "version": str(one().version), "t~1.C.1": "[participant] decides."}
    assert cora.post(address, data=again).status_code == 303
    refused = ana.post(accepted, data={"do": "approve", "version": str(read)})
    assert refused.status_code == 422
    assert "changed since you opened" in refused.text
    assert ana.post(accepted, data={"do": "approve", "version": str(one().version)}).status_code == 303
    stale = cora.post(address, data={"do": "prepare", "version": "1", "t~1.C.1": "Other words"})
    assert stale.status_code == 422
    assert "Other words" in stale.text  # what was typed stays
    assert one().status == "approved"
    db.session.rollback()


def test_files_are_never_copied(ana: Any, cora: Any, cast: Any, write: Any) -> None:
    with write():
        system = accepted_system(cast.ana_enrollment, cast.cora)
        facts = attached(system, "1.C.2", "ana-morales.txt")
        submission = db.session.scalars(select(Submission)).one()
        wall = {"deidentified": "yes", "text": "By Ana", "files": [facts]}
        submission.answers = {**submission.answers, "1.C.2": wall}
        address = f"/systems/{system.id}/submissions/1/example"
    prepared(ana, cora, address)
    assert one().answers["1.C.2"].get("files", []) == []
    assert one().answers["1.C.2"]["text"] == "By [participant]"
    db.session.rollback()


def test_it_goes_with_the_work(ana: Any, cora: Any, accepted: str) -> None:
    prepared(ana, cora, accepted)
    begin_write()
    db.session.delete(db.session.scalars(select(System)).one())
    db.session.commit()
    assert db.session.scalars(select(Exemplar)).all() == []


@pytest.mark.parametrize("verb", ["", "no-such", "approve", "back", "withdraw"])
def test_a_step_that_is_not_open(verb: str, ana: Any, accepted: str) -> None:
    assert ana.post(accepted, data={"do": verb, "wish": "x"}).status_code == 422


STEPS = {
    "offer": {"withdrawn": "offered"},
    "prepare": {"offered": "prepared", "prepared": "prepared", "approved": "prepared"},
    "send back": {"prepared": "offered", "approved": "offered"},
    "approve": {"prepared": "approved"},
    "show": {"approved": "shown"},
    "withdraw": {one: "withdrawn" for one in STATUSES if one != "withdrawn"},
}


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("status", STATUSES)
def test_every_step_and_no_other(verb: str, status: str) -> None:
    if after := STEPS[verb].get(status):
        assert rules.next_status(status, verb) == after
    else:
        with pytest.raises(Refused):
            rules.next_status(status, verb)
