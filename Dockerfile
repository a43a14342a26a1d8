# One image for the web server, the worker and the migrations; compose.yaml says which is which.

# One exact version. A digest behind it (@sha256:…, from `docker buildx imagetools inspect`) also rules out that
# somebody moves the tag.
FROM python:3.13.14-slim-trixie AS base
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv/site

FROM base AS build
# For gunicorn's parser, of which there is only source.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
COPY requirements.txt .
RUN python -m venv /opt/venv && pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
# Collecting asks nothing of a database; this only keeps the settings from asking for secrets.
RUN DEBUG=True DATABASE_URL=postgres://build@localhost/build \
    python manage.py collectstatic --noinput --verbosity 0

FROM base
# pg_dump and pg_restore for backups, of the version of the database: Debian's own are older.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-common \
    && /usr/share/postgresql-common/pgdg/*.sh -y \
    && apt-get install --yes --no-install-recommends postgresql-client-18 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --no-create-home site \
    && install --directory --owner site /srv/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/site .
USER site
ENV MEDIA_ROOT=/srv/media METRICS_PORT=9100
EXPOSE 8000 9100
HEALTHCHECK --start-period=30s --start-interval=1s --interval=30s --timeout=5s CMD \
    ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["gunicorn", "vitaleoverheid.wsgi", "--bind=0.0.0.0:8000", "--bind=0.0.0.0:9100"]
