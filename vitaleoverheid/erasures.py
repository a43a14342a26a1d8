"""What was erased stays erased, also when an older backup is put back.

Of what is removed for good only a name is kept that says nothing about anyone, such as the
reference of an enquiry: in the database, and in a list beside the backups. ``restore`` reads both,
and has each app remove again what the list names.
"""

from collections.abc import Iterable
from pathlib import Path

from django.db import Error
from django.dispatch import Signal

from vitaleoverheid.models import Erasure

LIST = "erased.txt"

restored = Signal()
"""Sent with ``names`` after a restore; a receiver removes those, and all that is past its time."""


def known() -> set[str]:
    """What was erased, as far as the database knows."""
    try:
        return {*Erasure.objects.values_list("name", flat=True)}
    except Error:  # an empty database has no tables yet
        return set()


def remember(names: Iterable[str]) -> None:
    """Keep the names of what was erased."""
    Erasure.objects.bulk_create((Erasure(name=name) for name in names), ignore_conflicts=True)


def listed_beside(backup: Path) -> set[str]:
    """What the list beside a backup names; nothing where there is none."""
    path = backup.with_name(LIST)
    return {*path.read_text().split()} if path.exists() else set()


def list_beside(backup: Path) -> None:
    """Bring the list beside a backup up to date: for older ones in the same folder."""
    names = sorted(known() | listed_beside(backup))
    backup.with_name(LIST).write_text("".join(f"{name}\n" for name in names))
