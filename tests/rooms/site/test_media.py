"""Files of lessons: who may have them, in which parts, and how they are sent."""

from __future__ import annotations

import os
from datetime import timedelta
from hashlib import sha256

import pytest

from app.cohorts.models import Cohort
from app.curriculum import media_folder
from app.curriculum.actions import publish
from app.curriculum.queries import program_of
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.files import actions as files
from app.files import storage
from app.files.jobs import sweep_files
from app.lib.database import begin_write, db
from tests.cast import NOW
from tests.programs import PLAN
from tests.rooms.curriculum import media, small

YEAR = "private, max-age=31536000, immutable"
SANDBOX = "sandbox; default-src 'none'"


@pytest.fixture
def program(app, cast, tmp_path):
    """The bread school, taught to the spring cohort."""
    folder = small.write(tmp_path, media.files())
    found = rendered(read(folder))
    media_folder.keep(folder, found)
    begin_write()
    release_id = publish(None, found, NOW).id
    db.session.get_one(Cohort, cast.spring).release_id = release_id
    db.session.commit()
    program_of.cache_clear()
    return found


def address(name: str) -> str:
    return f"/media/{sha256(media.FILES[name]).hexdigest()}/{name}"


def test_a_picture_is_shown_and_kept_by_the_reader_for_good(program, sign_in, cast):
    response = sign_in(cast.ana).get(address("loaf.png"))
    assert (response.status_code, response.data, response.mimetype) == (200, media.PNG, "image/png")
    assert response.headers["Cache-Control"] == YEAR
    assert response.headers["Content-Security-Policy"] == SANDBOX
    assert response.headers["Content-Disposition"] == "inline; filename=loaf.png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_who_has_it_already_is_told_so(program, sign_in, cast):
    ana = sign_in(cast.ana)
    mark = ana.get(address("fold.mp4")).headers["ETag"]
    again = ana.get(address("fold.mp4"), headers={"If-None-Match": mark})
    assert (again.status_code, again.data) == (304, b"")


def test_a_film_is_sent_in_the_parts_a_player_asks_for(program, sign_in, cast):
    ana = sign_in(cast.ana)
    part = ana.get(address("fold.mp4"), headers={"Range": "bytes=4-11"})
    assert (part.status_code, part.data) == (206, b"ftypmp42")
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(media.MP4)}"
    assert part.headers["Cache-Control"] == YEAR
    assert ana.get(address("fold.mp4")).headers["Accept-Ranges"] == "bytes"
    assert ana.get(address("fold.mp4"), headers={"Range": "bytes=9999-"}).status_code == 416
    assert ana.head(address("fold.mp4")).content_length == len(media.MP4)


def test_captions_come_as_text(program, sign_in, cast):
    response = sign_in(cast.ana).get(address("fold.vtt"))
    assert (response.mimetype, response.data) == ("text/vtt", media.VTT)


@pytest.mark.parametrize("name", ["card.docx", "card.pdf", "costs.csv", "notes.txt", "costs.xlsx"])
def test_a_download_is_an_attachment_no_browser_opens(program, sign_in, cast, name):
    response = sign_in(cast.ana).get(address(name))
    assert response.data == media.FILES[name]
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert response.headers["Content-Security-Policy"] == SANDBOX


def test_who_may_have_it(program, client, sign_in, cast):
    path = address("loaf.png")
    assert client.get(path).status_code == 303
    for name, status in (("ben", 200), ("cora", 200), ("sam", 200), ("cal", 404), ("uma", 404), ("pat", 404)):
        response = sign_in(getattr(cast, name)).get(path)
        assert response.status_code == status, name
        assert status == 200 or "immutable" not in response.headers["Cache-Control"]


def test_what_is_not_there(program, sign_in, cast):
    ana, path = sign_in(cast.ana), address("loaf.png")
    for wrong in (
        f"/media/{'0' * 64}/loaf.png",
        path.replace("loaf", "other"),
        f"{path}/more",
        "/media/../config.py",
    ):
        assert ana.get(wrong).status_code == 404, wrong
    storage.path_of(sha256(media.PNG).hexdigest()).unlink()
    assert ana.get(path).status_code == 404


def test_the_lesson_shows_them(program, sign_in, cast):
    page = sign_in(cast.ana).get("/modules/dough/weigh-it").text
    assert f'src="{address("loaf.png")}"' in page
    assert '<video aria-label="How to fold" controls="" preload="none">' in page


def test_a_sweep_leaves_the_files_of_every_release(app, cast, write):
    """They have no row of their own: a release names them."""
    with write():
        files.keep(cast.ana, storage.put(b"Something else."), "a.txt", "text/plain", 15, NOW)
    path = storage.path_of(storage.put(PLAN))
    old = (NOW - timedelta(days=90)).timestamp()
    os.utime(path, (old, old))
    sweep_files(NOW)
    assert path.exists()
