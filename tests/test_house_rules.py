"""The rules of the house that a machine can check."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

PUTS_PARTS_TOGETHER = {
    "vitaleoverheid/settings.py",
    "vitaleoverheid/urls.py",
    "vitaleoverheid/management/commands/seed.py",
}
APPS = [app.name for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
SHARED = "vitaleoverheid"
"""The one app that the others may import."""


def modules(app: str) -> Iterator[Path]:
    paths = (settings.BASE_DIR / app).rglob("*.py")
    return (path.relative_to(settings.BASE_DIR) for path in paths)


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse((settings.BASE_DIR / path).read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("app", APPS)
def test_imports_point_one_way(app: str) -> None:
    checked = [path for path in modules(app) if str(path) not in PUTS_PARTS_TOGETHER]
    forbidden = {*APPS} - {app, SHARED}
    wrong = {str(path): imported(path) & forbidden for path in checked}
    assert len(checked) > 2
    assert {"contact", "services", SHARED} <= {*APPS}
    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_every_migration_can_be_undone_and_done_again() -> None:
    for app in APPS:
        call_command("migrate", app, "zero", verbosity=0)
    assert "contact_enquiry" not in connection.introspection.table_names()
    call_command("migrate", verbosity=0)
    assert "contact_enquiry" in connection.introspection.table_names()


def test_there_is_no_room_without_a_name() -> None:
    nameless = {"core", "common", "utils", "helpers"}
    found = [path for app in APPS for path in modules(app) if nameless & {*path.parts, path.stem}]
    assert found == []
