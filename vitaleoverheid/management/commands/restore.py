"""``manage.py restore FILE``: the whole site back from one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from vitaleoverheid import backup, erasures
from vitaleoverheid.models import HomePage


class Command(BaseCommand):
    """Put back the database and the media that ``backup`` wrote."""

    help = "Puts back the database and the media from a file that backup wrote."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, help="file with the age secret key")
        parser.add_argument("--overwrite", action="store_true", help="replace a site with content")

    def handle(self, *args: Any, **options: Any) -> None:
        if has_content() and not options["overwrite"]:
            raise CommandError("This site has content. To replace all of it: --overwrite")
        erased = erasures.known() | erasures.listed_beside(options["file"])
        try:
            backup.read(options["file"], options["identity"], self.stderr.write)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", verbosity=0)  # the backup may be of an older version
        erasures.remember(erased)
        for _, count in erasures.restored.send(self, names=erasures.known()):
            self.stdout.write(f"Removed again, or past its time: {count} enquiries.")
        self.stdout.write(f"Restored {options['file']}.")


def has_content() -> bool:
    """Whether there is a site to lose."""
    try:
        return HomePage.objects.exists()
    except Error:  # an empty database has no tables yet
        return False
