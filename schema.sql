-- The schema of a BTF Hub store: one SQLite 3 database, version 6.
--
-- This file is the one schema. HubStore embeds it, a new store is made by running it, and a test compares a migrated
-- store against it. docs/store.md says how the blobs are encoded and what a reader has to check.
--
-- Conventions: times are whole seconds since 1970-01-01T00:00:00Z. Sizes are bytes. Digests are the 32 bytes of a
-- SHA-256, build-ids the bytes of the GNU build-id note, both raw and not hexadecimal. Every connection sets
-- PRAGMA foreign_keys = ON; the journal is a write-ahead log (journal_mode = WAL).

PRAGMA application_id = 0x42544648;     -- "BTFH": a file without it is no store
PRAGMA user_version = 6;                -- the version of this schema; a reader refuses a higher one

-- BTF by content. Identical BTF is stored once, whichever kernels and modules it belongs to.
CREATE TABLE btf (
    id        INTEGER PRIMARY KEY,
    digest    BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),  -- SHA-256 of the canonical bytes
    size      INTEGER NOT NULL CHECK (size > 0),                    -- length of the canonical bytes
    encoding  INTEGER NOT NULL CHECK (encoding > 0),                -- how payload is to be read: docs/store.md
    payload   BLOB    NOT NULL                                      -- the canonical bytes, encoded
) STRICT;

-- What the payloads of encoding 2 are to be applied to. A row here for each such row in btf.
CREATE TABLE deltas (
    btf_id    INTEGER PRIMARY KEY REFERENCES btf (id) ON DELETE CASCADE,
    base_id   INTEGER REFERENCES btf (id),      -- the BTF that the delta is against; null where there is none
    outer_id  INTEGER REFERENCES btf (id),      -- for a module's split BTF: the kernel's BTF that it goes on from
    depth     INTEGER NOT NULL CHECK (depth > 0),   -- number of deltas from here to a BTF that is stored whole
    seal      BLOB    NOT NULL CHECK (length(seal) = 8)     -- ties both digests and the payload together
) STRICT;

CREATE INDEX deltas_by_base ON deltas (base_id);
CREATE INDEX deltas_by_outer ON deltas (outer_id) WHERE outer_id IS NOT NULL;

-- Which types of a kernel's BTF a delta takes over, changes and adds: enough to tell, for many kernels at once and without
-- reading their BTF, on which of them an answer is the same. A row here for each delta between kernels' BTFs.
CREATE TABLE scripts (
    btf_id    INTEGER PRIMARY KEY REFERENCES btf (id) ON DELETE CASCADE,
    runs      BLOB    NOT NULL,                             -- the delta's script of types: docs/store.md
    seal      BLOB    NOT NULL CHECK (length(seal) = 8)     -- ties both digests and the script together
) STRICT;

-- A sample of the types of each kernel's BTF, by which likely bases are found without reading the BTF.
CREATE TABLE sketches (
    btf_id    INTEGER PRIMARY KEY REFERENCES btf (id) ON DELETE CASCADE,
    hashes    BLOB    NOT NULL,                 -- up to 128 hashes in ascending order, 4 bytes each, lowest byte first
    examined  INTEGER NOT NULL DEFAULT 0        -- optimize: the highest btf.id when this one's base was last chosen
) STRICT;

-- The ledger: every package that ingestion has seen, and what became of it.
CREATE TABLE ledger (
    id            INTEGER PRIMARY KEY,
    source        TEXT    NOT NULL,     -- where it was seen: the job's name for a repository, or 'file'
    package       TEXT    NOT NULL,     -- the package's name, such as linux-image-6.1.0-56-cloud-amd64-dbg
    version       TEXT    NOT NULL,     -- the package's version, as the repository writes it
    architecture  TEXT    NOT NULL,     -- the package's architecture, as the repository writes it
    digest        BLOB    CHECK (length(digest) = 32),              -- SHA-256 of the package file, where it is known
    state         TEXT    NOT NULL CHECK (state IN ('stored', 'no_image', 'failed')),
    reason        TEXT    CHECK ((reason IS NOT NULL) = (state <> 'stored')),   -- one sentence for a person
    attempts      INTEGER NOT NULL CHECK (attempts > 0),            -- how often this very file was processed
    recorded_at   INTEGER NOT NULL,                                 -- time of the last attempt
    retry_after   INTEGER CHECK (retry_after IS NULL OR state = 'failed'),      -- not to be tried before; null: at once
    UNIQUE (source, package, version, architecture)
) STRICT;

-- Kernels. One row is one build; the build that a name stands for is the one that nothing has superseded.
CREATE TABLE kernels (
    id             INTEGER PRIMARY KEY,
    distribution   TEXT    NOT NULL,    -- ID of os-release, such as debian
    version        TEXT    NOT NULL,    -- VERSION_ID of os-release, such as 12
    architecture   TEXT    NOT NULL,    -- the archive's name, such as x86_64 or arm64
    release        TEXT    NOT NULL,    -- what uname -r prints
    order_key      BLOB    NOT NULL,    -- the four parts, so written that byte order is version order
    build_id       BLOB    CHECK (length(build_id) BETWEEN 1 AND 64),   -- the kernel image's, where it has one
    btf_id         INTEGER NOT NULL REFERENCES btf (id),
    ledger_id      INTEGER REFERENCES ledger (id),                      -- the package it came from
    stored_at      INTEGER NOT NULL,                                    -- time
    superseded_at  INTEGER,             -- time at which another build of the same name took its place, or null
    seal           BLOB    NOT NULL CHECK (length(seal) = 8)            -- ties name, build-id and BTF digest together
) STRICT;

CREATE UNIQUE INDEX kernels_current ON kernels (order_key) WHERE superseded_at IS NULL;
CREATE INDEX kernels_by_name ON kernels (order_key);
CREATE INDEX kernels_by_build_id ON kernels (build_id) WHERE build_id IS NOT NULL;
CREATE INDEX kernels_by_btf ON kernels (btf_id);
CREATE INDEX kernels_by_ledger ON kernels (ledger_id);

-- Modules of a kernel that are stored on their own. Their BTF is split BTF: its ids and string offsets continue those of
-- the kernel's BTF.
CREATE TABLE modules (
    kernel_id  INTEGER NOT NULL REFERENCES kernels (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,        -- as in /sys/module: ext4, nf_conntrack
    build_id   BLOB    CHECK (length(build_id) BETWEEN 1 AND 64),       -- where the module has one
    btf_id     INTEGER NOT NULL REFERENCES btf (id),
    seal       BLOB    NOT NULL CHECK (length(seal) = 8),   -- ties kernel, name, build-id and BTF digest together
    PRIMARY KEY (kernel_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX modules_by_build_id ON modules (build_id) WHERE build_id IS NOT NULL;
CREATE INDEX modules_by_btf ON modules (btf_id);

-- Modules of a kernel that are stored as what they add to those of another kernel: one of the same BTF, or of the BTF that
-- this one's is a delta against. A row here for all such modules of a kernel, whose names are those of the other's.
CREATE TABLE module_deltas (
    kernel_id   INTEGER PRIMARY KEY REFERENCES kernels (id) ON DELETE CASCADE,
    base_id     INTEGER REFERENCES kernels (id) ON DELETE SET NULL, -- the other kernel; null: it is gone, and these are lost
    count       INTEGER NOT NULL CHECK (count > 0),                 -- number of modules
    own         INTEGER NOT NULL CHECK (own BETWEEN 0 AND count),   -- number of those whose BTF is not also the other's
    size        INTEGER NOT NULL CHECK (size >= 0),                 -- bytes of the canonical BTF of those
    seal        BLOB    NOT NULL CHECK (length(seal) = 8),  -- ties kernel, names, build-ids and BTF digests together
    deltas      BLOB    NOT NULL,                           -- which modules these are, and their deltas: docs/store.md
    identities  BLOB    NOT NULL                            -- their build-ids and BTF digests: docs/store.md
) STRICT;

CREATE INDEX module_deltas_by_base ON module_deltas (base_id);

-- In which kernels' module_deltas a build-id may be: an index, which holds the start of each.
CREATE TABLE module_build_ids (
    prefix     BLOB    NOT NULL CHECK (length(prefix) BETWEEN 1 AND 3), -- the first three bytes of the build-id
    kernel_id  INTEGER NOT NULL,                                        -- module_deltas.kernel_id
    PRIMARY KEY (prefix, kernel_id)
) STRICT, WITHOUT ROWID;

-- What types are called that modules add to their kernels'. Modules whose types have the same names share a row.
CREATE TABLE names (
    id      INTEGER PRIMARY KEY,
    digest  BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),    -- SHA-256 of hashes
    hashes  BLOB    NOT NULL        -- a hash of each essential name, 4 bytes each, ascending: docs/store.md
) STRICT;

-- The names in all modules of a kernel: enough to tell, without reading a module, which may have the types that a program
-- asks for. A kernel with modules that has no row here was stored by a version before 4; optimize makes its row.
CREATE TABLE module_names (
    kernel_id  INTEGER PRIMARY KEY REFERENCES kernels (id) ON DELETE CASCADE,
    names      BLOB NOT NULL,       -- names.id for each module in the order of modules.name, 4 bytes each, lowest first
    modules    BLOB NOT NULL CHECK (length(modules) = 32),  -- a digest of the modules' names and BTF: docs/store.md
    seal       BLOB NOT NULL CHECK (length(seal) = 8)       -- ties the kernel, its modules and the sets of names together
) STRICT;
