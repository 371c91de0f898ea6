"""The page that explains the API: its own scripts only, under the office's strict policy."""

import mimetypes
import shutil
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import sync_playwright

from tests import factories

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
OFFICE = "http://127.0.0.1:8000"  # an origin that browsers trust without TLS
pytestmark = pytest.mark.django_db


def test_a_stranger_is_asked_to_sign_in():
    answer = Client().get("/api/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/api/"


def test_it_names_only_our_own_addresses():
    page = factories.signed_in(factories.person("compliance")).get("/api/")
    html = page.content.decode()

    assert "https://" not in html
    assert "http://" not in html
    assert "<style" not in html
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.skipif(not CHROMIUM, reason="There is no Chromium on this machine.")
def test_it_works_offline_in_a_browser():
    client = factories.signed_in(factories.person("accountant"))
    paths = ["/api/", "/api/?script=", "/api/schema/", "/api/ledger/trial-balance/"]
    given = {path: client.get(path) for path in paths}  # before the browser's loop runs
    pages = {path: (a.status_code, dict(a.headers), a.content) for path, a in given.items()}

    tags, status, complaints, abroad = _in_a_browser(pages)

    assert tags == [
        "claims", "customers", "invoices", "ledger", "payments", "policies", "products", "quotes",
        "referrals", "renewals",
    ]  # fmt: skip
    assert status.strip().startswith("200")
    assert complaints == []
    assert abroad == []


def _in_a_browser(pages):
    """Open the page, try one operation out: its tags, the answer, complaints, calls elsewhere."""
    complaints, abroad = [], []

    def answer(route):
        asked = urlsplit(route.request.url)
        path = f"{asked.path}?{asked.query}" if asked.query else asked.path
        if f"{asked.scheme}://{asked.netloc}" != OFFICE:
            abroad.append(route.request.url)
            route.abort()
        elif path.startswith("/static/"):
            found = finders.find(asked.path.removeprefix("/static/"))
            route.fulfill(path=found, content_type=mimetypes.guess_type(asked.path)[0])
        else:
            status, headers, body = pages[path]
            route.fulfill(status=status, headers=headers, body=body)

    with sync_playwright() as machine:
        browser = machine.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        page.route("**/*", answer)
        page.goto(f"{OFFICE}/api/")
        page.wait_for_selector(".opblock-tag-section")
        tags = page.locator(".opblock-tag").evaluate_all("all => all.map(e => e.dataset.tag)")
        page.locator(".opblock-tag[data-tag=ledger]").click()
        page.locator("#operations-ledger-ledger_trial_balance .opblock-summary-control").click()
        page.locator(".try-out__btn").click()
        page.locator(".execute").click()
        page.wait_for_selector(".live-responses-table .response-col_status")
        shown = page.locator(".live-responses-table .response-col_status")
        status = shown.last.inner_text()
        browser.close()
    return sorted(tags), status, complaints, abroad
