"""Serve an application to a real browser, and what a person does at his PC."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from playwright.sync_api import Page, expect
from waitress.server import create_server

from tests.acceptance.office import PASSWORD


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the application at a free port of this machine."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    closing = threading.Event()

    def run() -> None:
        try:
            server.run()
        except OSError:
            # The loop may still be waiting on the sockets that closing takes from it.
            if not closing.is_set():
                raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    closing.set()
    server.close()
    thread.join(timeout=10)


class Desk:
    """What one person after another does at the same PC."""

    def __init__(self, page: Page, base: str, password: str = PASSWORD) -> None:
        self.page = page
        self.base = base
        self.password = password

    def log_in(self, person: str) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{self.base}/login")
        self.page.fill("#login", person)
        self.page.fill("#password", self.password)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page).to_have_url(f"{self.base}/inbox")

    def open(self, path: str) -> None:
        self.page.goto(f"{self.base}{path}")

    def open_task(self, name: str) -> None:
        self.open("/inbox?tab=groups")
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def choose(self, name: str, value: str) -> None:
        self.page.check(f"input[name='{name}'][value='{value}']")

    def send(self) -> None:
        """Press the form's button, confirm in the dialog and wait for the next page."""
        self.page.locator("form.form button.primary").last.click()
        self.confirm()

    def confirm(self) -> None:
        confirm = self.page.locator("dialog[open] button.primary").first
        confirm.wait_for()
        with self.page.expect_navigation():
            confirm.click()
