"""Lessons: the blocks become the markup of the style sheets, sources become numbered notes, nothing slips through."""

import pytest

from app.curriculum.markdown import render, with_build_links
from app.curriculum.schema import Source
from app.lib.markdown import user_html

SOURCES = {"F22": Source(text="A book, 2020", quality="A"), "M4": Source(text="A talk.", quality="C")}
LABELS = {"1.E.3": "Price & cost"}


def html(text, **more):
    return render(text, SOURCES, LABELS, **more)


def test_sources_are_numbered_in_the_order_of_the_text_and_listed_once():
    found = html("One [M4], two [F22][M4]. `[F22]` [F99]", listed=("F22",))
    link = '<sup><a aria-label="Source {0}" href="#s{0}" rel="noopener">{0}</a></sup>'
    one, two = link.format(1), link.format(2)
    assert found.startswith(f"<p>One {one}, two {two}{one}. <code>[F22]</code> [F99]</p>")
    assert found.endswith(
        '<section class="sources"><h2 id="h-sources">Sources</h2><ol><li id="s1">A talk. Quality C.</li>'
        '<li id="s2">A book, 2020. Quality A.</li></ol></section>'
    )


def test_sources_are_numbered_as_they_are_read_through_callouts_and_tables():
    found = html("/// callout | First\nOne[M4].\n///\n\nTwo[F22].\n")
    assert found.index('href="#s1"') < found.index('href="#s2"')


def test_sources_named_only_in_the_front_matter_are_listed():
    assert '<li id="s1">A book, 2020. Quality A.</li>' in html("Text.", listed=("F22",))
    assert "sources" not in html("Text.")


def test_a_ledger_has_a_caption_row_headings_and_a_sum():
    found = html(
        "/// example | A month\n| Line | How | Sum |\n|---|---|---|\n| Rent | paid | 5 |\n"
        "| **All** | | 5 |\n\nInvented.\n///"
    )
    assert '<div class="ledger">\n<table><caption>A month</caption><thead>' in found
    assert '<tr>\n<th scope="row">Rent</th>\n<td class="how">paid</td>\n<td class="n">5</td>\n</tr>' in found
    assert '<tr class="sum">\n<th scope="row"><strong>All</strong></th>' in found
    assert "<p>Invented.</p>" in found


def test_a_last_column_of_words_breaks_its_lines():
    """What stays in one line beside its row would push the page out of a narrow screen."""
    short = "| Row | End |\n|---|---|\n| a | 7 of 9 |\n| b | clearance first |"
    long = short.replace("7 of 9", "the hallway is reserved in writing")
    assert html(f"/// example | One\n{short}\n///").count('<td class="n">') == 2
    assert html(f"/// example | One\n{long}\n///").count('<td class="how" data-label="End">') == 2


def test_a_table_in_the_text_is_a_figure_with_its_caption():
    found = html("| A | B |\n|---|--:|\n| x | y |\n\nTable: What it is.\n\nAfter.")
    assert found.startswith('<figure class="figure">\n<table>')
    assert '<th class="n" scope="col">B</th>' in found
    assert "<figcaption>What it is.</figcaption>\n</figure>" in found
    assert found.endswith("<p>After.</p>")


@pytest.mark.parametrize(
    ("block", "start"),
    [
        ("/// callout | Title\nText.\n///", '<aside class="callout"><b>Title</b><p>Text.</p>'),
        ("/// callout\nText.\n///", '<aside class="callout">\n<p>Text.</p>'),
        ("/// mistake\nText.\n///", '<aside class="callout callout--mistake"><b>A common mistake</b><p>Text.</p>'),
        ("/// action | Ten minutes\nText.\n///", '<div class="exercise"><b>Ten minutes</b><p>Text.</p>'),
        ("/// side\nText.\n///", '<div class="side">\n<p>Text.</p>'),
        ("/// checklist\n- [ ] One\n///", '<div class="checklist">\n<ul>\n<li>One</li>'),
        ("/// example | Prose\nText.\n///", '<div class="ledger"><b class="ledger__title">Prose</b><p>Text.</p>'),
        ("Term\n:   what it is", '<dl class="formulas">\n<div>\n<dt>Term</dt>\n<dd>what it is</dd>\n</div>'),
        ("## Six lines, *by hand*", '<h2 id="h-six-lines-by-hand">Six lines, <em>by hand</em></h2>'),
    ],
)  # fmt: skip
def test_blocks(block, start):
    assert html(block).startswith(start)


def test_only_the_last_build_card_is_amber_and_links_are_placed_for_each_person():
    found = html("/// build | 1.E.3\nA price.\n///\n\n/// build | 1.E.3\n///")
    assert (
        '<section aria-labelledby="build-1" class="build"><span class="next__label">Build it now</span>'
        in found
    )
    assert '<h2 id="build-1">Price &amp; cost</h2>\n<p>A price.</p>' in found
    assert '<section aria-labelledby="build-2" class="next build">' in found
    assert found.count("btn--next") == 1
    placed = with_build_links(found, lambda field: f'/systems/7?a="b"#f-{field}')
    assert placed.count('href="/systems/7?a=&quot;b&quot;#f-1.E.3"') == 2
    assert "build:" not in placed


def test_the_lead_is_the_first_paragraph_only():
    assert html("One.\n\nTwo.", lead=True) == '<p class="lead">One.</p>\n<p>Two.</p>'
    assert html("## Heading\n\nTwo.", lead=True).endswith("<p>Two.</p>")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("a <b onclick='x'>b</b>", "<p>a &lt;b onclick='x'&gt;b&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", '<p><a rel="noopener">x</a></p>'),
        ("less < 5 & more", "<p>less &lt; 5 &amp; more</p>"),
        ("![x](y.png)", "<p>![x](y.png)</p>"),
    ],
)
def test_nothing_but_the_allowed_comes_out(text, found):
    assert html(text) == found


def test_two_headings_with_the_same_words_have_two_ids():
    assert html("## A\n\n## A").count('id="h-a"') == 1


def test_what_is_filled_in_by_hand_is_marked():
    found = html("________________\n\n---\n\n- [ ] One: ____\n- [ ] Two\n\nName: ____________")
    assert found.startswith('<p class="write-line">____________</p>\n<hr>')
    assert '<ul class="ticks">\n<li>☐ One: ____</li>\n<li>☐ Two</li>' in found
    assert found.endswith("<p>Name: ____________</p>")


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ("| x | y |", ""),
        ("| x | |", "fill fill--short"),
        ("| a sentence that takes the room of its neighbor | |", "fill fill--1 fill--short"),
        ("\n".join("| | |" for _ in range(5)), "fill"),
    ],
)
def test_a_table_with_empty_cells_is_a_form(rows, names):
    found = html(f"| A | B |\n|---|---|\n{rows}")
    assert (f'<table class="{names}">' if names else "<table>") in found
    assert found.count('class="write"') == found.count("></td>")


def test_a_table_of_many_columns_gives_none_a_width():
    found = html("|" + " n |" * 9 + "\n|" + "---|" * 9 + "\n|" + "  |" * 9)
    assert '<table class="fill fill--short fill--many">' in found


def test_boxes_that_a_participant_types_are_boxes():
    found = user_html("- [ ] open\n- [x] done\n- [X] done too\n\nnot [ ] here\n\n1. [ ] loose\n\n2. [y] no")
    for text in ("<li>☐ open", "<li>☑ done", "<li>☑ done too", "not [ ] here", "<p>☐ loose", "[y] no"):
        assert text in found


def test_what_a_person_typed_may_link_to_a_mailbox_and_a_phone_and_to_no_script():
    links = {
        "https://a.example": 1,
        "mailto:a@example.com": 1,
        "tel:+15550100": 1,
        "ftp://a.example": 0,
        "javascript:x": 0,
    }
    for address, shown in links.items():
        assert user_html(f"[words]({address})").count("href") == shown, address
