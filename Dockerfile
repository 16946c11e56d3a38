# syntax=docker/dockerfile:1
# One image for every Landfall process: workers of any queue, and the commands of operators.

# Packages and the workflow bundle. Its own Node only runs npm; Landfall's is the one that package-lock.json pins.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /opt/landfall
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
# Temporal's native part comes for five platforms, and Node with headers to compile against: one and none are used.
RUN cd node_modules/@temporalio/core-bridge/releases \
 && keep="$(uname -m)-unknown-linux-gnu" && test -d "$keep" && find . -mindepth 1 -maxdepth 1 ! -name "$keep" -exec rm -r {} + \
 && cd /opt/landfall && rm -r node_modules/node-linux-*/include && ln -s "node_modules/node-linux-$(node -p process.arch)/bin/node" node && ./node --version
COPY src src
COPY activities activities
COPY workflows workflows
COPY workers workers
RUN ./node workers/bundle-ahead.ts

# No compilers, no npm, no shell tools but Debian's own few; rsync and setpriv are what a mirror is made with.
FROM debian:12.12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates rsync util-linux \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node \
 && install -d -o node -g node /var/lib/landfall /srv/mirror \
 && install -d /etc/landfall/flows
COPY --from=build /opt/landfall /opt/landfall
COPY LICENSE package.json /opt/landfall/
COPY docker/landfall docker/healthy /usr/local/bin/
RUN ln -s /opt/landfall/node /usr/local/bin/node
USER node
WORKDIR /var/lib/landfall
ENV NODE_ENV=production \
    LANDFALL_HOME=/var/lib/landfall \
    LANDFALL_FLOWS=/etc/landfall/flows \
    LANDFALL_HTTP=0.0.0.0:9464 \
    LANDFALL_LOG_FORMAT=json
EXPOSE 9464
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["healthy"]
ENTRYPOINT ["landfall"]
CMD ["worker"]
