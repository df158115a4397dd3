-- Conversations about a record, and how it looked when it was asked about.

-- row snapshot_row: record_id record_id | type text | title text | state text | at time | amount int? | fields text | version int | hash text
--   | taken_at time

-- ask_about(id conversation_id, record record_id, root record_id) :exec1
-- What a conversation is about.
UPDATE conversation SET record_id = :record, record_root_id = :root WHERE id = :id;

-- ask_snapshot_put(id conversation_id, record record_id, type text, title text, state text, at time, amount int?, fields text, version int,
--   hash text, now time) :exec1
-- Keeps a record as it looked.
INSERT INTO snapshot (conversation_id, record_id, type, title, state, at, amount, fields, version, hash, taken_at)
VALUES (:id, :record, :type, :title, :state, :at, :amount, :fields, :version, :hash, :now);

-- ask_snapshot_get(id conversation_id) -> snapshot_row :maybe
-- How it looked.
SELECT record_id, type, title, state, at, amount, fields, version, hash, taken_at FROM snapshot WHERE conversation_id = :id;

-- row asked_row: conversation_id conversation_id | type text | fields text
-- ask_asked(ids ints, most int) -> asked_row :many
-- What some conversations were asked about.
SELECT conversation_id, type, fields FROM snapshot WHERE conversation_id IN {list :ids} LIMIT :most;

-- ask_of_record(record record_id, most int) -> int :many
-- The newest conversations about a record or its lines.
SELECT c.id FROM conversation c WHERE c.record_id = :record OR c.record_root_id = :record ORDER BY c.id DESC LIMIT :most;
