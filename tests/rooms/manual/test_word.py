"""Word files: real structures, all of the text, nothing of the server, nothing that Word would call damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.curriculum.markdown import render
from app.lib.markdown import user_html
from app.manual import book, word
from app.manual.book import Book, Imprint, Work
from app.manual.word import wml
from app.manual.word.wml import W
from tests.house.hostile import STRINGS
from tests.programs import COMPLETE, small_program
from tests.rooms.manual.words import lines, opened, set_in_word, text_of

PROGRAM = small_program()


def northgate(**changes: object) -> Book:
    work = Work("systems", COMPLETE, "digest", 2, datetime(2026, 5, 22, 17, tzinfo=UTC), "Cora Bennett")
    imprint = Imprint("Northgate Medical Exercise", "Ana Silva", "Spring 2026", **changes)
    return book.compose(PROGRAM, {}, [work], imprint)


def test_the_manual_has_cover_contents_chapters_and_documents():
    file = opened(word.bind(northgate()))
    found = lines(file)
    assert ("Title", "Northgate Medical Exercise") in found and ("Definition", "Ana Silva") in found
    assert ("Heading 1", "Operations") in found and ("Heading 2", "Cancellation policy") in found
    assert ("Heading 4", "Cancellation rule") in found and ("Heading 5", "Purpose") in found
    assert ("toc 2", "Cancellation policy\t") in found
    assert any("Still open: 2 Focus" in text for _style, text in found)
    heads = [" ".join(section.header.paragraphs[0].text.split("\t")) for section in file.sections]
    assert heads == ["", "Northgate Medical Exercise Contents", "Northgate Medical Exercise Operations"]
    assert (
        file.sections[1].footer.paragraphs[0].text.startswith(f"Version of May 22, 2026. {PROGRAM.hedges[0]}")
    )


def test_the_contents_are_a_field_that_word_is_asked_to_update():
    file = opened(word.bind(northgate()))
    fields = [one.text.strip() for one in file.element.body.iter(f"{W}instrText")]
    assert fields[0] == r'TOC \o "1-2" \h \z \u'
    marks = {one.get(f"{W}name") for one in file.element.body.iter(f"{W}bookmarkStart")}
    assert {one.split()[1] for one in fields[1:]} == marks
    assert file.settings.element.find(f"{W}updateFields") is not None
    kinds = [one.get(f"{W}fldCharType") for one in file.element.body.iter(f"{W}fldChar")]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end")


def test_a_document_alone_says_whose_and_how_it_stands():
    bound = northgate()
    chapter = bound.chapter("systems")
    document = chapter.document("cancellation-policy")
    file = opened(word.alone(bound, chapter, document))
    found = lines(file)
    assert ("Heading 1", "Cancellation policy") in found
    assert "One rule for everybody." in text_of(file)
    standing = next(text for style, text in found if style == "Standing")
    assert "Version May 22, 2026, round 2" in standing and "Next review by May 22, 2027" in standing
    assert standing.endswith("Not legal or medical advice. Reviewed by \t")  # ruled to the margin
    assert ("Small Print", " ".join(PROGRAM.hedges)) in found
    foot = file.sections[0].footer
    assert [one.text.strip() for one in foot._element.iter(f"{W}instrText")] == ["PAGE", "NUMPAGES"]
    assert file.sections[0].header.paragraphs[0].text == "Northgate Medical Exercise\tCancellation policy"


def test_the_same_work_gives_the_same_bytes_and_nothing_of_the_server():
    data = word.bind(northgate())
    assert data == word.bind(northgate())
    about = opened(data).core_properties
    assert about.author == about.last_modified_by == "Northgate Medical Exercise"
    assert about.title == "Practice manual, Northgate Medical Exercise"
    assert about.created == about.modified == datetime(2026, 5, 22, 17, tzinfo=UTC)
    assert (about.comments, about.language) == ("", "en-US")
    with ZipFile(BytesIO(data)) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in file.namelist() if "thumbnail" in name or "customXml" in name]
        assert b"python-docx" not in b"".join(file.read(name) for name in file.namelist())
        assert b'w:lang w:val="en-US"' in file.read("word/styles.xml")


@pytest.mark.parametrize(("paper", "size"), [("letter", (8.5, 11)), ("a4", (8.27, 11.69))])
def test_the_paper_is_that_of_where_the_participant_lives(paper, size):
    section = opened(word.bind(northgate(paper=paper))).sections[2]
    assert (round(section.page_width.inches, 2), round(section.page_height.inches, 2)) == size
    tables = opened(word.bind(northgate(paper=paper))).tables[1:]
    room = section.page_width.twips - section.left_margin.twips - section.right_margin.twips
    assert {sum(column.width.twips for column in table.columns) for table in tables} == {room}


@pytest.mark.parametrize(
    ("zone", "paper"),
    [("America/Denver", "letter"), ("Pacific/Honolulu", "letter"), ("Europe/London", "a4"), ("UTC", "a4")],
)
def test_paper_of(zone, paper):
    assert book.paper_of(zone) == paper


HTML = [
    ("<h2>A</h2><h3>B</h3><p>c</p>", [("Heading 2", "A"), ("Heading 3", "B"), ("Normal", "c")]),
    ("<p>a <strong>b</strong>\n <em>c</em><br>d</p>", [("Normal", "a b c\nd")]),
    ("loose <b>text</b><p>p</p>after", [("Normal", "loose text"), ("Normal", "p"), ("Normal", "after")]),
    ("<ul><li>a<ul><li>b</li></ul></li></ul>", [("List Paragraph", "a"), ("List Paragraph", "b")]),
    ("<ol><li><p>a</p><p>b</p></li></ol>", [("List Paragraph", "a"), ("List Paragraph", "b")]),
    (
        '<ul class="files"><li>log.pdf<br><span class="hash">SHA-256 ab</span></li></ul>',
        [("List Paragraph", "log.pdf\nSHA-256 ab")],
    ),
    ('<ul class="ticks"><li>☐ a</li></ul>', [("Tick", "☐ a")]),
    ("<blockquote><p>q</p></blockquote>", [("Quote", "q")]),
    ('<aside class="callout"><b>T</b><p>x</p></aside>', [("Callout", "T"), ("Callout", "x")]),
    ("<dl><div><dt>t</dt><dd>d</dd></div></dl>", [("Term", "t"), ("Definition", "d")]),
    ("<pre><code>a\n  b</code></pre>", [("Code Block", "a\n  b")]),
    ('<p class="write-line">____________</p>', [("Write Line", "")]),
    ("<hr>", [("Divider", "")]),
    (
        '<p>x <span class="blank"><span>____</span><span class="hide">(y)</span></span></p>',
        [("Normal", "x ____")],
    ),
    ("<table></table><p></p><p> </p>", []),
    ("<marquee>still <i>there</i></marquee>", [("Normal", "still there")]),
]


@pytest.mark.parametrize(("html", "found"), HTML)
def test_elements_become_word_structures(html, found):
    assert lines(opened(set_in_word(html))) == found


def test_marks_and_links_are_runs_of_their_own():
    html = '<p>a <strong>b <em>c</em></strong> <a href="https://x.example/?a=1&amp;b=ü">d</a><sup>2</sup></p>'
    paragraph = opened(set_in_word(html)).paragraphs[0]
    marked = {one.text.strip(): (one.bold, one.italic) for one in paragraph.runs}
    assert marked["b"] == (True, None) and marked["c"] == (True, True) and marked["a"] == (None, None)
    assert paragraph.hyperlinks[0].url == "https://x.example/?a=1&b=%C3%BC"


@pytest.mark.parametrize(
    "address", ["javascript:xq()", "http://[bad", "http://x/" + "y" * 3_000, "file:///etc/passwd"]
)
def test_an_address_that_word_would_not_read_is_only_text(address):
    assert wml.link_address(address) is None


def test_each_numbered_list_begins_at_one():
    file = opened(set_in_word("<ol><li>a</li><li>b<ol><li>c</li></ol></li></ol><ol><li>d</li></ol>"))
    numbers = [one._p.pPr.numPr.numId.val for one in file.paragraphs]
    assert numbers[0] == numbers[1] and len(set(numbers)) == 3
    lists = file.part.numbering_part.element
    for number in set(numbers):
        entry = next(one for one in lists.num_lst if one.numId == number)
        assert entry.findall(f".//{W}startOverride")[0].get(f"{W}val") == "1"


def test_a_table_repeats_its_head_and_keeps_rows_whole():
    rows = "".join(f"<tr><td>{n}</td><td>text {n}</td></tr>" for n in range(200))
    file = opened(
        set_in_word(f"<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody>{rows}</tbody></table>")
    )
    table = file.tables[0]
    assert table.style.name == "Answers" and len(table.rows) == 201
    marks = [
        {one.tag.removeprefix(W) for one in row.iter(f"{W}cantSplit", f"{W}tblHeader")}
        for row in table._tbl.tr_lst
    ]
    assert marks[0] == {"cantSplit", "tblHeader"} and marks[1:] == [{"cantSplit"}] * 200
    assert table._tbl.tr_lst[0].tc_lst[0].p_lst[0].style == "TableHead"


def test_a_form_has_all_its_lines_and_room_for_a_pen():
    html = render("| Line | Entry |\n|---|---|\n| What was seen, in the words of the client |   |", {}, {})
    table = opened(set_in_word(html)).tables[0]
    assert table.style.name == "Form"
    assert table.rows[1].height.cm > 0.9
    assert table.columns[1].width > table.columns[0].width


def test_a_row_as_long_as_a_page_may_be_split():
    file = opened(set_in_word(f"<table><tbody><tr><td>{'word ' * 4_000}</td></tr></tbody></table>"))
    assert not list(file.element.body.iter(f"{W}cantSplit"))


@pytest.mark.parametrize(
    "text", [*STRINGS, "שלום world", "word " * 4_000, "😀👩\u200d⚕️", "> " * 500 + "deep"]
)
def test_hostile_answers_stay_text(text):
    seen = "".join(one for one in wml.printable(text).replace("\r", "") if not one.isspace())
    for html in (str(user_html(text)), f"<table><tbody><tr><td>{user_html(text)}</td></tr></tbody></table>"):
        file = opened(set_in_word(html))
        links = [one.target_ref for one in file.part.rels.values() if one.is_external]
        assert all(one.startswith(("http://", "https://", "mailto:")) for one in links)
    plain = "".join(text_of(opened(set_in_word(f"<p>{escape(text)}</p>"))).split())
    assert plain == "".join(seen.split())


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\0", "")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_becomes_a_file_that_opens(text):
    opened(set_in_word(str(user_html(text))))


def test_text_that_runs_to_the_left_is_set_so():
    paragraph = opened(set_in_word("<p>שלום world</p>")).paragraphs[0]
    assert paragraph._p.pPr.find(f"{W}bidi") is not None
    assert paragraph.runs[0].font.rtl
