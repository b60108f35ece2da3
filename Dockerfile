# Builds the service image: the web page in one stage, dependencies in another, a small runtime in the last.
FROM node:22-bookworm-slim AS page
WORKDIR /build/miniapp_stub
COPY miniapp_stub/package.json miniapp_stub/package-lock.json miniapp_stub/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY policies /build/policies
COPY miniapp_stub .
RUN npm run build:h5

FROM python:3.12-slim-bookworm AS build
WORKDIR /build
COPY constraints.txt pyproject.toml README.md ./
RUN python -m venv /opt/policymap
COPY backend backend
COPY policies policies
COPY search_index search_index
RUN /opt/policymap/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .
# The search loops are compiled here: at run time nothing can be written beside them. Any processor will do.
ENV NUMBA_CPU_NAME=generic
RUN cd /tmp && /opt/policymap/bin/python -c "import search_index.engines.whoosh.kernels"

FROM python:3.12-slim-bookworm
ENV PATH=/opt/policymap/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NUMBA_CPU_NAME=generic \
    POLICYMAP_ENVIRONMENT=production \
    POLICYMAP_HOST=0.0.0.0 \
    POLICYMAP_PORT=8000 \
    POLICYMAP_DATA_DIR=/data \
    POLICYMAP_WEB_ROOT=/opt/page
# Chinese characters in the PDF report and in 一图读懂.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY --from=page /build/miniapp_stub/dist/build/h5 /opt/page
COPY --from=build /opt/policymap /opt/policymap
RUN mkdir /data && chown 10001:10001 /data
USER 10001
WORKDIR /tmp
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["policymap", "serve"]
