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
  `
  CREATE TABLE content (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    size   INTEGER NOT NULL
  );
  INSERT INTO content (sha256, size)
    SELECT sha256, max(coalesce(size, 0)) FROM file WHERE sha256 IS NOT NULL GROUP BY sha256;

  CREATE TABLE file_of_content (
    item_id    INTEGER NOT NULL REFERENCES item (id),
    ordinal    INTEGER NOT NULL,
    path       TEXT NOT NULL,
    name       TEXT NOT NULL,
    folder     TEXT,
    content_id INTEGER REFERENCES content (id),
    PRIMARY KEY (item_id, ordinal)
  ) WITHOUT ROWID;
  INSERT INTO file_of_content
    SELECT f.item_id, f.ordinal, f.path, f.name, f.folder, c.id FROM file f LEFT JOIN content c USING (sha256);
  DROP TABLE file;
  ALTER TABLE file_of_content RENAME TO file;
  CREATE INDEX file_by_name ON file (name);
  CREATE INDEX file_by_content ON file (content_id) WHERE content_id IS NOT NULL;

  ALTER TABLE download ADD COLUMN file_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE download ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
  UPDATE download SET file_count = json_array_length(files), bytes = coalesce((
    SELECT sum(c.size) FROM item i JOIN file f ON f.item_id = i.id JOIN content c ON c.id = f.content_id
    WHERE i.row_id = download.row_id AND i.download_type = download.download_type AND i.generation = download.generation
      AND i.status = 'completed'), 0)
    WHERE files <> '[]';

  CREATE TABLE download_total (
    download_type TEXT PRIMARY KEY,
    files         INTEGER NOT NULL,
    bytes         INTEGER NOT NULL
  ) WITHOUT ROWID;
  INSERT INTO download_total SELECT download_type, sum(file_count), sum(bytes) FROM download GROUP BY download_type;

  ALTER TABLE attempt ADD COLUMN lease INTEGER;
  ALTER TABLE attempt ADD COLUMN files INTEGER;
  ALTER TABLE attempt ADD COLUMN bytes INTEGER;
  CREATE INDEX attempt_failed ON attempt (id) WHERE status = 'failed';

  CREATE TABLE attempt_minute (
    minute        TEXT NOT NULL,
    download_type TEXT NOT NULL,
    status        TEXT NOT NULL,
    cause         TEXT NOT NULL,
    category      TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    timed         INTEGER NOT NULL,
    seconds       REAL NOT NULL,
    files         INTEGER NOT NULL,
    bytes         INTEGER NOT NULL,
    PRIMARY KEY (minute, download_type, status, cause, category)
  ) WITHOUT ROWID;
  INSERT INTO attempt_minute
    SELECT substr(ended_at, 1, 16), download_type, status, coalesce(cause, ''), coalesce(category, ''), count(*), 0, 0, 0, 0
    FROM attempt GROUP BY 1, 2, 3, 4, 5;

  CREATE INDEX csv_row_blocked ON csv_row (row_id, blocked) WHERE blocked IS NOT NULL;

  CREATE TABLE metric_sample (
    at                TEXT PRIMARY KEY,
    total_rows        INTEGER NOT NULL,
    pending           INTEGER NOT NULL,
    completed         INTEGER NOT NULL,
    failed            INTEGER NOT NULL,
    success_rate      REAL NOT NULL,
    error_rate        REAL NOT NULL,
    avg_download_time REAL,
    disk_usage_bytes  INTEGER NOT NULL,
    active_processes  INTEGER NOT NULL,
    downloaded_bytes  INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
  CREATE INDEX download_open ON download (row_id, download_type) WHERE status IN ('pending', 'failed') OR scope <> 'full';

  CREATE TABLE csv_step (
    id     INTEGER PRIMARY KEY,
    before TEXT NOT NULL,
    after  TEXT NOT NULL,
    change TEXT NOT NULL
  );
  `,
  `
  CREATE INDEX item_of_medium ON item (media_id) WHERE status = 'completed';
  `,
  `
  CREATE INDEX csv_row_changed ON csv_row (seq);
  `,
];
