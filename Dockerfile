# rowtrail with all that a worker needs: Node, ffmpeg, yt-dlp, and the libraries for a store and a bucket.
FROM node:24-bookworm AS package
WORKDIR /build
COPY . .
RUN npm ci --no-audit --no-fund
RUN npm run build
RUN npm pack --pack-destination /package

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg python3 \
  && rm -rf /var/lib/apt/lists/*
COPY --from=package /package /package
WORKDIR /opt/rowtrail
RUN npm install --no-audit --no-fund /package/*.tgz pg@8.23.1 pg-boss@12.35.0 @aws-sdk/client-s3@3.1175.0 \
  && ln -s /opt/rowtrail/node_modules/.bin/rowtrail /usr/local/bin/rowtrail \
  && mkdir /work && chown node /work
USER node
WORKDIR /work
RUN rowtrail setup yt-dlp
ENTRYPOINT ["rowtrail"]
CMD ["--help"]
