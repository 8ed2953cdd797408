"""Bring the tests a real Chromium and a page on which nothing may go wrong unnoticed."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from engine.domain.actor import SYSTEM
from engine.services import deployments
from rongcuo import demo
from rongcuo.bootstrap import build, diagram_files
from tests.acceptance.office import Office
from tests.browser.desk import served
from web.app import create_app

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / "var" / "cache"
SCREENSHOTS = ROOT / "var" / "screenshots"
CHROMIUM_PACKAGE = HERE / "node_modules" / "@sparticuz" / "chromium"
FONT_PACKAGE = HERE / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
FONT_FOLDERS = ("400Regular", "700Bold")
SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
FROM_NPM = "npm"

# Chromium tells the console of a violation only when the policy blocks; a report-only policy must not pass either.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`Content-Security-Policy: ${event.violatedDirective} refused ${event.blockedURI || "inline"} ` +
    `at ${event.sourceFile}:${event.lineNumber}`);
});
"""


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A Chromium and the folder of the libraries it brings, where it brings some."""

    executable: Path
    libraries: Path | None = None


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A running Chromium, the same for all tests of this process.

    RONGCUO_TEST_CHROMIUM names an executable, or `npm` for the one that comes with the packages of this folder.
    Without it /usr/bin/chromium serves, else npm's. Screens are drawn with the same Chinese font everywhere.
    """
    installation = _find_chromium()
    environment: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(_font_configuration())}
    if installation.libraries is not None:
        environment["LD_LIBRARY_PATH"] = str(installation.libraries)
    # Chromium's sandbox refuses to run as root; as anybody else it stays on.
    sandbox = os.geteuid() != 0 and installation.libraries is None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=installation.executable,
            env=environment,
            chromium_sandbox=sandbox,
            args=["--font-render-hinting=none", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture
def tolerated_errors() -> list[str]:
    """Regular expressions of console errors that this test provokes on purpose; add to the list."""
    return []


@pytest.fixture
def page(chromium: Browser, tolerated_errors: list[str]) -> Iterator[Page]:
    """A fresh Chinese visitor at an office screen. The test fails on any error in the console, script or policy."""
    context = chromium.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 768}, reduced_motion="reduce"
    )
    context.add_init_script(REPORT_VIOLATIONS)
    troubles: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(f"{message.text} ({message.location.get('url', '')})")

    context.on("console", note)
    context.on("weberror", lambda web_error: troubles.append(str(web_error.error)))
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    # A round trip: whatever the page has said up to now arrives before its answer.
    if not page.is_closed():
        page.evaluate("0")
    context.close()
    unexpected = [text for text in troubles if not any(re.search(pattern, text) for pattern in tolerated_errors)]
    assert unexpected == []


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, Office]]:
    """The service at a free port of this machine, with its office."""
    office = Office(tmp_path)
    with served(office.app) as base:
        yield base, office
    office.runtime.database.close()


@pytest.fixture(scope="session")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demo bureau, with cases at every stage; read, do not act."""
    folder = tmp_path_factory.mktemp("bureau")
    runtime = build(database_url=f"sqlite:///{folder / 'demo.db'}", data=folder, secret=b"bureau")
    deployments.seed(runtime, diagram_files(), actor=SYSTEM, comment="demo")
    demo.load(runtime)
    with served(create_app(runtime)) as base:
        yield base
    runtime.database.close()


@pytest.fixture
def screenshot(page: Page) -> Callable[[str], Path]:
    """Called with a name, draws the whole page into var/screenshots/<name>.png."""

    def draw(name: str) -> Path:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return draw


def _find_chromium() -> Installation:
    wish = os.environ.get("RONGCUO_TEST_CHROMIUM", "")
    if wish and wish != FROM_NPM:
        if not Path(wish).is_file():
            pytest.fail(f"RONGCUO_TEST_CHROMIUM is '{wish}': no such file.", pytrace=False)
        return Installation(executable=Path(wish))
    if not wish and SYSTEM_CHROMIUM.is_file():
        return Installation(executable=SYSTEM_CHROMIUM)
    folder = _unpacked_chromium()
    return Installation(executable=folder / "chromium", libraries=folder / "lib")


def _unpacked_chromium() -> Path:
    """Unpacked once for each version; two processes at once do not disturb each other."""
    _require(CHROMIUM_PACKAGE)
    version = json.loads((CHROMIUM_PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    target = CACHE / f"chromium-{version}"
    if target.exists():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="chromium-") as name:
        draft = Path(name) / "chromium"
        draft.mkdir()
        with_node = ROOT / ".ci" / "with-node"
        subprocess.run([with_node, "node", HERE / "unpack.mjs", CHROMIUM_PACKAGE / "bin", draft], check=True)
        for archive in draft.glob("*.tar"):
            # Not tarfile: Python 3.11.2 of Debian 12 lacks its filters, and later ones warn without.
            subprocess.run(["tar", "-xf", archive, "-C", draft], check=True)
            archive.unlink()
        (draft / "chromium").chmod(0o755)
        _publish(draft, target)
    return target


def _publish(draft: Path, target: Path) -> None:
    try:
        draft.rename(target)
    except OSError:
        # Another process was first, and its copy is the same.
        if not target.exists():
            raise


def _font_configuration() -> Path:
    """fontconfig's file that knows one font: without a Chinese one, pages would be drawn as boxes."""
    _require(FONT_PACKAGE)
    fonts = CACHE / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    folders = "".join(f"<dir>{escape(str(FONT_PACKAGE / weight))}</dir>" for weight in FONT_FOLDERS)
    aliases = "".join(
        f"<alias binding='same'><family>{family}</family><prefer><family>Noto Sans SC</family></prefer></alias>"
        for family in ("sans-serif", "serif", "monospace", "system-ui")
    )
    text = (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'>"
        f"<fontconfig>{folders}<cachedir>{escape(str(fonts))}</cachedir>{aliases}</fontconfig>"
    )
    path = fonts / "fonts.conf"
    draft = fonts / f"fonts.{os.getpid()}.draft"
    draft.write_text(text, encoding="utf-8")
    shutil.move(draft, path)
    return path


def _require(package: Path) -> None:
    if not package.is_dir():
        pytest.fail(
            f"{package.relative_to(ROOT)} is missing: run `make test`, which installs it, "
            "or `npm ci --ignore-scripts` in tests/browser.",
            pytrace=False,
        )
