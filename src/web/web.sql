-- Answers to requests with an Idempotency-Key.

-- row idempotency_row: request text | status int | body text | location text

-- idempotency_get(hash text) -> idempotency_row :maybe
-- The answer given to a key.
SELECT request, status, body, location FROM idempotency WHERE hash = :hash;

-- idempotency_put(hash text, request text, status int, body text, location text, now time) :exec1
-- Keeps the answer to a key; a conflict means that the same request runs twice at once.
INSERT INTO idempotency (hash, request, status, body, location, created_at)
VALUES (:hash, :request, :status, :body, :location, :now);

-- idempotency_forget(before time) :exec
-- Keys need not be known for ever.
DELETE FROM idempotency WHERE created_at < :before;
