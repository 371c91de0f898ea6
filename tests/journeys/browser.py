"""What a person does in front of a browser, by the words on the page.

Every page that a window comes to is looked at: axe (WCAG A to 2.2 AA) in light and in dark, and
at the width of a phone nothing may be wider than the screen.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Download, Locator, Page, expect

from office.models import User

PASSWORD = "correct horse battery"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"runOnly": LEVELS, "resultTypes": ["violations"]}
# Nothing but colours differs between light and dark.
AXE_OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


class Window:
    """One browser window: nobody's at first, then of whoever signs in."""

    def __init__(self, page: Page, size: dict, seen: set[str]) -> None:
        self.page, self.size, self.seen = page, size, seen
        self.secrets: dict[int, str] = {}
        self.complaints: list[str] = []  # asserted empty when the journey is over
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @classmethod
    def opened(cls, browser: Browser, address: str, size: dict, seen: set[str]) -> "Window":
        context = browser.new_context(
            viewport=size, base_url=address, reduced_motion="reduce", color_scheme="light"
        )
        context.set_default_timeout(20_000)
        return cls(context.new_page(), size, seen)

    def another_tab(self, path: str) -> "Window":
        """A second tab of the same person."""
        tab = Window(self.page.context.new_page(), self.size, self.seen)
        tab.complaints = self.complaints
        tab.open(path)
        return tab

    # Coming to a page

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.look()

    def follow(self, words: str | re.Pattern, *, within: str = "body") -> None:
        self._named("link", words, within).first.click()
        self.look()

    def press(self, words: str | re.Pattern, *, within: str = "body") -> None:
        self._named("button", words, within).first.click()
        self.look()

    def act(self, words: str) -> None:
        """Open an act of the record, from its buttons or from the menu behind them."""
        act = self.page.locator(".head-actions").get_by_role(
            "link", name=words, exact=True, include_hidden=True
        )
        if not act.is_visible():
            self.page.locator(".head-actions summary").click()
        act.click()
        self.look()

    def look(self) -> None:
        """Whatever this page is, it must be readable for everybody."""
        self.page.wait_for_load_state("load")
        signature = self._signature()
        if signature in self.seen:
            return
        self.seen.add(signature)
        with self._unrolled():
            self._ask_axe(AXE, "light")
            with self._dark():
                self._ask_axe(AXE_OF_COLOURS, "dark")
        with self._phone():
            wide = self.page.evaluate("document.scrollingElement.scrollWidth")
            if wide > PHONE["width"]:
                self.complaints.append(f"{self.page.url} scrolls sideways: {wide} px")

    def _signature(self) -> str:
        """Pages with the same kinds of elements in the same kinds of elements are one to axe."""
        return self.page.evaluate(
            "(() => { const kind = one => one.tagName + '.' + (one.getAttribute('class') ?? '')"
            " + (one.open ?? ''); return [...new Set([...document.querySelectorAll('body *')]"
            ".map(one => kind(one.parentElement) + '>' + kind(one)))].sort().join(' ') })()"
        )

    def _ask_axe(self, options: dict, scheme: str) -> None:
        found = Axe().run(self.page, options=options)
        for one in found.response["violations"]:
            where = [f"{node['html'][:200]} {node['failureSummary']}" for node in one["nodes"][:2]]
            self.complaints.append(f"{self.page.url} ({scheme}) {one['id']}: {where}")

    @contextmanager
    def _unrolled(self) -> Iterator[None]:
        """The page in a window as tall as itself: a fixed bar covers what is not scrolled to."""
        height = self.page.evaluate("document.scrollingElement.scrollHeight")
        self.page.set_viewport_size({**self.size, "height": max(height, self.size["height"])})
        yield
        self.page.set_viewport_size(self.size)

    @contextmanager
    def _dark(self) -> Iterator[None]:
        self.page.emulate_media(color_scheme="dark")
        yield
        self.page.emulate_media(color_scheme="light")

    @contextmanager
    def _phone(self) -> Iterator[None]:
        self.page.set_viewport_size(PHONE)
        yield
        self.page.set_viewport_size(self.size)

    # Filling in

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first.fill(value)

    def choose(self, label: str, option: str) -> None:
        field = self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first
        wanted = [one for one in field.locator("option").all_inner_texts() if option in one]
        field.select_option(label=wanted[0])

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).first.check()

    def attach(self, label: str, *paths: Path) -> None:
        self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first.set_input_files(paths)

    def typed(self, label: str) -> str:
        return self.page.get_by_label(re.compile(f"^{re.escape(label)}")).first.input_value()

    # Reading

    def reads(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.locator("body")).to_contain_text(sentence)

    def reads_not(self, *sentences: str) -> None:
        for sentence in sentences:
            expect(self.page.locator("body")).not_to_contain_text(sentence)

    def download(self, words: str | re.Pattern) -> Download:
        with self.page.expect_download() as waiting:
            self._named("link", words, "main").first.click()
        return waiting.value

    def _named(self, role: Any, words: str | re.Pattern, within: str) -> Any:
        exact = isinstance(words, str)
        return self.page.locator(within).get_by_role(role, name=words, exact=exact)

    # By keyboard alone

    def tab_to(self, name: str) -> None:
        """Press Tab until the thing of this name has the focus, and shows it."""
        for _press in range(120):
            self.page.keyboard.press("Tab")
            focused = self.page.locator(":focus-visible")
            if focused.count() and self._name_of(focused) == name:
                return
        raise AssertionError(f"Tab does not come to “{name}” on {self.page.url}")

    @staticmethod
    def _name_of(focused: Locator) -> str:
        return focused.evaluate(
            "one => (one.getAttribute('aria-label') ?? one.labels?.[0]?.innerText "
            "?? one.innerText).replace('(optional)', '').trim()"
        )

    def types(self, text: str, *keys: str) -> None:
        self.page.keyboard.type(text)
        for key in keys:
            self.page.keyboard.press(key)

    # At the door

    def prepare(self, user: User) -> None:
        """A password, and for staff an authenticator, as they have in life."""
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        if user.is_staff and user.pk not in self.secrets:
            self.secrets[user.pk] = generate_totp_secret()
            TOTP.activate(user, self.secrets[user.pk])

    def code(self, user: User) -> str:
        counter = next(iter(yield_hotp_counters_from_time()))
        return f"{hotp_value(self.secrets[user.pk], counter):06d}"

    def sign_in(self, user: User, path: str = "/") -> None:
        """Through the sign-in page; staff with the code of their authenticator."""
        self.prepare(user)
        self.open(path)
        self.enter_password(user)
        if user.is_staff:
            self.fill("Code", self.code(user))
            self.press("Sign in", within="main")

    def enter_password(self, user: User) -> None:
        self.fill("Email", user.email)
        self.fill("Password", PASSWORD)
        self.press("Sign in", within="main")

    def sign_out(self) -> None:
        self.page.get_by_label("Your account").click()
        self.press("Sign out")
