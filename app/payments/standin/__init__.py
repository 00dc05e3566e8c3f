"""A local stand-in for Stripe: its wire format, a payment page, signed webhooks, and no money.

One program for ``run.py`` and for the tests; see ``StandIn``. Nothing here imports the application.
"""

from .cards import BANK_DEBIT, CONFIRM_LATER, DECLINED, DECLINED_LATER, VISA
from .errors import ApiError
from .server import serving
from .standin import StandIn
from .state import API_VERSION
from .transport import post_to_app

__all__ = [
    "API_VERSION",
    "BANK_DEBIT",
    "CONFIRM_LATER",
    "DECLINED",
    "DECLINED_LATER",
    "VISA",
    "ApiError",
    "StandIn",
    "post_to_app",
    "serving",
]
