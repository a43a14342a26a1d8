"""The WSGI application that gunicorn serves: finished pages, and Django for everything else."""

import os

from django.core.wsgi import get_wsgi_application

from vitaleoverheid import metrics
from vitaleoverheid.content_changes import changes
from vitaleoverheid.page_cache import PageCache

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitaleoverheid.settings")

application = metrics.beside(PageCache(get_wsgi_application(), changes))
