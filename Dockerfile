# Sourcier in a container: the page by default, any command of it by name (docs/containers.md).
# docker build -t sourcier .
FROM python:3.11.14-slim-bookworm AS build
# What Debian has of a program that is used for building alone isn't pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
# Another package index: --build-arg PIP_INDEX_URL=…; one beside it that has PyTorch for the processor alone,
# without which the image has CUDA's libraries too: --build-arg PIP_EXTRA_INDEX_URL=…
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
# First what changes seldom.
COPY Makefile constraints.txt constraints-cpu.txt constraints-cuda.txt constraints-dev.txt ./
RUN make packages VENV=/opt/sourcier
COPY pyproject.toml setup.py README.md LICENSE ./
COPY scripts scripts
COPY examples/articles examples/articles
COPY rag rag
COPY ingest ingest
COPY ui ui
# With the extras of a team's engines; without what is never used.
RUN python scripts/constraints.py --without-hashes > pins.txt \
    && /opt/sourcier/bin/pip install --no-build-isolation -c pins.txt '.[local,openai,mcp,postgres,tables]' \
    && /opt/sourcier/bin/pip uninstall -y -r scripts/unused.txt
# The encoder, written once: the container needs neither a network nor its cache kept.
RUN XDG_CACHE_HOME=/opt/cache /opt/sourcier/bin/python -c \
    'from rag.models.bundled import embedding_folder, vocabulary_folder; embedding_folder(); vocabulary_folder()' \
    && chmod -R a+rX /opt/cache

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent sourcier \
    && install -d -m 0700 -o sourcier -g sourcier /data \
    && install -d /etc/sourcier /srv/sourcier /articles
COPY --from=build /opt/sourcier /opt/sourcier
COPY --from=build --chown=sourcier:sourcier /opt/cache /opt/cache
COPY scripts/entrypoint.sh /usr/local/bin/entrypoint.sh
# The library is in /data; settings may be mounted as /etc/sourcier/config.yaml, articles in /articles.
ENV PATH=/opt/sourcier/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/opt/cache \
    XDG_CONFIG_HOME=/etc \
    SOURCIER_DATA_DIR=/data \
    SOURCIER_UI__HOST=0.0.0.0
USER 10001:10001
# Nothing is read from here, and no data is near.
WORKDIR /srv/sourcier
VOLUME ["/data"]
EXPOSE 7860
STOPSIGNAL SIGTERM
# The models take some seconds to load: until then /readyz answers 503.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/readyz', timeout=4)"]
ENTRYPOINT ["entrypoint.sh"]
CMD ["sourcier", "serve"]
