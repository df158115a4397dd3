-- frag file_used(f): (f.id IN (SELECT file_id FROM attachment) OR f.id IN (SELECT file_id FROM upload)
--   OR f.id IN (SELECT file_id FROM document_version) OR f.id IN (SELECT preview_file_id FROM file_text WHERE preview_file_id IS NOT NULL)
--   OR f.id IN (SELECT photo_file_id FROM person WHERE photo_file_id IS NOT NULL)
--   OR f.id IN (SELECT logo_file_id FROM business WHERE logo_file_id IS NOT NULL)
--   OR f.id IN (SELECT file_id FROM import_run WHERE file_id IS NOT NULL))

-- row file_row: id file_id | name text | type text | hash text | bytes int | created_at time

-- file_insert(name text, type text, hash text, bytes int, created_at time) -> file_id :maybe
-- Makes a file's row; gives nothing when the same bytes are there already.
INSERT INTO file (name, type, hash, bytes, created_at) VALUES (:name, :type, :hash, :bytes, :created_at)
ON CONFLICT (hash) DO NOTHING RETURNING id;

-- file_by_hash(hash text) -> file_id :one
-- The file that has these bytes.
SELECT id FROM file WHERE hash = :hash;

-- file_chunk_insert(id file_id, at int, bytes blob) :exec
-- Keeps one chunk of a file.
INSERT INTO file_chunk (file_id, at, bytes) VALUES (:id, :at, :bytes);

-- file_by_id(id file_id) -> file_row :one
-- What is known of a file.
SELECT id, name, type, hash, bytes, created_at FROM file WHERE id = :id;

-- file_chunk_get(id file_id, at int) -> blob :maybe
-- One chunk of a file.
SELECT bytes FROM file_chunk WHERE file_id = :id AND at = :at;

-- files_drop(most int) -> int :many
-- Removes files, with their chunks, that nothing points to; gives their ids.
DELETE FROM file WHERE id IN (SELECT f.id FROM file f WHERE NOT {file_used(f)} ORDER BY f.id LIMIT :most) RETURNING id;
