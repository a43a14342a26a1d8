"""``manage.py backup FILE``: the whole site in one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vitaleoverheid import backup, erasures


class Command(BaseCommand):
    """Write the database and the media to one file."""

    help = "Writes the database and the media to one file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--recipient", help="age public key to encrypt for (age1…)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            backup.write(options["file"], options["recipient"], self.stderr.write)
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        erasures.list_beside(options["file"])
        self.stdout.write(f"Wrote {options['file']}.")
