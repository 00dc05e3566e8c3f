"""What a file says of people beside its content: taken off where that is safe, read within bounds where it is not."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
import zlib
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.files import hints, intake, office_people, pdf
from app.files.rules import FILE_TYPES
from tests.rooms.files import made, tricks

CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
NOISE = hashlib.shake_128(b"noise").hexdigest(2**19).encode()  # a megabyte that nobody can pack
DC = "http://purl.org/dc/elements/1.1/"


def core(inside: str, more: str = "") -> bytes:
    return f'<cp:coreProperties xmlns:cp="{CORE}" xmlns:dc="{DC}"{more}>{inside}</cp:coreProperties>'.encode()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def written_by(name: str, *, title: str = "") -> bytes:
    made_of, out = docx.Document(), io.BytesIO()
    made_of.add_paragraph("Words that stay.")
    made_of.core_properties.author = made_of.core_properties.last_modified_by = name
    made_of.core_properties.title = title
    made_of.save(out)
    return out.getvalue()


def taken(name: str, data: bytes) -> intake.Incoming:
    return intake.take(name, data, FILE_TYPES)


def test_a_word_file_loses_its_author_and_nothing_else():
    sent = written_by("Joan Smith", title="A plan")
    kept = taken("a.docx", sent)
    assert kept.hints == hints.Hints((), ("A plan",))
    before, after = parts(sent), parts(kept.data)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["docProps/core.xml"]
    read = docx.Document(io.BytesIO(kept.data))
    found = read.core_properties
    assert (found.author, found.last_modified_by, found.title) == ("", "", "A plan")
    assert found.created == docx.Document(io.BytesIO(sent)).core_properties.created
    assert read.paragraphs[0].text == "Words that stay."
    assert taken("a.docx", kept.data).data == kept.data  # what names nobody stays as it is


@pytest.mark.parametrize(
    "properties",
    [
        core("<dc:creator>Joan Smith</dc:creator>"),
        core("<dc:creator><![CDATA[Joan Smith]]></dc:creator>"),
        core("<dc:creator>Joan<!-- --> Smith</dc:creator>"),
        core("<dc:creator>&#74;oan Smith</dc:creator>"),
        core("<dc:creator><b>Joan</b> Smith</dc:creator>"),
        core('<dc:creator a="&gt;">Joan Smith</dc:creator>'),
        core("<d:creator>Joan Smith</d:creator>", f' xmlns:d="{DC}"'),
        core("<cp:lastModifiedBy\n>Joan Smith</cp:lastModifiedBy>"),
        core("<dc:creator>Joan Smith</dc:creator>").decode().encode("utf-16"),
        b"<Properties><Company>Joan Smith</Company><Manager>Joan Smith</Manager></Properties>",
        b"<Properties><Company>Joan Smith",
        b"<Properties>" + NOISE + b"<Company>Joan Smith</Company></Properties>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["docProps/core.xml", "elsewhere/props.xml"])
def test_however_it_is_written(properties: bytes, place: str):
    kind = "extended-properties" if properties.startswith(b"<Properties") else "metadata/core-properties"
    place = place.replace("core", "app") if "extended" in kind else place
    if place.startswith("elsewhere"):
        link = f'<Relationship Id="r9" Type="{made.RELATIONS}/{kind}" Target="{place}"/>'
        data = made.document(parts={place: properties}, links=link)
    else:
        data = made.document(parts={place: properties})
    kept = taken("a.docx", data)
    assert kept.hints.people == ()
    left = parts(kept.data)[place].decode("utf-8").replace("&#74;", "J")
    assert "Joan" not in left and "Smith" not in left


def test_a_signed_document_stays_as_it_is_and_is_named():
    data = made.document(
        parts={
            "docProps/core.xml": core("<dc:creator>Joan Smith</dc:creator>"),
            "_xmlsignatures/sig1.xml": b"<s/>",
        }
    )
    kept = taken("a.docx", data)
    assert (kept.data, kept.hints.people) == (data, ("Joan Smith",))


@pytest.mark.parametrize(
    ("kind", "more", "people"),
    [
        ("docx", {"word/comments.xml": b'<c><w:comment w:author="J. Smith &amp; Co"/></c>'}, ("J. Smith & Co",)),
        ("docx", {"word/header1.xml": b"<h><w:ins w:author='J. Smith'/><w:del w:author = \"K. Lee\"/></h>"},
         ("J. Smith", "K. Lee")),
        ("docx", {"word/comments.xml": b'<c><w:comment w:author="Author"/></c>'}, ()),
        ("docx", {"word/people.xml": b'<p><w15:person w15:author="J. Smith" userId="j@example.org"/></p>'}, ()),
        ("xlsx", {"xl/comments1.xml": b"<c><authors><author>J. Smith</author></authors></c>"}, ("J. Smith",)),
        ("xlsx", {"xl/persons/person.xml": b'<p><person displayName="J. Smith" id="1"/></p>'}, ("J. Smith",)),
        ("pptx", {"ppt/commentAuthors.xml": b'<p:a><p:b id="0" name="J. Smith" initials="J"/></p:a>'}, ("J. Smith",)),
        ("docx", {"docProps/custom.xml": b'<P><property name="_AuthorEmail"><v>j@example.org</v></property></P>'},
         ("j@example.org",)),
    ],
)  # fmt: skip
def test_whom_an_office_file_still_names(kind: str, more: dict[str, bytes], people: tuple[str, ...]):
    kept = taken(f"a.{kind}", made.document(kind, parts=more))
    assert kept.hints.people == people
    assert b"j@example.org" not in parts(kept.data).get("word/people.xml", b"")


def with_info(info: bytes) -> bytes:
    return tricks.pdf(b"<<" + info + b">>", trailer=b"/Info 5 0 R")


XMP = (
    b"<</Type/Metadata>>\nstream\n<dc:creator>\n <rdf:Seq><rdf:li>J. Smith &amp; Co</rdf:li></rdf:Seq></dc:creator>"
    b"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>A plan</rdf:li></rdf:Alt></dc:title>\nendstream"
)


@pytest.mark.parametrize(
    ("data", "people", "titles"),
    [
        (with_info(b"/Author(J. Smith)/Title (A plan)"), ("J. Smith",), ("A plan",)),
        (with_info(b"/Author(J. \\(Jo\\) Sm\\151th)"), ("J. (Jo) Smith",), ()),
        (with_info(b"/Author<4A2E20536D697468>"), ("J. Smith",), ()),
        (with_info(b"/Author<FEFF004A006F>"), ("Jo",), ()),
        (with_info(b"/Author(\xfe\xff\0J\0o)"), ("Jo",), ()),
        (with_info(b"/Author(J\xf6rg)"), ("Jörg",), ()),
        (with_info(b"/Author(anonymous)/Title(untitled)"), (), ()),
        (tricks.packed_pdf(b"<</Author(J. Smith)>>"), ("J. Smith",), ()),
        (tricks.pdf(XMP), ("J. Smith & Co",), ("A plan",)),
        (with_info(b"/Author(" + b"x" * 500 + b")"), (), ()),
        (with_info(b"/Author 7 0 R"), (), ()),
    ],
)
def test_whom_a_pdf_names(data: bytes, people: tuple[str, ...], titles: tuple[str, ...]):
    kept = taken("a.pdf", data)
    assert (kept.data, kept.hints) == (data, hints.Hints(people, titles))


def test_names_are_words_of_one_line_and_few():
    assert hints.names(["", "  ", "A\r\nB\u202e", "a b", "x" * 900]) == ("A B", "x" * 100)
    assert len(hints.names(str(n) for n in range(99))) == hints.MOST
    assert hints.NONE.as_json == {}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_properties_however_broken_are_more_than_passed_over(data: Any):
    """Any bytes in any of the places that are read for names."""
    seed = data.draw(st.sampled_from([core("<dc:creator>J</dc:creator>"), XMP, b"/Author(J\\1)/Title<4"]))
    at = data.draw(st.integers(0, len(seed)))
    broken = seed[:at] + data.draw(st.binary(max_size=12)) + seed[at:]
    pdf.hints(tricks.pdf(broken) + zlib.compress(broken))
    place = data.draw(
        st.sampled_from(["docProps/core.xml", "word/people.xml", "docProps/custom.xml", "word/c.xml"])
    )
    document = made.document(parts={place: broken})
    office_people.hints(office_people.without_authors(document), "docx")


def test_reading_names_takes_no_longer_than_reading_the_file():
    """Fifteen megabytes made of beginnings: a search that started anew at each would take minutes."""
    began = time.process_time()
    for piece in (b"/ObjStm stream\n", b"/Author(", b"/Title<", b"<dc:creator>", b"/ObjStm"):
        data = made.PDF[:-6] + piece * (3_000_000 // len(piece)) + b"\n%%EOF\n"
        pdf.check(data)
        pdf.hints(data)
    assert time.process_time() - began < 5
