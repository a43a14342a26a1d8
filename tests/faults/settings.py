"""The site in production, with less patience: a test need not wait for what is the same sooner."""

import os
from datetime import datetime, timedelta

import time_machine

from vitaleoverheid.settings import *  # noqa: F403

EMAIL_TIMEOUT = int(os.environ.get("EMAIL_TIMEOUT", "1"))
SECOND_FACTOR_REQUIRED = False  # tests/test_signing_in.py is about that

if "CLOCK_IS_OFF_BY" in os.environ:  # hours
    wrong = datetime.now().astimezone() + timedelta(hours=int(os.environ["CLOCK_IS_OFF_BY"]))
    time_machine.travel(wrong).start()
