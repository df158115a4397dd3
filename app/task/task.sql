-- Tasks: what one of us has to do.

-- row task_row: id task_id | title text | words text | owner_id person_id | owner text | maker_id person_id? | maker text? | person_id person_id? | person text?
--   | record_id record_id? | record_type text? | record_title text? | record_fields text? | conversation_id conversation_id? | subject text? | message_id message_id?
--   | call_id call_id? | due_at time | state text | made_at time | closer text? | closed_at time? | version int
-- row task_state: id task_id | title text | words text | owner_id person_id | made_by person_id? | record_id record_id? | person_id person_id? | due_at time | state text
--   | tell_at time? | version int

-- What of its surroundings this person may see comes along, the rest is left out.
-- frag task_row_of(t): t.id, t.title, t.words, t.owner_id, {shown_name(o)}, k.id, {shown_name(k)}, p.id, {shown_name(p)}, r.id, r.type, r.title, r.fields, c.id, c.subject, m.id,
--   rang.id, t.due_at, t.state, t.made_at, {shown_name(z)}, t.closed_at, t.version
-- frag task_around(t): JOIN person o ON o.id = t.owner_id LEFT JOIN person k ON k.id = t.made_by LEFT JOIN person z ON z.id = t.closed_by
--   LEFT JOIN person p ON p.id = t.person_id LEFT JOIN record r ON r.id = t.record_id AND {record_visible(r)}
--   LEFT JOIN conversation c ON c.id = t.conversation_id AND {conversation_visible(c)} LEFT JOIN message m ON m.id = t.message_id AND m.conversation_id = c.id
--   AND {message_visible(m)} LEFT JOIN call rang ON rang.id = t.call_id AND {call_visible(rang)}

-- ------------------------------------------------------------------- reading

-- task_get(id task_id, me person_id?, staff bool) -> task_row :one
-- One, if this person may know of it.
SELECT {task_row_of(t)} FROM task t {task_around(t)} WHERE t.id = :id AND {task_visible(t)};

-- task_find(owner person_id?, maker person_id?, person person_id?, root record_id?, conversation conversation_id?, state text?, over int?, after_at time?, after task_id,
--   before task_id?, me person_id?, staff bool, most int) -> task_row :many
-- order: soon t.due_at, t.id | newest t.id DESC
-- Those of somebody, made by somebody, about something, as far as this person may know of them. maker: of others' only.
SELECT {task_row_of(t)} FROM task t {task_around(t)} WHERE {task_visible(t)}
--? owner AND t.owner_id = :owner
--? maker AND t.made_by = :maker AND t.owner_id <> :maker
--? person AND t.person_id = :person
--? root AND t.record_root_id = :root
--? conversation AND t.conversation_id = :conversation
--? state AND t.state = :state
--? over AND t.state <> 'open' AND :over = 1
--? after_at AND (t.due_at, t.id) > (:after_at, :after)
--? before AND t.id < :before
ORDER BY {order} LIMIT :most;

-- task_some(ids ints, me person_id?, staff bool, most int) -> task_row :many
-- Some of them, in no order, as far as this person may know of them.
SELECT {task_row_of(t)} FROM task t {task_around(t)} WHERE t.id IN {list :ids} AND {task_visible(t)} LIMIT :most;

-- task_count(owner person_id?, maker person_id?, me person_id?, staff bool, most int) -> int :one
-- How many are open; not more than that are counted.
SELECT count(*) FROM (SELECT 1 FROM task t WHERE t.state = 'open' AND {task_visible(t)}
--? owner AND t.owner_id = :owner
--? maker AND t.made_by = :maker AND t.owner_id <> :maker
LIMIT :most) x;

-- row task_colleague: id person_id | name text
-- task_colleagues(most int) -> task_colleague :many
-- Who of us may do it.
SELECT p.id, p.name FROM person p WHERE p.kind = 'staff' AND p.disabled_at IS NULL ORDER BY p.name, p.id LIMIT :most;

-- task_is_ours(id person_id) -> int :one
-- Whether somebody is one of us, and here.
SELECT count(*) FROM person p WHERE p.id = :id AND p.kind = 'staff' AND p.disabled_at IS NULL;

-- task_person(id person_id, me person_id?, staff bool) -> task_colleague :maybe
-- Somebody whom it may be for or about.
SELECT p.id, {shown_name(p)} FROM person p WHERE p.id = :id AND {person_visible(p)};

-- ------------------------------------------------------------------- writing

-- task_put(title text, words text, owner person_id, person person_id?, record record_id?, conversation conversation_id?, message message_id?, call call_id?, due_at time,
--   by person_id?, now time, tell_at time?) -> task_id :one
-- A new one.
INSERT INTO task (title, words, owner_id, person_id, record_id, record_root_id, conversation_id, message_id, call_id, due_at, state, made_by, made_at, closed_by, closed_at,
	tell_at, version)
VALUES (:title, :words, :owner, :person, :record, (SELECT COALESCE(r.root_id, r.id) FROM record r WHERE r.id = :record), :conversation, :message, :call, :due_at, 'open', :by,
	:now, NULL, NULL, :tell_at, 1) RETURNING id;

-- task_state_get(id task_id) -> task_state :one
-- One as it is, for the program itself.
SELECT t.id, t.title, t.words, t.owner_id, t.made_by, t.record_id, t.person_id, t.due_at, t.state, t.tell_at, t.version FROM task t WHERE t.id = :id;

-- task_set(id task_id, was int, title text, words text, owner person_id, due_at time, tell_at time?) :exec1
-- It is otherwise from now on.
UPDATE task SET title = :title, words = :words, owner_id = :owner, due_at = :due_at, tell_at = :tell_at, version = version + 1 WHERE id = :id AND version = :was;

-- task_move(id task_id, was int, state text, by person_id?, at time?, tell_at time?) :exec1
-- It is done, dropped, or open again.
UPDATE task SET state = :state, closed_by = :by, closed_at = :at, tell_at = :tell_at, version = version + 1 WHERE id = :id AND version = :was;

-- ------------------------------------------------------------------- reminding

-- task_due(now time, most int) -> task_state :many
-- Those whose owners are to be reminded by now.
SELECT t.id, t.title, t.words, t.owner_id, t.made_by, t.record_id, t.person_id, t.due_at, t.state, t.tell_at, t.version FROM task t
WHERE t.tell_at <= :now ORDER BY t.tell_at, t.id LIMIT :most;

-- task_told(ids ints) :exec
-- They were.
UPDATE task SET tell_at = NULL WHERE id IN {list :ids};

-- task_next() -> time :one
-- When the next is to be reminded; 0: nobody.
SELECT COALESCE(MIN(tell_at), 0) FROM task WHERE tell_at IS NOT NULL;

-- task_queued(at time) -> int :one
-- Whether a job comes in time for it.
SELECT count(*) FROM job WHERE kind = 'tasks' AND ended_at IS NULL AND claimed_until IS NULL AND run_at <= :at;
