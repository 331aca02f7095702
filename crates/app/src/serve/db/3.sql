CREATE TABLE known (
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (topic, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    notification TEXT NOT NULL,
    channel TEXT NOT NULL,
    about TEXT NOT NULL,
    notice TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at TEXT,
    error TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX delivery_due ON delivery (next_at) WHERE status = 'waiting';
