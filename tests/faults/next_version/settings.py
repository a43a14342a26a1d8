"""The site as a next version might be: with a migration more."""

from tests.faults.settings import *  # noqa: F403
from vitaleoverheid.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.next_version"]
