"""How gunicorn serves the site: ``gunicorn vitaleoverheid.wsgi`` in this folder reads it by itself.

What is set here can be overruled on the command line or in ``GUNICORN_CMD_ARGS``.
"""

import gc
import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

# Read in the master process, so that a missing or malformed variable ends the start with its one
# line. Read by a worker first, it would end that worker, and the master would start the next.
from vitaleoverheid.settings import BASE_DIR, DEBUG, LOGGING, METRICS_PORT

# Python runs on one core per process: one process for each, and a second that answers while the
# first restarts. Threads are for waiting on the database; more of them only wait for each other.
if "WEB_CONCURRENCY" not in os.environ:
    workers = 1 if DEBUG else max(2, os.cpu_count() or 1)
worker_class = "gthread"
threads = 4
http_parser = "auto"  # the fast one where it could be built: see script/bootstrap

# Loaded once and shared by all workers in production; loaded by each, and again after each change,
# in development. Settings are read by the master: changing those takes a restart.
preload_app = not DEBUG
reload = DEBUG
reload_extra_files = [f"{BASE_DIR}/templates/**/*.*"]


def pre_fork(server: Any, worker: Any) -> None:
    """Leave to no worker's garbage collector what all of them share: it would copy it by looking.

    That saves a third of each worker's memory (``gc.freeze`` was made for this).
    """
    gc.freeze()


# A migration may hold a table for minutes; a visitor who is told so in time keeps what was typed.
os.environ.setdefault("PGOPTIONS", "-c lock_timeout=5s")

timeout = 30  # seconds without a sign of life before a worker is replaced
graceful_timeout = 20  # seconds to finish what is under way when told to stop
keepalive = 75  # seconds; longer than a proxy keeps an idle connection, and it holds no thread
# No max_requests: nothing leaks that is known of, and a new worker starts without finished pages.

CLIENT_PATIENCE = 10  # seconds


def when_ready(server: Any) -> None:
    """Give up a client that stops in the middle of a request, or stops reading its answer.

    gunicorn would keep a thread for it, for ever. Connections inherit this from their listener.
    Who sends one byte at a time is for the proxy in front to wait for: see deploy/Caddyfile.
    """
    seconds = struct.pack("ll", CLIENT_PATIENCE, 0)
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, seconds)


# Room for long searches and for the headers of large organisations' proxies, and no more.
limit_request_line = 8190  # bytes
limit_request_fields = 64
limit_request_field_size = 8190  # bytes

# gunicorn itself believes no X-Forwarded-* header; the settings do, as far as TRUSTED_PROXIES says.
forwarded_allow_ips = ""

if DEBUG:
    loglevel = "error"  # a warning says at every start that reload is on
else:
    logger_class = "vitaleoverheid.access_log.AccessLog"
    into_one_log = {"level": "INFO", "propagate": True}
    loggers = {"gunicorn.access": into_one_log, "gunicorn.error": into_one_log}
    logconfig_dict = LOGGING | {"loggers": loggers}

# Where the workers count together. A master that takes over inherits it, and goes on counting.
if METRICS_PORT and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-")


def on_exit(server: Any) -> None:
    """Leave nothing behind, unless another master has taken over."""
    if METRICS_PORT and server.reexec_pid == server.master_pid == 0:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)


# A sign of life is a file that is touched; on a busy disk that can block, in memory it can't.
memory = Path("/dev/shm")  # noqa: S108 (the file gets a name that nobody can guess)
worker_tmp_dir = str(memory) if memory.is_dir() else None
control_socket_disable = True  # nobody steers it from elsewhere
