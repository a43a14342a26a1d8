"""A PostgreSQL that may be stopped, killed and started again at any moment."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vitaleoverheid.embedded_postgres import NEW_DATA, PROGRAMS, SYSTEM_USER


class Cluster:
    """One server with its data in a folder of its own; gone at the end of the ``with`` block."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="faults"))  # short: it holds the socket

    def __enter__(self) -> Self:
        if SYSTEM_USER:
            shutil.chown(self.folder, SYSTEM_USER)
        self.run("initdb", *NEW_DATA, "--no-sync", "--set=fsync=off")
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start it unless it runs."""
        if not (self.folder / "postmaster.pid").exists():
            self.run("pg_ctl", "start", "--silent", "--wait", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        """Stop it as a power cut would; what was committed is read back at the next start."""
        if (self.folder / "postmaster.pid").exists():
            self.run("pg_ctl", "stop", "--mode=immediate")

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgres://postgres@/{name}?host={self.folder}"

    def copy(self, source: str, name: str) -> str:
        """Copy a database from another server; returns the address of the copy."""
        self.run("createdb", name, f"--host={self.folder}", "--username=postgres")
        pg_dump = [str(PROGRAMS / "pg_dump"), "--no-owner", source]
        with subprocess.Popen(pg_dump, stdout=subprocess.PIPE) as dump:
            self.run("psql", "--quiet", "--set=ON_ERROR_STOP=1", self.url(name), stdin=dump.stdout)
        assert dump.returncode == 0
        return self.url(name)

    def run(self, program: str, *arguments: str, stdin: Any = subprocess.DEVNULL) -> None:
        """Run one of PostgreSQL's programs on this server."""
        subprocess.run(
            [PROGRAMS / program, *arguments],
            env={"PGDATA": str(self.folder)},
            user=SYSTEM_USER,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            check=True,
        )
