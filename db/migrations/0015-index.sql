-- People, firms and documents stand in the one index, and its full text is written beside the rows (src/db/words.h), no longer by triggers: with a
-- trigger SQLite puts away what FTS5 has gathered for every single row.

-- The words of people move to find_doc, where the reader "people" makes them anew; "find" finds the documents and organizations of before.
DELETE FROM search_doc WHERE object_kind IN ('person', 'person-public');
DELETE FROM event_cursor WHERE reader IN ('people', 'find');
-- @sqlite
DROP TRIGGER search_doc_in;
DROP TRIGGER search_doc_out;
DROP TRIGGER search_doc_change;
DROP TRIGGER find_doc_in;
DROP TRIGGER find_doc_out;
DROP TRIGGER find_doc_change;
-- @pg
-- People are looked for apart from all that is said: their ids lie below those of everything that has a time.
CREATE INDEX find_doc_people ON find_doc USING gin (terms) WHERE id < -4611686018427387904;
-- @both

-- @sqlite
-- A person's fields stand in one tree instead of two: half the writing of an import.
CREATE TABLE person_field_new (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (person_id, name)
) WITHOUT ROWID;
INSERT INTO person_field_new (person_id, name, value) SELECT person_id, name, value FROM person_field ORDER BY person_id, name;
DROP TABLE person_field;
ALTER TABLE person_field_new RENAME TO person_field;
-- @both
