"""Measures this site beside what it is built on; ``script/bench`` runs it, README.md explains it.

Everything runs on this machine at the same time, so that only ratios between lines of one run mean
anything. Rounds go past all candidates in turn, so that a slow minute hits all of them.
"""

import argparse
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil
import psycopg

from benchmarks import bare_wagtail
from vitaleoverheid.page_cache import HIT

ROOT = Path(__file__).resolve().parent.parent
SEND = [f"--script={Path(__file__).with_name('post.lua')}"]
ANEW = ["--header=Authorization: Basic eDp4"]
"""Who says who they are gets no finished page, and this site does nothing else with it."""
START_AND_SIZE = """
### Start and size

| | to first page (s) | ratio | memory per worker (MB) | ratio |
|---|--:|--:|--:|--:|"""
EDITS = """
### An edit

| | median (ms) | longest (ms) |
|---|--:|--:|
| older page still served after the commit | {:.1f} | {:.1f} |"""
FIRST_PORT = 8290
CONNECTIONS = {"page": 16, "form": 8}
ENVIRONMENT = {
    "DEBUG": "False",
    "SECRET_KEY": "as-long-as-one-of-production-and-used-for-this-benchmark-only",
    "ALLOWED_HOSTS": "127.0.0.1",
    "WEB_CONCURRENCY": "2",
}


@dataclass
class Server:
    """A gunicorn with the site's own configuration."""

    name: str
    process: "subprocess.Popen[bytes]"
    url: str
    seconds_to_start: float

    def workers(self) -> list[psutil.Process]:
        """The processes that answer."""
        return psutil.Process(self.process.pid).children()

    def cpu(self) -> float:
        """Seconds of processor time that its workers have used."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self.workers())

    def megabytes(self) -> float:
        """Memory of one worker; what it shares with others counts in part."""
        return median(worker.memory_full_info().pss for worker in self.workers()) / 2**20


@dataclass
class Result:
    """What wrk saw in one run."""

    per_second: float
    p99: float
    """Milliseconds."""
    cpu: float
    """Milliseconds of processor time per request."""


@dataclass
class Contest:
    """Candidates for the same work; ratios are to the first."""

    title: str
    kind: str
    candidates: list[tuple[Server, str, list[str]]]
    """Server, path, and further arguments of wrk."""


Serving = AbstractContextManager[Server]


@contextmanager
def serving(name: str, application: str, folder: Path, **environment: str) -> Iterator[Server]:
    """Run gunicorn until the end of the block."""
    port = FIRST_PORT
    while is_answered(port):
        port += 1
    url = f"http://127.0.0.1:{port}"
    gunicorn = ["-m", "gunicorn", application, f"--bind=127.0.0.1:{port}"]
    gunicorn += [
        "--log-level=warning",
        f"--config={ROOT / 'gunicorn.conf.py'}",
        f"--chdir={folder}",
    ]
    env = {**os.environ, **ENVIRONMENT, "SITE_URL": url, "PYTHONPATH": str(ROOT), **environment}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, *gunicorn], cwd=folder, env=env)
    try:
        while not is_answered(port):
            if process.poll() is not None:
                raise SystemExit(f"{name} did not start.")
            time.sleep(0.01)
        yield Server(name, process, url, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def is_answered(port: int) -> bool:
    """Whether something answers a request there."""
    with suppress(OSError):
        http = HTTPConnection("127.0.0.1", port, timeout=10)
        http.request("GET", "/")
        return http.getresponse().status > 0
    return False


def measure(server: Server, path: str, kind: str, seconds: int, arguments: list[str]) -> Result:
    """Let wrk ask for as much as it gets; raises SystemExit when answers are not as they should."""
    command = ["wrk", "--threads=2", f"--connections={CONNECTIONS[kind]}", "--latency"]
    command += [f"--duration={seconds}s", *arguments, server.url + path]
    before = server.cpu()
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    cpu = server.cpu() - before
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{server.name} does not answer well:\n{output}")
    requests = int(found(r"(\d+) requests in", output))
    return Result(
        per_second=float(found(r"Requests/sec: +([\d.]+)", output)),
        p99=milliseconds(found(r" 99% +(\S+)", output)),
        cpu=cpu / requests * 1000,
    )


def found(pattern: str, text: str) -> str:
    """The first group of a pattern that must be there."""
    match = re.search(pattern, text)
    assert match, text
    return match[1]


def milliseconds(text: str) -> float:
    """A time as wrk writes it."""
    number, unit = found(r"([\d.]+)", text), text.lstrip("0123456789.")
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def play(contests: list[Contest], rounds: int, seconds: int) -> dict[tuple[str, str], list[Result]]:
    """Every candidate of every contest, round after round."""
    results: dict[tuple[str, str], list[Result]] = {}
    for number in range(rounds):
        print(f"Round {number + 1} of {rounds}", file=sys.stderr)
        for contest in contests:
            for server, path, arguments in contest.candidates:
                result = measure(server, path, contest.kind, seconds, arguments)
                results.setdefault((contest.title, server.name), []).append(result)
    return results


def table(contest: Contest, results: dict[tuple[str, str], list[Result]]) -> str:
    """A contest's medians as Markdown; ratios are medians of those of each round."""
    lines = [
        f"\n### {contest.title}\n",
        "| | requests/s | ratio | lowest–highest | p99 (ms) | CPU (ms) | CPU ratio |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    first = results[contest.title, contest.candidates[0][0].name]
    for server, _, _ in contest.candidates:
        own = results[contest.title, server.name]
        ratios = [a.per_second / b.per_second for a, b in zip(own, first, strict=True)]
        cpu = median(a.cpu / b.cpu for a, b in zip(own, first, strict=True))
        lines.append(
            f"| {server.name} | {median(r.per_second for r in own):,.0f} | {median(ratios):.2f} "
            f"| {min(ratios):.2f}–{max(ratios):.2f} | {median(r.p99 for r in own):.1f} "
            f"| {median(r.cpu for r in own):.2f} | {cpu:.2f} |"
        )
    return "\n".join(lines)


def administration_url() -> str:
    """Where databases can be made: ``DATABASE_URL``, or the development server."""
    if url := os.environ.get("DATABASE_URL"):
        return url
    from vitaleoverheid import embedded_postgres  # noqa: PLC0415 (starts a server)

    return embedded_postgres.url()


@contextmanager
def database(name: str) -> Iterator[str]:
    """The address of a new database, gone at the end of the block."""
    url = urlsplit(administration_url())
    with psycopg.connect(url.geturl(), autocommit=True) as postgres:
        postgres.execute(f"DROP DATABASE IF EXISTS {name}")
        postgres.execute(f"CREATE DATABASE {name}")
        yield url._replace(path=f"/{name}").geturl()
        postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(*arguments: str, database_url: str) -> None:
    """Run one of this site's management commands."""
    site = {"DATABASE_URL": database_url, "SITE_URL": "http://127.0.0.1"}
    env = os.environ | ENVIRONMENT | site
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True)


def keep_answer(url: str, folder: Path) -> Path:
    """What this site answers for its home page from memory, for the limit to hand over."""
    http = HTTPConnection(urlsplit(url).netloc)
    status = ""
    while HIT not in status:
        http.request("GET", "/")
        response = http.getresponse()
        body = response.read()
        status = response.headers["Cache-Status"] or ""
    server_adds = {"Server", "Date", "Connection"}
    headers = [header for header in response.getheaders() if header[0] not in server_adds]
    path = folder / "answer"
    path.write_bytes(pickle.dumps((f"{response.status} {response.reason}", headers, body)))
    return path


def milliseconds_of_older_pages(servers: list[Server], database_url: str) -> list[float]:
    """For each of fifty edits, how long after its commit a visitor still got the older page."""
    with psycopg.connect(database_url, autocommit=True) as postgres:
        return [edit(f"Privacy {number}", servers, postgres) for number in range(50)]


def edit(title: str, servers: list[Server], postgres: psycopg.Connection) -> float:
    """One such edit: twenty new pages in a row are taken for all processes having it."""
    postgres.execute("UPDATE wagtailcore_page SET title = %s WHERE slug = 'privacy'", [title])
    committed, last_older, in_a_row = time.perf_counter(), 0.0, 0
    while in_a_row < 20:  # noqa: PLR2004 (said above)
        for server in servers:
            in_a_row += 1
            if title not in text_of(f"{server.url}/privacy/"):
                last_older, in_a_row = time.perf_counter() - committed, 0
    return last_older * 1000


def text_of(url: str) -> str:
    """A page as a visitor gets it."""
    with urlopen(url) as response:
        body: bytes = response.read()
    return body.decode()


def seconds_to_start(candidates: list[Callable[[], Serving]]) -> list[float]:
    """From the start of the process to the first page, for each candidate; medians of five."""
    times: list[list[float]] = [[] for _ in candidates]
    for _ in range(5):
        for own, start in zip(times, candidates, strict=True):
            with start() as server:
                own.append(server.seconds_to_start)
    return [median(own) for own in times]


def prepare_site(url: str) -> None:
    """Fill this site's database with its first content."""
    for command in (["migrate"], ["collectstatic", "--noinput"]):
        manage(*command, "--verbosity=0", database_url=url)
    manage("seed", database_url=url)


def main() -> None:
    """Prepare, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=4, help="of each run")
    given = options.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing; on Debian and Ubuntu: apt install wrk")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site_url, bare_url, form_url = (
            stack.enter_context(database(f"bench_{name}")) for name in ("site", "bare", "form")
        )
        prepare_site(site_url)
        bare_wagtail.make(folder / "bare", bare_url)
        form = {"DATABASE_URL": form_url}
        bare_wagtail.run("-m", "benchmarks.minimal_form", "migrate", folder=ROOT, **form)

        behind_proxy = {"DATABASE_URL": site_url, "TRUSTED_PROXIES": "1"}
        site = partial(serving, "this site", "vitaleoverheid.wsgi", ROOT, **behind_proxy)
        settings = {"DJANGO_SETTINGS_MODULE": "bare.settings.bench", "DATABASE_URL": bare_url}
        bare = partial(serving, "bare Wagtail", "bare.wsgi", folder / "bare", **settings)
        times = seconds_to_start([bare, site])

        our, wagtail = stack.enter_context(site()), stack.enter_context(bare())
        answer = {"BENCH_ANSWER": str(keep_answer(our.url, folder)), "DATABASE_URL": site_url}
        limit = stack.enter_context(serving("limit", "benchmarks.limit", ROOT, **answer))
        minimal = stack.enter_context(
            serving("minimal Django", "benchmarks.minimal_form", ROOT, DATABASE_URL=form_url)
        )
        contests = [
            Contest(
                "A finished page", "page", [(limit, "/", []), (our, "/", []), (wagtail, "/", [])]
            ),
            Contest("A page made anew", "page", [(wagtail, "/", []), (our, "/", ANEW)]),
            Contest(
                "A posted form",
                "form",
                [(minimal, "/", SEND), (our, "/contact/", SEND), (wagtail, "/contact/", SEND)],
            ),
        ]
        results = play(contests, given.rounds, given.seconds)
        for contest in contests:
            print(table(contest, results))
        older = milliseconds_of_older_pages([our, stack.enter_context(site())], site_url)
        print(EDITS.format(median(older), max(older)))
        print(START_AND_SIZE)
        sizes = [server.megabytes() for server in (wagtail, our)]
        for server, seconds, size in zip((wagtail, our), times, sizes, strict=True):
            row = f"{seconds:.2f} | {seconds / times[0]:.2f} | {size:.0f} | {size / sizes[0]:.2f}"
            print(f"| {server.name} | {row} |")


if __name__ == "__main__":
    main()
