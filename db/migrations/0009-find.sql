-- One index over what is said and kept, for the search over everything. app/search/README.md.

-- What something is found by. The id is its time, seconds since 1970 times 2^24, and a number: the newest come first and a stretch of time is a
-- stretch of ids in both engines' indexes.
CREATE TABLE find_doc (
	id INT PRIMARY KEY,
	object_kind TEXT NOT NULL,          -- conversation message record
	object_id INT NOT NULL,
	words TEXT NOT NULL,                -- as text/find.h makes them; behind them tokens of what it is and who may find it
	UNIQUE (object_kind, object_id)
);
-- @sqlite
CREATE VIRTUAL TABLE find_fts USING fts5(words, content='find_doc', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4');
CREATE TRIGGER find_doc_in AFTER INSERT ON find_doc BEGIN
	INSERT INTO find_fts (rowid, words) VALUES (new.id, new.words); END;
CREATE TRIGGER find_doc_out AFTER DELETE ON find_doc BEGIN
	INSERT INTO find_fts (find_fts, rowid, words) VALUES ('delete', old.id, old.words); END;
CREATE TRIGGER find_doc_change AFTER UPDATE ON find_doc BEGIN
	INSERT INTO find_fts (find_fts, rowid, words) VALUES ('delete', old.id, old.words);
	INSERT INTO find_fts (rowid, words) VALUES (new.id, new.words); END;
-- @pg
-- Kept, so that the newest of very many matches need not be cut into words again.
ALTER TABLE find_doc ADD COLUMN terms tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED;
CREATE INDEX find_doc_terms ON find_doc USING gin (terms);
-- @both

-- Searches that somebody keeps: they are told when something new meets one.
CREATE TABLE saved_search (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	words TEXT NOT NULL,                -- as they were typed
	type TEXT NOT NULL,                 -- conversation, message, or empty: both
	created_at TIME NOT NULL,
	UNIQUE (person_id, words, type)
);
ALTER TABLE notice ADD COLUMN search_id REF REFERENCES saved_search (id) ON DELETE SET NULL;   -- what it meets
CREATE INDEX notice_search ON notice (search_id, conversation_id);
