# pattern-sync in a small image: built with Debian's Swift image, run on plain Debian.
ARG SWIFT_VERSION=6.3

FROM swift:${SWIFT_VERSION}-bookworm AS build
WORKDIR /src
COPY scripts/install.sh scripts/install.sh
RUN scripts/install.sh build
# The dependencies change seldom, so they have a layer of their own.
COPY Package.* ./
RUN swift package resolve
COPY Sources Sources
# The manifest names the tests' folders, so they must be there; nothing of them is built.
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product pattern-sync \
    && install -D -s "$(swift build -c release --show-bin-path)/pattern-sync" /out/pattern-sync

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="pattern-sync" \
      org.opencontainers.image.description="Keeps a Qdrant collection a faithful mirror of a PostgreSQL table" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY scripts/install.sh /tmp/install.sh
RUN /tmp/install.sh runtime \
    && rm -rf /tmp/install.sh /var/lib/apt/lists/* \
    && groupadd --gid 10001 pattern-sync \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/pattern-sync \
        --shell /usr/sbin/nologin pattern-sync \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/pattern-sync
COPY --from=build /out/pattern-sync /usr/local/bin/pattern-sync

# Nothing but the journal is written, so the root file system may be read-only.
ENV PATTERN_SYNC_JOURNAL=/var/lib/pattern-sync
VOLUME /var/lib/pattern-sync
# By number, so that Kubernetes can tell that it is not root.
USER 10001:10001
ENTRYPOINT ["pattern-sync"]
