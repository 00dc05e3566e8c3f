"""The arithmetic of calculated fields: `ceil(sum({1.E.1.amount}) / ({1.E.3.price} - 4))`.

Our own small grammar, never Python's `eval`: numbers, + - * / ( ), six functions and references in braces.
Length and depth are bounded, numbers are `Decimal`. Authors get `ExpressionError` with the position; people who
fill in a worksheet get `Missing` with a sentence, never an error.
"""

from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, DecimalException, localcontext

from app.curriculum.expression_parser import parse
from app.curriculum.expression_tree import (
    Call,
    ExpressionError,
    Missing,
    Negative,
    Node,
    Number,
    Operation,
    Reference,
    calls,
    references,
)
from app.curriculum.scalars import format_number, rounded

__all__ = [
    "Call",
    "ExpressionError",
    "Missing",
    "Negative",
    "Node",
    "Number",
    "Operation",
    "Reference",
    "calls",
    "evaluate",
    "parse",
    "references",
    "written_out",
]

Value = Decimal | Sequence[Decimal]
Lookup = Callable[[Reference], Value]
_SIGNS = {"*": "×", "/": "÷", "-": "−", "+": "+"}


def evaluate(node: Node, lookup: Lookup) -> Decimal:
    """The number. `lookup` gives a number or, for a table column, all its numbers. Raises Missing."""
    try:
        with localcontext(Context(prec=28)):
            return _scalar(_value(node, lookup))
    except DecimalException as error:
        raise Missing("These numbers are too large to work with; check for an extra zero.") from error


def written_out(node: Node, lookup: Lookup) -> str:
    """The same arithmetic with the numbers put in, for people to check by hand: `3,166 ÷ (95 − 4)`."""
    match node:
        case Number(value):
            return format_number(value)
        case Reference():
            return format_number(rounded(_scalar(lookup(node)), 4))
        case Negative(of):
            return f"−{_bracketed(of, lookup)}"
        case Operation(sign, left, right):
            right_text = written_out(right, lookup)
            if isinstance(right, Operation) and not (sign == "+" or (sign == "*" and right.sign in "*/")):
                right_text = f"({right_text})"
            tight = sign in "*/" and isinstance(left, Operation) and left.sign in "+-"
            left_text = written_out(left, lookup)
            return f"{f'({left_text})' if tight else left_text} {_SIGNS[sign]} {right_text}"
        case Call("sum" | "count"):
            return format_number(rounded(evaluate(node, lookup), 4))
        case Call("ceil" | "floor" | "round", (only, *_)):
            return (
                f"({written_out(only, lookup)})" if isinstance(only, Operation) else written_out(only, lookup)
            )
        case Call(name, arguments):
            return f"{name} of {', '.join(written_out(one, lookup) for one in arguments)}"


def _bracketed(node: Node, lookup: Lookup) -> str:
    text = written_out(node, lookup)
    return f"({text})" if isinstance(node, Operation) else text


# --- working out -------------------------------------------------------------------------------------------------


def _value(node: Node, lookup: Lookup) -> Value:
    match node:
        case Number(value):
            return value
        case Reference():
            return lookup(node)
        case Negative(of):
            return -_scalar(_value(of, lookup))
        case Operation(sign, left, right):
            return _operate(sign, _scalar(_value(left, lookup)), _scalar(_value(right, lookup)))
        case Call(name, arguments):
            return _apply(name, [_value(one, lookup) for one in arguments])


def _operate(sign: str, left: Decimal, right: Decimal) -> Decimal:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            if right == 0:
                raise Missing("This would divide by zero; check the numbers it is made from.")
            return left / right


def _apply(name: str, values: list[Value]) -> Decimal:
    first = values[0]
    match name:
        case "sum":
            return first if isinstance(first, Decimal) else sum(first, Decimal(0))
        case "count":
            return Decimal(1) if isinstance(first, Decimal) else Decimal(len(first))
        case "ceil":
            return _steady(_scalar(first)).to_integral_value(rounding=ROUND_CEILING)
        case "floor":
            return _steady(_scalar(first)).to_integral_value(rounding=ROUND_FLOOR)
        case "round":
            places = int(_scalar(values[1])) if len(values) == 2 else 0
            return rounded(_scalar(first), max(0, min(places, 6)))
    flat = [number for value in values for number in ([value] if isinstance(value, Decimal) else value)]
    return min(flat) if name == "min" else max(flat)


def _steady(number: Decimal) -> Decimal:
    """Without the last digits of a division, so that ceil(1 / 3 * 3) is 1 and not 2."""
    return rounded(number, 12)


def _scalar(value: Value) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return sum(value, Decimal(0))
