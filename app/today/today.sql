-- What one of us begins the day with. All of it is of the caller (me), and only what the whole team may know: what is said among some stands elsewhere.

-- row today_key: kind text | id int | at time | place int

-- What happened since it was put off, by anybody else: then it counts no more.
-- frag stirred(z): (EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = CASE z.object_kind WHEN 'conversation' THEN z.object_id
--   WHEN 'expectation' THEN (SELECT o.conversation_id FROM expectation o WHERE o.id = z.object_id) END
--   AND m.created_at > z.made_at AND COALESCE(m.author_id, 0) <> :me AND m.hidden_at IS NULL)
--   OR EXISTS (SELECT 1 FROM expectation_change v WHERE z.object_kind = 'expectation' AND v.expectation_id = z.object_id AND v.at > z.made_at
--   AND COALESCE(v.actor_id, 0) <> :me)
--   OR EXISTS (SELECT 1 FROM request_move v WHERE z.object_kind = 'request' AND v.request_id = z.object_id AND v.at > z.made_at
--   AND COALESCE(v.actor_id, 0) <> :me))
-- (The offset keeps PostgreSQL from reading all that is put off for one row.)
-- frag asleep(what, which): EXISTS (SELECT 1 FROM snooze z WHERE z.person_id = :me AND z.object_kind = what AND z.object_id = which AND z.until > :now
--   AND NOT {stirred(z)} LIMIT 1 OFFSET 0)

-- today_waiting(me person_id, now time, at time, after int, most int) -> today_key :many
-- Where a customer waits for an answer of mine: what I am on, of my customers what nobody is on, and what they say we promised. Whoever waits longest first, from a place on.
SELECT kind, id, at, id FROM (
	SELECT kind, id, at FROM (SELECT 'conversation' AS kind, c.id AS id, c.waiting_at AS at FROM conversation c
		WHERE c.assignee_id = :me AND {on_desk(c)} AND c.waiting_at < 9223372036854775807 AND NOT {is_among(c)}
			AND (c.waiting_at, c.id) > (:at, :after) AND NOT {asleep('conversation', c.id)}
		ORDER BY c.waiting_at, c.id LIMIT :most) mine
	UNION ALL
	SELECT 'conversation', c.id, c.waiting_at FROM person p CROSS JOIN conversation c
	WHERE p.contact_id = :me AND c.author_id = p.id AND c.assignee_id IS NULL AND c.team_id IS NULL AND {on_desk(c)} AND c.waiting_at < 9223372036854775807
		AND NOT {is_among(c)} AND (c.waiting_at, c.id) > (:at, :after) AND NOT {asleep('conversation', c.id)}
	UNION ALL
	SELECT 'claim', k.id, k.made_at FROM claim k JOIN person p ON p.id = :me WHERE k.state = 'asked' AND {claim_is_for(k, p)} AND (k.made_at, k.id) > (:at, :after)) x
ORDER BY at, id LIMIT :most;

-- today_due(me person_id, now time, until time, at time, after int, most int) -> today_key :many
-- What I see to and is to be kept or done by then, the first due first, from a place on. What is left of the time for an answer stands with the conversation.
-- Two of one moment keep apart by their places: those of tasks are odd.
SELECT kind, id, at, place FROM (
	SELECT kind, id, at, place FROM (SELECT 'expectation' AS kind, x.id AS id, x.due_at AS at, 2 * x.id AS place FROM expectation x
		WHERE x.owner_id = :me AND x.state IN ('open', 'renegotiated') AND x.paused_at IS NULL AND x.goal NOT IN ('first', 'next') AND x.due_at <= :until
			AND (x.due_at, 2 * x.id) > (:at, :after) AND NOT {asleep('expectation', x.id)}
		ORDER BY x.due_at, x.id LIMIT :most) promised
	UNION ALL
	SELECT kind, id, at, place FROM (SELECT 'task' AS kind, t.id AS id, t.due_at AS at, 2 * t.id + 1 AS place FROM task t
		WHERE t.owner_id = :me AND t.state = 'open' AND t.due_at <= :until AND (t.due_at, 2 * t.id + 1) > (:at, :after) AND NOT {asleep('task', t.id)}
		ORDER BY t.due_at, t.id LIMIT :most) todo) x
ORDER BY at, place LIMIT :most;

-- today_promises(me person_id, now time, at time, after int, most int) -> today_key :many
-- What we owe and I see to, the first due first, from a place on.
SELECT 'expectation', x.id, x.due_at, x.id FROM expectation x
WHERE x.owner_id = :me AND x.state IN ('open', 'renegotiated') AND x.paused_at IS NULL AND x.ours AND x.goal = ''
	AND (x.due_at, x.id) > (:at, :after) AND NOT {asleep('expectation', x.id)}
ORDER BY x.due_at, x.id LIMIT :most;

-- today_tasks(me person_id, now time, at time, after int, most int) -> today_key :many
-- What I have to do, the first due first and what is due on no day last, from a place on.
SELECT 'task', t.id, t.due_at, t.id FROM task t
WHERE t.owner_id = :me AND t.state = 'open' AND (t.due_at, t.id) > (:at, :after) AND NOT {asleep('task', t.id)} ORDER BY t.due_at, t.id LIMIT :most;

-- today_quiet(me person_id, now time, since time, at time, after int, most int) -> today_key :many
-- What I am on and nobody waits for, and what is to be done for my customers, where nothing has happened since then; from a place on.
SELECT kind, id, at, id FROM (
	SELECT kind, id, at FROM (SELECT 'conversation' AS kind, c.id AS id, c.active_at AS at FROM conversation c
		WHERE c.assignee_id = :me AND {on_desk(c)} AND c.waiting_at = 9223372036854775807 AND NOT {is_among(c)} AND c.active_at < :since
			AND (c.active_at, c.id) > (:at, :after) AND NOT {asleep('conversation', c.id)}
		ORDER BY c.active_at, c.id LIMIT :most) talk
	UNION ALL
	SELECT kind, id, at FROM (SELECT 'request' AS kind, w.id AS id, w.changed_at AS at FROM request w
		WHERE w.state NOT IN ('done', 'declined', 'withdrawn', 'failed') AND w.changed_at < :since AND (w.changed_at, w.id) > (:at, :after)
			AND ((w.as_staff AND w.person_id = :me) OR EXISTS (SELECT 1 FROM record_person s JOIN person p ON p.id = s.person_id
				WHERE s.record_id = w.root_id AND p.contact_id = :me LIMIT 1 OFFSET 0)) AND NOT {asleep('request', w.id)}
		ORDER BY w.changed_at, w.id LIMIT :most) asked) x
ORDER BY at, id LIMIT :most;

-- today_changed(me person_id, now time, since int, before int, most int) -> int :many
-- Behind one event and before another what others did with what I see to, take part in or follow, newest first. What of it I may know is asked of each.
SELECT e.seq FROM event e WHERE e.seq IN (
	SELECT l.seq FROM life l WHERE l.subject_kind = 'person' AND l.subject_id = :me AND l.seq > :since
	UNION SELECT l.seq FROM follow f CROSS JOIN life l
		WHERE f.person_id = :me AND f.object_kind IN ('record', 'person') AND l.subject_kind = f.object_kind AND l.subject_id = f.object_id AND l.seq > :since
	UNION SELECT o.seq FROM follow f CROSS JOIN event o
		WHERE f.person_id = :me AND f.object_kind = 'conversation' AND o.object_kind = 'conversation' AND o.object_id = f.object_id AND o.seq > :since
	UNION SELECT t.seq FROM follow f CROSS JOIN event t
		WHERE f.person_id = :me AND f.object_kind = 'conversation' AND t.target_kind = 'conversation' AND t.target_id = f.object_id AND t.seq > :since)
	AND e.seq < :before AND COALESCE(e.actor_id, 0) <> :me AND e.verb NOT IN ('like', 'undo', 'follow', 'view', 'announce')
	AND NOT {asleep('expectation', CASE WHEN e.object_kind = 'expectation' THEN e.object_id END)}
	AND NOT {asleep('conversation', CASE WHEN e.object_kind = 'conversation' THEN e.object_id WHEN e.target_kind = 'conversation' THEN e.target_id END)}
ORDER BY e.seq DESC LIMIT :most;

-- today_is_among(id conversation_id) -> int :one
-- Whether a conversation is one among some, which is none of this.
SELECT COUNT(*) FROM conversation c WHERE c.id = :id AND {is_among(c)};

-- ------------------------------------------------------------------ requests

-- row today_request_row: id request_id | action text | state text | changed_at time | type text | title text | fields text | person text
-- today_requests(ids ints, me person_id?, staff bool, most int) -> today_request_row :many
-- Some of what is to be done, in no order.
SELECT w.id, w.action, w.state, w.changed_at, r.type, r.title, r.fields, {shown_name(p)}
FROM request w JOIN record r ON r.id = w.record_id JOIN person p ON p.id = w.person_id WHERE w.id IN {list :ids} AND {record_visible(r)} LIMIT :most;

-- ------------------------------------------------------------------ putting off

-- snooze_get(me person_id, now time, kind text, object int) -> time :maybe
-- Whether I put something off, and until when.
SELECT z.until FROM snooze z
WHERE z.person_id = :me AND z.object_kind = :kind AND z.object_id = :object AND z.until > :now AND NOT {stirred(z)};

-- It is still to be done: of the rest nothing will come back.
-- frag undone(z): (CASE z.object_kind WHEN 'conversation' THEN EXISTS (SELECT 1 FROM conversation c WHERE c.id = z.object_id AND {on_desk(c)})
--   WHEN 'expectation' THEN EXISTS (SELECT 1 FROM expectation x WHERE x.id = z.object_id AND x.state IN ('open', 'renegotiated'))
--   WHEN 'task' THEN EXISTS (SELECT 1 FROM task t WHERE t.id = z.object_id AND t.state = 'open')
--   ELSE EXISTS (SELECT 1 FROM request w WHERE w.id = z.object_id AND w.state NOT IN ('done', 'declined', 'withdrawn', 'failed')) END)

-- snooze_list(me person_id, now time, at time, after int, most int) -> today_key :many
-- What I put off, the first to come back first, from a place on.
SELECT z.object_kind, z.object_id, z.until, z.id FROM snooze z
WHERE z.person_id = :me AND z.until > :now AND (z.until, z.id) > (:at, :after) AND NOT {stirred(z)} AND {undone(z)} ORDER BY z.until, z.id LIMIT :most;

-- snooze_put(me person_id, kind text, object int, until time, now time) -> int :one
-- Puts something off, or until another time.
INSERT INTO snooze (person_id, object_kind, object_id, until, made_at) VALUES (:me, :kind, :object, :until, :now)
ON CONFLICT (person_id, object_kind, object_id) DO UPDATE SET until = excluded.until, made_at = excluded.made_at RETURNING id;

-- snooze_forget(me person_id, now time) :exec
-- What has come back by itself.
DELETE FROM snooze WHERE person_id = :me AND until <= :now;

-- snooze_of(me person_id, kind text, object int, most int) -> int :many
-- Which it is, also when it counts no more.
SELECT id FROM snooze WHERE person_id = :me AND object_kind = :kind AND object_id = :object LIMIT :most;

-- snooze_drop(id int) :exec1
-- Puts it off no more.
DELETE FROM snooze WHERE id = :id;

-- ------------------------------------------------------------------ of a customer

-- my_waiting(me person_id, until time, at time, after int, most int) -> today_key :many
-- What waits for a customer: where we spoke last between us, what we say is done and they have not judged, what they owe us by then. The longest first.
SELECT kind, id, at, id FROM (
	SELECT 'conversation' AS kind, c.id AS id, c.active_at AS at FROM conversation c
		WHERE c.author_id = :me AND {on_desk(c)} AND c.visibility = 'private' AND c.waiting_at = 9223372036854775807 AND NOT {is_among(c)}
	UNION ALL SELECT 'expectation', x.id, COALESCE(x.done_at, x.due_at) FROM expectation x
		WHERE x.person_id = :me AND x.ours AND x.state = 'done' AND x.audience <> 'team'
	UNION ALL SELECT 'expectation', x.id, x.due_at FROM expectation x
		WHERE x.person_id = :me AND NOT x.ours AND x.state IN ('open', 'renegotiated') AND x.audience <> 'team' AND x.due_at <= :until) w
WHERE (at, id) > (:at, :after) ORDER BY at, id LIMIT :most;

-- my_promises(me person_id, ours bool, at time, after int, most int) -> today_key :many
-- What we owe a customer (and everybody), or they us, and they know of; the first due first, from a place on.
SELECT 'expectation', id, at, id FROM (
	SELECT x.id AS id, x.due_at AS at FROM expectation x
		WHERE x.person_id = :me AND x.ours = :ours AND x.state IN ('open', 'renegotiated') AND x.audience <> 'team'
	UNION ALL SELECT x.id, x.due_at FROM expectation x WHERE x.person_id IS NULL AND :ours AND x.state IN ('open', 'renegotiated')) w
WHERE (at, id) > (:at, :after) ORDER BY at, id LIMIT :most;

-- my_asked(me person_id, at time, after int, most int) -> today_key :many
-- Where a customer waits for words of ours, also to what they say we promised; the longest first, from a place on.
SELECT kind, id, at, id FROM (
	SELECT 'conversation' AS kind, c.id AS id, c.waiting_at AS at FROM conversation c
		WHERE c.author_id = :me AND {on_desk(c)} AND c.waiting_at < 9223372036854775807 AND NOT {is_among(c)}
	UNION ALL SELECT 'claim', k.id, k.made_at FROM claim k WHERE k.person_id = :me AND k.state = 'asked') w
WHERE (at, id) > (:at, :after) ORDER BY at, id LIMIT :most;

-- my_changed(me person_id, since int, before int, most int) -> int :many
-- Behind one event and before another what others did with what is a customer's, newest first. What of it they may know is asked of each.
SELECT e.seq FROM life l JOIN event e ON e.seq = l.seq
WHERE l.subject_kind = 'person' AND l.subject_id = :me AND l.seq > :since AND l.seq < :before AND COALESCE(e.actor_id, 0) <> :me
	AND e.verb NOT IN ('like', 'undo', 'follow', 'view', 'announce')
ORDER BY l.seq DESC LIMIT :most;

-- row my_talk_row: id conversation_id | subject text | status text | active_at time
-- my_talks(ids ints, me person_id?, staff bool, most int) -> my_talk_row :many
-- Some conversations, in no order.
SELECT c.id, c.subject, c.status, c.active_at FROM conversation c WHERE c.id IN {list :ids} AND {conversation_visible(c)} LIMIT :most;
