"""Calculated fields: the numbers of the fictional practice come out, gaps are named, mistakes have a position."""

from decimal import Decimal

import pytest

from app.curriculum import expressions
from app.curriculum.calculation import calculated
from app.curriculum.expressions import ExpressionError
from app.curriculum.schema import Worksheet

CAPACITY = Worksheet.model_validate(
    {
        "key": "capacity",
        "title": "Capacity and price",
        "sections": [
            {
                "id": "E",
                "title": "Capacity and price",
                "fields": [
                    {
                        "id": "1.E.1",
                        "label": "Monthly fixed costs",
                        "type": "table",
                        "total": "amount",
                        "columns": [
                            {"key": "item", "label": "Item", "type": "short_text"},
                            {"key": "amount", "label": "Amount", "type": "currency"},
                            {"key": "share", "label": "Share", "type": "percent", "required": False},
                        ],
                    },
                    {"id": "1.E.2", "label": "Owner's pay", "type": "currency"},
                    {
                        "id": "1.E.3",
                        "label": "Price and cost",
                        "type": "group",
                        "parts": [
                            {"key": "price", "label": "Price", "type": "currency"},
                            {"key": "variable_cost", "label": "Variable cost", "type": "currency"},
                        ],
                    },
                    {
                        "id": "1.E.4",
                        "label": "Slots",
                        "type": "group",
                        "parts": [
                            {"key": "slots", "label": "Weekly slots", "type": "number"},
                            {"key": "show-rate", "label": "Show rate", "type": "percent"},
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
                                "format": "integer",
                                "unit": "sessions a month",
                                "expression": "ceil(sum({1.E.1.amount}) / ({1.E.3.price} - {1.E.3.variable_cost}))",
                            },
                            {
                                "key": "target",
                                "label": "Target",
                                "format": "integer",
                                "expression": "ceil((sum({1.E.1.amount}) + {1.E.2})"
                                " / ({1.E.3.price} - {1.E.3.variable_cost}))",
                            },
                            {
                                "key": "utilization",
                                "label": "Utilization",
                                "format": "percent",
                                "expression": "{1.E.5.target} / ({1.E.4.slots} * 4.33)",
                            },
                            {
                                "key": "capacity",
                                "label": "Capacity",
                                "format": "decimal",
                                "expression": "{1.E.4.slots} * 4.33 * {1.E.4.show-rate}",
                            },
                            {
                                "key": "costs",
                                "label": "Costs",
                                "format": "currency",
                                "expression": "sum({1.E.1.amount})",
                            },
                            {
                                "key": "lines",
                                "label": "Lines",
                                "format": "integer",
                                "expression": "count({1.E.1})",
                            },
                        ],
                    },
                ],
            }
        ],
    }
)

HARBORLINE = {
    "1.E.1": [
        {"id": f"r{n}", "item": str(n), "amount": amount}
        for n, amount in enumerate(["1400", "866", "95", "145", "110", "150", "100", "150", "150"])
    ],
    "1.E.2": "5500",
    "1.E.3": {"price": "95", "variable_cost": "4"},
    "1.E.4": {"slots": "26", "show-rate": "92"},
}


def test_harborline_comes_out_as_taught():
    results = calculated(CAPACITY, HARBORLINE)["1.E.5"]
    assert {key: result.text for key, result in results.items()} == {
        "break_even": "35 sessions a month",
        "target": "96",
        "utilization": "85%",
        "capacity": "103.6",
        "costs": "3,166",
        "lines": "9",
    }
    assert all(result.missing == "" for result in results.values())


def test_the_arithmetic_is_written_out_with_the_persons_numbers():
    results = calculated(CAPACITY, HARBORLINE)["1.E.5"]
    assert results["break_even"].worked == "3,166 ÷ (95 − 4) = 34.8, rounded up"
    assert results["utilization"].worked == "96 ÷ (26 × 4.33) = 0.8527"
    assert results["costs"].worked == ""


def test_everything_missing_is_named_at_once_and_only_once():
    results = calculated(CAPACITY, {"1.E.3": {"price": "95"}})["1.E.5"]
    assert results["break_even"].number is None
    assert results["break_even"].missing == (
        "Still missing: Amount in Monthly fixed costs (1.E.1); Variable cost (1.E.3)."
    )
    assert results["utilization"].missing.count("Variable cost") == 1
    assert results["utilization"].missing.endswith("Weekly slots (1.E.4).")
    assert results["lines"].text == "0"


@pytest.mark.parametrize(
    ("price", "missing"),
    [
        ("4", "This would divide by zero; check the numbers it is made from."),
        ("ninety", "Not a number yet: Price (1.E.3)."),
    ],
)
def test_no_result_says_why(price, missing):
    answers = HARBORLINE | {"1.E.3": {"price": price, "variable_cost": "4"}}
    assert calculated(CAPACITY, answers)["1.E.5"]["break_even"].missing == missing


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"1.E.1": "text", "1.E.2": ["a"], "1.E.3": 5, "1.E.4": None},
        {"1.E.1": [3, None, {"amount": {"a": 1}}]},
        {
            "1.E.2": "9" * 15,
            "1.E.3": {"price": "0.000001", "variable_cost": "0"},
            "1.E.1": [{"amount": "9" * 15}] * 99,
        },
    ],
)
def test_no_answer_makes_it_fail(answers):
    assert set(calculated(CAPACITY, answers)["1.E.5"]) == {
        "break_even",
        "target",
        "utilization",
        "capacity",
        "costs",
        "lines",
    }


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("8 / 4 / 2", "1"),
        ("10 - 4 - 3", "3"),
        ("-2 * -3", "6"),
        ("ceil(34.8)", "35"),
        ("floor(-0.5)", "-1"),
        ("ceil(1 / 3 * 3)", "1"),
        ("round(2.5)", "3"),
        ("round(103.582, 1)", "103.6"),
        ("min(3, 1, 2)", "1"),
        ("max(sum(1), 2)", "2"),
        ("0.1 + 0.2", "0.3"),
        ("  7  ", "7"),
        ("-(4 - 6)", "2"),
    ],
)
def test_arithmetic(text, number):
    assert expressions.evaluate(expressions.parse(text), lambda reference: Decimal(0)) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a number, a reference in braces or a bracket is missing (at character 1)"),
        ("2 +", "a number, a reference in braces or a bracket is missing (at character 4)"),
        ("2 3", "“3” was not expected here; an operator is missing (at character 3)"),
        ("(2 + 3", "“)” is missing (at character 7)"),
        ("2 ** 3", "a number, a reference in braces or a bracket is missing (at character 4)"),
        ("__import__", "“_” is not part of an expression (at character 1)"),
        (
            "eval(1)",
            "there is no function “eval”; the functions are sum, count, ceil, floor, round, min, max "
            "(at character 1)",
        ),
        ("1 % 2", "“%” is not part of an expression (at character 3)"),
        ("{price}", "“{price}” is not a reference; write {1.E.2} or {1.E.3.price} (at character 2)"),
        ("{1.E.3", "“{” is not part of an expression (at character 1)"),
        ("sum(1, 2)", "sum() was given 2 values (at character 1)"),
        ("1.2.3", "“.” is not part of an expression (at character 4)"),
        ("1" * 501, "an expression has at most 500 characters, this one 501 (at character 500)"),
        ("(" * 40 + "1" + ")" * 40, "more than 30 levels of brackets (at character 32)"),
        ("-" * 40 + "1", "more than 30 levels of brackets (at character 32)"),
    ],
)
def test_an_authors_mistake_has_a_position(text, message):
    with pytest.raises(ExpressionError) as error:
        expressions.parse(text)
    assert str(error.value) == message


def test_the_longest_expression_is_worked_out():
    text = "+".join("1" * 250)
    assert expressions.evaluate(expressions.parse(text), lambda reference: Decimal(0)) == 250
