"""Whatever stands in the files, the reader gives a program or says what is wrong: with file and line, never a crash.

FUZZ=300 tries three hundred times as much as the suite does; there is no clock in it, since what bounds the time is
the size of what is read (`folder` and `lines` refuse what is larger).
"""

import os
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.curriculum import documents, lines, markdown, yaml_tree
from app.curriculum.folder import Folder
from app.curriculum.lines import without_code
from app.curriculum.loaded import ChecksFile, ProgramFile, SourcesFile
from app.curriculum.module_types import SampleFacts
from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Program, Rubric, Worksheet
from app.curriculum.validation import check_yaml
from config import ROOT
from tests.rooms.curriculum import small
from tests.rules.broken.case import CARD, GOOD, HOME, LESSON, MODULE

FUZZ = int(os.environ.get("FUZZ", "1"))
MODELS = (ProgramFile, SourcesFile, Worksheet, Rubric, ChecksFile, SampleFacts)
ODD = "{}[]:,-#&*!|>'\"%@`?~ \n\t\\/.<=0aB1é\x00\x0b\x85\u2028\ufeff\ue000\U0001f35e"
FRAGMENTS = (
    *(
        "<<: *x",
        "- - -",
        "---",
        "...",
        "%YAML 1.1",
        "? a",
        "0x1F",
        "1.A.1",
        "1_000",
        "~",
        "null",
        "no",
        " #3",
        "|",
        ">-",
    ),
    *("{{ 1.A.1 }}", "{{? 1.B.2 }}", "{{/?}}", "{{", "}}", "{{ 1.A.2 | total }}", "{{ 1.A.4.margin }}"),
    *(
        "///",
        "/// callout | A",
        "/// build | 1.A.2",
        "//// side",
        "/// example",
        "[F1]",
        "[M2](",
        "## A",
        "#",
        "===",
        "---",
    ),
    *(
        "| a | b |",
        "|---|---|",
        "- [ ] x",
        "1. ",
        "> ",
        "    ",
        "![",
        "](",
        "[a](/program#h)",
        "<b>",
        "<!--",
        "**",
        "_",
        "`",
    ),
    *("Term\n:   what", "\n\n", "[a]: http://x", "*[A]: b", "&amp;", "\\", "a{: .b}", "<https://a.b>"),
)
fragments = st.sampled_from(FRAGMENTS) | st.text(ODD, max_size=8) | st.text(max_size=8)
texts = st.lists(fragments, max_size=25).flatmap(
    lambda parts: st.sampled_from(("", " ", "\n")).map(lambda between: between.join(parts))
)


def tries(number: int) -> settings:
    slow = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=number * FUZZ, deadline=None, suppress_health_check=slow)


def outcome(directory: Path) -> Program | None:
    """The program, rendered and with every document filled; None after problems that say where they are."""
    program, problems = None, []
    try:
        program = rendered(read(directory))
    except CurriculumErrors as errors:
        problems = errors.problems
    for problem in problems:
        assert problem.file
        assert problem.line >= 1
        assert problem.sentence.endswith((".", "?")), problem
        assert "\n" not in str(problem)
    if program is None:
        assert problems
        return None
    assert Program.model_validate_json(program.canonical_json()) == program
    for module in program.modules:
        answers = module.samples[0].answers if module.samples else {}
        for document in module.documents if module.worksheet else ():
            for given_answers in (answers, {}):
                documents.render(document, module.worksheet, given_answers)
                documents.unanswered(document, module.worksheet, given_answers)
    return program


# --- any text ----------------------------------------------------------------------------------------------------


@tries(150)
@given(texts)
@example("a: [b #3\n]")
@example("? {a: b}\n: c")
def test_any_text_is_yaml_or_an_error_with_a_line(text):
    told: list[tuple[int, str]] = []
    try:
        tree = yaml_tree.parse(text)
        yaml_tree.plain(tree)
        told += yaml_tree.slips(tree)
    except yaml_tree.YamlError as error:
        told.append((error.line, error.sentence))
    breaks = sum(text.count(sign) for sign in ("\n", "\x85", "\u2028"))
    assert all(1 <= line <= breaks + 1 and sentence.endswith(".") for line, sentence in told), told


@tries(100)
@given(st.sampled_from(MODELS), texts)
def test_any_yaml_fits_its_model_or_is_told_why_not(model, text):
    folder = Folder(Path("nowhere"))
    if check_yaml(folder, "file.yaml", text, model) is None:
        assert folder.problems
    for problem in folder.problems:
        assert problem.line >= 1
        assert problem.sentence.endswith((".", "?")), problem


@tries(150)
@given(st.text("`ab ", max_size=30))
def test_code_is_blanked_out_and_nothing_moves(line):
    plain = without_code(line)
    assert len(plain) == len(line)
    assert all(new in (old, " ") for new, old in zip(plain, line, strict=True))


# --- a good curriculum with something wrong ------------------------------------------------------------------------


@st.composite
def mutations(draw: st.DrawFn, text: str) -> bytes:
    """The text with a few of its lines or signs changed; sometimes cut off in the middle of a sign."""
    for _ in range(draw(st.integers(1, 3))):
        lines = text.split("\n")
        here, there = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("delete", "double", "swap", "insert", "write", "cut", "indent"))):
            case "delete":
                del lines[here]
            case "double":
                lines.insert(there, lines[here])
            case "swap":
                lines[here], lines[there] = lines[there], lines[here]
            case "insert":
                lines.insert(here, draw(fragments))
            case "indent":
                lines[here] = draw(st.sampled_from((" ", "  ", "\t"))) + lines[here]
            case "write":
                at = draw(st.integers(0, len(lines[here])))
                lines[here] = lines[here][:at] + draw(fragments) + lines[here][at + draw(st.integers(0, 9)) :]
            case _:
                lines = lines[: here + 1]
        text = "\n".join(lines)
    data = text.encode("utf-8", "surrogatepass")
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data


@tries(60)
@given(data=st.data())
def test_no_change_of_a_small_curriculum_is_more_than_a_problem(tmp_path, data):
    file = data.draw(st.sampled_from(sorted(small.FILES)))
    outcome(small.write(tmp_path, {file: data.draw(mutations(small.FILES[file]))}))


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    return Path(shutil.copytree(ROOT / "curriculum", tmp_path_factory.mktemp("real") / "curriculum"))


@tries(3)
@given(data=st.data())
def test_no_change_of_the_real_curriculum_is_more_than_a_problem(real, data):
    files = sorted(path for path in real.rglob("*") if path.is_file() and path.name != "README.md")
    path = data.draw(st.sampled_from(files))
    before = path.read_bytes()
    try:
        path.write_bytes(data.draw(mutations(before.decode())))
        outcome(real)
    finally:
        path.write_bytes(before)


STRANGE = (
    None,
    "",
    "a word",
    "3",
    "-1",
    "1.5",
    [],
    {},
    ["a"],
    {"a": "b"},
    [[]],
    {"key": []},
    "1.A.1",
    "x" * 300,
)


@tries(60)
@given(data=st.data())
def test_no_other_type_in_any_place_is_more_than_a_problem(tmp_path, data):
    file = data.draw(st.sampled_from([name for name in sorted(small.FILES) if name.endswith(".yaml")]))
    value = yaml_tree.plain(yaml_tree.parse(small.FILES[file]))
    place, key = data.draw(st.sampled_from(list(_places(value))))
    place[key] = data.draw(st.sampled_from(STRANGE))
    outcome(small.write(tmp_path, {file: yaml.safe_dump(value, allow_unicode=True, sort_keys=False)}))


def _places(value):
    """Every container with each of its keys."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


@tries(60)
@given(st.sampled_from((LESSON, CARD, MODULE, HOME)), texts)
@example(LESSON, "1. " * 400)
@example(LESSON, "> " * 400)
@example(LESSON, "\n".join(f"{'  ' * depth}- a" for depth in range(60)))
@example(CARD, "{{? 1.B.2 }}" * 100)
@example(CARD, "{{" * 2000)
def test_any_markdown_is_rendered_or_told_what_is_wrong(tmp_path, file, text):
    head = small.FILES[file].rpartition("---\n")[0]
    outcome(small.write(tmp_path, {file: f"{head}---\nFirst.\n\n{text}\n".encode("utf-8", "surrogatepass")}))


CALM = (
    *(
        "Flour and water.",
        "salt[F1]",
        "[a](/program)",
        "**bold**",
        "*it*",
        "`code`",
        "- item",
        "1. item",
        "> said",
        "\n\n",
    ),
    *(
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Term\n:   what it is",
        "## A heading",
        "### Below",
        "    indented",
        "\\*",
        "&",
        "<",
    ),
    *(
        "/// callout | A\nText.\n///",
        "/// example | B\n| a | b |\n|---|--:|\n| **c** | 2 |\n///",
        "/// build | 1.A.2\n///",
    ),
    *(
        "/// checklist\n- [ ] one\n///",
        "/// mistake\n- a\n///",
        "Table: what it is.",
        "https://a.example",
        "*[a]: b",
        "[b]: /c",
    ),
)


@tries(60)
@given(st.lists(st.sampled_from(CALM) | st.text("ab*_[]()`>#|:-~^=!\\\n ", max_size=9), max_size=25))
def test_what_the_checks_let_through_is_rendered(parts):
    """Most of this passes the checks, so here the renderer is tried and not the checks."""
    text = "\n\n".join(parts)
    if not list(lines.problems(list(enumerate(text.split("\n"), start=1)))):
        html = markdown.render(text, {}, {"1.A.2": "Ingredients"}, lead=True)
        assert "<script" not in html
        assert markdown.heading_ids(text) >= set()


@tries(40)
@given(texts)
def test_any_reason_why_of_a_sample_is_rendered_or_told_what_is_wrong(tmp_path, text):
    value = yaml_tree.plain(yaml_tree.parse(small.FILES[GOOD])) | {"why": text or "x"}
    outcome(
        small.write(
            tmp_path, {GOOD: yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass")}
        )
    )
