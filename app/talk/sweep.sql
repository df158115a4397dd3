-- What was sent and never used.

-- sweep_uploads(before time) :exec
-- Whoever sent these files has not attached them to anything, and will not.
DELETE FROM upload WHERE created_at < :before;

-- sweep_waits(now time) -> int :one
-- Whether the next round is in the queue already.
SELECT COUNT(*) FROM job WHERE kind = 'sweep' AND ended_at IS NULL AND run_at > :now;
