# The portal for production: web, worker and beat are the same image with another word behind it.
# No secret enters a layer: the key below only lets Django collect static files.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: --requirement /tmp/requirements.lock
WORKDIR /srv/portal
COPY . .
RUN PORTAL_SECRET_KEY=only-for-this-build-step-0123456789-0123456789-0123456789 \
    PORTAL_ORIGIN=https://build.example \
    DATABASE_URL=postgresql://build@build.example/build \
    REDIS_URL=redis://build.example \
    /opt/venv/bin/python manage.py collectstatic --no-input \
    && /opt/venv/bin/python -m compileall -q /opt/venv /srv/portal

FROM python:3.11-slim-bookworm
# Printing to PDF (platform_portal/print_needs.py).
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
       fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUTF8=1 \
    PORTAL_ENV=production \
    PORTAL_VAR_DIR=/tmp/var \
    XDG_CACHE_HOME=/tmp/cache \
    PORTAL_MEDIA_ROOT=/data/media \
    PORTAL_BIND=0.0.0.0:8000
# A new volume takes over the owner of the folder that it covers.
RUN groupadd --gid 10001 portal \
    && useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal /data /data/media
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
USER portal
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["/srv/portal/deploy/entrypoint"]
CMD ["web"]
