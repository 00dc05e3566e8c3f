"""What the parameter types cannot say: rules between fields, limits, and what the stand-in does not play.

Every function returns nothing or raises ApiError. Amounts are integers in the currency's smallest unit (cents),
instants are epoch seconds. What Stripe can do and the stand-in cannot is refused by name, never quietly ignored.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from .errors import not_played, wrong

SHORTEST_LIFE, LONGEST_LIFE = 30 * 60, 24 * 3600
SMALLEST, LARGEST = 50, 99_999_999
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,200}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")

_SESSION_PARAMS = frozenset(
    [
        "allow_promotion_codes",
        "allowed_payment_method_types",
        "adaptive_pricing",
        "automatic_tax",
        "billing_address_collection",
        "cancel_url",
        "client_reference_id",
        "consent_collection",
        "currency",
        "custom_text",
        "customer",
        "customer_creation",
        "customer_email",
        "excluded_payment_method_types",
        "expand",
        "expires_at",
        "invoice_creation",
        "line_items",
        "locale",
        "metadata",
        "mode",
        "payment_intent_data",
        "phone_number_collection",
        "setup_intent_data",
        "submit_type",
        "success_url",
        "tax_id_collection",
        "ui_mode",
    ]
)
_MUST_BE_OFF = (
    "adaptive_pricing",
    "automatic_tax",
    "invoice_creation",
    "phone_number_collection",
    "tax_id_collection",
)
_INTENT_DATA = frozenset(
    [
        "description",
        "metadata",
        "receipt_email",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
    ]
)
_SETUP_DATA = frozenset(["description", "metadata"])
_INTENT_PARAMS = _INTENT_DATA | frozenset(
    [
        "amount",
        "automatic_payment_methods",
        "confirm",
        "currency",
        "customer",
        "error_on_requires_action",
        "expand",
        "off_session",
        "payment_method",
    ]
)
_CUSTOMER_PARAMS = frozenset(
    ["address", "description", "email", "expand", "metadata", "name", "phone", "preferred_locales"]
)
_PRICE_DATA = frozenset(("currency", "product_data", "unit_amount"))


def check_session(given: dict[str, Any], now: int) -> None:
    """May this session be created?"""
    only_played(given, _SESSION_PARAMS)
    for name in _MUST_BE_OFF:
        if given.get(name, {"enabled": False}) != {"enabled": False}:
            raise not_played(name, name)
    if given.get("allow_promotion_codes"):
        raise not_played("promotion codes", "allow_promotion_codes")
    if given.get("ui_mode", "hosted_page") != "hosted_page":
        raise not_played("any page but the hosted one", "ui_mode")
    _check_mode(given)
    _check_addresses(given)
    if given["mode"] == "setup":
        _check_setup(given)
    else:
        _check_payment(given)
    check_expiry(given.get("expires_at"), now)
    _check_payer(given)
    check_metadata(given.get("metadata"), "metadata")
    if "allowed_payment_method_types" in given and "excluded_payment_method_types" in given:
        raise wrong("Give allowed_payment_method_types or excluded_payment_method_types, not both.")


def only_played(given: dict[str, Any], played: frozenset[str], prefix: str = "") -> None:
    for name in given:
        if name not in played:
            param = f"{prefix}[{name}]" if prefix else name
            raise not_played(param, param)


def _check_mode(given: dict[str, Any]) -> None:
    if "mode" not in given:
        raise wrong("Missing required param: mode.", "mode", "parameter_missing")
    if given["mode"] not in ("payment", "setup"):
        raise not_played(f"mode={given['mode']}", "mode")


def _check_payment(given: dict[str, Any]) -> None:
    """Something is paid for."""
    if "setup_intent_data" in given:
        raise wrong("setup_intent_data can only be given in setup mode.", "setup_intent_data")
    if "currency" in given:
        raise not_played("a currency beside that of the lines", "currency")
    check_lines(given.get("line_items", []))
    _check_intent_data(given.get("payment_intent_data", {}))


def _check_setup(given: dict[str, Any]) -> None:
    """A card is saved and nothing is paid for."""
    for name in ("line_items", "payment_intent_data", "submit_type"):
        if given.get(name):
            raise wrong(f"{name} cannot be given in setup mode.", name)
    if "currency" not in given:
        raise wrong("currency is required in setup mode.", "currency", "parameter_missing")
    check_currency(given["currency"])
    if "customer" not in given:
        raise not_played("saving a card for nobody we know", "customer")
    data = given.get("setup_intent_data", {})
    only_played(data, _SETUP_DATA, "setup_intent_data")
    check_metadata(data.get("metadata"), "setup_intent_data[metadata]")


def _check_addresses(given: dict[str, Any]) -> None:
    if "success_url" not in given:
        raise wrong("Missing required param: success_url. The hosted page returns there.", "success_url")
    for name in ("success_url", "cancel_url"):
        url = given.get(name)
        if url is not None:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.netloc:
                raise wrong(f"Not a valid URL: {url}", name, "url_invalid")


def check_lines(lines: list[dict[str, Any]]) -> None:
    """Prices are positive whole cents, one currency, and the total is one that Stripe charges."""
    if not lines:
        raise wrong("line_items is required in payment mode.", "line_items", "parameter_missing")
    for i, line in enumerate(lines):
        _check_line(line, f"line_items[{i}]")
    currencies = {line["price_data"]["currency"].lower() for line in lines}
    if len(currencies) > 1:
        raise wrong(f"All line items share one currency, these have {sorted(currencies)}.", "line_items")
    check_amount(sum(line["price_data"]["unit_amount"] * line["quantity"] for line in lines), "line_items")


def _check_line(line: dict[str, Any], at: str) -> None:
    if "price_data" not in line:
        raise wrong(f"Give {at}[price] or {at}[price_data].", at, "parameter_missing")
    price = line["price_data"]
    only_played(price, _PRICE_DATA, f"{at}[price_data]")
    check_currency(price["currency"], f"{at}[price_data][currency]")
    for name in ("product_data", "unit_amount"):
        if name not in price:
            param = f"{at}[price_data][{name}]"
            raise wrong(f"Missing required param: {param}.", param, "parameter_missing")
    if price["unit_amount"] <= 0:
        param = f"{at}[price_data][unit_amount]"
        raise wrong("An amount is a positive whole number of cents.", param, "parameter_invalid_integer")
    if line.get("quantity", 0) <= 0:
        raise wrong("quantity must be at least 1.", f"{at}[quantity]", "parameter_invalid_integer")


def check_currency(currency: str, param: str = "currency") -> None:
    """Three letters."""
    if not re.fullmatch(r"[A-Za-z]{3}", currency):
        raise wrong(f"Invalid currency: {currency}", param)


def check_amount(amount: int, param: str = "amount") -> None:
    """Within what Stripe charges in one payment (in US dollars: 50 cents to $999,999.99)."""
    if amount < SMALLEST:
        raise wrong(f"The total must be at least {SMALLEST} cents.", param, "amount_too_small")
    if amount > LARGEST:
        raise wrong("The total has more than eight digits.", param, "amount_too_large")


def check_expiry(expires_at: int | None, now: int) -> None:
    """30 minutes to 24 hours from now, both included."""
    if expires_at is None:
        return
    if not SHORTEST_LIFE <= expires_at - now <= LONGEST_LIFE:
        raise wrong("expires_at must lie between 30 minutes and 24 hours from now.", "expires_at")


def _check_payer(given: dict[str, Any]) -> None:
    if "customer" in given and "customer_email" in given:
        raise wrong("Give customer or customer_email, not both.", "customer_email")
    if "customer" in given and "customer_creation" in given:
        raise wrong("customer_creation has no meaning with an existing customer.", "customer_creation")
    check_email(given.get("customer_email"), "customer_email")
    reference = given.get("client_reference_id")
    if reference is not None and not _REFERENCE.fullmatch(reference):
        raise wrong("client_reference_id takes up to 200 letters, digits, - and _.", "client_reference_id")
    if given.get("consent_collection", {}).get("promotions", "none") != "none":
        raise not_played("consent to promotions", "consent_collection[promotions]")


def _check_intent_data(given: dict[str, Any]) -> None:
    only_played(given, _INTENT_DATA, "payment_intent_data")
    check_metadata(given.get("metadata"), "payment_intent_data[metadata]")
    check_email(given.get("receipt_email"), "payment_intent_data[receipt_email]")
    for name in ("statement_descriptor", "statement_descriptor_suffix"):
        if len(given.get(name, "")) > 22 or set(given.get(name, "")) & set("<>\\'\"*"):
            raise wrong("At most 22 characters, none of < > \\ ' \" *.", f"payment_intent_data[{name}]")


def check_intent(given: dict[str, Any]) -> None:
    """A charge without the person present: everything has to be known and confirmed in the one call."""
    only_played(given, _INTENT_PARAMS)
    check_amount(given["amount"])
    check_currency(given["currency"])
    if given.get("off_session") is not True or given.get("confirm") is not True:
        raise not_played("payment intents other than confirm=true with off_session=true", "off_session")
    for name in ("customer", "payment_method"):
        if name not in given:
            raise wrong(
                f"Missing required param: {name}. It is needed off-session.", name, "parameter_missing"
            )
    check_metadata(given.get("metadata"), "metadata")
    check_email(given.get("receipt_email"), "receipt_email")


def check_customer(given: dict[str, Any]) -> None:
    """May a customer have these?"""
    only_played(given, _CUSTOMER_PARAMS)
    check_email(given.get("email") or None, "email")
    check_metadata(given.get("metadata"), "metadata")


def check_email(email: str | None, param: str) -> None:
    """Looks like an address."""
    if email is not None and (not _EMAIL.fullmatch(email) or len(email) > 512):
        raise wrong(f"Invalid email address: {email}", param, "email_invalid")


def check_metadata(metadata: dict[str, str] | None, param: str) -> None:
    """At most 50 keys of 40 characters with values of 500 characters."""
    if metadata and len(metadata) > 50:
        raise wrong("metadata takes at most 50 keys.", param)
    for key, value in (metadata or {}).items():
        if len(key) > 40 or len(value) > 500:
            raise wrong("metadata takes keys of 40 and values of 500 characters.", f"{param}[{key}]")
