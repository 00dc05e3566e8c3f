"""What may come in as a file: honest files of every type, and what is refused with a sentence that says what to do."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from app.files import intake, office, pictures
from app.files.rules import FILE_TYPES, LARGEST
from app.lib.refusal import Refused
from tests.rooms.files import made
from tests.rooms.files.uploads import REFUSED as HOSTILE


def refusal(name, data, accept=FILE_TYPES):
    with pytest.raises(Refused) as refused:
        intake.take(name, data, accept)
    return refused.value.sentence


HONEST = {
    "pdf": ("Report.PDF", made.PDF),
    "docx": ("letter.docx", made.word("A letter.", "To nobody.")),
    "xlsx": ("costs.xlsx", made.document("xlsx")),
    "pptx": ("talk.pptx", made.document("pptx")),
    "png": ("scan.png", made.picture("PNG")),
    "jpg": ("photo.jpeg", made.picture()),
    "txt": ("notes.txt", "Café notes\r\n\tBM is no picture".encode()),
    "csv": ("measures.csv", b"TUG,13.1\nChair stand,7\n"),
    "md": ("note.md", b"# Session 6\n\n*Mild swelling.*"),
}


@pytest.mark.parametrize("kind", FILE_TYPES)
def test_every_type_is_taken_for_what_it_is(kind):
    name, data = HONEST[kind]
    found = intake.take(name, data, FILE_TYPES)
    assert (found.type, found.name) == (kind, name.replace(".PDF", ".pdf"))
    if kind not in ("png", "jpg", "docx"):  # a photo and the Word file lose what they say of their maker
        assert found.data == data


@pytest.mark.parametrize("kind", FILE_TYPES)
def test_only_what_the_field_takes(kind):
    others = [one for one in FILE_TYPES if one != kind]
    assert "Here we take" in refusal(*HONEST[kind], others)


def test_the_content_gives_the_ending():
    assert intake.take("scan.png", made.picture("JPEG"), FILE_TYPES).name == "scan.jpg"
    assert intake.take("report.docx", made.PDF, FILE_TYPES).name == "report.pdf"
    assert intake.take("../../report", made.PDF, FILE_TYPES).name == "report.pdf"


def test_a_document_may_link_to_the_web():
    data = made.document(links=made.link("hyperlink", "https://example.org/"))
    assert intake.take("a.docx", data, FILE_TYPES).data == data


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_refused(what):
    name, data, said = HOSTILE[what]
    assert refusal(name, data).partition("” ")[2] == said


def test_a_name_is_said_without_what_cannot_be_seen():
    assert refusal("../../<b>\r\n\u202egnp.exe", made.EXE).startswith("“<b> gnp.exe” is")
    assert refusal("", b"").startswith("The file is empty")


def test_a_photo_loses_its_place_and_stands_upright():
    photo = made.located_photo()
    assert b"xqcamera" in photo
    kept = intake.take("photo.jpg", photo, FILE_TYPES).data
    image = Image.open(io.BytesIO(kept))
    assert image.size == (30, 40)  # it was lying on its side
    assert not dict(image.getexif())
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(word in kept for word in (b"xqcamera", b"xqcomment", b"xqprofile", b"Exif"))


def test_half_a_picture_is_damaged_whatever_else_runs_here(monkeypatch):
    """WeasyPrint tells Pillow to be content with half a picture; that is for its pages only."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    name, data, said = HOSTILE["half a picture"]
    assert refusal(name, data).endswith(said)
    assert ImageFile.LOAD_TRUNCATED_IMAGES


def test_what_hides_behind_a_picture_is_gone():
    kept = intake.take("a.png", made.picture("PNG") + made.document() + made.HTML, FILE_TYPES).data
    assert not any(word in kept for word in (b"PK\x03\x04", b"<script>", b"word/document.xml"))


@pytest.mark.parametrize(
    ("kind", "mode", "kept"),
    [("PNG", "RGBA", "RGBA"), ("PNG", "P", "RGB"), ("PNG", "1", "RGB"), ("PNG", "LA", "RGBA"), ("PNG", "L", "L"),
     ("PNG", "I;16", "RGB"), ("JPEG", "CMYK", "RGB"), ("JPEG", "L", "L")],
)  # fmt: skip
def test_pictures_of_every_color(kind, mode, kept):
    data = intake.take("a", made.picture(kind, mode=mode), FILE_TYPES).data
    assert Image.open(io.BytesIO(data)).mode == kept


def test_a_bomb_takes_no_memory():
    data = made.bomb()
    tracemalloc.start()
    refusal("a.docx", data)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * len(data) + 2**20  # of 200 MB that it unpacks to


def outcome(name, data):
    try:
        return intake.take(name, data, FILE_TYPES)
    except Refused as refused:
        return refused


SEEDS = [HONEST[kind][1] for kind in FILE_TYPES] + [made.located_photo(), made.picture("PNG", mode="P")]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bytes_however_broken_are_more_than_refused(data):
    """Any honest file with some bytes changed, cut or put in is kept or refused, and nothing else happens."""
    seed = data.draw(st.sampled_from(SEEDS))
    name = data.draw(st.text(max_size=20)) + data.draw(
        st.sampled_from(["", ".pdf", ".docx", ".png", ".jpg", ".txt"])
    )
    broken = bytearray(seed)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(broken)))
        broken[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    found = outcome(name, bytes(broken))
    assert found.sentence.endswith(".") if isinstance(found, Refused) else found.data


def test_limits_are_what_the_documents_say():
    assert (LARGEST, pictures.MOST_PIXELS) == (25 * 2**20, 40_000_000)
    assert (office.MOST_BYTES, office.MOST_RATIO, office.MOST_PARTS) == (100 * 2**20, 100, 2_000)
