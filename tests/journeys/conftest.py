"""A real browser in front of the office; its outbox is worked here instead of by a worker."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pikepdf
import pytest
from django.core.cache import cache
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from customers.models import Customer
from office import clock
from policies.models import Policy
from tests import factories
from tests.claims import scenes
from tests.journeys.browser import DESK, Window

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("There is no Chromium on this machine: the journeys did not run.")
    # Playwright keeps an event loop in this thread, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="package")
def seen() -> set[str]:
    """The pages that were looked at, so that the same page is looked at once."""
    return set()


@pytest.fixture
def window(chromium, seen, live_server) -> Iterator[Callable[..., Window]]:
    """`window()` opens a browser of somebody's own; `window(size=PHONE)` a phone."""
    cache.clear()  # the limits of sign-ins count from the last test otherwise
    opened: list[Window] = []

    def open_window(size: dict = DESK) -> Window:
        opened.append(Window.opened(chromium, live_server.url, size, seen))
        return opened[-1]

    yield open_window
    for one in opened:
        one.page.context.close()
    assert [complaint for one in opened for complaint in one.complaints] == []


@pytest.fixture
def office_works() -> Callable[[], None]:
    """Do everything that the office has accepted, and what follows from it."""

    def work() -> None:
        while factories.work():
            pass

    return work


@pytest.fixture
def home_policy(live_server) -> Policy:
    """Elena Vargas's house in Sacramento, insured for a hundred days; she uses the portal."""
    policy = scenes.policy_in_force(from_on=today() - timedelta(days=100))
    scenes.with_login(policy.customer)
    return policy


@pytest.fixture
def holder(home_policy) -> Customer:
    return Customer.objects.select_related("login").get(pk=home_policy.customer_id)


@pytest.fixture
def photo(tmp_path) -> Path:
    path = tmp_path / "roof.png"
    Image.effect_noise((640, 480), 60).convert("RGB").save(path)
    return path


@pytest.fixture
def papers(tmp_path) -> Path:
    path = tmp_path / "estimate.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
    path.write_bytes(out.getvalue())
    return path


def today() -> date:
    return clock.today("America/Los_Angeles")
