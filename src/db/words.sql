-- Documents and their full text, which PostgreSQL keeps by itself.

-- words_insert(id int, kind text, object int, words text) :exec1
-- A new document.
INSERT INTO find_doc (id, object_kind, object_id, words) VALUES (:id, :kind, :object, :words);

-- words_update(id int, words text) :exec1
-- Other words from now on.
UPDATE find_doc SET words = :words WHERE id = :id;

-- words_delete(id int) :exec1
-- It is found no more.
DELETE FROM find_doc WHERE id = :id;

-- words_text_add(id int, words text) :exec
-- The words of a document, in the full text.
-- @sqlite only
INSERT INTO find_fts (rowid, words) VALUES (:id, :words);

-- words_text_drop(id int, was text) :exec
-- And out of it: they must be those that were added.
-- @sqlite only
INSERT INTO find_fts (find_fts, rowid, words) VALUES ('delete', :id, :was);
