"""Reads a request by the parameter types of the installed ``stripe`` package.

Those types are generated from Stripe's own description of its API, so an SDK update moves this check with it, and
neither this stand-in nor our code can drift towards what we merely believe Stripe accepts. One walk over the type does
both jobs: it turns form text into values and refuses what does not fit, with the parameter's full name.

Stricter than the types in three ways, as Stripe itself is: an enumeration that the SDK leaves open for future values
is closed, an empty text is allowed only where it means "unset", and an unknown parameter is refused.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions, StripeContext
from stripe._stripe_object import UntypedStripeObject  # no public name; the parameter types name it
from typing_extensions import is_typeddict

from .errors import ApiError, wrong
from .form import Nested, flat_name

Path = tuple[str, ...]
# The SDK hides these from run time in its request-options module; the types that inherit from it need them.
_HIDDEN = {"Mapping": Mapping, "StripeContext": StripeContext}
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]{1,12})?")


def read_params(name: str, tree: Nested) -> dict[str, Any]:
    """The request's parameters as Python values.

    ``name`` is a class of ``stripe.params``, such as ``checkout.SessionCreateParams``. Raises ApiError (a violation)
    naming the first parameter that does not fit.
    """
    package, _, class_name = f"stripe.params.{name}".rpartition(".")
    values: dict[str, Any] = _record(tree, getattr(import_module(package), class_name), ())
    return values


@cache
def _fields(record: type) -> dict[str, Any]:
    """Parameter name → type, without the request options, which travel as headers and never in the body."""
    hints = get_type_hints(record, localns=_HIDDEN)
    return {k: v for k, v in hints.items() if k not in RequestOptions.__annotations__}


def _read(value: Any, kind: Any, path: Path) -> Any:
    if is_typeddict(kind):
        return _record(value, kind, path)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _one_of(value, kind, path)
    if origin is Literal:
        return _choice(value, get_args(kind), path)
    if origin is list:
        return _list(value, get_args(kind)[0], path)
    if origin in (dict, UntypedStripeObject):
        return _mapping(value, get_args(kind)[-1], path)
    return _scalar(value, kind, path)


def _record(value: Any, kind: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(f"Invalid object: {flat_name(path)} takes a group of parameters", flat_name(path))
    fields = _fields(kind)
    for key in value:
        if key not in fields:
            raise _unknown((*path, key))
    values = {key: _read(item, fields[key], (*path, key)) for key, item in value.items()}
    for key in sorted(kind.__required_keys__ - value.keys()):
        name = flat_name((*path, key))
        raise wrong(f"Missing required param: {name}.", name, "parameter_missing")
    return values


def _unknown(path: Path) -> ApiError:
    name = flat_name(path)
    if path[-1] == "payment_method_types":
        return wrong(
            "payment_method_types is no longer supported. Use allowed_payment_method_types instead.",
            name,
            "payment_method_types_no_longer_supported",
        )
    return wrong(f"Received unknown parameter: {name}", name, "parameter_unknown")


def _one_of(value: Any, union: Any, path: Path) -> Any:
    arms = [arm for arm in get_args(union) if arm is not NoneType and _may_fit(value, arm)]
    if any(_is_choice(arm) for arm in arms):
        arms = [arm for arm in arms if arm is not str]  # close the open enumeration
    if not arms:
        raise wrong(f"Invalid value for {flat_name(path)}", flat_name(path))
    first: ApiError | None = None
    for arm in arms:
        try:
            return _read(value, arm, path)
        except ApiError as error:
            # The message worth showing is that of the real alternative, not that of the "unset" arm.
            first = error if first is None or _is_unset(arms[0]) else first
    assert first is not None
    raise first


def _may_fit(value: Any, kind: Any) -> bool:
    grouped = is_typeddict(kind) or get_origin(kind) in (list, dict, UntypedStripeObject)
    nested_union = get_origin(kind) in (Union, UnionType)
    return nested_union or isinstance(value, dict) == grouped


def _is_choice(kind: Any) -> bool:
    return get_origin(kind) is Literal and not _is_unset(kind)


def _is_unset(kind: Any) -> bool:
    return get_args(kind) == ("",)


def _choice(value: Any, allowed: tuple[str, ...], path: Path) -> str:
    if value in allowed:
        return str(value)
    name = flat_name(path)
    raise wrong(f"Invalid {name}: must be one of {', '.join(map(str, allowed))}", name)


def _list(value: Any, kind: Any, path: Path) -> list[Any]:
    if not isinstance(value, dict) or sorted(value) != sorted(map(str, range(len(value)))):
        raise wrong(f"Invalid array: {flat_name(path)}", flat_name(path))
    return [_read(value[str(i)], kind, (*path, str(i))) for i in range(len(value))]


def _mapping(value: Any, kind: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(f"Invalid hash: {flat_name(path)}", flat_name(path))
    # An empty value of a mapping (metadata) means "remove this key", so it is let through.
    return {k: "" if v == "" else _read(v, kind, (*path, k)) for k, v in value.items()}


def _scalar(value: Any, kind: Any, path: Path) -> Any:
    name = flat_name(path)
    if not isinstance(value, str):
        raise wrong(f"Invalid value: {name} takes a single value, not a group", name)
    if kind is bool and value in ("true", "false"):
        return value == "true"
    if kind is int and _INTEGER.fullmatch(value):
        return int(value)
    if kind in (float, Decimal) and _DECIMAL.fullmatch(value):
        return kind(value)
    if kind in (bool, int, float, Decimal):
        word = {bool: "boolean", int: "integer"}.get(kind, "decimal")
        raise wrong(f"Invalid {word}: {value}", name, f"parameter_invalid_{word}")
    if value == "":
        raise wrong(f"{name} was sent empty. Leave it out instead.", name, "parameter_invalid_empty")
    return value
