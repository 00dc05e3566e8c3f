"""The preview: the folder as it is now, its mistakes with file and line, and the same on an author's own machine."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import func, select

from app.curriculum.models import Release
from app.lib.database import db
from app.site import preview
from app.site.preview_server import preview_app, server
from tests.client import criticize
from tests.rooms.curriculum import small

ROOT = "/staff/curriculum/preview"
SHEET = "modules/01-dough/worksheet.yaml"
LESSON = "modules/01-dough/lessons/01-weigh-it.md"


@pytest.fixture
def readings(monkeypatch):
    """How often the folder was read."""
    found = []
    real = preview.read
    monkeypatch.setattr(preview, "read", lambda where: found.append(where) or real(where))
    preview._kept.clear()
    return found


def change(folder, file: str, text: str) -> None:
    """Write the file with a later time, as the next minute would."""
    small.write(folder, {file: text})
    later = time.time() + 60
    os.utime(folder / file, (later, later))


# --- what it shows ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ("Bread for Beginners", "2 modules", "Make the dough", "No worksheet yet", "pages/home.md")),
        ("/modules/dough", ("Flour, water, salt", "Weigh it", "Recipe card", "Four loaves", "It is <em>complete")),
        ("/modules/oven", ("Heat it first.", "There is no worksheet yet.", "None is written yet.")),
        ("/modules/dough/lessons/weigh-it", ("A cup is not a weight", "Two percent.", "Baker, A book of bread")),
        ("/modules/dough/worksheet", ("Name of the bread", "Ingredients", "In the shop", "A child baked it.")),
        ("/modules/dough/worksheet?sample=good", ("Plain loaf", "Flour")),
        ("/modules/dough/worksheet?sample=weak", ("Some bread", "Nothing written.")),
        ("/modules/dough/documents/recipe-card", ("Bread: Plain loaf", "Hang it on the wall.", "1.60")),
        ("/pages/home", ("Three weeks and a recipe book.",)),
        ("/pages/reasons/cold-oven", ("pages/reasons/cold-oven.md",)),
    ],
)  # fmt: skip
def test_every_page_shows_the_folder_and_says_that_it_is_not_published(sam, path, words):
    page = sam.get(f"{ROOT}{path}").text
    for word in ("Preview, not published", *words):
        assert word in page
    assert "<form" not in page.split("<main")[1]


def test_dates_are_those_of_a_cohort_that_would_begin_on_the_next_saturday(sam, clock):
    page = sam.get(f"{ROOT}/modules/oven").text
    assert "Dates as if a cohort began on Sat, Mar 28, 2026." in page
    assert "Opens Sat, Apr 4, 11:00 a.m. CEST, due Thu, Apr 9, 11:59 p.m. CEST" in page


def test_a_build_card_leads_to_the_field_of_the_worksheet(sam):
    page = sam.get(f"{ROOT}/modules/dough/lessons/weigh-it").text
    assert f'href="{ROOT}/modules/dough/worksheet#1.A.2"' in page
    assert 'id="1.A.2"' in sam.get(f"{ROOT}/modules/dough/worksheet").text


@pytest.mark.parametrize(
    "path",
    [
        "/modules/none", "/modules/dough/lessons/none", "/modules/oven/worksheet", "/modules/dough/documents/none",
        "/pages/none", "/pages/../program.yaml", "/pages/%2e%2e/sources", "/modules/%00", "/modules/<script>",
    ],
)  # fmt: skip
def test_what_is_not_in_the_folder_is_not_found(sam, path):
    assert sam.get(f"{ROOT}{path}").status_code == 404


@pytest.mark.parametrize("sample", ["none", "²", "<script>", "%00", "x" * 2000])
def test_an_unknown_sample_is_an_empty_worksheet(sam, sample):
    page = sam.get(f"{ROOT}/modules/dough/worksheet?sample={sample}")
    assert page.status_code == 200 and "Plain loaf" not in page.text


def test_mistakes_are_listed_with_file_and_line_on_every_page(sam, folder):
    change(folder, SHEET, small.WORKSHEET.replace("min_rows", "minrows"))
    for path in ("", "/modules/dough", "/modules/dough/worksheet"):
        page = sam.get(f"{ROOT}{path}").text
        assert f"{SHEET}:16" in page and "did you mean “min_rows”?" in page
        assert "1 mistake in the curriculum" in page
    change(folder, SHEET, small.WORKSHEET)
    assert "Make the dough" in sam.get(ROOT).text


def test_hostile_text_in_the_folder_is_text(sam, folder):
    change(folder, LESSON, small.LESSON.replace("Two percent.", "<script>xq()</script> [x](javascript:xq())"))
    found = sam.get(f"{ROOT}/modules/dough/lessons/weigh-it")
    assert "<script>xq" not in found.text
    change(folder, SHEET, small.WORKSHEET.replace("key: recipe-book", 'key: "<script>xq()</script>"'))
    assert "<script>xq" not in sam.get(ROOT).text


@pytest.mark.parametrize("who", ["ana", "cora", "pat"])
def test_nobody_else_finds_it(sign_in, cast, folder, who):
    browser = sign_in(getattr(cast, who))
    for path in ("", "/modules/dough", "/modules/dough/worksheet", "/pages/home"):
        assert browser.get(f"{ROOT}{path}").status_code == 404


def test_nothing_is_published_by_looking(sam):
    for path in ("", "/modules/dough", "/modules/dough/worksheet"):
        sam.get(f"{ROOT}{path}")
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Release)) == 1


# --- read once for each change ----------------------------------------------------------------------------------


def test_the_folder_is_read_once_for_each_change_and_one_is_kept(sam, folder, readings, tmp_path_factory):
    for path in ("", "/modules/dough", "/modules/dough/worksheet"):
        sam.get(f"{ROOT}{path}")
    assert len(readings) == 1
    change(folder, LESSON, small.LESSON.replace("Two percent", "Three percent"))
    assert "Three percent" in sam.get(f"{ROOT}/modules/dough/lessons/weigh-it").text
    sam.get(ROOT)
    assert len(readings) == 2
    preview.preview_of(small.write(tmp_path_factory.mktemp("other")))
    assert len(preview._kept) == 1


def test_mistakes_are_kept_as_well(sam, folder, readings):
    change(folder, SHEET, "key: [")
    for _ in range(3):
        sam.get(ROOT)
    assert len(readings) == 1


def test_many_who_ask_at_once_wait_for_one_reading(folder, readings):
    threads = [threading.Thread(target=preview.preview_of, args=(folder,)) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(readings) == 1


def test_a_mark_follows_every_file_and_nothing_else(folder):
    marks = {preview.folder_mark(folder)}
    (folder / "modules/01-dough/lessons/02-more.md").write_text(small.LESSON)
    marks.add(preview.folder_mark(folder))
    (folder / "modules/01-dough/lessons/02-more.md").unlink()
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere").symlink_to(folder / "none")
    marks.add(preview.folder_mark(folder))
    assert len(marks) == 3
    assert preview.folder_mark(folder / "none") == preview.folder_mark(folder / "none either")


# --- on an author's own machine ---------------------------------------------------------------------------------


@contextlib.contextmanager
def running(folder):
    serving = server(folder, 0)
    thread = threading.Thread(target=serving.serve_forever, daemon=True)
    thread.start()
    try:
        yield serving
    finally:
        serving.shutdown()
        thread.join()
        serving.server_close()


def test_it_serves_the_same_pages_at_the_loopback_address_alone(tmp_path):
    folder = small.write(tmp_path)
    with running(folder) as serving:
        assert serving.server_address[0] == "127.0.0.1"
        base = f"http://127.0.0.1:{serving.server_port}"
        page = urlopen(base).read().decode()  # "/" leads to the preview
        assert "Bread for Beginners" in page and "Sign out" not in page and "Publish" not in page
        criticize(page, "/preview")
        change(folder, LESSON, small.LESSON.replace("Two percent", "Five percent"))
        lesson = urlopen(f"{base}/preview/modules/dough/lessons/weigh-it").read().decode()
        assert "Five percent" in lesson
        with pytest.raises(HTTPError, match="400"):
            urlopen(Request(f"{base}/preview", headers={"Host": "evil.example"}))


def test_it_needs_no_database_and_answers_no_other_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(db, "init_app", None)
    client = preview_app(small.write(tmp_path)).test_client()
    for path in (
        "/preview",
        "/preview/modules/dough",
        "/preview/modules/dough/worksheet",
        "/static/css/base.css",
    ):
        assert client.get(path, buffered=True).status_code == 200
    assert client.get("/preview/modules/none").status_code == 404
    assert client.get("/staff").status_code == client.get("/sign-in").status_code == 404
    assert client.get("/dashboard").location == "/preview"
    for address in ("10.0.0.7", "192.0.2.1", "2001:db8::1"):
        for path in ("/", "/preview"):
            assert client.get(path, environ_base={"REMOTE_ADDR": address}).status_code == 403
    assert client.get("/preview", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200


def test_the_command_says_where_and_refuses_a_taken_port(app, tmp_path, monkeypatch):
    folder = small.write(tmp_path)
    monkeypatch.setattr("werkzeug.serving.BaseWSGIServer.serve_forever", lambda *_: None)
    run = app.test_cli_runner()
    said = run.invoke(args=["curriculum", "preview", str(folder), "--port", "0"]).output
    assert said.startswith(f"Preview of {folder}: http://127.0.0.1:") and "/preview (Ctrl-C ends it)" in said
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        taken = run.invoke(args=["curriculum", "preview", str(folder), "--port", str(port)])
    assert taken.exit_code == 1
    assert f"Port {port} is taken." in taken.output
    assert run.invoke(args=["curriculum", "preview", str(folder / "none")]).exit_code == 2
