"""Products, saved prices, and payment methods made from a test token: what Stripe's own command line starts with.

The site itself never asks for them. Every function runs inside ``State.changing()``; amounts are integers in the
currency's smallest unit.
"""

from typing import Any

import stripe

from . import objects, rules
from .cards import CARDS, DECLINED, VISA
from .errors import not_played, wrong
from .state import Object, State

# Stripe's test tokens for cards that the stand-in knows.
TOKENS = {"tok_visa": VISA, "tok_mastercard": "5555555555554444", "tok_chargeDeclined": DECLINED}


def create_product(state: State, given: dict[str, Any]) -> Object:
    """Something that can have a price."""
    rules.only_played(given, frozenset(("description", "metadata", "name")))
    rules.check_metadata(given.get("metadata"), "metadata")
    product = objects.blank(
        stripe.Product,
        id=state.new_id("prod"),
        active=True,
        created=state.now(),
        updated=state.now(),
        description=given.get("description"),
        images=[],
        livemode=False,
        marketing_features=[],
        metadata=given.get("metadata", {}),
        name=given["name"],
        type="service",
    )
    state.emit("product.created", state.add(product))
    return product


def create_price(state: State, given: dict[str, Any]) -> Object:
    """What one unit of a product costs, once."""
    rules.only_played(given, frozenset(("currency", "metadata", "nickname", "product", "unit_amount")))
    for name in ("product", "unit_amount"):
        if name not in given:
            raise wrong(f"Missing required param: {name}.", name, "parameter_missing")
    rules.check_currency(given["currency"])
    rules.check_metadata(given.get("metadata"), "metadata")
    if given["unit_amount"] <= 0:
        raise not_played("a price of nothing", "unit_amount")
    product = state.get("product", given["product"], "product")
    price = state.add(objects.price(state, given["currency"].lower(), given["unit_amount"], product["id"]))
    price.update(active=True, metadata=given.get("metadata", {}), nickname=given.get("nickname"))
    state.emit("price.created", price)
    return price


def priced(state: State, line: dict[str, Any], at: str) -> dict[str, Any]:
    """A line of a session that names a saved price, as the line with ``price_data`` that it stands for."""
    if "price" not in line:
        return line
    if "price_data" in line:
        raise wrong("Give price or price_data, not both.", f"{at}[price]")
    price = state.get("price", line["price"], f"{at}[price]")
    product = state.get("product", price["product"])
    data = {
        "currency": price["currency"],
        "unit_amount": price["unit_amount"],
        "product_data": {"name": product["name"]},
    }
    return {key: value for key, value in line.items() if key != "price"} | {"price_data": data}


def create_method(state: State, given: dict[str, Any]) -> Object:
    """A card from one of Stripe's test tokens. Card numbers are typed on the payment page only."""
    rules.only_played(given, frozenset(("billing_details", "card", "metadata", "type")))
    token = given.get("card", {}).get("token")
    if given.get("type") != "card" or token is None:
        raise not_played("payment methods other than a card's test token", "type")
    if token not in TOKENS:
        raise not_played(f"the token {token}", "card[token]")
    email = given.get("billing_details", {}).get("email")
    rules.check_email(email, "billing_details[email]")
    number = TOKENS[token]
    return state.add(objects.payment_method(state, email, CARDS[number]), number=number)
