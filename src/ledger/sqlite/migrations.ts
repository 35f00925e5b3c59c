/**
 * The schema, as numbered steps forward. `PRAGMA user_version` holds the number of the last one applied; a step is never
 * edited after a release, only followed by another. docs/ledger-schema.md describes the tables.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE csv_row (
    row_id        TEXT PRIMARY KEY,
    type          TEXT NOT NULL,
    name          TEXT NOT NULL,
    email         TEXT NOT NULL,
    seq           INTEGER NOT NULL,
    projected_seq INTEGER NOT NULL DEFAULT 0,
    projected     TEXT,
    blocked       TEXT
  ) WITHOUT ROWID;
  CREATE INDEX csv_row_unprojected ON csv_row (seq) WHERE seq > projected_seq;

  CREATE TABLE projection (
    row_id TEXT NOT NULL,
    digest BLOB NOT NULL,
    PRIMARY KEY (row_id, digest)
  ) WITHOUT ROWID;

  CREATE TABLE download (
    row_id        TEXT NOT NULL,
    download_type TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    lease         INTEGER NOT NULL DEFAULT 0,
    row_type      TEXT NOT NULL DEFAULT '',
    link          TEXT,
    status        TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    cause         TEXT,
    message       TEXT,
    permanent     INTEGER NOT NULL DEFAULT 0,
    not_before    TEXT,
    scope         TEXT NOT NULL DEFAULT 'full',
    last_attempt  TEXT,
    media_ids     TEXT NOT NULL DEFAULT '[]',
    files         TEXT NOT NULL DEFAULT '[]',
    errors        TEXT NOT NULL DEFAULT '[]',
    run_id        TEXT,
    PRIMARY KEY (row_id, download_type)
  ) WITHOUT ROWID;
  CREATE INDEX download_in_progress ON download (row_id) WHERE status = 'downloading';

  CREATE TABLE attempt (
    id            INTEGER PRIMARY KEY,
    row_id        TEXT NOT NULL,
    download_type TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    link          TEXT,
    number        INTEGER NOT NULL,
    started_at    TEXT NOT NULL,
    ended_at      TEXT NOT NULL,
    status        TEXT NOT NULL,
    cause         TEXT,
    category      TEXT,
    message       TEXT,
    run_id        TEXT
  );
  CREATE INDEX attempt_of_row ON attempt (row_id, download_type);

  CREATE TABLE item (
    id            INTEGER PRIMARY KEY,
    row_id        TEXT NOT NULL,
    download_type TEXT NOT NULL,
    generation    INTEGER NOT NULL,
    item_key      TEXT NOT NULL,
    kind          TEXT NOT NULL,
    media_id      TEXT,
    position      INTEGER NOT NULL,
    title         TEXT,
    source_url    TEXT NOT NULL,
    status        TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    cause         TEXT,
    message       TEXT,
    not_before    TEXT,
    metadata_file TEXT,
    UNIQUE (row_id, download_type, generation, item_key)
  );

  CREATE TABLE file (
    item_id INTEGER NOT NULL REFERENCES item (id),
    ordinal INTEGER NOT NULL,
    path    TEXT NOT NULL,
    name    TEXT NOT NULL,
    folder  TEXT,
    size    INTEGER,
    sha256  BLOB,
    PRIMARY KEY (item_id, ordinal)
  ) WITHOUT ROWID;
  CREATE INDEX file_by_name ON file (name);
  CREATE INDEX file_by_sha256 ON file (sha256);
  `,
];
