"""The image that production runs: its own steps, taken without Docker.

Left out is what installs from elsewhere: Debian's packages, and those of requirements.txt, whose
hashes script/bootstrap checks in the same way.
"""

import json
import os
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from shutil import copytree

import pytest

from tests.live_site import SECRET_KEY, LiveSite, until

ROOT = Path(__file__).resolve().parent.parent
STEPS = [
    tuple(step.split(maxsplit=1))
    for step in re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text()).splitlines()
    if step and not step.startswith("#")
]
IGNORED = (ROOT / ".dockerignore").read_text().splitlines()[1:]
NOWHERE = "postgres://nobody@127.0.0.1:1/nothing"


def last(kind: str) -> str:
    """What the last step of its kind says."""
    return [content for name, content in STEPS if name == kind][-1]


def ignored(folder: str, names: list[str]) -> set[str]:
    """What stays out of the image."""
    anywhere = [pattern.removeprefix("**/") for pattern in IGNORED if pattern.startswith("**/")]
    patterns = IGNORED + anywhere if Path(folder) == ROOT else anywhere
    return {name for name in names for pattern in patterns if fnmatch(name, pattern)}


def environment() -> dict[str, str]:
    """What the image itself sets, with the programs of this machine."""
    pairs = [pair for name, content in STEPS if name == "ENV" for pair in content.split()]
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return dict(pair.split("=", 1) for pair in pairs) | {"PATH": programs}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site in the image."""
    folder = tmp_path_factory.mktemp("image") / "site"
    copytree(ROOT, folder, ignore=ignored)
    [collect] = [step for name, step in STEPS if name == "RUN" and "collectstatic" in step]
    subprocess.run(["sh", "-c", collect], cwd=folder, env=environment(), check=True)
    return folder


def contents(folder: Path) -> dict[Path, int]:
    """Every file, and when it was last written."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_what_the_image_is_built_on_is_one_exact_version() -> None:
    bases = [step.split()[0] for name, step in STEPS if name == "FROM"]
    named = {step.split()[-1] for name, step in STEPS if name == "FROM" and " AS " in step}
    for base in {*bases} - named:
        assert re.fullmatch(r"\w+:\d+\.\d+\.\d+-[\w-]+", base)


def test_the_image_installs_what_is_locked_and_no_more() -> None:
    [install] = [step for name, step in STEPS if name == "RUN" and "pip install" in step]
    assert install.endswith("pip install --no-cache-dir --require-hashes -r requirements.txt")


def test_the_image_runs_without_rights_and_without_a_shell() -> None:
    assert last("USER") not in {"root", "0"}
    after = STEPS[[name for name, _ in STEPS].index("USER") :]
    assert {name for name, _ in after} == {"USER", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert json.loads(last("CMD"))[0] == "gunicorn"
    assert json.loads(last("HEALTHCHECK").partition("CMD ")[2])[0] == "python"


def test_secrets_and_data_stay_out_of_the_image(image: Path) -> None:
    names = {path.name for path in image.iterdir()}
    assert {"manage.py", "gunicorn.conf.py", "templates", "vitaleoverheid"} <= names
    assert not {".env", ".git", "tests"} & names
    assert [path.name for path in (image / "var").iterdir()] == ["static"]


def with_ports(command: str, site: LiveSite) -> list[str]:
    """A command of the image, on ports that are free here."""
    here = command.replace("8000", str(site.port)).replace("9100", str(site.metrics_port))
    return list(json.loads(here))


def test_what_the_image_starts_answers_and_writes_nothing_in_it(
    image: Path, tmp_path: Path
) -> None:
    site = LiveSite(tmp_path, NOWHERE)
    needed = {"DATABASE_URL": NOWHERE, "SECRET_KEY": SECRET_KEY, "ALLOWED_HOSTS": "www.example.nl"}
    own = environment() | needed | {"METRICS_PORT": str(site.metrics_port), "TMPDIR": str(tmp_path)}
    before = contents(image)
    with subprocess.Popen(with_ports(last("CMD"), site), cwd=image, env=own) as server:
        try:
            until(lambda: site.answers() or server.poll() is not None)
            check = last("HEALTHCHECK").partition("CMD ")[2]
            subprocess.run(with_ports(check, site), env=own, check=True)
            assert site.get("/")[0] == 503
        finally:
            server.terminate()
    assert server.returncode == 0
    assert contents(image) == before


def test_the_bill_of_materials_names_everything_that_is_installed() -> None:
    made = subprocess.run([ROOT / "script" / "sbom"], stdout=subprocess.PIPE, check=True).stdout
    bill = json.loads(made)
    assert bill["bomFormat"] == "CycloneDX"
    listed = {(part["name"], part["version"]) for part in bill["components"]}
    lock = (ROOT / "requirements.txt").read_text()
    assert listed == {*re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)}
