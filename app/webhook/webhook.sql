-- Programs that are told, and what was told them.

-- row webhook_row: id webhook_id | url text | label text | topics text | secret text | inside bool | created_at time | ended_at time?
-- row webhook_delivery_row: id delivery_id | webhook_id webhook_id | label text | key text | type text | object_kind text | object_id int
--   | state text | tries int | status int | answer text | why text | next_at time? | created_at time | changed_at time
-- row webhook_try_row: id delivery_id | key text | body text | state text | tries int | object_kind text | object_id int | webhook_id webhook_id
--   | url text | secret text | inside bool | ended_at time?

-- webhook_list(most int) -> webhook_row :many
-- All of them, the newest first.
SELECT id, url, label, topics, secret, inside, created_at, ended_at FROM webhook ORDER BY id DESC LIMIT :most;

-- webhook_get(id webhook_id) -> webhook_row :one
-- One of them.
SELECT id, url, label, topics, secret, inside, created_at, ended_at FROM webhook WHERE id = :id;

-- webhook_wanting(topic text, most int) -> webhook_id :many
-- Who wants to hear of a topic, written with a space before and behind.
SELECT id FROM webhook WHERE ended_at IS NULL AND topics LIKE '%' || :topic || '%' ORDER BY id LIMIT :most;

-- webhook_put(url text, label text, topics text, secret text, inside bool, now time) -> webhook_id :one
-- A new one.
INSERT INTO webhook (url, label, topics, secret, inside, created_at, ended_at) VALUES (:url, :label, :topics, :secret, :inside, :now, NULL) RETURNING id;

-- webhook_drop(id webhook_id) :exec
-- It is told no more; what was told it goes, too.
DELETE FROM webhook WHERE id = :id;

-- webhook_end(id webhook_id, now time) :exec
-- It said that it is gone.
UPDATE webhook SET ended_at = :now WHERE id = :id AND ended_at IS NULL;

-- webhook_delivery_put(webhook webhook_id, key text, type text, kind text, object int, body text, now time) -> delivery_id :one
-- A message to one of them.
INSERT INTO delivery (webhook_id, key, type, object_kind, object_id, body, state, tries, status, answer, why, next_at, created_at, changed_at)
VALUES (:webhook, :key, :type, :kind, :object, :body, 'waiting', 0, 0, '', '', :now, :now, :now) RETURNING id;

-- webhook_try_get(id delivery_id) -> webhook_try_row :maybe
-- What is needed to try.
SELECT d.id, d.key, d.body, d.state, d.tries, d.object_kind, d.object_id, d.webhook_id, w.url, w.secret, w.inside, w.ended_at
FROM delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.id = :id;

-- webhook_try_set(id delivery_id, state text, tries int, status int, answer text, why text, next_at time?, now time) :exec
-- What came of it.
UPDATE delivery SET state = :state, tries = :tries, status = :status, answer = :answer, why = :why, next_at = :next_at, changed_at = :now
WHERE id = :id;

-- frag delivery(d, w): d.id, d.webhook_id, w.label, d.key, d.type, d.object_kind, d.object_id, d.state, d.tries,
--   d.status, d.answer, d.why, d.next_at, d.created_at, d.changed_at

-- webhook_deliveries(webhook webhook_id, before delivery_id?, most int) -> webhook_delivery_row :many
-- What was told one of them, the newest first.
SELECT {delivery(d, w)} FROM delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.webhook_id = :webhook
--? before AND d.id < :before
ORDER BY d.id DESC LIMIT :most;

-- webhook_deliveries_about(kind text, object int, most int) -> webhook_delivery_row :many
-- What was told about a thing, the newest first.
SELECT {delivery(d, w)} FROM delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.object_kind = :kind AND d.object_id = :object
ORDER BY d.id DESC LIMIT :most;

-- webhook_delivery_answer(id delivery_id) -> text :maybe
-- What was said to a message that was taken.
SELECT answer FROM delivery WHERE id = :id AND state = 'delivered';
