"""The calculated fields of a worksheet, worked out from the other answers. Pure; never raises on any answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any

from app.curriculum import expressions, scalars
from app.curriculum.expressions import ExpressionError, Missing, Node, Reference, Value
from app.curriculum.field_kinds import filled_rows
from app.curriculum.field_types import (
    CalculatedField,
    Column,
    Field,
    GroupField,
    NumberField,
    Part,
    TableField,
)
from app.curriculum.field_types import Result as ResultSpec
from app.curriculum.schema import Worksheet


@dataclass(frozen=True)
class ResultValue:
    """One result: the exact `number` (85 % is 0.85) and its `text` for people, or `missing`: why there is none.

    `explain` is the author's formula in words, `worked` the same with the person's own numbers.
    """

    key: str
    label: str
    number: Decimal | None
    text: str
    explain: str
    worked: str
    missing: str


Answers = Mapping[str, Any]
Results = dict[str, dict[str, ResultValue]]


def calculated(worksheet: Worksheet, answers: Answers) -> Results:
    """Field id → result key → result, for every calculated field, in the order of the worksheet."""
    found: Results = {}
    for field in worksheet.fields():
        if isinstance(field, CalculatedField):
            found[field.id] = {}
            for spec in field.results:
                found[field.id][spec.key] = _work_out(spec, _Inputs(worksheet, answers, found))
    return found


class _Inputs:
    """Gives an expression the numbers it refers to, or says which of them is not there yet."""

    def __init__(
        self, worksheet: Worksheet, answers: Answers, results: Mapping[str, Mapping[str, ResultValue]]
    ):
        self._worksheet = worksheet
        self._answers = answers
        self._results = results

    def __call__(self, reference: Reference) -> Value:
        field = self._worksheet.field(reference.field)
        answer = self._answers.get(reference.field)
        match field:
            case NumberField():
                return _number(field, answer, f"{field.label} ({field.id})")
            case GroupField():
                part = field.part(reference.member or "")
                given = answer.get(reference.member) if isinstance(answer, Mapping) else None
                if part:
                    return _number(part, given, f"{part.label} ({field.id})")
            case TableField():
                return self._column(field, answer, reference.member)
            case CalculatedField():
                result = self._results.get(field.id, {}).get(reference.member or "")
                if result and result.number is not None:
                    return result.number
                raise Missing(
                    result.missing if result else f"{field.label} ({field.id}) is not worked out yet."
                )
        raise Missing(f"{reference} is not part of this worksheet.")

    def _column(self, field: TableField, answer: Any, key: str | None) -> list[Decimal]:
        rows = filled_rows(field, answer)
        if key is None:
            return [Decimal(1)] * len(rows)
        column = field.column(key)
        if column is None:
            raise Missing(f"{field.label} ({field.id}) has no column for this.")
        cells = [row[key] for row in rows if row[key]]
        if not cells:
            raise Missing(f"Still missing: {column.label} in {field.label} ({field.id}).")
        return [_number(column, cell, f"{column.label} in {field.label} ({field.id})") for cell in cells]


def _number(spec: Field | Column | Part, answer: Any, name: str) -> Decimal:
    stored = scalars.clean(scalars.Kind.of(spec), answer)
    if not stored:
        raise Missing(f"Still missing: {name}.")
    number = scalars.as_decimal(stored)
    if number is None:
        raise Missing(f"Not a number yet: {name}.")
    return number / 100 if spec.type == "percent" else number


def _work_out(spec: ResultSpec, inputs: _Inputs) -> ResultValue:
    try:
        tree = _parsed(spec.expression)
        _all_there(tree, inputs)
        number = expressions.evaluate(tree, inputs)
        text, worked = result_text(spec, number), _worked(tree, inputs, number)
    except (Missing, DecimalException) as reason:
        sentence = str(reason) if isinstance(reason, Missing) else "These numbers are too large to work with."
        return ResultValue(spec.key, spec.label, None, "", spec.explain or "", "", sentence)
    except ExpressionError as error:
        return ResultValue(
            spec.key, spec.label, None, "", spec.explain or "", "", f"The formula is wrong: {error}."
        )
    return ResultValue(spec.key, spec.label, number, text, spec.explain or "", worked, "")


@lru_cache(maxsize=1024)
def _parsed(expression: str) -> Node:
    return expressions.parse(expression)


def _all_there(tree: Node, inputs: _Inputs) -> None:
    """Names everything that is missing at once, so nobody fills in one number to be told of the next."""
    sentences: dict[str, None] = {}
    for reference in expressions.references(tree):
        try:
            inputs(reference)
        except Missing as reason:
            sentences[str(reason)] = None
    if sentences:
        raise Missing(_joined(sentences))


def _joined(sentences: Iterable[str]) -> str:
    """What is missing in one sentence, other trouble after it."""
    start = "Still missing: "
    gaps = [s.removeprefix(start).removesuffix(".") for s in sentences if s.startswith(start)]
    others = [s for s in sentences if not s.startswith(start)]
    names = dict.fromkeys(name for gap in gaps for name in gap.split("; "))
    return " ".join([f"{start}{'; '.join(names)}."] * bool(names) + others)


def result_text(spec: ResultSpec, number: Decimal) -> str:
    """The number for people: 35 sessions a month · 85% · 103.6 · 3,166.50."""
    match spec.format:
        case "integer":
            text = f"{scalars.rounded(number, 0):,}"
        case "percent":
            text = f"{scalars.rounded(number * 100, 0):,}%"
        case "currency":
            text = scalars.format_number(number, "currency")
        case _:
            text = scalars.format_number(scalars.rounded(number, 1))
    return scalars.with_unit("0" + text.removeprefix("-0") if text in ("-0", "-0%") else text, spec.unit)


def _worked(tree: Node, inputs: _Inputs, number: Decimal) -> str:
    """`3,166 ÷ (95 − 4) = 34.8, rounded up`; empty where there is nothing to work out."""
    match tree:
        case expressions.Reference() | expressions.Number() | expressions.Call("sum" | "count"):
            return ""
        case expressions.Call("ceil" | "floor" | "round" as name, (inner, *_)):
            exact = scalars.format_number(scalars.rounded(expressions.evaluate(inner, inputs), 1))
            how = {"ceil": "rounded up", "floor": "rounded down", "round": "rounded"}[name]
            return f"{expressions.written_out(inner, inputs)} = {exact}, {how}"
    return f"{expressions.written_out(tree, inputs)} = {scalars.format_number(scalars.rounded(number, 4))}"
