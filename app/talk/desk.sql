-- The desk: what is open, whoever waits longest first; what customers said last; one glance at whom somebody answers.

-- row desk_key: id conversation_id | waiting_at int
-- As the partial indexes have it, and in words of which no other index can make use.
-- frag on_desk(c): c.status NOT IN ('done', 'not_done', 'closed') AND c.hidden_at IS NULL

-- desk_find(assignee person_id?, team team_id?, nobody int?, waiting int?, at int, after conversation_id, most int) -> desk_key :many
-- What is on the desk behind a place in its order: somebody's, a team's, nobody's, only where somebody waits.
SELECT c.id, c.waiting_at FROM conversation c WHERE {on_desk(c)} AND NOT {is_among(c)} AND c.due_at = 9223372036854775807 AND (c.waiting_at, c.id) > (:at, :after)
--? assignee AND c.assignee_id = :assignee
--? team AND c.team_id = :team
--? nobody AND c.assignee_id IS NULL AND c.team_id IS NULL AND :nobody = 1
--? waiting AND c.waiting_at < :waiting
ORDER BY c.waiting_at, c.id LIMIT :most;

-- desk_due(assignee person_id?, team team_id?, nobody int?, waiting int?, at int, after conversation_id, most int) -> desk_key :many
-- The same where something is due, the first due first; they stand before all others.
SELECT c.id, c.due_at FROM conversation c WHERE {on_desk(c)} AND NOT {is_among(c)} AND c.due_at < 9223372036854775807 AND (c.due_at, c.id) > (:at, :after)
--? assignee AND c.assignee_id = :assignee
--? team AND c.team_id = :team
--? nobody AND c.assignee_id IS NULL AND c.team_id IS NULL AND :nobody = 1
--? waiting AND c.waiting_at < :waiting
ORDER BY c.due_at, c.id LIMIT :most;

-- desk_count(assignee person_id?, team team_id?, nobody int?, waiting int?, most int) -> int :one
-- How many, as far as one counts.
SELECT COUNT(*) FROM (SELECT 1 AS one FROM conversation c WHERE {on_desk(c)} AND NOT {is_among(c)}
--? assignee AND c.assignee_id = :assignee
--? team AND c.team_id = :team
--? nobody AND c.assignee_id IS NULL AND c.team_id IS NULL AND :nobody = 1
--? waiting AND c.waiting_at < :waiting
LIMIT :most) found;

-- row desk_row: id conversation_id | kind text | visibility text | status text | subject text | waiting_at int | active_at time | votes int
--   | worth_minor int | reopened int | record_id record_id? | record text? | record_type text? | record_fields text? | author_id person_id? | author text? | photo file_id?
--   | assignee_id person_id? | assignee text? | team text?

-- desk_rows(ids ints, me person_id, staff bool, most int) -> desk_row :many
-- The rows of a list of the desk, in no order.
SELECT c.id, c.kind, c.visibility, c.status, c.subject, c.waiting_at, c.active_at, c.votes, c.worth_minor, c.reopened, r.id, r.title, r.type, r.fields,
	a.id, {shown_name(a)}, {shown_photo(a)}, s.id, s.name, t.name
FROM conversation c LEFT JOIN record r ON r.id = c.record_id LEFT JOIN person a ON a.id = c.author_id LEFT JOIN person s ON s.id = c.assignee_id
	LEFT JOIN team t ON t.id = c.team_id
WHERE c.id IN {list :ids} AND {conversation_visible(c)} LIMIT :most;

-- desk_reopened(most int) -> int :many
-- What was not fixed for someone, and is open again.
SELECT c.id FROM conversation c WHERE c.status = 'in_work' AND c.reopened > 0 AND c.hidden_at IS NULL AND NOT {is_among(c)}
ORDER BY c.created_at DESC, c.id DESC LIMIT :most;

-- row talk_desk_said: id message_id | conversation_id conversation_id | subject text | body text | kind text | created_at time
--   | author_id person_id? | author_name text?
-- talk_desk_said(staff bool, most int) -> talk_desk_said :many
-- What customers said last.
SELECT m.id, c.id, c.subject, m.body, m.kind, m.created_at, p.id, {shown_name(p)}
FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN person p ON p.id = m.author_id
WHERE {is_said(m)} AND p.kind <> 'staff' AND c.hidden_at IS NULL AND NOT {is_among(c)} ORDER BY m.id DESC LIMIT :most;


-- ------------------------------------------------------------------ one glance

-- desk_customer(id conversation_id) -> person_id :maybe
-- Whom a conversation is with: its author, or who of the customers takes part when one of us began it.
SELECT who FROM (SELECT c.author_id AS who, 0 AS rank FROM conversation c WHERE c.id = :id
	UNION ALL SELECT s.person_id, 1 FROM participant s WHERE s.conversation_id = :id) x
WHERE who IS NOT NULL AND NOT {is_ours(x.who)} ORDER BY rank, who LIMIT 1;

-- row desk_open_row: id conversation_id | subject text | status text | waiting_at int | created_at time
-- desk_open_of(who person_id, but conversation_id, me person_id, staff bool, most int) -> desk_open_row :many
-- What else is open with somebody, the newest first.
SELECT c.id, c.subject, c.status, c.waiting_at, c.created_at FROM conversation c
WHERE c.author_id = :who AND c.id <> :but AND {on_desk(c)} AND {conversation_visible(c)} ORDER BY c.id DESC LIMIT :most;

-- row desk_spoke_row: conversation_id conversation_id | subject text | message_id message_id | at time | name text
-- desk_spoke_last(who person_id, me person_id, staff bool) -> desk_spoke_row :maybe
-- Who of us said something to somebody last, in what they began.
SELECT c.id, c.subject, m.id, m.created_at, p.name FROM conversation c JOIN message m ON m.conversation_id = c.id JOIN person p ON p.id = m.author_id
WHERE c.author_id = :who AND m.kind IN ('comment', 'answer') AND m.hidden_at IS NULL AND p.kind = 'staff' AND {conversation_visible(c)}
ORDER BY m.created_at DESC, m.id DESC LIMIT 1;

-- ------------------------------------------------------------------ who takes part

-- row desk_seat_row: id person_id | name text | staff bool
-- desk_seats(id conversation_id, me person_id?, staff bool, after person_id?, most int) -> desk_seat_row :many
-- Who takes part, in the order in which we came to know them.
SELECT p.id, {shown_name(p)}, p.kind = 'staff' FROM participant s JOIN person p ON p.id = s.person_id JOIN conversation c ON c.id = s.conversation_id
WHERE s.conversation_id = :id AND {conversation_visible(c)}
--? after AND p.id > :after
ORDER BY p.id LIMIT :most;

-- desk_may_join(id conversation_id, me person_id?, staff bool, most int) -> desk_seat_row :many
-- The customers who have a right to the record that a private conversation is about, and do not take part in it yet.
SELECT p.id, {shown_name(p)}, FALSE FROM conversation c JOIN record_person r ON r.record_id = COALESCE(c.record_root_id, c.record_id)
	JOIN person p ON p.id = r.person_id
WHERE c.id = :id AND {conversation_visible(c)} AND c.visibility = 'private' AND p.kind <> 'staff' AND p.disabled_at IS NULL AND p.id <> COALESCE(c.author_id, 0)
	AND NOT EXISTS (SELECT 1 FROM participant s WHERE s.conversation_id = c.id AND s.person_id = p.id)
ORDER BY p.name, p.id LIMIT :most;

-- desk_seat_delete(id conversation_id, who person_id) :exec
-- Takes part no more.
DELETE FROM participant WHERE conversation_id = :id AND person_id = :who;

-- ------------------------------------------------------------------ two at once

-- row desk_name_row: message_id message_id? | name text | at time

-- desk_answering(id conversation_id, me person_id, since time, most int) -> desk_name_row :many
-- Colleagues who began to write an answer lately.
SELECT CAST(NULL AS bigint), p.name, a.at FROM answering a JOIN person p ON p.id = a.person_id
WHERE a.conversation_id = :id AND a.person_id <> :me AND a.at > :since ORDER BY a.at DESC LIMIT :most;

-- desk_answered(id conversation_id, me person_id, seen message_id) -> desk_name_row :maybe
-- What a colleague said behind what somebody has seen, the newest.
SELECT m.id, p.name, m.created_at FROM message m JOIN person p ON p.id = m.author_id
WHERE m.conversation_id = :id AND m.id > :seen AND m.kind IN ('comment', 'answer') AND m.hidden_at IS NULL AND p.kind = 'staff' AND p.id <> :me
ORDER BY m.id DESC LIMIT 1;

-- desk_newest(id conversation_id) -> message_id? :one
-- The newest that was said.
SELECT MAX(m.id) FROM message m WHERE m.conversation_id = :id;

-- desk_answering_put(id conversation_id, who person_id, at time, again_before time) :exec
-- Somebody writes an answer; no row changes when that is known since a moment.
INSERT INTO answering (conversation_id, person_id, at) VALUES (:id, :who, :at)
ON CONFLICT (conversation_id, person_id) DO UPDATE SET at = excluded.at WHERE answering.at < :again_before;

-- desk_answering_end(id conversation_id, who person_id) :exec
-- They have sent it.
DELETE FROM answering WHERE conversation_id = :id AND person_id = :who;
