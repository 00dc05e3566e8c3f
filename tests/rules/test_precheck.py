"""The look before sending: what is spotted, what must not be, and that a scan is quick whatever the text."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import run
from app.coursework import care_words, identifiers, leftovers, precheck, sending, spotted, typed_text
from app.coursework.sentences import Sentences
from app.curriculum.care_words import CareWord, Wording
from app.curriculum.fields import calculated
from app.curriculum.reader import read
from app.curriculum.schema import Worksheet
from app.lib.refusal import Refused
from tests.house.hostile import STRINGS
from tests.programs import COMPLETE, WORKSHEET

PROGRAM = read(run.ROOT / "curriculum")
SHEET = Worksheet.model_validate(WORKSHEET)
WORDS = PROGRAM.wording


# --- client data ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "passages"),
    [
        ("Mrs. Jacobs came at ten", "names", ["Mrs. Jacobs"]),
        ("for Mr Ångström and Ms. O’Neill", "names", ["Mr Ångström", "Ms. O’Neill"]),
        ("Dr. L. Amaro asked", "provider_names", ["Dr. L. Amaro"]),
        ("She had surgery on March 14, 2026", "dates", ["March 14, 2026"]),
        ("hip replacement 14 March at St. Anne's", "dates", ["14 March"]),
        ("The client was discharged 2026-03-14", "dates", ["2026-03-14"]),
        ("HB-014 began on 3/14/2026", "dates", ["3/14/2026"]),
        ("DOB 3/4/1950", "dates", ["DOB 3/4/1950"]),
        ("date of birth: 14 March 1950", "dates", ["date of birth: 14 March 1950"]),
        ("a 94-year-old man", "ages", ["94-year-old"]),
        ("aged 91", "ages", ["aged 91"]),
        ("Call (757) 555-0142 or +1 555-555-0142", "phones", ["(757) 555-0142", "+1 555-555-0142"]),
        ("call her at 555-0142", "phones", ["555-0142"]),
        ("in London +44 20 7946 0958", "phones", ["+44 20 7946 0958"]),
        ("Write to dana.k+x@example.com.", "emails", ["dana.k+x@example.com"]),
        ("lives at 410 Harbor Road", "addresses", ["410 Harbor Road"]),
        ("Norfolk, VA 23510", "addresses", ["VA 23510"]),
        ("SSN 123-45-6789", "ssn", ["123-45-6789"]),
        ("MRN 00482913", "numbers", ["MRN 00482913"]),
        ("policy number: PL-223144", "numbers", ["policy number: PL-223144"]),
        ("license plate #ABC12345", "numbers", ["license plate #ABC12345"]),
        ("see https://example.com/u/ana.", "web", ["https://example.com/u/ana"]),
        ("from 192.168.10.4", "web", ["192.168.10.4"]),
    ],
)
def test_what_may_identify_somebody(text: str, kind: str, passages: list[str]):
    assert identifiers.found_in(text)[kind] == passages


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Reviewed 2026-03-14, version 3.10.4, 3,166 a month, sessions 10-12",
        "Client HB-021, 75–89, hip replacement this year",
        "Read the act on March 15, 2026.",
        "24 hours' notice: no fee. 26 slots a week, 92%. BP 128/78, RPE 5.",
        "Ask the doctor, the surgeon or the front desk.",
        "Group as 90+; aged 90 or over; 91 sessions; 94 days",
        "No name, no date of birth.",
        "Clients may call on 3 days in May; 2 of 14 may stop.",
        "Row 1-2-3-4, codes 45 CFR 164.514 and §453.201, ICD-10 Z96.651",
        "2026-02-30 was never a day for a client",
        "Keep records for 8 years; member of the pod; account for 5 sessions.",
        "a@b, @home, e.g. this and i.e. that",
        "1.2.3.4.5 and 999.1.1.1",
        "Mr. and Mrs. are titles.",
    ],
)
def test_what_identifies_nobody(text: str):
    assert identifiers.found_in(text) == {}


def test_what_is_the_practice_s_own_is_passed_over():
    field = SHEET.field("1.A.1")
    text = "Northgate, ana@example.com, www.example.com and ben@example.org"
    context = spotted.Context(Wording(), "US", ("Northgate", "ana@example.com"))
    found = {spot.topic: spot.passages for spot in spotted.in_answer(field, text, context)}
    assert found == {"emails": ("ben@example.org",)}


def test_a_field_that_asks_for_it_is_not_pointed_at():
    field = SHEET.field("1.A.1").model_copy(update={"may_hold": ("provider_names",)})
    spots = spotted.in_answer(field, "Dr. Osei, Mrs. Jacobs", spotted.NOTHING_KNOWN)
    assert [(spot.topic, spot.passages) for spot in spots] == [("names", ("Mrs. Jacobs",))]


# --- words of care ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We treat knees and heal backs.", ["treat", "heal"]),
        ("Our PATIENTS get a rehab plan", ["PATIENTS", "rehab"]),
        ("I diagnose the cause, then prescribe exercise.", ["diagnose", "prescribe"]),
        ("Manual  therapy and pain relief, guaranteed", ["Manual therapy", "pain relief", "guaranteed"]),
        ("Medical exercise therapist", ["therapist"]),
        ("No fee. We treat everybody.", ["treat"]),
    ],
)
def test_words_of_care(text: str, words: list[str]):
    assert [one.word for one in care_words.found_in(text, WORDS)] == words


@pytest.mark.parametrize(
    "text",
    [
        "I do not diagnose, treat, or comment on medicines.",
        "We never promise a cure and don’t prescribe.",
        "Ask your physical therapist; after therapy has ended; the treating provider.",
        "“We treat your pain” is a sentence I took off the page.",
        '"rehab" is the word the club uses.',
        "### What I do not do\nDiagnose, treat, change medicines.",
        "The policy excludes manual therapy.",
        "Be patient. The patient portal is theirs.",
        "Retreat, untreated, treaty, outpatient, secure",
        "",
    ],
)
def test_what_is_no_word_of_care(text: str):
    assert care_words.found_in(text, WORDS) == []


def test_the_field_s_own_replacement_comes_before_the_program_s():
    general = Wording(care_words=(CareWord(words=("rehab",), say="exercise"),))
    assert care_words.found_in("a rehab plan", general)[0].instead == "exercise"
    own = [("rehab plan", "exercise plan")]
    assert care_words.found_in("a rehab plan", general, own) == [("rehab plan", "“exercise plan”")]


# --- words of a template ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dear [name], welcome to [your practice]", ["[name]", "[your practice]"]),
        ("Lorem ipsum dolor", ["Lorem ipsum"]),
        ("Owner: TBD. Fee: xxx. Insert your name", ["TBD", "xxx", "Insert your name"]),
        ("See [the page](https://example.com), - [ ] ticked [x] done, a[1]: b", []),
        ("XXL, taxxxi, ToDos in the list, extra", []),
        ("{date} · ____ (fictional)", []),
    ],
)
def test_words_of_a_template(text: str, left: list[str]):
    assert leftovers.found_in(text) == left


def test_the_example_of_a_field_is_not_an_answer():
    example = (
        "24 hours' notice; a late cancellation is charged at 50%; illness is exempt; logged in the schedule."
    )
    assert leftovers.copied([example], example)
    assert leftovers.copied([f"As we say: {example.upper()}"], example)
    assert leftovers.copied(["a late cancellation is charged at 50%; illness is exempt"], example)
    assert not leftovers.copied(["24 hours' notice", "A late cancellation costs half."], example)
    assert not leftovers.copied(["anything at all"], None)
    assert not leftovers.copied(["5,500"], "5,500")


# --- sentences ----------------------------------------------------------------------------------------


def test_a_quotation_without_an_end_quotes_nothing():
    text = "“open\nnext line treat"
    assert not Sentences(text).is_quoted(text.index("treat"))
    assert Sentences("say “treat” here").is_quoted(5)


# --- any text, quickly ----------------------------------------------------------------------------------


def scan(text: str) -> None:
    identifiers.found_in(text)
    care_words.found_in(text, WORDS)
    leftovers.found_in(text)
    leftovers.copied([text], "an example of eight words or of more than that")


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_can_be_scanned(text: str):
    scan(text)


@given(st.text(alphabet='0123456789 -./()+@[]“"”Mrs.DJan#\n', max_size=400))
@settings(max_examples=300, deadline=None)
def test_text_of_the_signs_that_are_looked_for_can_be_scanned(text: str):
    scan(text)


@pytest.mark.parametrize("text", STRINGS)
def test_hostile_strings_can_be_scanned(text: str):
    scan(text)


@pytest.mark.parametrize(
    "unit",
    [
        "1-2-3-4-5 ", "(757) 555-01", "a@", "a.b@c.", "[", "[a ", "“", '"', "Mrs. ", "12 Harbor Harbor ", "call 5",
        "# not ", "not ", "treat ", "physical ", "1.1.", "1/1/", "www.", "x", "X" * 50 + "@", "aged 9", "Jan 1 ",
        "\n", "é", "she 2026-01-01 ", "policy A1",
    ],
)  # fmt: skip
def test_200_kb_of_anything_take_half_a_second_at_most(unit: str):
    text = unit * (200_000 // len(unit))
    scan("warm")
    begun = time.process_time()
    scan(text)
    assert time.process_time() - begun < 0.5


# --- the ten worksheets -----------------------------------------------------------------------------------

# What is spotted in the good samples although it is right there: (field, topic) → why it is right. A person would
# write just this as a note. Samples hold the example of their field because the examples are taken from them.
REVIEWED = {
    ("3.C.3", "dates"): "the day of a rehearsal, in a sentence with the word client",
    ("4.C.1", "care_words"): "a condition somebody else has diagnosed",
    ("4.D.1", "dates"): "the day on which a reader tested the letter",
    ("5.A.1", "dates"): "the day of a call",
    ("6.B.1", "care_words"): "an instruction to the writer of the letter",
    ("7.B.1", "care_words"): "a line of a form that asks for care elsewhere",
    ("8.B.2", "care_words"): "a question about care elsewhere",
    ("8.D.2", "dates"): "the day of a role-play",
    ("9.C.2", "dates"): "the day of a recording",
    ("10.A.1", "dates"): "the day of an interview",
}


def spots_of(kind: str) -> set[tuple[str, str]]:
    context = spotted.Context(WORDS)
    return {
        (field.id, spot.topic)
        for module in PROGRAM.modules
        for sample in module.samples
        if sample.kind == kind and module.worksheet
        for field in module.worksheet.fields()
        for spot in spotted.in_answer(field, sample.answers.get(field.id), context)
        if spot.topic != "example"
    }


def test_in_good_work_nothing_is_spotted_beyond_what_was_reviewed():
    assert spots_of("good") == set(REVIEWED)


def test_in_weak_work_the_words_of_care_are_spotted():
    assert len([one for one in spots_of("weak") if one[1] == "care_words"]) >= 10


def test_a_whole_worksheet_is_scanned_in_milliseconds_and_once():
    context = spotted.Context(WORDS)
    module = PROGRAM.modules[5]
    answers = {**module.samples[0].answers, "6.B.7": "Never scanned before: Mrs. Jacobs."}
    assert module.worksheet

    def took() -> float:
        begun = time.process_time()
        precheck.to_look_at(module.worksheet, answers, calculated(module.worksheet, answers), context)
        return time.process_time() - begun

    first, again = took(), min(took() for _ in range(5))
    assert first < 0.3
    assert again < 0.03


# --- findings and notes -----------------------------------------------------------------------------------


def looks(answers: dict[str, Any]) -> list[precheck.Finding]:
    return precheck.to_look_at(SHEET, answers, calculated(SHEET, answers))


def test_a_finding_says_what_where_and_why():
    found = looks({**COMPLETE, "1.C.1": "### Purpose\nAsk Mrs. Jacobs."})
    assert [(one.anchor, one.topic, one.passages) for one in found] == [("1.C.1", "names", ("Mrs. Jacobs",))]
    assert found[0].sentence == "1.C.1 Cancellation rule: names a person."
    assert found[0].why


def test_the_key_is_of_the_passage_and_not_of_the_rest():
    one, same, other = (
        looks({**COMPLETE, "1.C.1": f"### Purpose\n{text}"})[0].key
        for text in ("Ask Mrs. Jacobs.", "We ask Mrs. Jacobs, and write it down.", "Ask Mrs. Jacobsen.")
    )
    assert one == same != other
    elsewhere = looks({**COMPLETE, "1.A.1": "Mrs. Jacobs"})[0].key
    assert elsewhere != one


def test_a_file_is_looked_at_by_its_name():
    at = "2026-03-01T00:00:00+00:00"
    file = {"id": 1, "name": "Mrs Jacobs.pdf", "type": "pdf", "size": 1, "sha256": "0" * 64, "at": at}
    found = looks({**COMPLETE, "1.C.2": {"deidentified": "yes", "text": "", "files": [file]}})
    assert [(one.topic, one.passages) for one in found] == [("names", ("Mrs Jacobs",))]


def test_only_what_was_typed_is_looked_at():
    table = SHEET.field("1.B.1")
    assert list(typed_text.pieces(table, [{"id": "r1", "step": "Inquiry", "exists": "none"}])) == ["Inquiry"]


@pytest.mark.parametrize(
    ("note", "passes"),
    [("", False), ("   ", False), ("Our own.", True), ("x" * 300, True), ("x" * 301, False)],
)
def test_a_finding_is_answered_by_a_short_note(note: str, passes: bool):
    found = looks({**COMPLETE, "1.A.1": "Mrs. Jacobs"})
    entries = {f"note~{found[0].key}": note}
    if passes:
        sending.check_looked_at(found, entries)
    else:
        with pytest.raises(Refused, match="One point asks for a look"):
            sending.check_looked_at(found, entries)


@pytest.mark.parametrize(
    ("when", "will", "line"),
    [
        (
            "the next inquiry comes in",
            "read the rule.",
            "When the next inquiry comes in, I will read the rule.",
        ),
        ("When the phone rings,", "I will stand up", "When the phone rings, I will stand up."),
        ("whenever", "I’ll try", "When whenever, I will try."),
    ],
)
def test_the_line_reads_as_one_sentence_however_it_was_begun(when: str, will: str, line: str):
    frozen = sending.sent_with([], {"plan~when": when, "plan~will": will}, ["Mine."])
    assert frozen.line == line
    assert sending.SentWith.of(frozen.as_json()) == frozen
    assert sending.SentWith.of({}).line == ""


@pytest.mark.parametrize(("when", "will"), [("", "x"), ("x", ""), (" ", " "), ("x" * 301, "y")])
def test_half_a_line_is_refused(when: str, will: str):
    with pytest.raises(Refused) as refusal:
        sending.check_plan(when, will)
    assert refusal.value.field == "plan"


def test_what_a_draft_keeps_is_bounded_and_the_newest():
    notes = {f"note~{number:016x}": "Ours." for number in range(sending.MOST_NOTES + 5)}
    kept = sending.kept({"plan~when": "x", "plan~will": "y"}, {**notes, "plan~will": ""})
    assert len(kept) == sending.MOST_NOTES + 1
    assert kept["plan~when"] == "x" and "plan~will" not in kept
    assert f"note~{0:016x}" not in kept
