"""Blocks with files and private notes: what comes out, and every mistake told with its file and line."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageFile

from app.curriculum.blocks import blocks_of, question_key
from app.curriculum.differences import differences
from app.curriculum.markdown import render
from app.curriculum.media import LIMITS, MediaFile, size_words
from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Program, ReflectQuestion
from tests.rooms.curriculum import media, small
from tests.rules.test_curriculum_glossary import problems


def outcome(what, error):
    """The error of this kind, or None; any other error fails the test."""
    try:
        what()
    except error as found:
        return found
    return None


FOLDER, LESSON = media.FOLDER, media.LESSON
END = small.LESSON.count("\n") + 1  # the line below the lesson of small.py


@pytest.fixture
def dough(tmp_path):
    return rendered(read(small.write(tmp_path, media.files()))).module("dough")


def test_a_release_names_each_file_with_what_it_is(dough):
    assert [one.name for one in dough.media] == sorted(media.FILES)
    loaf = next(one for one in dough.media if one.name == "loaf.png")
    assert (loaf.content_type, loaf.size, loaf.width, loaf.height) == ("image/png", len(media.PNG), 8, 5)
    assert loaf.address == f"/media/{loaf.sha256}/loaf.png"
    assert dough.file(loaf.sha256, "loaf.png") is loaf
    assert dough.file(loaf.sha256, "other.png") is None
    film = next(one for one in dough.media if one.name == "fold.mp4")
    assert (film.content_type, film.width) == ("video/mp4", None)


def test_what_comes_out(dough):
    html = dough.lessons[0].html.replace("\n", "")
    at = {one.name: one.address for one in dough.media}
    for expected in (
        f'<figure class="figure"><img alt="A loaf: dark outside" height="5" loading="lazy" src="{at["loaf.png"]}" '
        'width="8"><figcaption>A loaf, cut</figcaption></figure>',
        f'<img alt="Crumb" height="5" loading="lazy" src="{at["crumb.webp"]}" width="8"></figure>',
        '<div class="video"><p class="video__title"><b>How to fold</b><span>Video, 1 minute</span></p>'
        '<video aria-label="How to fold" controls="" preload="none">'
        f'<source src="{at["fold.mp4"]}" type="video/mp4">'
        f'<track default="" kind="captions" label="Captions" src="{at["fold.vtt"]}" srclang="en-US"></video>'
        '<details class="transcript"><summary>Transcript</summary><div><p>Stretch it. Fold it.</p>'
        "<p>Wait with the <em>starter</em>.</p></div></details></div>",
        '<a href="https://www.example.org/watch?v=1&amp;t=2" rel="noopener">Elsewhere</a>'
        "<span>Video, 3 minutes, opens at example.org</span>",
        f'<p class="download"><a href="{at["card.docx"]}" rel="noopener">The recipe card</a>'
        "<span>Word file, 1 KB</span></p>",
        f'<div id="note-{question_key("What did your last loaf teach you?")}"></div>',
    ):
        assert expected in html


def test_a_page_of_ours_asks_nobody_else_for_anything(dough):
    loaded = re.findall(r'\bsrc="([^"]*)"', dough.lessons[0].html)
    assert len(loaded) == 7
    assert all(re.fullmatch(r"/media/[0-9a-f]{64}/[a-z0-9.]+", one) for one in loaded)


def test_a_transcript_explains_no_terms(dough):
    assert "#t-starter" not in dough.lessons[0].html


def test_the_questions_of_a_lesson_are_listed(dough):
    question = "What did your last loaf teach you?"
    assert dough.lessons[0].questions == (ReflectQuestion(key=question_key(question), text=question),)
    assert question not in dough.lessons[0].html  # the page says it, as the label of its form


def test_a_question_keeps_its_key_when_only_its_signs_change():
    assert question_key("What, now?") == question_key("what NOW") != question_key("What then?")
    assert re.fullmatch("[0-9a-f]{12}", question_key(""))


def test_it_goes_through_json_and_back(tmp_path):
    program = rendered(read(small.write(tmp_path, media.files())))
    assert Program.model_validate_json(program.canonical_json()) == program


def test_another_file_of_the_same_name_is_told_as_a_difference(tmp_path):
    old = read(small.write(tmp_path / "old", media.files()))
    new = read(small.write(tmp_path / "new", media.files(loaf_png=media.picture(size=(9, 9)))))
    assert [str(one) for one in differences(old, new)] == ["module 1 dough: file loaf.png: text"]


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 KB"), (24_100, "24 KB"), (1024 * 1024, "1 MB"), (3_700_000, "3.5 MB")]
)
def test_sizes_in_words(size, words):
    assert size_words(size) == words


# --- mistakes in a block ------------------------------------------------------------------------------------------

ONE = "/// image\n    file: loaf.png\n    alt: A loaf\n///\n"
FILM = "/// video | How\n    file: fold.mp4\n    captions: fold.vtt\n    minutes: 1\nWords.\n///\n"
ABROAD = "/// video | How\n    link: https://example.org/x\n    minutes: 1\nWords.\n///\n"
PAPER = "/// download | Card\n    file: card.docx\n///\n"
NOTE = "/// reflect | Why?\n///\n"
BAD_FILE = "write the name of a file in the module’s media folder, like client-path.png."
# the block, what is written instead of what, line within the block and problem
BROKEN = {
    "no keys": (ONE, "    file: loaf.png\n    alt: A loaf\n", "", [
        (0, "write “file: …” and “alt: …” right below this line, each indented by four spaces.")]),
    "keys not indented": (FILM, "    ", "  ", [
        (0, "write “file: …” and “captions: …”, or “link: …”, and “minutes: …” right below this line, each indented "
            "by four spaces.")]),
    "no alt": (ONE, "    alt: A loaf\n", "", [(1, "“alt” is missing here.")]),
    "empty alt": (ONE, "A loaf", '""', [(2, "“alt” is empty; write its text or remove the line.")]),
    "no file": (ONE, "    file: loaf.png\n", "", [(1, "“file” is missing here.")]),
    "unknown key": (ONE, "alt:", "text:", [
        (1, "“alt” is missing here."),
        (2, "there is no key “text” here; remove it or correct its name.")]),
    "a colon": (ONE, "A loaf", "A loaf: cut", [
        (2, "there is a colon inside a text: put the whole text in quotes; or the indentation is off.")]),
    "read as yes": (ONE, "A loaf", "yes", [
        (2, "put the value of “alt” in quotes; it would not be read as text.")]),
    "read as a day": (ONE, "A loaf", "2026-01-01", [
        (2, "put the value of “alt” in quotes; it would not be read as text.")]),
    "a file that is not there": (ONE, "loaf.png", "gone.png", [(1, f"there is no file {FOLDER}/gone.png.")]),
    "a file of another module": (ONE, "loaf.png", "../../02-oven/media/loaf.png", [
        (1, f"“file” is “../../02-oven/media/loaf.png”; {BAD_FILE}")]),
    "an absolute path": (ONE, "loaf.png", "/etc/passwd", [(1, f"“file” is “/etc/passwd”; {BAD_FILE}")]),
    "another host": (ONE, "loaf.png", "http://example.org/loaf.png", [
        (1, f"“file” is “http://example.org/loaf.png”; {BAD_FILE}")]),
    "svg": (ONE, "loaf.png", "loaf.svg", [(1, f"“file” is “loaf.svg”; {BAD_FILE}")]),
    "a film for a picture": (ONE, "loaf.png", "fold.mp4", [
        (1, "“fold.mp4” is of another kind; here stands a file that ends in .png, .jpg or .webp.")]),
    "text in an image": (ONE, "alt: A loaf\n", "alt: A loaf\nMore.\n", [
        (0, "a “image” block holds no text; write it below the block.")]),
    "no captions": (FILM, "    captions: fold.vtt\n", "", [
        (1, "a video needs “captions”: a .vtt file with what is said, for those who cannot hear it.")]),
    "no transcript": (FILM, "Words.\n", "", [
        (0, "a video needs its transcript: write what is said and shown inside the block.")]),
    "no title": (FILM, " | How", "", [(0, "write its title in the first line: /// video | …")]),
    "no length": (FILM, "    minutes: 1\n", "", [(1, "“minutes” is missing here.")]),
    "a long film": (FILM, "minutes: 1", "minutes: 999", [(3, "“minutes” is 999; the most is 300.")]),
    "no number": (FILM, "minutes: 1", "minutes: long", [
        (3, "“minutes” is “long”; write a whole number in digits, like 12.")]),
    "captions that are none": (FILM, "captions: fold.vtt", "captions: notes.txt", [
        (2, "“notes.txt” is of another kind; here stands a file that ends in .vtt.")]),
    "no film at all": (ABROAD, "    link: https://example.org/x\n", "", [
        (1, "a video is either a “file” of this module or a “link” to another site: name one of them.")]),
    "both": (ABROAD, "    minutes: 1\n", "    minutes: 1\n    file: fold.mp4\n", [
        (1, "a video is either a “file” of this module or a “link” to another site: name one of them.")]),
    "captions of another site": (ABROAD, "    minutes: 1\n", "    minutes: 1\n    captions: fold.vtt\n", [
        (3, "captions belong to a “file”; the other site has its own.")]),
    "an insecure link": (ABROAD, "https:", "http:", [
        (1, "“http://example.org/x” is no address of a video; it begins with https:// and a host.")]),
    "a script": (ABROAD, "https://example.org/x", '"javascript:xq()"', [
        (1, "“javascript:xq()” is no address of a video; it begins with https:// and a host.")]),
    "no host": (ABROAD, "https://example.org/x", '"https://[x"', [
        (1, "“https://[x” is no address of a video; it begins with https:// and a host.")]),
    "a download without a title": (PAPER, " | Card", "", [
        (0, "write its title in the first line: /// download | …")]),
    "a picture to download": (PAPER, "card.docx", "loaf.png", [
        (1, "“loaf.png” is of another kind; here stands a file that ends in .pdf, .docx, .xlsx, .csv or .txt.")]),
    "a note without a question": (NOTE, " | Why?", "", [
        (0, "write its question in the first line: /// reflect | …")]),
    "text in a note": (NOTE, "///\n", "Because.\n///\n", [
        (0, "a “reflect” block holds no text; write it below the block.")]),
    "keys of a note": (NOTE, "///\n", "    rows: 3\n///\n", [
        (1, "a “reflect” block has no keys; begin its text without indentation, or after an empty line.")]),
    "a long question": (NOTE, "Why?", ("W " * 151).strip(), [
        (0, "this question is too long; at most 300 characters.")]),
    "the same question twice": (NOTE + "\n" + NOTE, "Why?", "why", [
        (3, f"this asks the same as line {END + 1}; both would be one note.")]),
    "keys of a callout": ("/// callout | A\nText.\n///\n", "Text.", "    Text.", [
        (1, "a “callout” block has no keys; begin its text without indentation, or after an empty line.")]),
}  # fmt: skip


@pytest.mark.parametrize(("block", "old", "new", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_in_a_block_is_told_with_its_line(tmp_path: Path, block, old, new, expected):
    at = block.rindex(old) if old == "///\n" else block.index(old)
    broken = block.replace(old, new) if old == "    " else block[:at] + new + block[at + len(old) :]
    found = problems(small.write(tmp_path, media.files(media.BLOCKS + "\n" + broken)))
    first = END + media.BLOCKS.count("\n") + 1
    if "line" in expected[0][1] and "same as" in expected[0][1]:
        expected = [(3, f"this asks the same as line {first}; both would be one note.")]
    assert found == [f"{LESSON}:{first + line}: {sentence}" for line, sentence in expected]


@pytest.mark.parametrize("block", [ONE, FILM, ABROAD, PAPER, NOTE])
def test_a_block_in_order_is_no_problem(tmp_path: Path, block):
    assert read(small.write(tmp_path, media.files(media.BLOCKS + "\n" + block)))


@pytest.mark.parametrize("file", ["pages/home.md", "modules/01-dough/documents/recipe-card.md"])
def test_outside_lessons_there_are_none(tmp_path: Path, file):
    text = small.FILES[file] + "\n" + ONE + "\n" + NOTE
    line = small.FILES[file].count("\n") + 2
    assert problems(small.write(tmp_path, media.files() | {file: text})) == [
        f"{file}:{line}: “image” blocks belong in lessons.",
        f"{file}:{line + 5}: “reflect” blocks belong in lessons.",
    ]


def test_an_opening_may_show_a_picture_but_asks_nothing(tmp_path: Path):
    module = "modules/01-dough/module.md"
    files = media.files() | {module: small.MODULE + "\n" + ONE + "\n" + NOTE}
    line = small.MODULE.count("\n") + 7
    assert problems(small.write(tmp_path, files)) == [
        f"{module}:{line}: a “reflect” block belongs in a lesson."
    ]
    found = rendered(read(small.write(tmp_path, files | {module: small.MODULE + "\n" + ONE})))
    assert "<img" in found.module("dough").opening_html


# --- files that cannot be used --------------------------------------------------------------------------------------

OTHER_KIND = "this is not a file of the kind its name says"
TURNED = media.picture(
    "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
)
UNFIT = {
    "a picture that is none": ("loaf.png", b"MZ\x90", "this is not a PNG picture, or it is damaged; save it anew."),
    "a picture of another kind": (
        "loaf.png", media.picture("JPEG"), "this is not a PNG picture, or it is damaged; save it anew."),
    "a picture cut off": (
        "oven.jpg",
        media.picture("JPEG", (200, 200))[:700],
        "this is not a JPEG picture, or it is damaged; save it anew.",
    ),
    "a picture on its side": (
        "oven.jpg", TURNED, "this picture lies on its side and is turned by a note in it; save it upright."),
    "a wide picture": (
        "loaf.png", media.picture(size=(4001, 1)), "this picture has 4001 × 1 pixels; at most 4000 a side."),
    "an empty file": ("loaf.png", b"", "this file is empty."),
    "a heavy picture": (
        "loaf.png", media.PNG + b"x" * LIMITS["image"], "this file has 1 MB; image files have at most 1 MB."),
    "a heavy download": (
        "card.pdf", b"%PDF-1.7" + b"x" * LIMITS["download"], "this file has 10 MB; download files have at most 10 MB."),
    "a film that is none": ("fold.mp4", media.WEBM, f"{OTHER_KIND} (MP4 video)."),
    "a program": ("card.docx", b"MZ\x90\0", f"{OTHER_KIND} (Word file)."),
    "a page": ("card.pdf", b"<html><script>xq()</script>", f"{OTHER_KIND} (PDF)."),
    "captions that are none": ("fold.vtt", b"Hello", f"{OTHER_KIND} (WebVTT captions)."),
    "captions of nothing": (
        "fold.vtt", b"WEBVTT\n\n", "there is no caption in this file; each has a line like 00:01.000 --> 00:04.000."),
    "no text": ("notes.txt", b"a\0b", "this is not a text."),
    "another encoding": ("costs.csv", "é".encode("latin-1"), "this is not UTF-8 text; save the file as UTF-8."),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "sentence"), UNFIT.values(), ids=UNFIT)
def test_a_file_that_cannot_be_used(tmp_path: Path, name, data, sentence):
    found = problems(small.write(tmp_path, media.files() | {f"{FOLDER}/{name}": data}))
    assert found == [f"{FOLDER}/{name}:1: {sentence}"]


def test_a_picture_cut_off_is_told_even_where_the_rest_would_be_drawn_gray(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint sets it, once imported
    cut_off = media.picture("JPEG", (200, 200))[:700]
    assert "damaged" in problems(small.write(tmp_path, media.files() | {f"{FOLDER}/oven.jpg": cut_off}))[0]


def test_a_film_may_be_large_but_not_that_large(tmp_path: Path):
    small.write(tmp_path, media.files())
    with (tmp_path / FOLDER / "fold.mp4").open("r+b") as film:
        film.truncate(LIMITS["video"] + 1)  # a file with a hole: nothing is written
    assert problems(tmp_path) == [
        f"{FOLDER}/fold.mp4:1: this file has 200 MB; video files have at most 200 MB."
    ]


def test_a_file_nobody_uses(tmp_path: Path):
    found = problems(small.write(tmp_path, media.files() | {f"{FOLDER}/spare.png": media.PNG}))
    assert found == [f"{FOLDER}/spare.png:1: no text of this module uses this file; use it or remove it."]


@pytest.mark.parametrize("name", ["Loaf.png", "loaf.svg", "my loaf.png", "loaf", "loaf.png.exe", "-.png"])
def test_a_name_that_makes_no_address(tmp_path: Path, name):
    (found,) = problems(small.write(tmp_path, media.files() | {f"{FOLDER}/{name}": media.PNG}))
    assert found.startswith(f"{FOLDER}/{name}:1: a media file’s name is made of small letters, digits and -")


def test_a_folder_and_links_out_of_the_curriculum(tmp_path: Path):
    small.write(tmp_path / "in", media.files(loaf_png=None, card_pdf=None, notes_txt=None))
    (tmp_path / "secret.png").write_bytes(media.PNG)
    place = tmp_path / "in" / FOLDER
    (place / "loaf.png").symlink_to(tmp_path / "secret.png")
    (place / "card.pdf").symlink_to("card.pdf")
    (place / "notes.txt").mkdir()
    found = problems(tmp_path / "in")
    assert found[1:] == [
        f"{FOLDER}/loaf.png:1: this is a link to a file outside the curriculum; copy the file here instead.",
        f"{FOLDER}/notes.txt:1: this is a folder; it must be a file.",
    ]
    assert found[0].startswith(f"{FOLDER}/card.pdf:1: this file cannot be read: ")


# --- properties -----------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_block_however_odd_is_more_than_a_problem(tmp_path, data):
    text = media.BLOCKS
    at = data.draw(st.integers(0, len(text)))
    signs = st.text(alphabet="{}[]:,-#&*!|>'\"%@`?~ \n\tab1./\\é\x85", max_size=12)
    odd = data.draw(
        signs | st.sampled_from(["    attrs: {onclick: x}\n", "///", "////", "    file:", "<<: *x", "[[a"])
    )
    broken = text[:at] + odd + text[at + data.draw(st.integers(0, 30)) :]
    found = outcome(lambda: rendered(read(small.write(tmp_path, media.files(broken)))), CurriculumErrors)
    for problem in found.problems if found else []:
        assert problem.line >= 1
        assert problem.sentence.endswith((".", "?", "…"))


@given(st.text(alphabet="/ |ab:\n", max_size=120))
def test_any_text_has_blocks_or_none(text):
    for block in blocks_of(enumerate(text.split("\n"))):
        assert block.line >= 0
        assert block.keys.strip("\n") + block.text in text or block.keys or block.text


def test_a_block_whose_file_is_gone_shows_nothing_that_loads():
    file = MediaFile(name="loaf.png", content_type="image/png", size=1, sha256="0" * 64, width=1, height=1)
    assert "<img" in render(ONE, {}, {}, media={"loaf.png": file})
    assert "<img" not in render(ONE, {}, {})
    assert "<video" not in render(FILM, {}, {})
