"""What a person sees: the payment page, and receipts. Plain forms, no scripts, nothing inline."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from . import checkout
from .cards import BANK_DEBIT, CARDS, DECLINED
from .errors import ApiError
from .reads import one
from .state import Object, State

TITLE = "Test payment page (no real money)"
_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_DONE = {
    "complete": "This is already paid. Nothing was charged a second time.",
    "expired": "This payment page has expired. Nothing was charged.",
}


def money(cents: int, currency: str) -> str:
    """1234 cents in "usd" as "$12.34", in any other currency as "EUR 12.34"."""
    sign = "$" if currency == "usd" else f"{currency.upper()} "
    return f"{sign}{cents // 100:,}.{cents % 100:02d}"


def instant(seconds: int) -> str:
    """Epoch seconds as a date and time in UTC."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when:%B} {when.day}, {when:%Y, %H:%M} UTC"


class Pages:
    """Answers what a browser asks. The caller sends the webhooks."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._jinja = Environment(
            loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._jinja.filters.update(money=money, instant=instant)
        self._map = Map(
            [
                Rule("/c/pay/<id>", methods=["GET"], endpoint=self._show),
                Rule("/c/pay/<id>", methods=["POST"], endpoint=self._submit),
                Rule("/receipts/<id>", methods=["GET"], endpoint=self._receipt),
                Rule("/assets/page.css", methods=["GET"], endpoint=self._css),
                Rule("/", methods=["GET"], endpoint=self._home),
            ]
        )

    def answer(self, request: Request) -> Response:
        try:
            endpoint, ids = self._map.bind_to_environ(request.environ).match()
            with self.state.changing():
                response: Response = endpoint(request, **ids)
        except HTTPException as error:
            response = self._page(error.code or 404, notice="There is no such page here.", refused=True)
        except ApiError as error:
            response = self._page(error.status, notice=error.message, refused=True)
        response.headers.extend(_HEADERS)
        return response

    def _show(self, request: Request, id: str) -> Response:
        session = one(self.state, "checkout.session", id)
        return self._session_page(200, session)

    def _submit(self, request: Request, id: str) -> Response:
        form, wish = request.form, request.form.get("do")
        try:
            if wish in ("debit-paid", "debit-failed"):
                checkout.finish_debit(self.state, id, wish == "debit-paid")
                return redirect(f"/c/pay/{id}", 303)
            number = DECLINED if wish == "decline" else form.get("card", "")
            # A declining bank is asked before anything else is checked on this page.
            agreed = wish == "decline" or form.get("agreed") == "yes"
            email = form.get("email") or ("declined@example.com" if wish == "decline" else None)
            session = checkout.pay(self.state, id, number, email, agreed)
        except ApiError as error:
            session = one(self.state, "checkout.session", id)
            return self._session_page(error.status, session, error.message, form.get("email", ""))
        return redirect(_return_address(session), 303)

    def _session_page(
        self, status: int, session: Object, refusal: str | None = None, email: str = ""
    ) -> Response:
        asked = session["consent_collection"] or {}
        open_ = session["status"] == "open"
        intent = self.state.objects.get(session["payment_intent"] or "", {})
        return self._page(
            status,
            session=session,
            lines=self.state.hidden[session["id"]]["lines"],
            notice=refusal or self._notice(session, intent),
            refused=bool(refusal),
            email=(session["customer_details"] or {}).get("email"),
            typed_email=email,
            cards=CARDS.values(),
            bank_debit=BANK_DEBIT,
            ask_terms=asked.get("terms_of_service") == "required",
            debit_waiting=intent.get("status") == "processing",
            onward=None if open_ else _onward(session),
        )

    def _notice(self, session: Object, intent: Object) -> str | None:
        if session["status"] == "complete" and session["payment_status"] == "unpaid":
            if intent.get("status") == "processing":
                return "This payment is on its way. Nothing more is needed from you."
            return "The bank could not debit the account. Nothing was paid."
        if session["status"] == "complete" and session["mode"] == "setup":
            return "The card is saved. Nothing was charged."
        return _DONE.get(session["status"])

    def _receipt(self, request: Request, id: str) -> Response:
        return self._page(200, title="Test receipt (no real money)", receipt=self.state.get("charge", id))

    def _home(self, request: Request) -> Response:
        return self._page(
            200, title="Local stand-in for Stripe", notice="It is running. Payments start on the site."
        )

    def _css(self, request: Request) -> Response:
        return Response((_HERE / "page.css").read_bytes(), mimetype="text/css")

    def _page(self, status: int, **values: Any) -> Response:
        text = self._jinja.get_template("page.html").render({"title": TITLE} | values)
        return Response(text, status, mimetype="text/html")


def _return_address(session: Object) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _onward(session: Object) -> str | None:
    return _return_address(session) if session["status"] == "complete" else session["cancel_url"]
