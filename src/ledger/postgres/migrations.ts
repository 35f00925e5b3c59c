/**
 * The schema of a store, as numbered steps forward. `rowtrail.schema_step` holds those that were applied; a step is never edited after a
 * release, only followed by another. docs/ledger-schema.md describes the tables.
 *
 * Tables and columns are those of the SQLite ledger, with the CSV before everything. Texts compare by their bytes, as SQLite does it.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE rowtrail.csv (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        uuid NOT NULL UNIQUE,
    name       text NOT NULL,
    place      text NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    seq        bigint NOT NULL DEFAULT 0,
    item_id    bigint NOT NULL DEFAULT 0,
    attempt_id bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50);

  CREATE TABLE rowtrail.meta (
    csv_id integer NOT NULL,
    key    text COLLATE "C" NOT NULL,
    value  text NOT NULL,
    PRIMARY KEY (csv_id, key)
  );

  CREATE TABLE rowtrail.csv_row (
    csv_id        integer NOT NULL,
    row_id        text COLLATE "C" NOT NULL,
    type          text NOT NULL,
    name          text NOT NULL,
    email         text NOT NULL,
    seq           bigint NOT NULL,
    projected_seq bigint NOT NULL DEFAULT 0,
    projected     text,
    blocked       text,
    PRIMARY KEY (csv_id, row_id)
  );
  CREATE INDEX csv_row_changed ON rowtrail.csv_row (csv_id, seq);
  CREATE INDEX csv_row_unprojected ON rowtrail.csv_row (csv_id, seq) WHERE seq > projected_seq;
  CREATE INDEX csv_row_blocked ON rowtrail.csv_row (csv_id, row_id, blocked) WHERE blocked IS NOT NULL;

  CREATE TABLE rowtrail.projection (
    csv_id integer NOT NULL,
    row_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (csv_id, row_id, digest)
  );

  CREATE TABLE rowtrail.csv_step (
    csv_id integer NOT NULL,
    id     bigint GENERATED ALWAYS AS IDENTITY,
    before text NOT NULL,
    after  text NOT NULL,
    change text NOT NULL,
    PRIMARY KEY (csv_id, id)
  );

  CREATE TABLE rowtrail.download (
    csv_id        integer NOT NULL,
    row_id        text COLLATE "C" NOT NULL,
    download_type text COLLATE "C" NOT NULL,
    generation    integer NOT NULL,
    lease         integer NOT NULL DEFAULT 0,
    row_type      text NOT NULL DEFAULT '',
    link          text,
    status        text NOT NULL,
    attempts      integer NOT NULL DEFAULT 0,
    cause         text,
    message       text,
    permanent     integer NOT NULL DEFAULT 0,
    not_before    text,
    scope         text NOT NULL DEFAULT 'full',
    last_attempt  text,
    media_ids     text NOT NULL DEFAULT '[]',
    files         text NOT NULL DEFAULT '[]',
    file_count    integer NOT NULL DEFAULT 0,
    bytes         bigint NOT NULL DEFAULT 0,
    errors        text NOT NULL DEFAULT '[]',
    run_id        text,
    PRIMARY KEY (csv_id, row_id, download_type)
  ) WITH (fillfactor = 80);
  CREATE INDEX download_in_progress ON rowtrail.download (csv_id, row_id, download_type) WHERE status = 'downloading';
  CREATE INDEX download_open ON rowtrail.download (csv_id, row_id, download_type)
    WHERE status IN ('pending', 'failed') OR scope <> 'full';

  CREATE TABLE rowtrail.download_total (
    csv_id        integer NOT NULL,
    download_type text NOT NULL,
    files         bigint NOT NULL,
    bytes         bigint NOT NULL,
    PRIMARY KEY (csv_id, download_type)
  );

  CREATE TABLE rowtrail.attempt (
    csv_id        integer NOT NULL,
    id            bigint NOT NULL,
    row_id        text COLLATE "C" NOT NULL,
    download_type text NOT NULL,
    generation    integer NOT NULL,
    link          text,
    number        integer NOT NULL,
    started_at    text NOT NULL,
    ended_at      text NOT NULL,
    status        text NOT NULL,
    cause         text,
    category      text,
    message       text,
    run_id        text,
    lease         integer,
    files         integer,
    bytes         bigint,
    PRIMARY KEY (csv_id, id)
  );
  CREATE INDEX attempt_of_row ON rowtrail.attempt (csv_id, row_id);
  CREATE INDEX attempt_failed ON rowtrail.attempt (csv_id, id) WHERE status = 'failed';

  CREATE TABLE rowtrail.attempt_minute (
    csv_id        integer NOT NULL,
    minute        text COLLATE "C" NOT NULL,
    download_type text NOT NULL,
    status        text NOT NULL,
    cause         text NOT NULL,
    category      text NOT NULL,
    attempts      bigint NOT NULL,
    timed         bigint NOT NULL,
    seconds       double precision NOT NULL,
    files         bigint NOT NULL,
    bytes         bigint NOT NULL,
    PRIMARY KEY (csv_id, minute, download_type, status, cause, category)
  );

  CREATE TABLE rowtrail.item (
    csv_id        integer NOT NULL,
    id            bigint NOT NULL,
    row_id        text COLLATE "C" NOT NULL,
    download_type text NOT NULL,
    generation    integer NOT NULL,
    item_key      text COLLATE "C" NOT NULL,
    kind          text NOT NULL,
    media_id      text COLLATE "C",
    position      integer NOT NULL,
    title         text,
    source_url    text NOT NULL,
    status        text NOT NULL,
    attempts      integer NOT NULL,
    cause         text,
    message       text,
    not_before    text,
    metadata_file text,
    PRIMARY KEY (csv_id, id),
    UNIQUE (csv_id, row_id, download_type, generation, item_key)
  );
  CREATE INDEX item_of_medium ON rowtrail.item (csv_id, media_id) WHERE status = 'completed';

  CREATE TABLE rowtrail.file (
    csv_id  integer NOT NULL,
    item_id bigint NOT NULL,
    ordinal integer NOT NULL,
    path    text NOT NULL,
    name    text COLLATE "C" NOT NULL,
    folder  text,
    size    bigint,
    sha256  bytea,
    PRIMARY KEY (csv_id, item_id, ordinal)
  );
  CREATE INDEX file_by_name ON rowtrail.file (csv_id, name);
  CREATE INDEX file_by_sha256 ON rowtrail.file (csv_id, sha256) WHERE sha256 IS NOT NULL;

  CREATE TABLE rowtrail.metric_sample (
    csv_id            integer NOT NULL,
    at                text COLLATE "C" NOT NULL,
    total_rows        bigint NOT NULL,
    pending           bigint NOT NULL,
    completed         bigint NOT NULL,
    failed            bigint NOT NULL,
    success_rate      double precision NOT NULL,
    error_rate        double precision NOT NULL,
    avg_download_time double precision,
    disk_usage_bytes  bigint NOT NULL,
    active_processes  bigint NOT NULL,
    downloaded_bytes  bigint NOT NULL,
    PRIMARY KEY (csv_id, at)
  );
  `,
  `
  ALTER TABLE rowtrail.download ADD COLUMN lease_until timestamptz, ADD COLUMN holder text;
  `,
  `
  CREATE TABLE rowtrail.host (
    name    text COLLATE "C" PRIMARY KEY,
    state   text NOT NULL,
    holders integer[] NOT NULL DEFAULT '{}'
  ) WITH (fillfactor = 50);

  CREATE TABLE rowtrail.turn_holder (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
  ) WITH (fillfactor = 50);
  `,
  `
  CREATE TABLE rowtrail.commit_mark (
    connection uuid PRIMARY KEY,
    number     bigint NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now()
  ) WITH (fillfactor = 50);
  `,
  `
  CREATE TABLE rowtrail.worker (
    id         uuid PRIMARY KEY,
    host       text NOT NULL,
    pid        integer NOT NULL,
    version    text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    under_way  integer NOT NULL,
    done       bigint NOT NULL,
    failed     bigint NOT NULL,
    draining   boolean NOT NULL
  ) WITH (fillfactor = 50);
  `,
];
