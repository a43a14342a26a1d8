"""The database that comes with the project: there when someone needs it, gone when nobody does."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

MODULE = Path(__file__).parent.parent / "vitaleoverheid" / "embedded_postgres.py"
USE = "from vitaleoverheid.embedded_postgres import url; print(url(), flush=True)"

Process = subprocess.Popen[str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has this database and nothing else."""
    (tmp_path / "vitaleoverheid").mkdir()
    shutil.copy(MODULE, tmp_path / "vitaleoverheid")
    return tmp_path


def python(project: Path, code: str) -> Process:
    """Run Python in the project, with its input and output in our hands."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=project,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@contextmanager
def user(project: Path) -> Iterator[tuple[Process, str]]:
    """A process that uses the database until the end of the block, and the address it found."""
    with python(project, f"{USE}; input()") as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()
        process.communicate("\n")


def version(address: str) -> int:
    """The version of the PostgreSQL that answers there; 180004 is 18.4."""
    with closing(psycopg.connect(address)) as database:
        return database.info.server_version


def is_up(project: Path) -> bool:
    return (project / "var" / "postgres" / "postmaster.pid").exists()


def test_it_is_shared_and_stops_with_its_last_user(project: Path) -> None:
    with user(project) as (_, first):
        with user(project) as (_, second):
            assert second == first
        assert version(first) // 10_000 == 18
    assert not is_up(project)


def test_it_is_started_once_when_several_want_it_at_the_same_time(project: Path) -> None:
    processes = [python(project, USE) for _ in range(3)]
    outputs = {process.communicate()[0] for process in processes}
    assert len(outputs) == 1
    assert outputs.pop().startswith("postgres://")


def test_a_killed_user_does_not_keep_it_up(project: Path) -> None:
    with user(project) as (process, _):
        process.kill()
        process.wait()
    assert is_up(project)
    with user(project):
        pass
    assert not is_up(project)


def test_a_forked_child_does_not_stop_it(project: Path) -> None:
    fork = "import os, sys; child = os.fork(); child or sys.exit(); os.waitpid(child, 0)"
    connect = "import psycopg; psycopg.connect(url()).close()"
    with python(project, f"{USE}; {fork}; {connect}") as process:
        output, _ = process.communicate()
    assert process.returncode == 0, output


def test_a_long_path_is_no_problem(project: Path) -> None:
    deeper = project / "a-folder-with-a-long-name" / "and-another-one-that-is-longer-than-that"
    shutil.copytree(project, deeper, ignore=lambda *_: {"a-folder-with-a-long-name"})
    with user(deeper) as (_, address):
        assert version(address) // 10_000 == 18


def test_a_power_cut_whose_process_number_is_now_someone_elses_is_no_problem(
    project: Path,
) -> None:
    with user(project) as (_, address):
        pass
    (project / "var" / "postgres" / "postmaster.pid").write_text("1\n")
    with user(project) as (_, address_afterwards):
        assert address_afterwards == address


def test_data_of_another_version_is_told_in_one_line(project: Path) -> None:
    data = project / "var" / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with python(project, USE) as process:
        output, _ = process.communicate()
    assert process.returncode == 1
    assert len(output.splitlines()) == 1
    assert "holds data of PostgreSQL 17" in output
