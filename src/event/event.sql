-- The log, its readers' cursors and the job queue.

-- row event_row: seq int | at time | actor_id person_id? | verb text | object_kind text | object_id int
--   | target_kind text? | target_id int? | audience text | data text
-- row job_row: id job_id | kind text | data text | tries int

-- event_head_move(n int) :exec1
-- Takes the next sequence numbers; the batch that holds the head is the only one writing until its commit.
UPDATE event_head SET seq = seq + :n WHERE one = 1;

-- event_insert(seq int, at time, actor person_id?, verb text, object_kind text, object_id int, target_kind text?, target_id int?, audience text, data text) :exec1
-- Writes an event under a number behind the head.
INSERT INTO event (seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data)
VALUES (:seq, :at, :actor, :verb, :object_kind, :object_id, :target_kind, :target_id, :audience, :data);

-- event_head() -> int :one
-- The newest sequence number.
SELECT seq FROM event_head WHERE one = 1;

-- event_after(after int, most int) -> event_row :many
-- Events behind a sequence number, oldest first.
SELECT seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data
FROM event WHERE seq > :after ORDER BY seq LIMIT :most;

-- event_about(kind text, id int, after int, most int) -> event_row :many
-- Events about one thing, or to it or in it, behind a sequence number, oldest first.
SELECT seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data
FROM event WHERE object_kind = :kind AND object_id = :id AND seq > :after
UNION
SELECT seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data
FROM event WHERE target_kind = :kind AND target_id = :id AND seq > :after
ORDER BY seq LIMIT :most;

-- event_public_talk(after int, most int) -> event_row :many
-- What everyone may know of conversations, behind a sequence number, oldest first.
SELECT seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data
FROM event WHERE seq > :after AND audience = 'public' AND (object_kind = 'conversation' OR target_kind = 'conversation')
ORDER BY seq LIMIT :most;

-- event_other_talk(after int, most int) -> event_row :many
-- What not everyone may know of conversations, behind a sequence number, oldest first.
SELECT seq, at, actor_id, verb, object_kind, object_id, target_kind, target_id, audience, data
FROM event WHERE seq > :after AND audience <> 'public' AND (object_kind = 'conversation' OR target_kind = 'conversation')
ORDER BY seq LIMIT :most;

-- cursor_get(reader text) -> int :maybe
-- Where a reader is.
SELECT seq FROM event_cursor WHERE reader = :reader;

-- cursor_start(reader text, seq int, at time) :exec
-- Gives a reader its first place, unless another node did.
INSERT INTO event_cursor (reader, seq, moved_at) VALUES (:reader, :seq, :at) ON CONFLICT (reader) DO NOTHING;

-- cursor_set(reader text, seq int, at time) :exec
-- Puts a reader at a place, wherever it was.
INSERT INTO event_cursor (reader, seq, moved_at) VALUES (:reader, :seq, :at)
ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq, moved_at = excluded.moved_at;

-- cursor_move(reader text, was int, seq int, at time) :exec1
-- Moves a reader; a conflict means that another node has read on.
UPDATE event_cursor SET seq = :seq, moved_at = :at WHERE reader = :reader AND seq = :was;

-- job_add(kind text, data text, run_at time, now time) -> job_id :one
-- Queues a job.
INSERT INTO job (kind, data, run_at, tries, claimed_until, last_error, created_at, ended_at, failed)
VALUES (:kind, :data, :run_at, 0, NULL, NULL, :now, NULL, FALSE) RETURNING id;

-- job_claim(now time, until time) -> job_row :maybe
-- Takes the job that has been due longest; another node leaves it alone until the claim ends.
UPDATE job SET claimed_until = :until, tries = tries + 1
WHERE id = (SELECT id FROM job WHERE ended_at IS NULL AND run_at <= :now AND (claimed_until IS NULL OR claimed_until <= :now)
            ORDER BY run_at, id LIMIT 1)
RETURNING id, kind, data, tries;

-- job_renew(id job_id, until time) :exec
-- A job that takes long is still being done.
UPDATE job SET claimed_until = :until WHERE id = :id AND ended_at IS NULL AND claimed_until IS NOT NULL;

-- job_next() -> time? :one
-- When the next job is due, if there is one.
SELECT MIN(CASE WHEN claimed_until > run_at THEN claimed_until ELSE run_at END) FROM job WHERE ended_at IS NULL;

-- job_end(id job_id, now time) :exec1
-- The job is done.
UPDATE job SET ended_at = :now, claimed_until = NULL WHERE id = :id;

-- job_retry(id job_id, run_at time, why text) :exec1
-- The job failed and is to be tried again.
UPDATE job SET run_at = :run_at, claimed_until = NULL, last_error = :why WHERE id = :id;

-- job_give_up(id job_id, now time, why text) :exec1
-- The job failed too often.
UPDATE job SET ended_at = :now, claimed_until = NULL, failed = TRUE, last_error = :why WHERE id = :id;

-- job_forget(before time) :exec
-- Done jobs need not be kept for ever.
DELETE FROM job WHERE ended_at IS NOT NULL AND ended_at < :before AND NOT failed;
