-- What people asked to be done about a record, and how it went.

-- row request_row: id request_id | record_id record_id | root_id record_id | action text | person_id person_id | as_staff bool | fields text
--   | amount int? | proved bool | state text | note text | part_id record_id? | created_at time | changed_at time | type text | title text
--   | record_fields text | person text
-- row request_move_row: state text | actor_id person_id? | actor text? | note text | at time

-- frag request(q, r, p): q.id, q.record_id, q.root_id, q.action, q.person_id, q.as_staff, q.fields, q.amount, q.proved,
--   q.state, q.note, q.part_id, q.created_at, q.changed_at, r.type, r.title, r.fields,
--   CASE WHEN p.id = :me THEN p.name ELSE {shown_name(p)} END

-- request_get(id request_id, me person_id?, staff bool) -> request_row :one
-- One, if this person may know of it: whoever may see the record.
SELECT {request(q, r, p)} FROM request q JOIN record r ON r.id = q.record_id JOIN person p ON p.id = q.person_id
WHERE q.id = :id AND {record_visible(r)};

-- request_by_key(person person_id, key text) -> request_id :maybe
-- The request that a form has made already.
SELECT id FROM request WHERE person_id = :person AND key = :key;

-- request_list(mine person_id?, state text?, record record_id?, me person_id?, staff bool, before request_id?, most int) -> request_row :many
-- The newest first: those about somebody's records, in some state, about a record.
SELECT {request(q, r, p)} FROM request q JOIN record r ON r.id = q.record_id JOIN person p ON p.id = q.person_id
WHERE {record_visible(r)}
--? mine AND q.root_id IN (SELECT own.record_id FROM record_person own WHERE own.person_id = :mine)
--? state AND q.state = :state
--? record AND q.record_id = :record
--? before AND q.id < :before
ORDER BY q.id DESC LIMIT :most;

-- request_count(state text) -> int :one
-- How many wait in a state.
SELECT count(*) FROM (SELECT 1 FROM request WHERE state = :state LIMIT 1000) x;

-- request_put(record record_id, root record_id, action text, person person_id, as_staff bool, key text, fields text, amount int?, proved bool,
--   now time) -> request_id :one
-- A new one.
INSERT INTO request (record_id, root_id, action, person_id, as_staff, key, fields, amount, proved, state, note, part_id, created_at, changed_at)
VALUES (:record, :root, :action, :person, :as_staff, :key, :fields, :amount, :proved, 'requested', '', NULL, :now, :now) RETURNING id;

-- request_set(id request_id, was text, state text, note text, part record_id?, now time) :exec1
-- Its next state, if nobody has meanwhile given it another.
UPDATE request SET state = :state, note = :note, part_id = COALESCE(:part, part_id), changed_at = :now WHERE id = :id AND state = :was;

-- request_move_put(id request_id, state text, actor person_id?, note text, now time) :exec1
-- A step on its way.
INSERT INTO request_move (request_id, state, actor_id, note, at) VALUES (:id, :state, :actor, :note, :now);

-- request_moves(id request_id, me person_id?, staff bool, most int) -> request_move_row :many
-- Its way.
SELECT m.state, m.actor_id, CASE WHEN p.id = :me THEN p.name ELSE {shown_name(p)} END, m.note, m.at FROM request_move m LEFT JOIN person p ON p.id = m.actor_id
WHERE m.request_id = :id ORDER BY m.id LIMIT :most;
