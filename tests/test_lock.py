"""What gets installed: everything the project asks for, each byte of it known in advance."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]

LOCKS = {
    "requirements.txt": PROJECT["project"]["dependencies"] + GROUPS["fast"],
    "requirements-dev.txt": PROJECT["project"]["dependencies"] + GROUPS["dev"],
}


def name(requirement: str) -> str:
    """The name in a requirement, written as locks write it."""
    return re.split(r"[^\w.-]", requirement)[0].replace("_", "-").lower()


@pytest.mark.parametrize(("lock", "wanted"), LOCKS.items())
def test_the_lock_holds_what_the_project_asks_for(lock: str, wanted: list[str]) -> None:
    locked = {name(line) for line in (ROOT / lock).read_text().splitlines() if "==" in line}
    missing = {name(requirement) for requirement in wanted} - locked
    assert not missing, "run script/lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_place_to_download_from(lock: str) -> None:
    assert not re.search(r"://|^-", (ROOT / lock).read_text(), re.MULTILINE)


def test_production_installs_the_very_files_that_were_installed_here() -> None:
    """Those of the other lock: script/bootstrap compared their hashes."""
    here, production = ((ROOT / lock).read_text() for lock in sorted(LOCKS))
    # Of this there is no more than source, which needs a compiler.
    production = re.sub(r"^gunicorn-h1c.*\n( .*\n)*", "", production, flags=re.MULTILINE)
    assert {*re.findall(r"sha256:\w+", production)} <= {*re.findall(r"sha256:\w+", here)}
