# syntax=docker/dockerfile:1
FROM python:3.13.15-slim-trixie@sha256:ffb752e139c0a19692a43af8d8523b274222dd68eebad5d583b45c2201c6e30a AS dashboard
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements-web.lock ./
RUN pip install --require-hashes --requirement requirements-web.lock
COPY web ./web
RUN cd web && npm ci --ignore-scripts && npm run build

FROM python:3.13.15-slim-trixie@sha256:ffb752e139c0a19692a43af8d8523b274222dd68eebad5d583b45c2201c6e30a AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/orchestrator
COPY requirements.lock ./
RUN /opt/orchestrator/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src ./src
COPY migrations ./migrations
COPY --from=dashboard /build/web/build ./web/build
RUN /opt/orchestrator/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13.15-slim-trixie@sha256:ffb752e139c0a19692a43af8d8523b274222dd68eebad5d583b45c2201c6e30a
RUN groupadd --gid 10001 orchestrator \
    && useradd --uid 10001 --gid orchestrator --home-dir /data --create-home --shell /usr/sbin/nologin orchestrator
COPY --from=build /opt/orchestrator /opt/orchestrator
ENV PATH=/opt/orchestrator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ORCHESTRATOR_DATABASE_URL=sqlite+aiosqlite:////data/orchestrator.db \
    ORCHESTRATOR_LOG_FORMAT=json
# By number, so that a platform can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/api/health/ready', timeout=4)"]
ENTRYPOINT ["copilot-orchestrator"]
CMD ["start", "--host", "0.0.0.0", "--port", "8000"]
