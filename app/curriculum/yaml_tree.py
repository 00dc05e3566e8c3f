"""YAML as authors write it: every value with its line, and nothing guessed.

A plain value stays the text that was typed. The schema alone decides what is a number or a true/false, so `no` is
never a boolean, `11:00` never 660, `1.10` never 1.1 and `2026-02-30` never a crash. Anchors, tags, second
documents and deep nesting are refused. The tree is built from the parser's events without recursion: a hostile
file costs a sentence, not the process.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = ("", "~", "null", "Null", "NULL")
# A remark has a space after its sign; “Room #3” was meant whole.
_CUT_OFF = re.compile(r"[ \t]+(#[^\s#]\S*)")


class YamlError(Exception):
    """The text is not the YAML we read; `line` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


@dataclass
class Scalar:
    line: int
    value: str | None
    cut_off: tuple[int, str] | None = None  # line and text of what YAML took for a remark


@dataclass
class Items:
    line: int
    values: list["Tree"] = field(default_factory=list)


@dataclass
class Mapping:
    line: int
    is_flow: bool = False  # written between { }
    values: dict[str, "Tree"] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, int, int]] = field(default_factory=list)  # key, its line, the line of the first


Tree = Scalar | Items | Mapping


def parse(text: str, first_line: int = 1) -> Tree:
    """The tree of one YAML document; lines are counted from `first_line`. Raises YamlError."""
    try:
        return _build(yaml.parse(text, Loader=_LOADER), first_line, text.split("\n"))
    except yaml.MarkedYAMLError as error:
        sentence = _explain(error, text.split("\n"))
        raise YamlError(_error_line(error, text) + first_line, sentence) from error
    except (yaml.YAMLError, ValueError, UnicodeError, RecursionError) as error:
        raise YamlError(first_line, "this is not YAML we can read; look for a stray sign.") from error


def plain(tree: Tree) -> Any:
    """The values alone: dicts, lists, texts and None."""
    match tree:
        case Scalar(value=value):
            return value
        case Items(values=values):
            return [plain(value) for value in values]
        case Mapping(values=entries):
            return {key: plain(value) for key, value in entries.items()}


def node_at(tree: Tree, path: Sequence[Any]) -> Tree:
    """What `path` leads to; the last thing on the way that exists, where it leads nowhere."""
    for step in path:
        tree = _inner(tree, step) or tree
    return tree


def line_of(tree: Tree, path: Sequence[Any]) -> int:
    """The line of what `path` leads to; of the last thing on the way that exists, where it leads nowhere.

    Steps that are not in the tree are skipped, because pydantic puts the name of a variant between two real steps.
    """
    line = tree.line
    for step in path:
        inner = _inner(tree, step)
        if inner:
            line = tree.key_lines[step] if isinstance(tree, Mapping) else inner.line
            tree = inner
    return line


def _inner(tree: Tree, step: Any) -> Tree | None:
    if isinstance(tree, Mapping):
        return tree.values.get(step)
    if isinstance(tree, Items) and isinstance(step, int) and step < len(tree.values):
        return tree.values[step]
    return None


def slips(tree: Tree) -> Iterator[tuple[int, str]]:
    """What is good YAML and surely not meant: a key written twice in one mapping, a text cut off at a “#”."""
    match tree:
        case Scalar(cut_off=(line, rest)):
            yield line, f"“ #” begins a remark, so “{rest}” is not read; put the whole text in quotes."
        case Items(values=values):
            for value in values:
                yield from slips(value)
        case Mapping(values=entries, repeated=repeated):
            for key, line, first in repeated:
                yield line, f"“{key}” is written twice; the first is in line {first}."
            for value in entries.values():
                yield from slips(value)


def _build(events: Any, first_line: int, lines: Sequence[str]) -> Tree:
    root = Items(first_line)
    open_nodes: list[Items | Mapping] = [root]
    keys: list[str | None] = [None]  # per open mapping: the key that waits for its value
    for event in events:
        line = event.start_mark.line + first_line if event.start_mark else first_line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(
                line, "“&” and “*” have a special meaning at the start of a value; put it in quotes."
            )
        if isinstance(event, yaml.ScalarEvent):
            _refuse_tag(event, line)
            _place(open_nodes, keys, _scalar(event, line, lines))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            _refuse_tag(event, line)
            if len(open_nodes) > MAX_DEPTH:
                raise YamlError(line, f"this is nested more than {MAX_DEPTH} levels deep.")
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            node = Mapping(line, bool(event.flow_style)) if is_mapping else Items(line)
            _place(open_nodes, keys, node)
            open_nodes.append(node)
            keys.append(None)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            open_nodes.pop()
            keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and root.values:
            raise YamlError(line, "a second “---” begins another document; one file holds one.")
    return root.values[0] if root.values else Scalar(first_line, None)


def _scalar(event: Any, line: int, lines: Sequence[str]) -> Scalar:
    if not event.implicit[0]:  # in quotes, or a block
        return Scalar(line, event.value)
    end = event.end_mark
    found = _CUT_OFF.match(lines[end.line], end.column) if end.line < len(lines) else None
    cut_off = (line + end.line - event.start_mark.line, found[1]) if found else None
    return Scalar(line, None if event.value in _NULLS else event.value, cut_off)


def _place(open_nodes: list[Items | Mapping], keys: list[str | None], node: Tree) -> None:
    parent = open_nodes[-1]
    if isinstance(parent, Items):
        parent.values.append(node)
    elif keys[-1] is None:
        if not isinstance(node, Scalar) or node.value is None:
            raise YamlError(node.line, "a key must be a word; put a text that begins with { or [ in quotes.")
        keys[-1] = node.value
        if node.value in parent.values:
            parent.repeated.append((node.value, node.line, parent.key_lines[node.value]))
        else:
            parent.key_lines[node.value] = node.line
    else:
        parent.values.setdefault(keys[-1], node)
        keys[-1] = None


def _refuse_tag(event: Any, line: int) -> None:
    if event.tag:
        raise YamlError(line, "“!” has a special meaning at the start of a value; put it in quotes.")


_EXPLANATIONS = (
    (
        "mapping values are not allowed",
        "there is a colon inside a text: put the whole text in quotes; or the indentation is off.",
    ),
    (
        "cannot start any token",
        "a value may not begin with this sign (tab, @, ` or %): use spaces, or quotes.",
    ),
    ("found a tab character", "there is a tab; indent with spaces."),
    ("found unexpected end of stream", "a quote is opened and never closed."),
    ("while scanning a quoted scalar", "a quoted text is not closed properly."),
    ("found unknown escape character", "“\\” has a special meaning inside \"…\"; use '…' instead."),
    (
        "did not find expected ',' or '}'",
        "inside { } something is missing: a comma, the end, or quotes round a text.",
    ),
    (
        "did not find expected ',' or ']'",
        "inside [ ] something is missing: a comma, the end, or quotes round a text.",
    ),
    (
        "did not find expected node content",
        "inside [ ] or { } something is missing: the end, or quotes round a text.",
    ),
    ("did not find expected key", "the indentation does not fit the lines above, or a text needs quotes."),
    (
        "did not find expected '-' indicator",
        "a list item must begin with “- ” at the same indentation as the others.",
    ),
    ("did not find expected '-'", "a list item must begin with “- ” at the same indentation as the others."),
    (
        "could not find expected ':'",
        "a line is missing its “key: ”, or a text over several lines needs quotes.",
    ),
    ("found undefined alias", "“*” has a special meaning at the start of a value; put it in quotes."),
    ("control characters are not allowed", "there is an invisible control character; retype the line."),
    (
        "found character that cannot start",
        "a value may not begin with this sign: use spaces, or put it in quotes.",
    ),
    (
        "block sequence entries are not allowed",
        "“- ” begins a list item: put the list on the next line, or use quotes.",
    ),
    ("document start", "this line does not belong here; check the indentation of the lines above it."),
)


_MARKS = {'"': "quotation mark", "'": "quotation mark", "]": "bracket", "}": "bracket"}


def _error_line(error: yaml.MarkedYAMLError, text: str) -> int:
    """Counted from 0. What is never closed is noticed at the end of the file, but told where it begins."""
    last = text.rstrip().count("\n")
    mark = error.problem_mark or error.context_mark
    begins = ("quoted scalar", "flow mapping", "flow sequence", "simple key")
    if error.context_mark and (
        mark is None or mark.line > last or any(word in (error.context or "") for word in begins)
    ):
        mark = error.context_mark
    return min(mark.line, last) if mark else 0


def _explain(error: yaml.MarkedYAMLError, lines: Sequence[str]) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    before = _before(error.problem_mark, lines)
    if "did not find expected key" in said and before in _MARKS:
        return f"the text goes on after its closing {_MARKS[before]}; put the whole text in quotes."
    for words, sentence in _EXPLANATIONS:
        if words in said:
            return sentence
    return f"this is not YAML we can read ({' '.join(said.split())}); check the indentation and the quotes."


def _before(mark: Any, lines: Sequence[str]) -> str:
    """The sign in front of this place, spaces left out; empty at the start of a line."""
    return lines[mark.line][: mark.column].rstrip()[-1:] if mark and mark.line < len(lines) else ""
