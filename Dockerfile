# The worker and all commands. Debian, because Temporal's SDK needs glibc.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY scripts scripts
COPY src src
COPY workflows workflows
COPY activities activities
COPY page page
COPY packages packages
# No dependency needs its install script, so none runs.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
# Temporal's SDK trusts the system's certificates, which the slim image lacks.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist
COPY --from=build /app/node_modules node_modules
# node_modules links to the sandbox in this folder.
COPY --from=build /app/packages packages
# A new volume gets the owner of the folder that it is mounted over.
RUN mkdir --parents /config/.data && chown --recursive node:node /config
USER node
ENTRYPOINT ["node", "bin/salesforce-connector.js"]
CMD ["worker", "--config", "/config/config.yaml"]
