"""The site in production, with less patience: a test need not wait for what is the same sooner."""

from vitaleoverheid.settings import *  # noqa: F403

EMAIL_TIMEOUT = 1
