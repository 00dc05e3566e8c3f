"""From a tree of YAML to a value of the schema, with every mistake told to the author in plain words."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.curriculum import yaml_tree
from app.curriculum.folder import Folder
from app.curriculum.loaded import Loaded, Model
from app.curriculum.yaml_tree import Mapping, Tree, YamlError


def read_yaml(folder: Folder, file: str, model: type[Model]) -> Loaded[Model] | None:
    """The file as a value of the schema; None after reporting what is wrong."""
    text = folder.text(file)
    return None if text is None else check_yaml(folder, file, text, model)


def check_yaml(
    folder: Folder, file: str, text: str, model: type[Model], first_line: int = 1
) -> Loaded[Model] | None:
    try:
        tree = yaml_tree.parse(text, first_line)
    except YamlError as error:
        folder.problem(file, error.line, error.sentence)
        return None
    for line, sentence in yaml_tree.slips(tree):
        folder.problem(file, line, sentence)
    if not isinstance(tree, Mapping):
        folder.problem(file, tree.line, "this must be a list of “key: value” lines.")
        return None
    return check_tree(folder, file, tree, model)


def check_tree(folder: Folder, file: str, tree: Mapping, model: type[Model]) -> Loaded[Model] | None:
    """The value; without its unknown keys where those are all that is wrong, so that the rest is checked as well."""
    try:
        return Loaded(model.model_validate(yaml_tree.plain(tree)), file, tree)
    except ValidationError as error:
        mistakes = error.errors(include_url=False, include_context=True)
    for mistake in mistakes:
        if mistake["type"] == "too_short" and _has_inner_mistake(mistake, mistakes):
            continue  # pydantic counts only the entries that are right
        path = _real_path(tree, mistake["loc"])
        folder.problem(file, _line(tree, path, mistake), _sentence(tree, path, mistake, model))
    return _without_unknown(mistakes, file, tree, model)


def _without_unknown(
    mistakes: Sequence[ErrorDetails], file: str, tree: Mapping, model: type[Model]
) -> Loaded[Model] | None:
    if any(mistake["type"] != "extra_forbidden" for mistake in mistakes):
        return None
    for mistake in mistakes:
        path = _real_path(tree, mistake["loc"])
        parent = yaml_tree.node_at(tree, path[:-1])
        if not isinstance(parent, Mapping) or _is_piece_of_text(parent, str(path[-1])):
            return None  # what it belongs to is wrong as well
        parent.values.pop(str(path[-1]), None)
    try:
        return Loaded(model.model_validate(yaml_tree.plain(tree)), file, tree)
    except ValidationError:
        return None  # a mistake that showed only now is told once the others are mended


def _has_inner_mistake(mistake: ErrorDetails, mistakes: Sequence[ErrorDetails]) -> bool:
    outer = mistake["loc"]
    return any(len(one["loc"]) > len(outer) and one["loc"][: len(outer)] == outer for one in mistakes)


def _real_path(tree: Tree, location: Sequence[int | str]) -> list[int | str]:
    """The steps of a pydantic location that authors can see: without the names of variants."""
    path: list[int | str] = []
    for number, step in enumerate(location):
        if _is_variant(tree, step) and number < len(location) - 1:
            continue
        if isinstance(tree, Mapping) and step in tree.values:
            tree = tree.values[str(step)]
        elif isinstance(tree, yaml_tree.Items) and isinstance(step, int) and step < len(tree.values):
            tree = tree.values[step]
        elif number < len(location) - 1:
            continue
        path.append(step)
    return path


def _is_variant(tree: Tree, step: int | str) -> bool:
    """Whether pydantic put the type of this entry where authors see none."""
    return (
        isinstance(tree, Mapping) and "type" in tree.values and yaml_tree.plain(tree.values["type"]) == step
    )


def _line(tree: Tree, path: Sequence[int | str], mistake: ErrorDetails) -> int:
    """Of a missing key: the line of what lacks it. Of an unknown type: the line that names it."""
    if mistake["type"] == "union_tag_invalid":
        path = [*path, "type"]
    return yaml_tree.line_of(tree, path[:-1] if mistake["type"] == "missing" else path)


def _sentence(tree: Tree, path: Sequence[int | str], mistake: ErrorDetails, model: type[BaseModel]) -> str:
    where = _where(path)
    context = mistake.get("ctx", {})
    kind = mistake["type"]
    if kind == "extra_forbidden":
        return f"there is no key “{path[-1]}” {_in(path[:-1])}; {_meant(tree, path, model)}"
    if kind == "missing":
        return f"“{path[-1]}” is missing {_in(path[:-1])}."
    if mistake.get("input") is None:
        return f"{where} is empty; write its value or remove the line."
    say = _example(path) if kind == "string_pattern_mismatch" else _SENTENCES.get(kind)
    if say:
        words = {"input": _short(mistake.get("input"))} | {
            k: str(v).replace("'", "") for k, v in context.items()
        }
        return f"{where} {say.format(**words)}."
    return f"{where}: {mistake['msg'].removeprefix('Value error, ')}."


_SENTENCES = {
    "string_type": "must be a text",
    "string_too_short": "is empty; write its text or remove the line",
    "string_too_long": "is too long; at most {max_length} characters",
    "int_type": "must be a whole number",
    "int_parsing": "is “{input}”; write a whole number in digits, like 12",
    "decimal_parsing": "is “{input}”; write a number in digits, like 12 or 2.5",
    "decimal_type": "must be a number",
    "greater_than_equal": "is {input}; the least is {ge}",
    "less_than_equal": "is {input}; the most is {le}",
    "literal_error": "is “{input}”; it must be {expected}",
    "union_tag_invalid": "has the type “{input}”, which does not exist; the types are {expected_tags}",
    "union_tag_not_found": "has no type; write “type: short_text” or another type",
    "tuple_type": "must be a list, each item on its own line after “- ”",
    "list_type": "must be a list, each item on its own line after “- ”",
    "dict_type": "must be a list of “key: value” lines",
    "model_type": "must be a list of “key: value” lines",
    "model_attributes_type": "must be a list of “key: value” lines",
    "too_short": "needs at least {min_length}; it has {actual_length}",
    "too_long": "has {actual_length} entries; the most is {max_length}",
    "value_error": "is “{input}”: {error}",
}

# A pattern is for programs; authors get an example of what fits it.
_EXAMPLES = {
    "id": "is “{input}”; write a field id like 1.E.3, a section id like E",
    "key": "is “{input}”; write small letters, digits, - and _, like own-premises",
    "feeds": "is “{input}”; write a field id like 1.E.3",
    "criteria": "is “{input}”; write the key of a criterion, like client-path",
    "sources": "is “{input}”; write a source tag like F22",
    "needs": "is “{input}”; write the name of a module without its number, like scope",
    "pairs_with": "is “{input}”; write the name of a module without its number, like scope",
    "starts": "is “{input}”; write a time like 11:00",
    "release_time": "is “{input}”; write a time like 11:00",
    "due_time": "is “{input}”; write a time like 23:59",
    "reason_slug": "is “{input}”; write small letters, digits and -, like lack-of-systems",
    "language": "is “{input}”; write a language like en-US",
    "total": "is “{input}”; write the key of a column",
    "to": "is “{input}”; write a field id like 1.E.3",
    "[key]": "cannot be a key here; write one like F22",
    "file": "is “{input}”; write the name of a file in the module’s media folder, like client-path.png",
    "captions": "is “{input}”; write the name of a file in the module’s media folder, like hand-over.vtt",
    "reason": "is “{input}”; write the reason_slug of a module, like lack-of-systems",
    "tie_order": "holds “{input}”; write the reason_slug of a module, like lack-of-systems",
    "statement": "is “{input}”; write the key of a statement, like 3b",
}


def _example(path: Sequence[int | str]) -> str:
    names = [step for step in path if isinstance(step, str)]
    return _EXAMPLES.get(names[-1] if names else "", "is “{input}”, which cannot be used here")


def _where(path: Sequence[int | str]) -> str:
    names = [str(step) for step in path if isinstance(step, str) and step != "[key]"]
    if not names:
        return "this"
    entry = f"entry {path[-1] + 1} of " if isinstance(path[-1], int) else ""
    return f"{entry}“{names[-1]}”"


def _in(path: Sequence[int | str]) -> str:
    """What kind of thing lacks or has the key: "in this column"."""
    names = [step for step in path if isinstance(step, str)]
    if not names:
        return "here"
    if path and isinstance(path[-1], int):
        return f"in entry {path[-1] + 1} of “{names[-1]}”"
    return f"in “{names[-1]}”"


def _meant(tree: Tree, path: Sequence[int | str], model: type[BaseModel]) -> str:
    """What to do about a key that does not exist: the right name, or the slip that made a key of a piece of text."""
    word, parent = str(path[-1]), yaml_tree.node_at(tree, path[:-1])
    close = get_close_matches(word, _all_keys(model), n=1, cutoff=0.75)
    if close and close[0] != word:
        return f"did you mean “{close[0]}”?"
    if isinstance(parent, Mapping) and _is_piece_of_text(parent, word):
        if ":" in word:
            return "write a space after the colon."
        return "if it belongs to the text before the comma, put that whole text in quotes."
    return "remove it or correct its name."


def _is_piece_of_text(parent: Mapping, word: str) -> bool:
    """Whether a comma between { } made a key of this."""
    node = parent.values.get(word)
    return parent.is_flow and node is not None and yaml_tree.plain(node) is None


def _all_keys(model: type[BaseModel]) -> list[str]:
    """Every key that occurs anywhere in files of this kind."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return sorted({key for part in parts for key in part.get("properties", {})})


def _short(value: Any) -> str:
    text = str(value.get("type", "")) if isinstance(value, dict) else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
