"""YAML as authors write it: every value with its line, and nothing guessed.

A plain value stays the text that was typed. The schema alone decides what is a number or a true/false, so `no` is
never a boolean, `11:00` never 660, `1.10` never 1.1 and `2026-02-30` never a crash. Anchors, tags, second
documents and deep nesting are refused. The tree is built from the parser's events without recursion: a hostile
file costs a sentence, not the process.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_DEPTH = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = ("", "~", "null", "Null", "NULL")


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


@dataclass
class Items:
    line: int
    values: list["Tree"] = field(default_factory=list)


@dataclass
class Mapping:
    line: int
    values: dict[str, "Tree"] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    repeated: list[tuple[str, int, int]] = field(default_factory=list)  # key, its line, the line of the first


Tree = Scalar | Items | Mapping


def parse(text: str, first_line: int = 1) -> Tree:
    """The tree of one YAML document; lines are counted from `first_line`. Raises YamlError."""
    try:
        return _build(yaml.parse(text, Loader=_LOADER), first_line)
    except yaml.MarkedYAMLError as error:
        raise YamlError(_error_line(error, text) + first_line, _explain(error)) from error
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


def line_of(tree: Tree, path: Sequence[Any]) -> int:
    """The line of what `path` leads to; of the last thing on the way that exists, where it leads nowhere.

    Steps that are not in the tree are skipped, because pydantic puts the name of a variant between two real steps.
    """
    line = tree.line
    for step in path:
        if isinstance(tree, Mapping) and step in tree.values:
            line = tree.key_lines[step]
            tree = tree.values[step]
        elif isinstance(tree, Items) and isinstance(step, int) and step < len(tree.values):
            tree = tree.values[step]
            line = tree.line
    return line


def repeated_keys(tree: Tree) -> Iterator[tuple[str, int, int]]:
    """Every key written twice in one mapping: key, its line, the line of the first."""
    match tree:
        case Items(values=values):
            for value in values:
                yield from repeated_keys(value)
        case Mapping(values=entries, repeated=repeated):
            yield from repeated
            for value in entries.values():
                yield from repeated_keys(value)


def _build(events: Any, first_line: int) -> Tree:
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
            is_null = event.implicit[0] and event.value in _NULLS  # implicit: plain, without quotes
            _place(open_nodes, keys, Scalar(line, None if is_null else event.value))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            _refuse_tag(event, line)
            if len(open_nodes) > MAX_DEPTH:
                raise YamlError(line, f"this is nested more than {MAX_DEPTH} levels deep.")
            node = Mapping(line) if isinstance(event, yaml.MappingStartEvent) else Items(line)
            _place(open_nodes, keys, node)
            open_nodes.append(node)
            keys.append(None)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            open_nodes.pop()
            keys.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and root.values:
            raise YamlError(line, "a second “---” begins another document; one file holds one.")
    return root.values[0] if root.values else Scalar(first_line, None)


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


def _error_line(error: yaml.MarkedYAMLError, text: str) -> int:
    """Counted from 0. What is never closed is noticed at the end of the file, but told where it begins."""
    last = text.rstrip().count("\n")
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and (mark.line > last or "quoted scalar" in (error.context or "")):
        mark = error.context_mark
    return min(mark.line, last) if mark else 0


def _explain(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    for words, sentence in _EXPLANATIONS:
        if words in said:
            return sentence
    return f"this is not YAML we can read ({' '.join(said.split())}); check the indentation and the quotes."
