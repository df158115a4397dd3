-- Imports: where rows came from, and the runs.

-- row source_ref_row: object_id int | hash text
-- row import_row: id import_id | kind text | source text | file_name text | file_id file_id? | mapping text | state text
--   | done_bytes int | all_bytes int | created int | updated int | unchanged int | rejected int | why text | actor_id person_id?
--   | created_at time | ended_at time? | actor_name text?
-- row import_reject_row: line int | reason text | cells text

-- source_ref_get(source text, kind text, external_id text) -> source_ref_row :maybe
-- What a row of a source was taken as before.
SELECT object_id, hash FROM source_ref WHERE source = :source AND kind = :kind AND external_id = :external_id;

-- source_ref_put(source text, kind text, external_id text, object_id int, hash text) :exec1
-- A row of a source was taken.
INSERT INTO source_ref (source, kind, external_id, object_id, hash) VALUES (:source, :kind, :external_id, :object_id, :hash)
ON CONFLICT (source, kind, external_id) DO UPDATE SET object_id = excluded.object_id, hash = excluded.hash;

-- row source_seat_row: record_id record_id | person_id person_id | role text

-- source_seats(source text, kind text, external_id text, most int) -> source_seat_row :many
-- Whom a row has put to records.
SELECT record_id, person_id, role FROM source_seat WHERE source = :source AND kind = :kind AND external_id = :external_id
ORDER BY record_id, person_id, role LIMIT :most;

-- source_seat_put(source text, kind text, external_id text, record record_id, person person_id, role text) :exec
-- A row puts somebody to a record.
INSERT INTO source_seat (source, kind, external_id, record_id, person_id, role) VALUES (:source, :kind, :external_id, :record, :person, :role)
ON CONFLICT (source, kind, external_id, record_id, person_id, role) DO NOTHING;

-- source_seat_drop(source text, kind text, external_id text, record record_id, person person_id, role text) :exec
-- And no more.
DELETE FROM source_seat WHERE source = :source AND kind = :kind AND external_id = :external_id AND record_id = :record AND person_id = :person
	AND role = :role;

-- source_seat_others(record record_id, person person_id, role text) -> int :one
-- How many rows of any source say so.
SELECT count(*) FROM source_seat WHERE record_id = :record AND person_id = :person AND role = :role;

-- source_refs_of(source text, kind text, object_id int) -> int :one
-- How many rows of a source are about this thing.
SELECT count(*) FROM source_ref r WHERE r.kind = :kind AND r.object_id = :object_id AND r.source = :source;

-- ------------------------------------------------------------------- people

-- row import_person_row: id person_id | kind text

-- import_person_with_number(customer_no text) -> import_person_row :maybe
-- Who has this customer number.
SELECT id, kind FROM person WHERE customer_no = :customer_no;

-- import_person_with_email(email text) -> person_id :maybe
-- The colleague who has this login.
SELECT p.id FROM identity i JOIN person p ON p.id = i.person_id WHERE i.kind = 'email' AND i.subject = :email AND p.kind = 'staff';

-- ------------------------------------------------------------------ history

-- import_begin(kind text, source text, file_name text, file file_id?, mapping text, state text, all_bytes int, actor person_id?, now time)
--   -> import_id :one
-- A new run.
INSERT INTO import_run (kind, source, file_name, file_id, mapping, state, done_bytes, all_bytes, created, updated, unchanged, rejected,
	why, actor_id, created_at, ended_at)
VALUES (:kind, :source, :file_name, :file, :mapping, :state, 0, :all_bytes, 0, 0, 0, 0, '', :actor, :now, NULL) RETURNING id;

-- import_choose(id import_id, mapping text, source text, kind text) :exec1
-- Somebody said how to read the file; it waits for its job.
UPDATE import_run SET mapping = :mapping, source = :source, kind = :kind, state = 'waiting', done_bytes = 0, created = 0, updated = 0,
	unchanged = 0, rejected = 0, why = '' WHERE id = :id AND state IN ('mapping', 'failed');

-- import_progress(id import_id, done_bytes int, created int, updated int, unchanged int, rejected int) :exec1
-- How far it is.
UPDATE import_run SET state = 'running', done_bytes = :done_bytes, created = :created, updated = :updated, unchanged = :unchanged,
	rejected = :rejected WHERE id = :id;

-- import_end(id import_id, state text, why text, now time) :exec1
-- It is done, or cannot be done.
UPDATE import_run SET state = :state, why = :why, ended_at = :now WHERE id = :id;

-- import_get(id import_id) -> import_row :one
-- One run.
SELECT r.id, r.kind, r.source, r.file_name, r.file_id, r.mapping, r.state, r.done_bytes, r.all_bytes, r.created, r.updated, r.unchanged,
	r.rejected, r.why, r.actor_id, r.created_at, r.ended_at, p.name
FROM import_run r LEFT JOIN person p ON p.id = r.actor_id WHERE r.id = :id;

-- import_list(before int?, most int) -> import_row :many
-- The runs, the newest first.
SELECT r.id, r.kind, r.source, r.file_name, r.file_id, r.mapping, r.state, r.done_bytes, r.all_bytes, r.created, r.updated, r.unchanged,
	r.rejected, r.why, r.actor_id, r.created_at, r.ended_at, p.name
FROM import_run r LEFT JOIN person p ON p.id = r.actor_id
WHERE TRUE
--? before   AND r.id < :before
ORDER BY r.id DESC LIMIT :most;

-- import_reject_put(id import_id, line int, reason text, cells text) :exec
-- A row that was put aside.
INSERT INTO import_reject (import_id, line, reason, cells) VALUES (:id, :line, :reason, :cells)
ON CONFLICT (import_id, line) DO UPDATE SET reason = excluded.reason, cells = excluded.cells;

-- import_rejects_forget(id import_id) :exec
-- The run begins anew.
DELETE FROM import_reject WHERE import_id = :id;

-- import_reject_list(id import_id, after int, most int) -> import_reject_row :many
-- Rows that were put aside, in the order of the file.
SELECT line, reason, cells FROM import_reject WHERE import_id = :id AND line > :after ORDER BY line LIMIT :most;

-- import_person_since(id person_id, at time) :exec
-- Since when the person is known.
UPDATE person SET created_at = :at WHERE id = :id;

-- import_person_fields(id person_id, fields text) :exec
-- The pack's fields of a person who was just made, all at once: a JSON object of texts.
-- @sqlite
INSERT INTO person_field (person_id, name, value) SELECT :id, f.key, f.value FROM json_each(:fields) f WHERE TRUE;
-- @pg
INSERT INTO person_field (person_id, name, value) SELECT :id, f.key, f.value FROM json_each_text(CAST(:fields AS json)) f WHERE TRUE;

-- ------------------------------------------------------------ conversations

-- import_talk_state(id conversation_id) -> text :maybe
-- The state of a conversation.
SELECT status FROM conversation WHERE id = :id;

-- import_talk_answer(id conversation_id) -> text :maybe
-- The words of its official answer.
SELECT m.body FROM conversation c JOIN message m ON m.id = c.answer_id WHERE c.id = :id;
