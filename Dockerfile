# Two images. `workers`: `wasl worker` and `wasl ingress`; Python only, no build tools, not root.
# `gateway`: Caddy with the dashboard, built from its locked packages.
FROM node:24-slim AS dashboard
WORKDIR /build/dashboard
COPY dashboard/package.json dashboard/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY dashboard ./
# The reference and the catalogue of events are made from these.
COPY docs/openapi.json docs/webhooks.md /build/docs/
RUN npm run build

FROM caddy:2.10-alpine AS gateway
COPY deploy/Caddyfile /etc/caddy/Caddyfile
COPY --from=dashboard /build/dashboard/dist /srv/dashboard

FROM python:3.12-slim AS build
WORKDIR /build
RUN pip install --no-cache-dir uv==0.13.9
COPY requirements-workers.lock ./
RUN uv venv /opt/wasl && VIRTUAL_ENV=/opt/wasl uv pip install --no-cache --require-hashes -r requirements-workers.lock
COPY pyproject.toml README.md LICENSE ./
COPY sdk sdk
COPY workers workers
COPY sandbox sandbox
COPY stack stack
COPY benchmarks benchmarks
RUN VIRTUAL_ENV=/opt/wasl uv pip install --no-cache --no-deps ./sdk .

FROM python:3.12-slim AS workers
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin wasl && install -d -o 10001 -m 0700 /keys /files /backups
COPY --from=build /opt/wasl /opt/wasl
ENV PATH=/opt/wasl/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
ENTRYPOINT ["wasl"]
CMD ["worker"]
