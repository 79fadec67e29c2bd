# One image for every service of ours. docker-compose.yml builds it; the first stage stays behind.
# BASE is a tag: its digest changes with every correction of Debian or Python, and a build takes the newest of them. Who
# needs the same bytes again names a digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:…
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS builder
WORKDIR /opt/monitor
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --quiet "uv>=0.8,<1"
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1
# first what changes seldom: with the same lock file the packages come from Docker's cache
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN /opt/uv/bin/uv sync --frozen --no-dev --group server --compile-bytecode --no-install-project
COPY src src
RUN /opt/uv/bin/uv sync --frozen --no-dev --group server --compile-bytecode

FROM ${BASE}
# the product's own user; the web server is another one and reads nothing but releases
RUN groupadd --gid 10001 monitor \
    && useradd --uid 10001 --gid monitor --no-create-home --home-dir /tmp --shell /usr/sbin/nologin monitor \
    && install -d -o monitor -g monitor -m 0711 /var/lib/monitor \
    && install -d -o monitor -g monitor -m 0750 /var/log/monitor
WORKDIR /opt/monitor
COPY --from=builder /opt/monitor /opt/monitor
COPY catalog catalog
COPY dags dags
COPY dbt_project dbt_project
COPY expectations expectations
COPY exports exports
COPY recordings recordings
COPY deploy/healthy.py deploy/healthy.py
RUN .venv/bin/python -m compileall -q src dags
ENV PATH=/opt/monitor/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 TZ=UTC
USER 10001:10001
