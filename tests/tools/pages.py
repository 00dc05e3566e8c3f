"""Every page there is and who looks at it: the one list that screenshots and the benchmark go through.

Where an address contains an id, `links` lead there: from `path` to the first link that matches, and so on.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import NamedTuple

NOBODY = ""
EMAIL_AND_PASSWORD = re.compile(r"\b(\w+)@(\S+)\s+(\S+)")


MODULE, LESSON = r"/modules/[\w-]+", r"/modules/[\w-]+/[\w-]+"
SAMPLE = r"/modules/[\w-]+/samples/"
SYSTEM, SUBMISSION = r"/systems/\d+", r"/systems/\d+/submissions/\d+"
SECTION = SYSTEM + r"\?section="
COHORT = r"/cohorts/[\w-]+"
RESULT = r"/assessment/results/\d+"
PREVIEW = r"/staff/curriculum/preview/modules/[\w-]+"
ORDER = r"/staff/orders/\d+"
CANCEL = r"/staff/cohorts/[\w-]+/cancel"
STAFF_COHORT = r"/staff/cohorts/[\w-]+"
EMPLOYERS, EMPLOYER = STAFF_COHORT + "/employers", r"/staff/employers/\d+"
PERSON = r"/coaching/people/\d+"
DOCUMENT, FILLED = r"/manual/[\w-]+/[\w-]+", r"/program/documents/[\w-]+/[\w-]+"


class Page(NamedTuple):
    name: str
    path: str
    who: str = NOBODY  # the cast's first name, in lower case
    links: tuple[str, ...] = ()
    press: str = (
        ""  # what the address of a form there ends in, whose button leads on to the page (pictures only)
    )
    is_file: bool = False  # a download: nothing to look at (benchmark only)
    paper: bool = False  # as it is printed (pictures only)


PAGES = (
    Page("home", "/"),
    Page("reasons", "/reasons"),
    Page("reason", "/reasons", links=(r"/reasons/[\w-]+",)),
    Page("program", "/program"),
    Page("sample-documents", "/program/documents"),
    Page("sample-document", "/program/documents", links=(FILLED,)),
    Page("glossary", "/glossary"),
    Page("cohort", "/", links=(COHORT,)),
    Page("cohorts", "/cohorts"),
    Page("assessment", "/assessment"),
    Page("assessment-reason", "/assessment", press="/assessment"),
    Page("assessment-result", "/assessment", "uma", links=(RESULT,)),
    Page("assessment-result-pat", "/assessment", "pat", links=(RESULT,)),
    Page("sign-in", "/sign-in"),
    Page("not-found", "/no-such-page"),
    Page("apply", "/", "pat", links=(COHORT, COHORT + "/apply")),
    Page("account", "/account", "ana"),
    Page("dashboard", "/dashboard", "ana"),
    Page("modules", "/modules", "ana"),
    Page("module", "/modules", "ana", links=(MODULE,)),
    Page("lesson", "/modules", "ana", links=(MODULE, LESSON)),
    Page("sample-good", "/modules", "ana", links=(MODULE, SAMPLE + "good")),
    Page("sample-weak", "/modules", "ana", links=(MODULE, SAMPLE + "weak")),
    Page("lesson-printed", "/modules", "ana", links=(MODULE, LESSON), paper=True),
    Page("system", "/dashboard", "ana", links=(SYSTEM,)),
    Page("section", "/dashboard", "ana", links=(SYSTEM, SECTION + r"\d\.\w")),
    Page("section-table", "/dashboard", "ana", links=(SYSTEM, SECTION + r"\d\.\w", SECTION + r"\d\.B")),
    Page("submit", "/dashboard", "ana", links=(SYSTEM, SECTION + r"\d\.\w", SECTION + "send")),
    Page("system-waiting", "/dashboard", "ben", links=(SYSTEM,)),
    Page("receipt", "/dashboard", "ben", links=(SYSTEM, SUBMISSION)),
    Page("system-accepted", "/dashboard", "uma", links=(SYSTEM,)),
    Page("submission-accepted", "/dashboard", "uma", links=(SYSTEM, SUBMISSION)),
    Page("history", "/dashboard", "ana", links=(SYSTEM, SYSTEM + "/history")),
    Page("history-state", "/dashboard", "ana", links=(SYSTEM, SYSTEM + "/history", SYSTEM + r"/history/\d+")),
    Page("submission", "/dashboard", "ana", links=(SYSTEM, SUBMISSION)),
    Page("manual", "/manual", "ana"),
    Page("manual-bound", "/manual", "uma"),
    Page("chapter", "/manual", "uma", links=(r"/manual/[\w-]+",)),
    Page("document", "/manual", "uma", links=(DOCUMENT,)),
    Page("document-word", "/manual", "uma", links=(DOCUMENT, DOCUMENT + r"\.docx"), is_file=True),
    Page("document-pdf", "/manual", "uma", links=(DOCUMENT, DOCUMENT + r"\.pdf"), is_file=True),
    Page("worksheet-word", "/manual", "ana", links=(SYSTEM + r"/worksheet\.docx",), is_file=True),
    Page("calendar", "/calendar", "ana"),
    Page("calendar-feed", "/calendar/feed", "ana"),
    Page("welcome", "/welcome", "rosalind"),
    Page("welcome-done", "/welcome", "ana"),
    Page("search", "/search?q=consent", "uma"),
    Page("search-nothing", "/search?q=contraindcation", "uma"),
    Page("payments", "/payments", "ana"),
    Page("payments-plan", "/payments", "ben"),
    Page("payments-rest", "/payments", "ben", links=(r"/payments/orders/\d+/rest",)),
    Page("dashboard-ben", "/dashboard", "ben"),
    Page("queue", "/coaching/queue", "cora"),
    Page("compare", "/dashboard", "ana", links=(SYSTEM, SYSTEM + "/compare")),
    Page("review", "/coaching/queue", "cora", press="/review"),
    Page("comments", "/coaching/comments", "cora"),
    Page("people", "/coaching/people", "cora"),
    Page("person", "/coaching/people", "cora", links=(PERSON,)),
    Page("person-staff", "/coaching/people", "sam", links=(PERSON,)),
    Page("client-data", "/coaching/people", "cora", links=(PERSON, r"/submissions/\d+/client-data")),
    Page("withheld", "/coaching/people", "cora", (PERSON, r"/submissions/\d+/client-data"), "/client-data"),
    Page("submit-for", "/coaching/people", "cora", links=(PERSON, PERSON + r"/systems/\d+/submit")),
    Page("example", "/modules", "ana", links=(MODULE, MODULE + r"/examples/\d+")),
    Page("example-consent", "/dashboard", "uma", links=(SYSTEM, SUBMISSION, SUBMISSION + "/example")),
    Page("exemplars", "/coaching/exemplars", "cal"),
    Page("exemplar", "/coaching/exemplars", "cal", links=(r"/coaching/exemplars/\d+",)),
    Page("round", "/coaching/queue", "cora", links=(r"/coaching/rounds/\d+",)),
    Page("quality", "/coaching/quality", "cora"),
    Page("quality-staff", "/coaching/quality", "sam"),
    Page("blind", "/coaching/quality", "cora", links=(r"/coaching/blind/\d+",)),
    Page("subscribe", "/subscribe"),
    Page("funnel", "/staff/funnel", "sam"),
    Page("leads", "/staff/leads", "sam"),
    Page("staff", "/staff", "sam"),
    Page("staff-cohort", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+",)),
    Page("seats", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+", r"/staff/cohorts/[\w-]+/seats")),
    Page("employers", "/staff", "sam", links=(STAFF_COHORT, STAFF_COHORT + "/employers")),
    Page("employer-new", "/staff", "sam", links=(STAFF_COHORT, EMPLOYERS, EMPLOYERS + "/new")),
    Page("employer", "/staff", "sam", links=(STAFF_COHORT, EMPLOYERS, EMPLOYER)),
    Page(
        "employer-unclaimed",
        "/staff",
        "sam",
        links=(STAFF_COHORT, EMPLOYERS, EMPLOYER, EMPLOYER + "/unclaimed"),
    ),
    Page("withdraw", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+", r"/staff/enrollments/\d+/withdraw")),
    Page("defer", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+", r"/staff/enrollments/\d+/defer")),
    Page("cancel", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+", r"/staff/cohorts/[\w-]+/seats", CANCEL)),
    Page("cancelled", "/staff", "sam", links=(CANCEL,)),
    Page("questions", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+", r"/staff/cohorts/[\w-]+/questions")),
    Page("application", "/staff", "sam", links=(r"/staff/cohorts/[\w-]+", r"/staff/applications/\d+")),
    Page("codes", "/staff/codes", "sam"),
    Page("new-code", "/staff/codes/new", "sam"),
    Page("code", "/staff/codes", "sam", links=(r"/staff/codes/\d+",)),
    Page("staff-order", "/staff/money", "sam", links=(ORDER,)),
    Page("staff-entry", "/staff/money", "sam", links=(ORDER, ORDER + "/payments")),
    Page("staff-installment", "/staff/money", "sam", links=(ORDER, ORDER + r"/installments/\d+")),
    Page("staff-money", "/staff/money", "sam"),
    Page("staff-webhooks", "/staff/webhooks", "sam"),
    Page("reports", "/staff/reports", "sam"),
    Page("report-cash", "/staff/reports/cash?period=quarter", "sam"),
    Page("report-cash-year", "/staff/reports/cash?period=year", "sam"),
    Page("report-cash-typed", "/staff/reports/cash?from=2026-02-30&until=2026-03-31", "sam"),
    Page("report-receivables", "/staff/reports/receivables", "sam"),
    Page("report-revenue", "/staff/reports/revenue?period=year", "sam"),
    Page("report-discounts", "/staff/reports/discounts?period=year", "sam"),
    Page("report-refunds", "/staff/reports/refunds?period=year", "sam"),
    Page("report-refunds-none", "/staff/reports/refunds?from=2020-01-01&until=2020-01-31", "sam"),
    Page("report-payouts", "/staff/reports/payouts?period=quarter", "sam"),
    Page("payout", "/staff/reports/payouts?period=quarter", "sam", links=(r"/staff/reports/payouts/\d+",)),
    Page("report-file-csv", "/staff/reports/cash.csv?period=year", "sam", is_file=True),
    Page("report-file-excel", "/staff/reports/receivables.xlsx", "sam", is_file=True),
    Page("paper", "/payments", "ben", links=(r"/payments/papers/\d+\.pdf",), is_file=True),
    Page("curriculum", "/staff/curriculum", "sam"),
    Page("release", "/staff/curriculum", "sam", links=(r"/staff/curriculum/\d+",)),
    Page("publish", "/staff/curriculum/publish", "sam"),
    Page("preview", "/staff/curriculum/preview", "sam"),
    Page("preview-module", "/staff/curriculum/preview", "sam", links=(PREVIEW,)),
    Page("preview-lesson", "/staff/curriculum/preview", "sam", links=(PREVIEW, PREVIEW + r"/lessons/[\w-]+")),
    Page("preview-worksheet", "/staff/curriculum/preview", "sam", links=(PREVIEW + "/worksheet",)),
    Page(
        "preview-document",
        "/staff/curriculum/preview",
        "sam",
        links=(PREVIEW, PREVIEW + r"/documents/[\w-]+"),
    ),
    Page("second-factor", "/account/second-factor", "ana"),
    Page("mailbox", "/dev/mail"),
    Page("styles", "/dev/styles"),
)
STATUS = {"not-found": 404, "report-cash-typed": 422}  # every other page answers 200


def sign_ins(printed: str) -> dict[str, tuple[str, str]]:
    """E-mail and password by first name, from what `flask demo --sign-ins` prints: the password follows the e-mail."""
    found = {
        name.lower(): (f"{name}@{host}", secret) for name, host, secret in EMAIL_AND_PASSWORD.findall(printed)
    }
    missing = {page.who for page in PAGES if page.who} - set(found)
    if missing:
        raise SystemExit(
            f"`flask demo --sign-ins` did not print a password for {', '.join(sorted(missing))}."
        )
    return found


class NoWay(Exception):
    """A page that others should link to is linked by none; the message says where the link is missing."""


def address_of(page: Page, fetch: Callable[[str], str]) -> str:
    """The page's path, found by following its links; `fetch` gives the HTML of a path. Raises NoWay."""
    path = page.path
    for pattern in page.links:
        found = first_link(fetch(path), pattern)
        if found is None:
            raise NoWay(f"{path} has no link to {pattern}")
        path = found
    return path


def first_link(html: str, pattern: str) -> str | None:
    """The first address on the page that is the pattern, whole: with its query or without."""
    for address in re.findall(r'href="([^"#]+)', html):
        path = re.sub(r"^https?://[^/]+", "", unescape(address))
        for one in (path.partition("?")[0], path):
            if re.fullmatch(pattern, one):
                return one
    return None


def sign_in_form(html: str) -> tuple[str, dict[str, str]]:
    """Where the form with a password is sent, and its hidden fields."""
    form = next(form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if 'type="password"' in form)
    action = re.search(r'action="([^"]*)"', form)
    hidden = [tag for tag in re.findall(r"<input[^>]*>", form) if 'type="hidden"' in tag]
    values = {_attribute(tag, "name"): _attribute(tag, "value") for tag in hidden}
    return (action.group(1) if action else "/sign-in"), values


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', tag)
    return found.group(1) if found else ""
