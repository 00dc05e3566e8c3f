"""Answers to fields for files: the tick, the text in a file's place, and facts nobody can make up."""

import pytest
from pydantic import TypeAdapter

from app.curriculum.answer_html import Filled, block, inline
from app.curriculum.fields import clean, display, files_of, is_answered, long_text, missing, tidy
from app.curriculum.file_answers import MOST_FILES
from app.curriculum.placeholders import Placeholder
from app.curriculum.schema import Field, Worksheet
from app.files.rules import (
    FILE_TYPES,
    clean_name,
    content_type,
    endings,
    size_words,
    type_by_ending,
    type_names,
)

FIELD = TypeAdapter(Field)
HASH = "ab" * 32
PDF = {
    "id": 7, "name": "file.pdf", "type": "pdf", "size": 123_456, "sha256": HASH, "at": "2026-03-25T15:00:00+00:00",
}  # fmt: skip
TICK = "Tick the sentence above it first; what is not ticked is not sent."
NOTHING = "Nothing is here yet. Tick the sentence first, then add what is asked."


def field(**more):
    return FIELD.validate_python(
        {"id": "7.E.1", "label": "Sample file", "type": "file", "required": True} | more
    )


EITHER = field(or_text=True, headings=["Plan", "Notes"], min_words=3)
TWO = field(max_files=2)


def answer(tick="yes", text="", *files):
    return {"deidentified": tick, "text": text, "files": list(files)}


@pytest.mark.parametrize(
    ("one", "value", "sentences"),
    [
        (EITHER, None, [NOTHING]),
        (EITHER, answer(), [NOTHING]),
        (EITHER, answer(text="### Plan\n\n### Notes"), [NOTHING]),
        (EITHER, answer(text="one two"), ["So far 2 words; this needs about 3 to be usable."]),
        (EITHER, answer("", "one two three"), [TICK]),
        (EITHER, answer("", "one"), ["So far 1 word; this needs about 3 to be usable.", TICK]),
        (EITHER, answer("yes", "one two three"), []),
        (EITHER, answer("yes", "one", PDF), []),
        (EITHER, answer("", "", PDF), [TICK]),
        (EITHER, answer("yes", "x" * 20_001, PDF), ["This is 20,001 characters long; there is room for 20,000."]),
        (TWO, answer("yes", "a text that has no place here"), [NOTHING]),
        (TWO, answer("yes", "", PDF), []),
        (TWO, answer("yes", "", PDF, PDF | {"id": 8}, PDF | {"id": 9}),
            ["3 files; there is room for 2. Take out what matters least."]),
        (field(required=False), None, []),
        (field(required=False), answer("", "", PDF), [TICK]),
    ],
)  # fmt: skip
def test_what_is_missing(one, value, sentences):
    assert missing(one, value) == sentences


def test_a_text_written_before_the_field_took_files_is_kept():
    assert clean(EITHER, "Written as a long text") == (answer("", "Written as a long text"), [])
    assert clean(TWO, "Written as a long text")[0] == answer("")


@pytest.mark.parametrize(
    "odd",
    [
        {"id": "7"}, {"id": 0}, {"id": -1}, {"id": True}, {"id": 2**31}, {"id": 1.5}, {"id": None},
        {"name": ""}, {"name": " \x00\u202e "}, {"name": None}, {"name": ["a"]},
        {"type": "exe"}, {"type": None}, {"type": ["pdf"]},
        {"size": -1}, {"size": "12"}, {"size": 2**60}, {"size": True}, {"size": 0},
        {"sha256": "abc"}, {"sha256": HASH.upper()}, {"sha256": None}, {"sha256": HASH + "0"},
        {"at": "yesterday"}, {"at": "2026-03-25T15:00:00"}, {"at": None}, {"at": 5},
    ],
)  # fmt: skip
def test_facts_that_no_stored_file_has_are_passed_over(odd):
    assert clean(TWO, answer("yes", "", PDF | odd, PDF))[0]["files"] == [PDF]
    assert clean(TWO, answer("yes", "", PDF | odd))[0]["files"] == []


def test_what_is_not_asked_is_not_kept():
    kept = clean(TWO, {"deidentified": "yes", "files": [PDF | {"path": "/etc/passwd"}], "more": 1})[0]
    assert kept == answer("yes", "", PDF)
    assert clean(TWO, {"deidentified": True, "files": "file.pdf"})[0] == answer("")
    assert clean(TWO, answer("yes", "", PDF, PDF))[0]["files"] == [PDF]
    many = [PDF | {"id": number + 1} for number in range(MOST_FILES + 5)]
    assert len(clean(TWO, answer("yes", "", *many))[0]["files"]) == MOST_FILES


def test_how_it_reads():
    value = answer("yes", "### Plan\nStairs.", PDF)
    assert display(EITHER, value) == "file.pdf (PDF, 121 KB)\n### Plan\nStairs."
    assert long_text(EITHER, value) == "### Plan\nStairs."
    assert long_text(field(), "x") == ""
    assert files_of(value) == [PDF]
    assert files_of("text") == files_of([PDF]) == files_of(None) == []
    assert is_answered(EITHER, answer("", "A word"))


SHEET = Worksheet.model_validate(
    {
        "key": "k",
        "title": "T",
        "sections": [{"id": "E", "title": "E", "fields": [EITHER.model_dump()]}],
    }
)


def test_without_the_tick_nothing_is_handed_in():
    assert tidy(SHEET, {"7.E.1": answer("yes", "Words", PDF)}) == {"7.E.1": answer("yes", "Words", PDF)}
    assert tidy(SHEET, {"7.E.1": answer("", "Words", PDF)}) == {}


def test_documents_list_a_file_by_name_size_and_hash():
    value = answer("yes", "**Bold** <b>", PDF | {"name": "<b>file</b>.pdf"})
    filled = Filled({"7.E.1": EITHER}, {"7.E.1": value}, {})
    html = block(Placeholder("7.E.1"), EITHER, filled)
    assert f'&lt;b&gt;file&lt;/b&gt;.pdf (PDF, 121 KB)<br><span class="hash">SHA-256 {HASH}</span>' in html
    assert "<strong>Bold</strong> &lt;b&gt;" in html
    assert "<b>" not in inline(Placeholder("7.E.1"), EITHER, filled)


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("report.pdf", "pdf", "report.pdf"),
        ("Report.PDF", "pdf", "Report.pdf"),
        ("photo.JPEG", "jpg", "photo.jpeg"),
        ("photo.png", "jpg", "photo.jpg"),
        ("a scan", "pdf", "a scan.pdf"),
        ("setup.exe", "pdf", "setup.exe.pdf"),
        ("letter.docx.exe", "docx", "letter.docx.exe.docx"),
        ("/etc/passwd", "txt", "passwd.txt"),
        ("..\\..\\boot.ini", "txt", "boot.ini.txt"),
        ("../../x.pdf", "pdf", "x.pdf"),
        ("", "pdf", "file.pdf"),
        (".pdf", "pdf", "file.pdf"),
        ("...", "pdf", "file.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "pdf", "a Set-Cookie: b.pdf"),
        ("gpj.\u202etxt.pdf", "pdf", "gpj.txt.pdf"),
        ("a\x00b\ud800.pdf", "pdf", "ab.pdf"),
        ("x" * 300 + ".pdf", "pdf", "x" * 100 + ".pdf"),
        ("cafe\u0301.md", "md", "café.md"),
        ("<script>.pdf", "pdf", "<script>.pdf"),
    ],
)
def test_names(name, kind, kept):
    assert clean_name(name, kind) == kept
    assert clean_name(kept, kind) == kept


def test_words_about_files():
    assert [size_words(n) for n in (1, 820, 1024, 123_456, 2_516_582, 25 * 1024**2)] == [
        "1 byte", "820 bytes", "1 KB", "121 KB", "2.4 MB", "25 MB",
    ]  # fmt: skip
    assert type_names(("pdf",)) == "PDF"
    assert type_names(("txt", "pdf", "docx")) == "PDF, Word or text"
    assert endings(("jpg", "md")) == [".jpg", ".jpeg", ".jpe", ".jfif", ".md", ".markdown"]
    assert {type_by_ending(f"x{ending}") for ending in endings(FILE_TYPES)} == set(FILE_TYPES)
    assert type_by_ending("x.exe") is type_by_ending("pdf") is None
    assert all("/" in content_type(kind) for kind in FILE_TYPES)
