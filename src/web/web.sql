-- Answers to requests with an Idempotency-Key.

-- row idempotency_row: request text | status int | body text | location text | created_at time

-- idempotency_get(hash text) -> idempotency_row :maybe
-- The answer given to a key; status 0: it is not done yet.
SELECT request, status, body, location, created_at FROM idempotency WHERE hash = :hash;

-- idempotency_put(hash text, request text, status int, body text, location text, now time) :exec
-- Keeps the answer to a key, or that it is being done.
INSERT INTO idempotency (hash, request, status, body, location, created_at)
VALUES (:hash, :request, :status, :body, :location, :now)
ON CONFLICT (hash) DO UPDATE SET request = excluded.request, status = excluded.status, body = excluded.body,
  location = excluded.location, created_at = excluded.created_at;

-- idempotency_drop(hash text) :exec
-- It was not done after all.
DELETE FROM idempotency WHERE hash = :hash;

-- idempotency_forget(before time) :exec
-- Keys need not be known for ever.
DELETE FROM idempotency WHERE created_at < :before;
