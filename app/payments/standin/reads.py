"""Reading: one object, a page of a list, and the expansion of ids into the objects they name."""

import copy
from collections.abc import Callable, Collection
from typing import Any

from .checkout import expire_if_due
from .errors import not_played, wrong
from .objects import listing
from .state import Object, State

_PAGING = {"limit", "starting_after", "ending_before", "expand"}
_DEEPEST = 4


def one(state: State, kind: str, object_id: str) -> Object:
    """The object of that id. Raises ApiError 404."""
    obj = state.get(kind, object_id)
    return expire_if_due(state, obj) if kind == "checkout.session" else obj


def many(
    state: State, kind: str, url: str, given: dict[str, Any], only: Collection[str] | None = None
) -> Object:
    """One page of the objects of a kind, newest first, filtered as asked; ``only``: of those with these ids."""
    if kind == "checkout.session":
        for session in state.all(kind):
            expire_if_due(state, session)
    tests = [_filter(kind, name, wanted) for name, wanted in given.items() if name not in _PAGING]
    found = [o for o in state.all(kind) if only is None or o["id"] in only]
    return page([o for o in found if all(test(o) for test in tests)], url, given)


def page(found: list[Object], url: str, given: dict[str, Any]) -> Object:
    """Cut one page out of a list that is in its final order."""
    limit = given.get("limit", 10)
    if not 1 <= limit <= 100:
        raise wrong("limit lies between 1 and 100.", "limit")
    if "starting_after" in given and "ending_before" in given:
        raise wrong("Give starting_after or ending_before, not both.", "ending_before")
    if "ending_before" in given:
        before = found[: _position(found, given["ending_before"], "ending_before")]
        return listing(url, before[-limit:], len(before) > limit)
    if "starting_after" in given:
        found = found[_position(found, given["starting_after"], "starting_after") + 1 :]
    return listing(url, found[:limit], len(found) > limit)


def _position(found: list[Object], object_id: str, param: str) -> int:
    ids = [o["id"] for o in found]
    if object_id not in ids:
        raise wrong(f"No such object in this list: {object_id}", param, "resource_missing")
    return ids.index(object_id)


def _filter(kind: str, name: str, wanted: Any) -> Callable[[Object], bool]:
    if name in ("created", "arrival_date"):
        return lambda o: _within(o[name], wanted)
    if name == "types":
        return lambda o: o["type"] in wanted
    if name == "delivery_success":
        return lambda o: (o["pending_webhooks"] == 0) == wanted
    if name in ("customer", "payment_intent", "charge", "status", "type", "currency", "source"):
        return lambda o: o.get(name) == wanted
    raise not_played(f"filtering {kind} by {name}", name)


def _within(created: int, wanted: int | dict[str, int]) -> bool:
    if isinstance(wanted, int):
        return created == wanted
    compare = {
        "gt": created.__gt__,
        "gte": created.__ge__,
        "lt": created.__lt__,
        "lte": created.__le__,
    }
    return all(compare[how](bound) for how, bound in wanted.items())


def expanded(state: State, answer: Object, paths: list[str]) -> Object:
    """A copy of the answer with the named ids replaced by their objects. Raises ApiError for what is not an id."""
    answer = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise wrong(f"expand goes {_DEEPEST} levels deep at most: {path}", "expand")
        if answer["object"] == "list":
            if steps[0] != "data":
                raise wrong(f"In a list, expand starts with data.: {path}", "expand")
            for item in answer["data"]:
                _expand(state, item, steps[1:], path)
        else:
            _expand(state, answer, steps, path)
    return answer


def _expand(state: State, obj: Object, steps: list[str], path: str) -> None:
    for name in steps:
        value = _included(state, obj, name)
        if isinstance(value, str) and value in state.objects:
            value = copy.deepcopy(state.objects[value])
        if value is not None and not isinstance(value, dict):
            raise wrong(f"This property cannot be expanded ({path}).", "expand")
        obj[name] = value
        if value is None:
            return
        obj = value


def _included(state: State, obj: Object, name: str) -> Any:
    """The present value of the field; lists that are sent only on request are made here."""
    if obj["object"] == "checkout.session" and name == "line_items":
        return listing(f"/v1/checkout/sessions/{obj['id']}/line_items", state.hidden[obj["id"]]["lines"])
    if obj["object"] == "charge" and name == "refunds":
        given = [r for r in state.all("refund") if r["charge"] == obj["id"]]
        return listing(f"/v1/charges/{obj['id']}/refunds", given)
    if name not in obj:
        raise wrong(f"This property cannot be expanded ({name}).", "expand")
    return obj[name]
