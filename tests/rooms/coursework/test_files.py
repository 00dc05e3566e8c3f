"""Files in a worksheet: behind a tick, taken for what they are, in no form's power, kept by every round with them."""

from __future__ import annotations

import hashlib
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.audit.models import Entry
from app.cohorts.models import Enrollment
from app.coursework import rules
from app.coursework.models import Attachment, Draft, Submission, SubmissionAttachment, System
from app.files import storage
from app.files.models import StoredFile
from app.files.rules import LARGEST
from app.lib import jobs
from app.lib.database import db
from tests.cast import NOW
from tests.factories import attached, next_round, published_review, submitted_system
from tests.rooms.coursework.worksheets import (
    COMPLETE_FORM,
    JSON,
    SENDING,
    begun,
    form_of,
    noted,
    opened,
    sent,
)
from tests.rooms.files import made

FIELD = "1.C.2"
TICK = f"{FIELD}~deidentified"
TEXT = f"{FIELD}~text"


@pytest.fixture
def ana(sign_in, cast):
    return sign_in(cast.ana)


def draft() -> Draft:
    db.session.rollback()
    return db.session.scalars(select(Draft)).one()


def files() -> list[dict[str, Any]]:
    return draft().answers.get(FIELD, {}).get("files", [])


def upload(browser, url, *sent, form=None, headers=None, field=FIELD, tick="yes"):
    """Press Upload as a page without scripts does, with the worksheet around it; `sent` are (name, bytes)."""
    data = MultiDict(
        [(name, value) for name, values in (form or opened(browser, url)).items() for value in values]
    )
    if tick is not None:
        data.setlist(TICK, ["", tick] if tick else [""])
    for name, content in sent or [("note.txt", b"A note.")]:
        data.add(f"{field}~upload", FileStorage(io.BytesIO(content), name))
    data["csrf_token"] = browser.csrf_token()
    boundary, body = encode_multipart(data)
    return browser.post(
        f"{url}/files/{field}",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=headers,
        critical=headers is None,
    )


def alone(browser, url, *sent, **more):
    """As files.js does: nothing but the files."""
    return upload(browser, url, *sent, form={"version": ["1"]}, tick=None, headers=JSON, **more)


def ticked(browser, slug="systems") -> str:
    url = begun(browser, slug)
    browser.post(f"{url}/draft", data=opened(browser, url) | {TICK: ["", "yes"]})
    return url


# --- uploading ----------------------------------------------------------------------------------------------------


def test_a_file_comes_with_everything_that_was_typed(ana, clock):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["Northgate"], TEXT: ["And a text."]}
    response = upload(ana, url, ("Wall rule.PDF", made.PDF), form=form)
    assert (response.status_code, response.location) == (303, f"{url}#{FIELD}")
    assert draft().answers["1.A.1"] == "Northgate"
    row = db.session.scalars(select(Attachment)).one()
    digest = hashlib.sha256(made.PDF).hexdigest()
    assert draft().answers[FIELD] == {
        "deidentified": "yes",
        "text": "And a text.",
        "files": [
            {"id": row.id, "name": "Wall rule.pdf", "type": "pdf", "size": len(made.PDF), "sha256": digest,
             "at": clock.now.isoformat()}
        ],
    }  # fmt: skip
    page = ana.get(url).text
    for words in (
        "Wall rule.pdf",
        f"PDF, {len(made.PDF)} bytes, received",
        digest,
        "Take out",
        "Attach another file",
    ):
        assert words in page
    assert storage.get(digest) == made.PDF


def test_without_the_tick_nothing_is_taken_and_the_text_stays(ana):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["Northgate"], TEXT: ["And a text."]}
    response = upload(ana, url, form=form, tick="")
    assert response.status_code == 422
    sentence = (
        "Tick the sentence first: no file is taken before you have made sure that it identifies no client."
    )
    assert response.text.count(sentence) == 2  # above the page, and at the field
    assert 'href="#1.C.2"' in response.text
    assert files() == []
    assert (draft().answers["1.A.1"], draft().answers[FIELD]["text"]) == ("Northgate", "And a text.")
    assert db.session.scalar(select(func.count(StoredFile.id))) == 0


def test_the_section_of_what_was_refused_or_taken_out_is_open(ana):
    """A section where nothing is begun is shut to one line; a sentence in there would not be seen."""
    url = begun(ana)
    assert "<details" in ana.get(url).text.split('id="B"')[1].split('class="field"')[0]
    for page in (upload(ana, url, tick="").text, ana.get(f"{url}?undo=1.C.2~1").text):
        assert "<details" not in page.split('id="B"')[1].split('class="field"')[0]


def test_what_is_refused_is_said_at_the_field_and_the_text_stays(ana):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["Northgate"]}
    response = upload(ana, url, ("setup.exe", made.EXE), form=form)
    assert response.status_code == 422
    assert "“setup.exe” is of a kind we cannot keep. Save it as PDF and send that." in response.text
    assert (draft().answers["1.A.1"], files()) == ("Northgate", [])


def test_of_several_files_the_good_ones_are_kept(ana):
    url = begun(ana)
    response = upload(ana, url, ("a.txt", b"One."), ("b.txt", made.HTML))
    assert response.status_code == 422
    assert "“b.txt” is not plain text inside." in response.text
    assert [one["name"] for one in files()] == ["a.txt"]


def test_there_is_room_for_so_many(ana):
    url = begun(ana)
    response = upload(ana, url, ("a.txt", b"One."), ("b.txt", b"Two."), ("c.txt", b"Three."))
    assert response.status_code == 422
    assert "There is room for 2 files here. Take one out first." in response.text
    assert [one["name"] for one in files()] == ["a.txt", "b.txt"]
    page = ana.get(url).text
    assert "There is room for 2 files; take one out to send another." in page
    assert f'name="{FIELD}~upload"' not in page


def test_the_same_file_twice_is_one(ana):
    url = begun(ana)
    for _ in range(2):
        assert upload(ana, url).status_code == 303
    assert len(files()) == 1
    assert upload(ana, url, ("other name.txt", b"A note.")).status_code == 303
    assert [one["sha256"] for one in files()] == [files()[0]["sha256"]] * 2


def test_no_file_is_a_sentence(ana):
    url = begun(ana)
    response = upload(ana, url, ("", b""))
    assert response.status_code == 422
    assert "Choose a file first." in response.text


def test_a_file_too_large_is_a_sentence_and_the_text_stays(ana):
    url = begun(ana)
    form = opened(ana, url) | {"1.A.1": ["Northgate"]}
    response = upload(ana, url, ("long.txt", b"x" * (LARGEST + 1)), form=form)
    assert response.status_code == 422
    assert "“long.txt” has 25 MB; one file may have 25 MB." in response.text
    assert draft().answers["1.A.1"] == "Northgate"


def test_a_request_too_large_for_any_sentence_is_413(ana):
    url = ticked(ana)
    huge = b"x" * (3 * LARGEST + 2**21)
    response = alone(ana, url, ("huge.txt", huge))
    assert response.status_code == 413
    assert response.json["error"] == "That is too large to send in one go. Nothing was stored."
    assert files() == []


def test_only_this_door_is_so_wide(ana, sign_in, cast):
    """Every other form, and this one for anybody who may not upload here, still ends at 2 MB."""
    url = ticked(ana)
    large = {"1.C.1": "x" * (2**21 + 1000)}
    assert ana.post(f"{url}/draft", data=large, critical=False).status_code == 413
    assert upload(ana, url, form={"1.C.1": ["x" * (2**21 + 1000)]}).status_code == 413
    assert alone(sign_in(cast.ben), url, ("a.txt", b"x" * (3 * LARGEST))).status_code == 404


def test_a_photo_keeps_nothing_of_its_place(ana):
    url = begun(ana)
    upload(ana, url, ("photo.jpg", made.located_photo()))
    kept = storage.get(files()[0]["sha256"])
    assert not dict(Image.open(io.BytesIO(kept)).getexif())
    assert b"xqcamera" not in kept
    assert files()[0]["size"] == len(kept)


def test_the_quota_says_what_to_do(ana, monkeypatch):
    url = begun(ana)
    monkeypatch.setattr(rules, "QUOTA", 1000)
    assert upload(ana, url, ("a.txt", b"x" * 600)).status_code == 303
    response = upload(ana, url, ("b.txt", b"y" * 500))
    assert response.status_code == 422
    assert "All your files together may have 1000 bytes; with this one they would have 1 KB." in response.text
    ana.post(f"{url}/files/{files()[0]['id']}/remove")
    assert upload(ana, url, ("b.txt", b"y" * 500)).status_code == 422  # it can still be put back


def test_other_peoples_files_are_no_part_of_the_quota(ana, sign_in, cast, monkeypatch):
    monkeypatch.setattr(rules, "QUOTA", 1000)
    assert upload(ana, begun(ana), ("a.txt", b"x" * 900)).status_code == 303
    ben = sign_in(cast.ben)
    assert upload(ben, begun(ben), ("a.txt", b"x" * 900)).status_code == 303


def test_a_full_disk_costs_no_word(ana, monkeypatch):
    def full(data):
        raise OSError(28, "No space left on device")

    url = begun(ana)
    monkeypatch.setattr(storage, "put", full)
    response = upload(ana, url, form=opened(ana, url) | {"1.A.1": ["Northgate"]})
    assert response.status_code == 422
    assert "We have no room to store files right now." in response.text
    assert (draft().answers["1.A.1"], files()) == ("Northgate", [])


@pytest.mark.parametrize(
    "name",
    ["", "..", "/", "\\", "a" * 500, "\u202egnp.txt", "a\r\nX: y.txt", "<img src=x onerror=xq()>.txt", "CON.txt",
     "😀.txt", "note.txt\x00.exe", "../../../../etc/passwd"],
)  # fmt: skip
def test_odd_names_are_only_names(ana, name):
    url = ticked(ana)
    response = alone(ana, url, (name, b"Words."))
    assert response.status_code in (200, 422)
    for one in files():
        download = ana.get(f"{url}/files/{one['id']}")
        assert download.status_code == 200
        assert download.headers["Content-Disposition"].startswith("attachment; ")
        assert "\n" not in download.headers["Content-Disposition"]
        page = ana.get(url).text
        assert "<img src=x" not in page


def test_a_worksheet_that_is_closed_takes_no_file(ana, cast, write):
    url = ticked(ana)
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    response = alone(ana, url)
    assert response.status_code == 422
    assert "suspended" in response.json["error"]
    assert files() == []


def test_a_field_that_takes_no_files_is_not_found(ana):
    url = ticked(ana)
    for field in ("1.A.1", "9.Z.9", "1", "%00", "x" * 500):
        assert upload(ana, url, form={"version": ["1"]}, field=field).status_code == 404
    assert ana.get(f"{url}/files/{FIELD}").status_code == 405


# --- with scripts -------------------------------------------------------------------------------------------------


def test_a_script_sends_the_file_alone_and_gets_the_list(ana):
    url = ticked(ana)
    ana.post(f"{url}/draft", data={"version": "2", TICK: ["", "yes"], TEXT: "Typed meanwhile"})
    answer = alone(ana, url, ("note.txt", b"A note."))
    assert answer.status_code == 200
    assert (answer.json["field"], answer.json["error"], answer.json["conflicts"]) == (FIELD, "", [])
    assert "note.txt" in answer.json["files"]
    assert answer.json["version"] == draft().version
    assert draft().answers[FIELD]["text"] == "Typed meanwhile"
    assert f"{url}/files/{files()[0]['id']}/remove" in answer.json["files"]


def test_a_script_is_told_what_was_refused(ana):
    url = begun(ana)
    answer = alone(ana, url)
    assert answer.status_code == 422
    assert answer.json["error"].startswith("Tick the sentence first")


# --- forms have no power over files ---------------------------------------------------------------------------------


def test_a_form_cannot_make_up_a_file(ana, sign_in, cast, write):
    ben = sign_in(cast.ben)
    upload(ben, begun(ben))
    theirs = db.session.scalars(select(Attachment.id)).one()
    url = begun(ana)
    invented = {
        TICK: ["", "yes"],
        f"{FIELD}~files": [f'[{{"id": {theirs}, "name": "x.pdf"}}]'],
        f"{FIELD}~file": [str(theirs)],
        FIELD: ["x"],
    }
    ana.post(f"{url}/draft", data=opened(ana, url) | invented)
    db.session.rollback()
    answers = db.session.scalars(select(Draft).join(System, System.id == Draft.system_id).where(
        System.enrollment_id == cast.ana_enrollment)).one().answers  # fmt: skip
    assert answers[FIELD] == {"deidentified": "yes", "text": "", "files": []}


def test_typing_in_an_old_tab_neither_loses_nor_clashes_with_a_file(ana):
    url = ticked(ana)
    old_tab = opened(ana, url)
    assert alone(ana, url).status_code == 200
    response = ana.post(f"{url}/draft", data=old_tab | {TEXT: ["Typed in the old tab"]})
    assert response.status_code == 303
    assert draft().answers[FIELD]["text"] == "Typed in the old tab"
    assert [one["name"] for one in files()] == ["note.txt"]


def asked(page):
    """The form of the page that shows both texts."""
    found = (form_of(page, index) for index in range(page.count("<form")))
    return next(form for form in found if "asked" in form)


def test_both_texts_beside_a_file_can_be_kept(ana):
    url = ticked(ana)
    alone(ana, url)
    old_tab = opened(ana, url)
    ana.post(f"{url}/draft", data=opened(ana, url) | {TEXT: ["Theirs"]})
    page = ana.post(f"{url}/draft", data=old_tab | {TEXT: ["Mine"]})
    assert page.status_code == 409
    assert "Keep both" in page.text
    ana.post(f"{url}/draft", data=asked(page.text) | {f"keep~{FIELD}": ["both"]})
    assert draft().answers[FIELD]["text"] == "Theirs\n\nMine"
    assert len(files()) == 1


def test_a_clash_does_not_cost_the_file(ana):
    url = ticked(ana)
    old_tab = opened(ana, url)
    ana.post(f"{url}/draft", data=opened(ana, url) | {"1.A.1": ["Theirs"]})
    response = upload(ana, url, form=old_tab | {"1.A.1": ["Mine"]})
    assert response.status_code == 409
    assert "Both texts" in response.text
    assert len(files()) == 1


def test_unticking_deletes_nothing(ana):
    url = begun(ana)
    upload(ana, url)
    ana.post(f"{url}/draft", data=opened(ana, url) | {TICK: [""]})
    assert (draft().answers[FIELD]["deidentified"], len(files())) == ("", 1)
    assert "what is not ticked is not sent" in ana.get(url).text


def test_a_file_chosen_and_not_uploaded_is_not_lost_silently(ana):
    """Without scripts: another button was pressed, and the browser sent the file's name alone."""
    url = begun(ana)
    form = opened(ana, url) | {f"{FIELD}~upload": ["scan.pdf"], "1.A.1": ["Northgate"]}
    for verb in ("draft", "submit"):
        response = ana.post(f"{url}/{verb}", data=form)
        assert response.status_code == 422
        assert "“scan.pdf” is chosen, but not uploaded." in response.text
    assert draft().answers["1.A.1"] == "Northgate"


# --- taking out, and back -------------------------------------------------------------------------------------------


def test_taking_out_can_be_undone(ana, clock):
    url = begun(ana)
    upload(ana, url)
    number = files()[0]["id"]
    response = ana.post(f"{url}/files/{number}/remove", data=opened(ana, url) | {"1.A.1": ["Northgate"]})
    assert (response.status_code, response.location) == (303, f"{url}?undo=1.C.2~{number}#1.C.2")
    assert (files(), draft().answers["1.A.1"]) == ([], "Northgate")
    page = ana.get(response.location).text
    assert "A file is taken out." in page
    assert f'formaction="{url}/files/{number}/put-back"' in page
    assert ana.post(f"{url}/files/{number}/put-back").status_code == 303
    assert [one["id"] for one in files()] == [number]
    assert db.session.get_one(Attachment, number).removed_at is None


@pytest.mark.parametrize("verb", ["remove", "put-back"])
def test_taking_out_and_back_twice_is_harmless(ana, verb):
    url = begun(ana)
    upload(ana, url)
    number = files()[0]["id"]
    answers = [ana.post(f"{url}/files/{number}/{verb}", headers=JSON) for _ in range(2)]
    assert [one.status_code for one in answers] == [200, 200]
    assert len(files()) == (verb == "put-back")


def test_it_can_be_put_back_only_where_there_is_room(ana):
    url = begun(ana)
    upload(ana, url, ("a.txt", b"One."), ("b.txt", b"Two."))
    number = files()[0]["id"]
    ana.post(f"{url}/files/{number}/remove")
    upload(ana, url, ("c.txt", b"Three."))
    response = ana.post(f"{url}/files/{number}/put-back")
    assert response.status_code == 422
    assert "There is room for 2 files here." in response.text
    assert [one["name"] for one in files()] == ["b.txt", "c.txt"]


@pytest.mark.parametrize("undo", ["1.C.2~x", "1.C.2", "1.C.2~²", "x~1", "1.C.2~" + "9" * 40, "<script>~1"])
def test_an_odd_undo_is_passed_over(ana, undo):
    url = begun(ana)
    response = ana.get(url, query_string={"undo": undo})
    assert response.status_code == 200
    assert "<script>~1" not in response.text


def forget(clock, **later):
    """Move the clock and run what a clock would run; the bytes are as old as the clock says."""
    clock.move(**later)
    for name in ("forget-removed-files", "sweep-files"):
        jobs.run(name)
    db.session.rollback()


def put_at(digest, moment) -> Path:
    path = storage.path_of(digest)
    os.utime(path, (moment.timestamp(),) * 2)
    return path


def test_a_file_taken_out_is_forgotten_a_day_later(ana, clock):
    url = begun(ana)
    upload(ana, url, ("a.txt", b"One."), ("b.txt", b"Two."))
    gone, stays = files()
    ana.post(f"{url}/files/{gone['id']}/remove")
    forget(clock, hours=23)
    assert db.session.scalar(select(func.count(Attachment.id))) == 2
    forget(clock, hours=2)
    assert db.session.scalars(select(Attachment.id)).all() == [stays["id"]]
    assert db.session.scalars(select(StoredFile.sha256)).all() == [stays["sha256"]]
    assert ana.post(f"{url}/files/{gone['id']}/put-back").status_code == 404


def test_its_bytes_are_swept_a_week_later(ana, clock):
    """A week, so that a backup of that time finds them; what is needed stays however old it is."""
    url = begun(ana)
    upload(ana, url, ("a.txt", b"One."), ("b.txt", b"Two."))
    gone, stays = files()
    old, needed = (put_at(one["sha256"], NOW - timedelta(days=90)) for one in (gone, stays))
    ana.post(f"{url}/files/{gone['id']}/remove")
    forget(clock, days=2)
    assert old.stat().st_mtime > (NOW - timedelta(days=90)).timestamp() + 1  # its week begins now
    put_at(gone["sha256"], clock.now)
    forget(clock, days=6)
    assert old.exists()
    forget(clock, days=2)
    assert not old.exists()
    assert needed.exists()


def test_bytes_that_somebody_else_has_too_stay(ana, sign_in, cast, clock):
    ben = sign_in(cast.ben)
    upload(ben, begun(ben))
    url = begun(ana)
    upload(ana, url)
    number = db.session.scalar(select(func.max(Attachment.id)))
    db.session.rollback()
    ana.post(f"{url}/files/{number}/remove")
    path = put_at(hashlib.sha256(b"A note.").hexdigest(), NOW - timedelta(days=90))
    forget(clock, days=20)
    assert path.read_bytes() == b"A note."


def test_a_database_without_files_sweeps_nothing(app, clock):
    """It is rather the wrong one: a new database beside the files of another."""
    path = put_at(storage.put(b"Of another database."), NOW - timedelta(days=90))
    forget(clock, days=1)
    assert path.exists()


def test_what_a_dead_upload_left_is_swept(ana, clock):
    upload(ana, begun(ana))
    digest = storage.put(b"An upload that died before its row was written.")
    path = put_at(digest, NOW)
    half = path.parent.parent / "half-written"
    half.write_bytes(b"half")
    os.utime(half, (NOW.timestamp(),) * 2)
    forget(clock, days=6)
    assert path.exists() and half.exists()
    storage.put(b"An upload that died before its row was written.")  # somebody sends the same anew
    assert path.stat().st_mtime > NOW.timestamp()
    put_at(digest, NOW)
    forget(clock, days=2)
    assert not path.exists() and not half.exists()


def test_what_is_refused_for_lack_of_room_leaves_no_bytes(ana, monkeypatch):
    url = begun(ana)
    monkeypatch.setattr(rules, "QUOTA", 1000)
    response = upload(ana, url, ("a.txt", b"x" * 600), ("b.txt", b"y" * 600), ("c.txt", b"z"))
    assert response.status_code == 422
    assert [one["name"] for one in files()] == ["a.txt", "c.txt"]
    with pytest.raises(FileNotFoundError):
        storage.get(hashlib.sha256(b"y" * 600).hexdigest())


# --- rounds ---------------------------------------------------------------------------------------------------------


def submitted(browser, url):
    form = opened(browser, url)
    form |= COMPLETE_FORM | SENDING | noted(form)
    response = browser.post(f"{url}/submit", data=form)
    assert response.status_code == 303, response.text
    return response.location


def test_a_round_freezes_the_list_of_files(ana, clock):
    url = begun(ana)
    upload(ana, url, ("rule.pdf", made.PDF))
    one = files()[0]
    page = ana.get(submitted(ana, url)).text
    for words in ("rule.pdf", one["sha256"], f"/files/{one['id']}"):
        assert words in page
    frozen = db.session.scalars(select(Submission)).one()
    assert frozen.answers[FIELD]["files"] == [one]
    assert frozen.digest == rules.digest(frozen.answers)
    held = db.session.scalars(select(SubmissionAttachment)).one()
    assert (held.submission_id, held.attachment_id) == (frozen.id, one["id"])


def test_what_is_not_ticked_is_not_sent(ana):
    url = begun(ana)
    upload(ana, url)
    ana.post(f"{url}/draft", data=opened(ana, url) | {TICK: [""], TEXT: ["A text"]})
    submitted(ana, url)
    assert FIELD not in db.session.scalars(select(Submission)).one().answers
    assert db.session.scalars(select(SubmissionAttachment)).all() == []


def test_a_text_of_such_a_field_is_rendered_when_it_is_sent(ana):
    url = begun(ana)
    ana.post(f"{url}/draft", data=opened(ana, url) | {TICK: ["", "yes"], TEXT: ["**One** rule for all"]})
    page = ana.get(submitted(ana, url)).text
    assert "<strong>One</strong> rule for all" in page


def test_a_file_of_a_round_is_never_forgotten(ana, clock, write):
    url = begun(ana)
    upload(ana, url)
    one = files()[0]
    round_1 = submitted(ana, url)
    ana.post(f"{url}/files/{one['id']}/remove")
    put_at(one["sha256"], NOW - timedelta(days=90))
    forget(clock, days=20)
    assert files() == []
    assert "note.txt" in ana.get(round_1).text
    assert ana.get(f"{url}/files/{one['id']}").data == b"A note."
    with pytest.raises(IntegrityError), write():
        db.session.delete(db.session.get_one(Attachment, one["id"]))
    db.session.rollback()


def test_uploading_meanwhile_goes_into_the_round_or_not_at_all(ana, monkeypatch):
    """The file comes between the freezing and the lock: the round is frozen anew, with it."""
    from app.coursework.views import participant

    url = ticked(ana)
    freeze, calls = participant._freeze, []

    def freeze_and_upload(sheet, merged):
        found = freeze(sheet, merged)
        calls.append(1)
        if len(calls) == 1:
            db.session.rollback()
            from app.lib.database import begin_write

            begin_write()
            attached(db.session.get_one(System, sheet.system.id), FIELD)
            db.session.commit()
        return found

    monkeypatch.setattr(participant, "_freeze", freeze_and_upload)
    form = opened(ana, url) | COMPLETE_FORM | SENDING
    assert ana.post(f"{url}/submit", data=form).status_code == 303
    assert len(calls) == 2
    frozen = db.session.scalars(select(Submission)).one()
    assert [one["name"] for one in frozen.answers[FIELD]["files"]] == ["note.txt"]


def test_who_may_have_a_file(ana, sign_in, cast, clock):
    """The coach of the cohort once it is part of a round; nobody else, and no coach before or after taking back."""
    url = begun(ana)
    upload(ana, url)
    path = f"{url}/files/{files()[0]['id']}"
    people = {name: sign_in(getattr(cast, name)) for name in ("ben", "uma", "cora", "cal", "sam", "pat")}
    assert ana.get(path).data == b"A note."
    assert {name: one.get(path).status_code for name, one in people.items()} == dict.fromkeys(people, 404)
    receipt = submitted(ana, url)
    assert {name: one.get(path).status_code for name, one in people.items()} == dict.fromkeys(people, 404) | {
        "cora": 200
    }
    ana.post(f"{receipt}/take-back")
    assert people["cora"].get(path).status_code == 404
    assert ana.get(path).status_code == 200


def test_a_coach_whose_time_is_over_has_it_no_more(ana, sign_in, cast, write, clock):
    from app.cohorts.models import CohortCoach

    url = begun(ana)
    upload(ana, url)
    path = f"{url}/files/{files()[0]['id']}"
    submitted(ana, url)
    cora = sign_in(cast.cora)
    assert cora.get(path).status_code == 200
    with write():
        for one in db.session.scalars(select(CohortCoach).where(CohortCoach.user_id == cast.cora)):
            one.until = clock.now - timedelta(days=1)
    assert cora.get(path).status_code == 404


def test_how_a_file_leaves_the_house(ana):
    url = begun(ana)
    upload(ana, url, ("page.md", b"# <script>xq()</script>"))
    response = ana.get(f"{url}/files/{files()[0]['id']}")
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Disposition"] == "attachment; filename=page.md"
    assert response.mimetype == "text/markdown"


def test_a_file_under_another_system_is_not_found(ana, sign_in, cast):
    ben = sign_in(cast.ben)
    theirs = begun(ben)
    url = begun(ana)
    upload(ana, url)
    number = db.session.scalars(select(Attachment.id)).one()
    for browser in (ana, ben):
        assert browser.get(f"{theirs}/files/{number}").status_code == 404
        for verb in ("remove", "put-back"):
            assert browser.post(f"{theirs}/files/{number}/{verb}").status_code == 404


def test_a_coach_sees_which_files_are_new_and_which_are_gone(sign_in, cast, write):
    with write():
        round_1 = submitted_system(cast.ana_enrollment)
        system = round_1.system
        old, kept = (attached(system, FIELD, f"{name}.txt", name.encode()) for name in ("old", "kept"))
        wall = {"deidentified": "yes", "text": "", "files": [old, kept]}
        round_1.answers = round_1.answers | {FIELD: wall}
        published_review(round_1, cast.cora)
        new = attached(system, FIELD, "new.txt", b"new")
        round_2 = next_round(system, answers=round_1.answers | {FIELD: wall | {"files": [kept, new]}})
        round_2_id = round_2.id
    cora = sign_in(cast.cora)
    page = cora.get(cora.post(f"/submissions/{round_2_id}/review").location).text
    field = page.split('id="f1.C.2"')[1].split("</article>")[0]
    assert field.index("kept.txt") < field.index("new file") < field.index("file taken out")
    assert field.count("new file") == field.count("file taken out") == 1
    assert f'/files/{new["id"]}"' in field


def test_what_is_done_to_files_is_in_the_audit_without_their_names(ana):
    url = begun(ana)
    upload(ana, url, ("secret client.txt", b"A note."))
    number = files()[0]["id"]
    ana.post(f"{url}/files/{number}/remove")
    ana.post(f"{url}/files/{number}/put-back")
    digest = hashlib.sha256(b"A note.").hexdigest()[:12]
    sentences = db.session.scalars(select(Entry.sentence).order_by(Entry.id)).all()
    assert [one for one in sentences if "file" in one] == [
        f"Attached a file to 1.C.2 (7 bytes, {digest})",
        f"Took a file out of 1.C.2 (7 bytes, {digest})",
        f"Put a file back into 1.C.2 (7 bytes, {digest})",
    ]


def test_a_complete_worksheet_is_sent_as_before(ana):
    assert sent(ana, begun(ana)).status_code == 303
