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
