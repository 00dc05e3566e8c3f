"""What changed between two rounds: readable, complete, and never anything but text of the participant, escaped."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib import diff
from app.lib.markdown import user_html

TAGS = re.compile(r"</?(?:ins|del|p|h3|h4|ul|ol|li|blockquote|br)>")


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("same", "same", "same"),
        ("", "new words", "<ins>new words</ins>"),
        ("old words", "", "<del>old words</del>"),
        ("Price 85 a session", "Price 90 a session", "Price <del>85</del> <ins>90</ins> a session"),
        ("I decide today", "Rosa decides today", "<del>I decide</del> <ins>Rosa decides</ins> today"),
        ("a <b> c", "a <i> c", "a <del>&lt;b&gt;</del> <ins>&lt;i&gt;</ins> c"),
        ("one two three", "one three", "one <del>two</del> three"),
        ("", "", ""),
    ],
)
def test_words(old: str, new: str, shown: str) -> None:
    assert diff.words(old, new) == shown


def test_a_single_common_word_between_two_changes_does_not_make_an_island() -> None:
    shown = diff.words("I decide whether to call them", "Rosa calls the same day to ask how they are")
    assert shown.count("<del>") == 1
    assert shown.count("<ins>") == 1


def test_paragraphs_are_paired_before_words() -> None:
    old = user_html("### Steps\n1. Call.\n2. Write down who called and when.\n\nIllness is at my discretion.")
    new = user_html(
        "### Steps\n1. Call.\n2. Write down who called, and when.\n3. Tell Rosa.\n\nIllness: no fee."
    )
    assert diff.long_text(old, new) == (
        "<h3>Steps</h3><ol><li>Call.</li><li>Write down who <del>called</del> <ins>called,</ins> and when.</li>"
        "<li><ins>Tell Rosa.</ins></li></ol>"
        "<p><del>Illness is at my discretion.</del> <ins>Illness: no fee.</ins></p>"
    )


def test_a_moved_in_paragraph_leaves_its_neighbors_uncolored() -> None:
    shown = diff.long_text("<p>First.</p><p>Last.</p>", "<p>First.</p><p>Between.</p><p>Last.</p>")
    assert shown == "<p>First.</p><p><ins>Between.</ins></p><p>Last.</p>"


def test_loose_items_and_nested_lists_lose_no_word() -> None:
    html = str(user_html("- one\n\n  more\n- two\n  - three\n\n> said\n\n| a | b |\n|---|---|\n| c | d |"))
    text = " ".join(block.text for block in diff.blocks(html))
    assert text.split() == ["one", "more", "two", "three", "said", "a", "|", "b", "c", "|", "d"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_back_and_nothing_is_markup(old: str, new: str) -> None:
    shown = diff.words(old, new)
    bare = TAGS.sub("", shown)
    assert "<" not in bare
    assert ">" not in bare
    without_new = re.sub(r"<ins>.*?</ins>", "", shown, flags=re.S)
    without_old = re.sub(r"<del>.*?</del>", "", shown, flags=re.S)
    assert _text(without_new).split() == old.split()
    assert _text(without_old).split() == new.split()


def _text(html: str) -> str:
    from markupsafe import Markup

    return Markup(TAGS.sub(" ", html)).unescape()


@given(st.text(alphabet="ab <>&#*-1.\n", max_size=80), st.text(alphabet="ab <>&#*-1.\n", max_size=80))
def test_long_text_is_only_the_tags_we_write(old: str, new: str) -> None:
    bare = TAGS.sub("", diff.long_text(str(user_html(old)), str(user_html(new))))
    assert "<" not in bare


def test_of_a_long_plain_text_only_the_changed_paragraphs_are_shown() -> None:
    old = "One.\n\nTwo.\n\nThree.\n\nFour <b>.\n"
    new = "One.\n\nTwo.\n \nThree and more.\n\nFour <b>.\n\nFive."
    assert diff.passages(old, new) == [
        '<i class="same">2 paragraphs are the same</i>',
        "<del>Three.</del> <ins>Three and more.</ins>",
        '<i class="same">one paragraph is the same</i>',
        "<ins>Five.</ins>",
    ]
    assert diff.passages("", "<New>") == ["<ins>&lt;New&gt;</ins>"]
    assert diff.passages("Same.", "Same.") == ['<i class="same">one paragraph is the same</i>']


def test_rows_are_matched_by_id_and_say_what_happened() -> None:
    old = [
        {"id": "r1", "step": "Inquiry"},
        {"id": "r2", "step": "Screening"},
        {"id": "r3", "step": "Discharge"},
    ]
    new = [
        {"id": "r1", "step": "Inquiry"},
        {"id": "r3", "step": "Discharge call"},
        {"id": "r9", "step": "<New>"},
    ]
    rows = diff.rows(old, new, ["step"])
    assert [(row.id, row.mark) for row in rows] == [
        ("r1", ""),
        ("r2", "removed"),
        ("r3", "changed"),
        ("r9", "added"),
    ]
    assert rows[1].cells == ("<del>Screening</del>",)
    assert rows[2].cells == ("Discharge <ins>call</ins>",)
    assert rows[3].cells == ("&lt;New&gt;",)


def test_a_removed_first_row_stands_first() -> None:
    rows = diff.rows([{"id": "a", "x": "1"}, {"id": "b", "x": "2"}], [{"id": "b", "x": "2"}], ["x"])
    assert [(row.id, row.mark) for row in rows] == [("a", "removed"), ("b", "")]


def test_rows_that_only_changed_places_are_not_marked() -> None:
    old = [{"id": "a", "x": "1"}, {"id": "b", "x": "2"}]
    assert [row.mark for row in diff.rows(old, old[::-1], ["x"])] == ["", ""]


def test_many_unchanged_rows_are_told_in_one_line() -> None:
    old = [{"id": f"r{n}", "x": str(n)} for n in range(9)]
    new = [{**row, "x": "new"} if row["id"] == "r5" else row for row in old]
    shown = diff.only_changed(diff.rows(old, new, ["x"]))
    assert [(row.mark, row.cells[0]) for row in shown] == [
        ("same", "5 rows are the same"),
        ("changed", "<del>5</del> <ins>new</ins>"),
        ("same", "3 rows are the same"),
    ]
    assert len(diff.only_changed(diff.rows(old[:2], old[:2], ["x"]))) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 10_000, "b a " * 5_000),
        (" ".join(str(n % 97) for n in range(2_400)), " ".join(str(n * 7 % 97) for n in range(2_400))),
        ("x" * 20_000, "y" * 20_000),
    ],
)
def test_the_longest_answers_are_compared_at_once(old: str, new: str) -> None:
    began = time.perf_counter()
    diff.words(old, new)
    diff.long_text("".join(f"<p>{one}</p>" for one in old.split()[:5000]), f"<p>{new}</p>")
    assert time.perf_counter() - began < 3
