"""Caddy, in front of the site on one machine: who waits there, and what it writes down."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from select import select
from socket import socket

import pytest

from tests.live_site import PATIENCE, free_port, until

CADDYFILE = Path(__file__).resolve().parent.parent / "deploy" / "Caddyfile"
CADDY = Path(sys.executable).with_name("caddy")
A_WHILE = 0.3  # seconds in which nothing must happen


class Web(BaseHTTPRequestHandler):
    """A web server that takes an enquiry, and leads to an address for one person."""

    def do_POST(self) -> None:
        self.send_response(303)
        self.send_header("Location", "/contact/bedankt/sleutel/")
        self.end_headers()


class Proxy:
    """Caddy with the settings of ``deploy/Caddyfile``, but for the addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.behind = free_port(), free_port()
        self.log = folder / "caddy.log"

    def start(self, command: str, domain: str, settings: str) -> "subprocess.Popen[bytes]":
        (self.folder / "Caddyfile").write_text(settings)
        environment = {"HOME": str(self.folder), "DOMAIN": domain}
        with self.log.open("w") as log:
            return subprocess.Popen(
                [CADDY, command, "--config", "Caddyfile"],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
            )

    @contextmanager
    def serving(self, patience: str) -> Iterator[HTTPConnection]:
        """Run Caddy until the end of the block, and connect to it."""
        settings = CADDYFILE.read_text().replace("web:8000", f"127.0.0.1:{self.behind}")
        settings = settings.replace("lb_try_duration 20s", f"lb_try_duration {patience}")
        settings = settings.replace("{\n", "{\n\tadmin off\n", 1)
        caddy = self.start("run", f"http://127.0.0.1:{self.port}", settings)
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as visitor:
                connect(visitor)
                yield visitor
        finally:
            caddy.terminate()
            caddy.wait()


def connect(visitor: HTTPConnection) -> None:
    """Wait until Caddy listens."""

    def is_connected() -> bool:
        with suppress(ConnectionError):
            visitor.connect()
        return visitor.sock is not None

    until(is_connected, "Caddy")


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    return Proxy(tmp_path)


def nothing_happens(on: socket) -> bool:
    return select([on], [], [], A_WHILE)[0] == []


def test_caddy_understands_all_of_its_settings(proxy: Proxy) -> None:
    settings = CADDYFILE.read_text()
    assert proxy.start("validate", "www.voorbeeld.nl", settings).wait() == 0, proxy.log.read_text()
    assert "not formatted" not in proxy.log.read_text()


def test_who_sends_slowly_holds_no_web_server(proxy: Proxy) -> None:
    web = HTTPServer(("127.0.0.1", proxy.behind), Web)
    with web, proxy.serving("20s") as visitor:
        visitor.request("POST", "/contact/", b"name=", {"Content-Length": "9"})
        assert nothing_happens(web.socket)
        visitor.send(b"geh")
        assert nothing_happens(web.socket)
        visitor.send(b"e")
        web.handle_request()
        assert visitor.getresponse().status == 303


def test_who_comes_while_a_new_version_starts_waits_for_it(proxy: Proxy) -> None:
    with proxy.serving("20s") as visitor:
        visitor.request("POST", "/contact/", b"name=Jan")
        assert nothing_happens(visitor.sock)
        with HTTPServer(("127.0.0.1", proxy.behind), Web) as web:
            web.handle_request()
        assert visitor.getresponse().status == 303
    assert "/contact/" in proxy.log.read_text()
    assert "sleutel" not in proxy.log.read_text()


@pytest.mark.parametrize(
    "address",
    ["/zoeken/?", "/contact/bedankt/", "/concept/", "/admin/password_reset/confirm/"],
)
def test_caddy_does_not_write_down_who_asks_for_what_also_when_the_site_is_away(
    proxy: Proxy, address: str
) -> None:
    with proxy.serving("0s") as visitor:
        visitor.request("GET", f"{address}geheim", headers={"Referer": "http://x/?q=geheim"})
        response = visitor.getresponse()
        assert response.status == 502
        assert "even niet bereikbaar" in response.read().decode()
    log = proxy.log.read_text()
    assert f'"uri":"{address}"' in log
    assert "geheim" not in log
    assert '"remote_ip":"127.0.0.0"' in log
