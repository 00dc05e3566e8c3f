"""A small program for tests: one module to build, two that are only announced. Nothing of METI in it but the shape."""

from __future__ import annotations

from hashlib import sha256

from app.curriculum.blocks import question_key
from app.curriculum.schema import Program

LEVELS = {
    "not_yet": "Steps are missing.",
    "meets": "Every step has an owner.",
    "exceeds": "Waiting times are shown too.",
}

WORKSHEET = {
    "key": "practice-operating-system",
    "title": "Practice operating system",
    "sections": [
        {
            "id": "A",
            "title": "Snapshot",
            "manual": "1.1",
            "fields": [
                {"id": "1.A.1", "label": "Practice name", "type": "short_text", "required": True},
                {
                    "id": "1.A.2",
                    "label": "Where services are delivered",
                    "type": "multi_choice",
                    "required": True,
                    "options": [
                        {"key": "gym", "label": "Rented space in a gym"},
                        {"key": "online", "label": "Online"},
                    ],
                },
            ],
        },
        {
            "id": "B",
            "title": "Map",
            "manual": "1.2",
            "fields": [
                {
                    "id": "1.B.1",
                    "label": "Client path",
                    "type": "table",
                    "required": True,
                    "min_rows": 2,
                    "criteria": ["client_path"],
                    "columns": [
                        {"key": "step", "label": "Step", "type": "short_text"},
                        {
                            "key": "exists",
                            "label": "Exists today",
                            "type": "choice",
                            "options": [
                                {"key": "none", "label": "None"},
                                {"key": "in_use", "label": "In use"},
                            ],
                        },
                    ],
                },
                {
                    "id": "1.C.1",
                    "label": "Cancellation rule",
                    "type": "long_text",
                    "required": True,
                    "headings": ["Purpose", "Steps"],
                    "criteria": ["rules"],
                },
                {
                    "id": "1.C.2",
                    "label": "The rule as it hangs on the wall",
                    "type": "file",
                    "max_files": 2,
                    "or_text": True,
                    "min_words": 3,
                },
            ],
        },
        {
            "id": "E",
            "title": "Capacity and price",
            "manual": "1.5",
            "fields": [
                {
                    "id": "1.E.1",
                    "label": "Monthly fixed costs",
                    "type": "table",
                    "required": True,
                    "min_rows": 1,
                    "total": "amount",
                    "columns": [
                        {"key": "item", "label": "Item", "type": "short_text"},
                        {"key": "amount", "label": "Amount", "type": "currency"},
                    ],
                },
                {
                    "id": "1.E.3",
                    "label": "Price and variable cost",
                    "type": "group",
                    "required": True,
                    "parts": [
                        {"key": "price", "label": "Price", "type": "currency"},
                        {"key": "variable_cost", "label": "Variable cost", "type": "currency"},
                    ],
                },
                {
                    "id": "1.E.5",
                    "label": "Results",
                    "type": "calculated",
                    "results": [
                        {
                            "key": "break_even",
                            "label": "Break-even",
                            "unit": "sessions a month",
                            "expression": "ceil(sum({1.E.1.amount}) / ({1.E.3.price} - {1.E.3.variable_cost}))",
                            "format": "integer",
                            "explain": "fixed costs ÷ contribution",
                        }
                    ],
                },
            ],
        },
    ],
}

# Everything required is answered: what `submit` lets through.
COMPLETE = {
    "1.A.1": "Northgate Medical Exercise",
    "1.A.2": ["gym"],
    "1.B.1": [
        {"id": "r1", "step": "Inquiry", "exists": "in_use"},
        {"id": "r2", "step": "Discharge", "exists": "none"},
    ],
    "1.C.1": "### Purpose\nOne rule for everybody.\n\n### Steps\n1. 24 hours' notice: no fee.",
    "1.E.1": [
        {"id": "r1", "item": "Rent", "amount": "1150"},
        {"id": "r2", "item": "Insurance", "amount": "750"},
    ],
    "1.E.3": {"price": "90", "variable_cost": "4"},
}

# Three reasons with two statements each, from 0 to 2 points: 0 to 4 a reason, 0 to 12 together.
ASSESSMENT = {
    "title": "How do you stand?",
    "lead": "Six statements, written in tests.",
    "frame": "Think of yesterday.",
    "minutes": 3,
    "note": "No validated instrument.",
    "scale": [
        {"value": 0, "label": "Never"},
        {"value": 1, "label": "Sometimes"},
        {"value": 2, "label": "Always"},
    ],
    "reasons": [
        {
            "reason": slug,
            "name": name,
            "action": action,
            "statements": [{"key": key, "text": f"Statement {key}."} for key in keys],
        }
        for slug, name, action, keys in (
            ("lack-of-systems", "Systems", "Write one page.", ("1a", "1b")),
            ("lack-of-focus", "Focus", "Count your clients.", ("2a", "2b")),
            ("blurred-scope", "Scope", "Read the law.", ("3a", "3b")),
        )
    ],
    "safety": [
        {"statement": "3b", "at_most": 0, "title": "No red-flag procedure", "action": "Write it tonight."}
    ],
    "bands": [
        {"least": 0, "most": 1, "title": "Exposed", "meaning": "by memory", "advice": "build it"},
        {"least": 2, "most": 3, "title": "Fragile", "meaning": "half there", "advice": "use it"},
        {"least": 4, "most": 4, "title": "Installed", "advice": "keep it"},
    ],
    "readings": [
        {"least": 0, "most": 6, "title": "You are the practice", "advice": "Begin with scope."},
        {"least": 7, "most": 12, "title": "It stands", "advice": "Teach it."},
    ],
    "tie_order": ["blurred-scope", "lack-of-systems", "lack-of-focus"],
    "lowest": 2,
}


# What each lesson asks for a private note.
QUESTION = "What do you keep in your head?"
KEY = question_key(QUESTION)
# Files of lessons, as bytes: one of a module that is open early, one of the module that opens last.
PLAN, LINE = b"Client,First call\n", b"WEBVTT\n\n00:00.000 --> 00:01.000\nThe line.\n"


def _file(name: str, content_type: str, data: bytes) -> dict[str, object]:
    return {
        "name": name,
        "content_type": content_type,
        "size": len(data),
        "sha256": sha256(data).hexdigest(),
    }


def _page(slug: str, title: str, **facts: object) -> dict[str, object]:
    return {
        "slug": slug,
        "title": title,
        "description": f"About {title}.",
        "lead": f"The lead of {title}.",
        "body": f"Text of {slug}.",
        "html": f"<p>Text of {slug}.</p>",
        "facts": facts,
    }


# The public texts; the reason of module 3 has none.
PAGES = [
    _page(
        "home",
        "A manual of your own",
        hero_who="For tests",
        hero_title="Go home with a tested page",
        hero_text="Written in tests.",
        hero_assessment="See where you stand",
        for_title="Who it is for",
        for_whom=["You test."],
        not_for=["You do not."],
        turn_title="What turns",
        turn_before="Before",
        turn_after="After",
        turn=[{"before": "By memory", "after": "By the page"}],
        reasons_title="Reasons and systems",
        reasons_text="One system for each reason.",
        documents_title="Pages to print",
        documents_text="Of a practice that does not exist.",
        weeks_title="Week by week",
        rhythm=[{"day": "Saturday", "what": "Live call"}, {"day": "Sunday", "what": ""}],
        questions_title="Questions",
        questions=[{"q": "Is it a test?", "a": "It is."}],
    ),
    _page("program", "How it works"),
    _page("reasons/lack-of-systems", "Lack of systems", summary="The practice lives in a head."),
    _page("reasons/lack-of-focus", "Lack of focus", summary="Nobody knows whom to send."),
]


HOURS = ["One to three hours", "Four or five hours", "Six hours or more"]


def _module(
    number: int, slug: str, reason: str, system: str, chapter: str, **more: object
) -> dict[str, object]:
    return {
        "number": number,
        "slug": slug,
        "title": f"Title of {slug}",
        "reason": reason,
        "reason_slug": reason.lower().replace(" ", "-"),
        "system": system,
        "chapter": chapter,
        "opens_day": (number - 1) * 7,
        "due_day": (number - 1) * 7 + 5,
        "review_days": 3,
        "problem": f"{reason} keeps a practice small.",
        "outcomes": ["You can draw the path of one client."],
        "documents_promised": ["Client path"],
        "opening": f"The opening of {slug}.",
        "opening_html": f"<p>The opening of {slug}.</p>",
        **more,
    }


def small_program() -> Program:
    """Three modules, ten to a real one; module 1 has lessons, worksheet, rubric and a document."""
    lessons = [
        {
            "title": f"Lesson {number}",
            "slug": f"lesson-{number}",
            "number": number,
            "minutes": 4,
            "action": "Write down one step.",
            "feeds": ["1.B.1"],
            "body": f"Text of lesson {number}.",
            "html": f'<p>Text of lesson {number}.</p><div id="note-{KEY}"></div><p>And its end.</p>',
            "questions": [{"key": KEY, "text": QUESTION}],
        }
        for number in (1, 2)
    ]
    systems = _module(
        1,
        "systems",
        "Lack of systems",
        "Practice operating system",
        "Operations",
        closes_day=81,
        lessons=lessons,
        media=[_file("plan.csv", "text/csv", PLAN)],
        worksheet=WORKSHEET,
        rubric={
            "criteria": [
                {"key": "client_path", "title": "Client path", "critical": True, "levels": LEVELS},
                {"key": "rules", "title": "Rules others can use", "levels": LEVELS},
            ]
        },
        checks=[{"day": 30, "evidence": ["Four weekly entries"]}],
        samples=[
            {"slug": "good", "kind": "good", "title": "A good one", "why": "Complete.", "answers": COMPLETE},
        ],
        documents=[
            {
                "slug": "cancellation-policy",
                "title": "Cancellation policy",
                "kind": "policy",
                "body": "# Cancellation policy\n\n{{ 1.C.1 }}\n\nBreak-even: {{ 1.E.5.break_even }}",
            }
        ],
    )
    return Program.model_validate(
        {
            "title": "Small Cohort",
            "institute": "Institute of Tests",
            "called": "The Institute",
            "weeks": 12,
            "week_begins": "saturday",
            "example_of": "Harborline",
            "application": [
                {
                    "key": "clients",
                    "question": "Who do you work with, and where?",
                    "hint": "No names, please.",
                },
                {"key": "why_now", "question": "Why now? What do you want to build first?"},
                {"key": "hours", "question": "How many hours a week can you keep free?", "options": HOURS},
            ],
            "time_zone": "America/New_York",
            "hedges": ["Education, not legal advice."],
            "document_notice": "Not legal or medical advice.",
            "release_time": "11:00",
            "due_time": "23:59",
            "calls": [
                {"key": "week-1", "week": 1, "title": "Kick-off", "day": 0, "starts": "11:00", "minutes": 75},
                {
                    "key": "week-5",
                    "week": 5,
                    "title": "Week 5 call",
                    "day": 0,
                    "starts": "11:00",
                    "minutes": 75,
                },
            ],
            "modules": [
                systems,
                _module(2, "focus", "Lack of focus", "Practice focus plan", "Focus", needs=["systems"]),
                _module(
                    3,
                    "scope",
                    "Blurred scope",
                    "Scope policy",
                    "Scope",
                    opens_day=70,
                    due_day=75,
                    review_days=2,
                    pairs_with=["focus"],
                    media=[_file("line.vtt", "text/vtt", LINE)],
                ),
            ],
            "weeks_plan": [
                {"week": 1, "title": "Operations week", "text": "The client path."},
                {"week": 2, "title": "Focus week", "text": "Whom the practice is for."},
                {"week": 3, "title": "Catch-up week"},
                {"week": 11, "title": "Scope week", "text": "The line."},
                {"week": 12, "title": "Showcase"},
            ],
            "glossary": [
                {"term": "AED", "slug": "aed", "meaning": "The device on the wall.", "sources": ["F1"]},
                {
                    "term": "Client path",
                    "slug": "client-path",
                    "also": ["Way of a client"],
                    "meaning": "What happens from the first call to discharge.",
                },
            ],
            "sources": {"F1": {"text": "A book, 2020", "quality": "A"}},
            "pages": PAGES,
            "assessment": ASSESSMENT,
        }
    )
