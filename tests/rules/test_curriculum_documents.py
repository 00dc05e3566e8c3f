"""Documents: answers come in where the template asks for them, and never become part of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.documents import render, unanswered
from app.curriculum.schema import Document, Worksheet

SHEET = Worksheet.model_validate(
    {
        "key": "k",
        "title": "T",
        "sections": [
            {
                "id": "A",
                "title": "A",
                "fields": [
                    {"id": "1.A.1", "label": "Practice name", "type": "short_text", "required": True},
                    {"id": "1.A.2", "label": "Law", "type": "long_text"},
                    {
                        "id": "1.A.3",
                        "label": "Fees",
                        "type": "table",
                        "required": True,
                        "total": "fee",
                        "columns": [
                            {"key": "service", "label": "Service", "type": "short_text"},
                            {"key": "fee", "label": "Fee", "type": "currency"},
                        ],
                    },
                    {
                        "id": "1.A.4",
                        "label": "Price",
                        "type": "group",
                        "required": True,
                        "parts": [{"key": "price", "label": "Price of a session", "type": "currency"}],
                    },
                    {
                        "id": "1.A.8",
                        "label": "Saying no",
                        "type": "group",
                        "required": True,
                        "parts": [
                            {"key": "script", "label": "Script", "type": "short_text"},
                            {"key": "letter", "label": "Letter", "type": "long_text"},
                        ],
                    },
                    {
                        "id": "1.A.5",
                        "label": "Results",
                        "type": "calculated",
                        "results": [{"key": "double", "label": "Doubled", "expression": "{1.A.4.price} * 2"}],
                    },
                    {
                        "id": "1.A.6",
                        "label": "Ready",
                        "type": "checklist",
                        "required": True,
                        "items": [{"key": "a", "label": "First"}, {"key": "b", "label": "Second"}],
                    },
                    {
                        "id": "1.A.7",
                        "label": "Places",
                        "type": "multi_choice",
                        "options": [{"key": "gym", "label": "Gym"}, {"key": "home", "label": "Home"}],
                    },
                ],
            }
        ],
    }
)

BLANK = (
    '<span class="blank"><span aria-hidden="true">____________</span>'
    '<span class="hide">(still blank: {})</span></span>'
)
FEES = [{"id": "r1", "service": "Session", "fee": "95"}, {"id": "r2", "service": "Report", "fee": "1400.5"}]


def filled(body, answers):
    return render(Document(slug="d", title="D", kind="sheet", body=body), SHEET, answers)


@pytest.mark.parametrize(
    ("body", "answers", "html"),
    [
        ("At {{ 1.A.1 }}.", {"1.A.1": "Harborline"}, "<p>At Harborline.</p>"),
        ("{{1.A.1}}", {"1.A.1": "Harborline"}, "<p>Harborline</p>"),
        (
            "{{ 1.A.8.letter }}",
            {"1.A.8": {"letter": "Dear *you*"}},
            '<div class="answer"><p>Dear <em>you</em></p>\n</div>',
        ),
        (
            "{{ 1.A.8 }}",
            {"1.A.8": {"script": "No.", "letter": "Dear you"}},
            '<div class="answer"><p><strong>Script:</strong> No.</p><h2>Letter</h2><p>Dear you</p>\n</div>',
        ),
        ("At {{ 1.A.1 }}.", {}, f"<p>At {BLANK.format('Practice name')}.</p>"),
        ("**{{ 1.A.4.price }}**", {"1.A.4": {"price": "95"}}, "<p><strong>95</strong></p>"),
        ("{{ 1.A.4.price }} now", {}, f"<p>{BLANK.format('Price of a session')} now</p>"),
        ("{{ 1.A.5.double }} x", {"1.A.4": {"price": "95"}}, "<p>190 x</p>"),
        ("{{ 1.A.5.double }} x", {}, f"<p>{BLANK.format('Doubled')} x</p>"),
        ("Sum {{ 1.A.3 | total }}", {"1.A.3": FEES}, "<p>Sum 1,495.50</p>"),
        ("{{ 1.A.3 | service }} here", {"1.A.3": FEES}, "<p>Session; Report here</p>"),
        ("{{ 1.A.2 }}", {}, ""),
        (
            "{{ 1.A.2 }}",
            {"1.A.2": "**Bold**\n\nTwo"},
            '<div class="answer"><p><strong>Bold</strong></p>\n<p>Two</p>\n</div>',
        ),
        ("x {{ 1.A.2 }}", {"1.A.2": "**One**\n\nTwo"}, "<p>x **One**; Two</p>"),
        ("{{ 1.A.7 }}", {"1.A.7": ["home", "gym"]}, "<ul><li>Gym</li><li>Home</li></ul>"),
        ("a\n\n{{? 1.A.2 }}\nLaw: {{ 1.A.2 }}\n{{/?}}\n\nb", {}, "<p>a</p>\n<p>b</p>"),
        (
            "a\n\n{{? 1.A.2 }}\nLaw: {{ 1.A.2 }}\n{{/?}}\n\nb",
            {"1.A.2": "Ohio"},
            "<p>a</p>\n<p>Law: Ohio</p>\n<p>b</p>",
        ),
        ("a{{? 1.A.4.price }} and {{ 1.A.4.price }}{{/?}}.", {"1.A.4": {"price": "5"}}, "<p>a and 5.</p>"),
        (
            "{{ 1.A.3 | fee, service }}",
            {"1.A.3": FEES[:1]},
            '<table class="answer"><thead><tr><th scope="col" class="n">Fee</th>'
            '<th scope="col">Service</th></tr></thead>'
            '<tbody><tr><td class="n">95</td><td>Session</td></tr></tbody></table>',
        ),
        (
            "{{ 1.A.3 }}",
            {"1.A.3": FEES[:1]},
            '<table class="answer"><thead><tr><th scope="col">Service</th>'
            '<th scope="col" class="n">Fee</th></tr></thead>'
            '<tbody><tr><td>Session</td><td class="n">95</td></tr></tbody><tfoot><tr class="sum">'
            '<th scope="row" colspan="1">Total</th><td class="n">95</td></tr></tfoot></table>',
        ),
        (
            "{{ 1.A.5 }}",
            {"1.A.4": {"price": "95"}},
            '<table class="answer pairs"><tbody><tr><th scope="row">Doubled</th><td class="n">190</td></tr>'
            "</tbody></table>",
        ),
        (
            "{{ 1.A.6 }}",
            {"1.A.6": ["b"]},
            '<ul class="ticks"><li><span aria-hidden="true">☐</span> <span class="hide">open: </span>First</li>'
            '<li><span aria-hidden="true">☑</span> <span class="hide">done: </span>Second</li></ul>',
        ),
    ],
)
def test_placeholders(body, answers, html):
    assert str(filled(body, answers)).strip() == html


def test_an_unanswered_table_keeps_its_headings_and_has_room_to_write():
    html = filled("{{ 1.A.3 | service }}", {})
    assert "Fees: still to be written" in html
    assert html.count('<th scope="col">Service</th>') == 1
    assert html.count("<tr><td>&nbsp;</td></tr>") == 3


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 1.A.4.price }}",
    "{{? 1.A.1 }}",
    "\ue0000\ue001",
    "# heading\n\n/// callout\n///",
    "[x](javascript:alert(1))",
    "</div></article><h1>mine</h1>",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "&lt;b&gt; %s {0} {a}",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(
    "answers",
    [
        lambda text: {"1.A.1": text},
        lambda text: {"1.A.2": text},
        lambda text: {"1.A.3": [{"service": text, "fee": text}]},
        lambda text: {"1.A.4": {"price": text}},
        lambda text: {"1.A.6": [text], "1.A.7": [text]},
    ],
)
def test_an_answer_never_becomes_markup_or_template(hostile, answers):
    body = "\n\n".join(f"{{{{ 1.A.{n} }}}}\n\nx {{{{ 1.A.{n} }}}} y" for n in range(1, 8))
    html = str(filled(body + "\n\n{{ 1.A.4.price }}", answers(hostile)))
    assert "<script" not in html
    assert "<img" not in html
    assert "<h1" not in html
    assert 'href="javascript' not in html
    assert 'callout">' not in html
    assert html.count("</article>") == 0


@given(st.text(max_size=80))
def test_any_short_answer_stands_there_escaped(text):
    marked = "start" + text + "end"
    html = str(filled("At {{ 1.A.1 }}.", {"1.A.1": marked}))
    inside = html.removeprefix("<p>At ").removesuffix(".</p>")
    assert inside.startswith("start")
    assert inside.endswith("end")
    assert "<" not in inside.replace("&lt;", "")


def test_answers_of_other_modules_may_come_in():
    other = Worksheet.model_validate(
        {
            "key": "o",
            "title": "O",
            "sections": [
                {"id": "A", "title": "A", "fields": [{"id": "2.A.1", "label": "Focus", "type": "short_text"}]}
            ],
        }
    )
    document = Document(slug="d", title="D", kind="sheet", body="{{ 1.A.1 }} does {{ 2.A.1 }}.")
    assert render(document, [SHEET, other], {"1.A.1": "H", "2.A.1": "knees"}) == "<p>H does knees.</p>"
    assert unanswered(document, [SHEET, other], {"2.A.1": "knees"}) == ["Practice name"]


def test_a_retired_field_prints_its_answer_and_leaves_no_blank():
    def render_with(answers):
        plain = SHEET.model_dump(mode="json")
        for one in plain["sections"][0]["fields"][:3]:
            one |= {"retired": True, "required": False}
        sheet = Worksheet.model_validate(plain)
        body = "A {{ 1.A.1 }} B\n\n{{ 1.A.3 }}\n\n{{? 1.A.2 }}Law{{/?}}"
        document = Document(title="T", kind="form", slug="t", body=body)
        return render(document, sheet, answers), unanswered(document, sheet, answers)

    html, left = render_with({})
    assert ("blank" in html, "Law" in html, left) == (False, False, [])
    html, left = render_with({"1.A.1": "Northgate", "1.A.2": "Local"})
    assert ("A Northgate B" in html, "Law" in html, left) == (True, True, [])


def test_what_is_unanswered_is_named_once_and_not_inside_a_part_left_out():
    document = Document(
        slug="d",
        title="D",
        kind="sheet",
        body="{{ 1.A.1 }} {{ 1.A.4.price }} {{ 1.A.1 }} {{? 1.A.2 }}{{ 1.A.7 }}{{/?}}",
    )
    assert unanswered(document, SHEET, {}) == ["Practice name", "Price of a session"]


WIDE = Worksheet.model_validate(
    {
        "key": "w",
        "title": "W",
        "sections": [
            {
                "id": "A",
                "title": "A",
                "fields": [
                    {
                        "id": "1.A.1",
                        "label": "Conditions",
                        "type": "table",
                        "total": "count",
                        "columns": [
                            {"key": "condition", "label": "Condition", "type": "short_text"},
                            *({"key": f"k{n}", "label": f"Rule {n}", "type": "long_text"} for n in range(6)),
                            {"key": "count", "label": "Count", "type": "number", "unit": "clients"},
                        ],
                    }
                ],
            }
        ],
    }
)


def test_a_table_too_wide_for_paper_becomes_a_block_for_each_row():
    row = {
        "condition": "Knee & hip",
        "count": "3",
        **{f"k{n}": f"a sentence of some length {n}" for n in range(6)},
    }
    document = Document(
        slug="d", title="D", kind="sheet", body="{{ 1.A.1 }}\n\n{{ 1.A.1 | condition, k0, k1 }}"
    )
    html = str(render(document, WIDE, {"1.A.1": [row, {**row, "k0": "", "count": "4"}]}))
    wide, narrow = html.split("</div>")
    assert wide.startswith('<div class="records"><p class="record"><strong>Knee &amp; hip</strong></p>')
    assert '<tr><th scope="row">Count</th><td>3 clients</td></tr>' in wide
    assert wide.count("Rule 0") == 1  # what is empty is left out
    assert wide.endswith(
        "<strong>Total</strong></p>"
        '<table class="answer pairs"><tbody><tr><th scope="row">Count (clients)</th>'
        "<td>7</td></tr></tbody></table>"
    )
    assert narrow.count("<table") == 1 and narrow.count("<tr>") == 3


def test_headings_of_an_answer_follow_what_stands_above_them():
    answers = {"1.A.2": "### Purpose\n\n#### More"}
    assert "<h2>Purpose</h2>\n<h3>More</h3>" in filled("{{ 1.A.2 }}\n\n## Next", answers)
    assert "<h3>Purpose</h3>\n<h4>More</h4>" in filled("## First\n\n{{ 1.A.2 }}", answers)
