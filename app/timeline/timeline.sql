-- Timelines: in which of them an event stands, and what of them somebody may see.

-- row timeline_record_row: id record_id | root_id record_id?
-- row timeline_row: seq int | at time | actor_id person_id? | verb text | object_kind text | object_id int | target_kind text?
--   | target_id int? | data text | talk_id conversation_id? | subject text? | record_id record_id? | record_type text? | record_title text?
--   | record_fields text? | organization text? | message_kind text? | message_body text? | message_status text? | talk_topic text?
--   | call.with person_id? | call.minutes int? | call.agreed text? | call.said text? | call.held_at time? | call.direction text? | call.corrects call_id?
--   | promised text? | task text?
-- row timeline_change_row: seq int | field text | old_value text | new_value text

-- ------------------------------------------------------------------- keeping

-- timeline_put(kind text, id int, seq int, sort text) :exec
-- An event stands in a timeline.
INSERT INTO life (subject_kind, subject_id, seq, sort) VALUES (:kind, :id, :seq, :sort) ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_people(root record_id, seq int, sort text) :exec
-- It stands in those of a record's people.
INSERT INTO life (subject_kind, subject_id, seq, sort)
SELECT DISTINCT 'person', s.person_id, :seq, :sort FROM record_person s WHERE s.record_id = :root
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_talk(id conversation_id, seq int, sort text) :exec
-- It stands in those of who takes part in a conversation, and of what it is about.
INSERT INTO life (subject_kind, subject_id, seq, sort)
SELECT x.kind, x.id, :seq, :sort FROM (
	SELECT 'person' AS kind, c.author_id AS id FROM conversation c WHERE c.id = :id
	UNION SELECT 'person', p.person_id FROM participant p WHERE p.conversation_id = :id
	UNION SELECT 'record', c.record_id FROM conversation c WHERE c.id = :id
	UNION SELECT 'record', c.record_root_id FROM conversation c WHERE c.id = :id) x
WHERE x.id IS NOT NULL
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_call(id int, seq int, sort text) :exec
-- It stands in that of whom somebody of the team spoke with.
INSERT INTO life (subject_kind, subject_id, seq, sort) SELECT 'person', k.person_id, :seq, :sort FROM call k WHERE k.id = :id
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_promise(id int, seq int, sort text) :exec
-- It stands in those of its two sides, and of what it is about.
INSERT INTO life (subject_kind, subject_id, seq, sort)
SELECT y.kind, y.id, :seq, :sort FROM (SELECT 'person' AS kind, x.person_id AS id FROM expectation x WHERE x.id = :id
	UNION SELECT 'person', x.owner_id FROM expectation x WHERE x.id = :id
	UNION SELECT 'record', x.record_id FROM expectation x WHERE x.id = :id
	UNION SELECT 'record', x.record_root_id FROM expectation x WHERE x.id = :id) y
WHERE y.id IS NOT NULL
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_task(id int, seq int, sort text) :exec
-- It stands in those of whom it is for, of who does it, and of what it is about.
INSERT INTO life (subject_kind, subject_id, seq, sort)
SELECT y.kind, y.id, :seq, :sort FROM (SELECT 'person' AS kind, t.person_id AS id FROM task t WHERE t.id = :id
	UNION SELECT 'person', t.owner_id FROM task t WHERE t.id = :id
	UNION SELECT 'record', t.record_id FROM task t WHERE t.id = :id
	UNION SELECT 'record', t.record_root_id FROM task t WHERE t.id = :id) y
WHERE y.id IS NOT NULL
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_claim(id int, seq int, sort text) :exec
-- It stands in that of who says that we promised it, and of what it is about.
INSERT INTO life (subject_kind, subject_id, seq, sort)
SELECT y.kind, y.id, :seq, :sort FROM (SELECT 'person' AS kind, k.person_id AS id FROM claim k WHERE k.id = :id
	UNION SELECT 'record', k.record_id FROM claim k WHERE k.id = :id
	UNION SELECT 'record', k.record_root_id FROM claim k WHERE k.id = :id) y
WHERE y.id IS NOT NULL
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_put_past(person person_id, record int) :exec
-- Who comes to a record later has what happened to it before in their timeline, too.
INSERT INTO life (subject_kind, subject_id, seq, sort)
SELECT 'person', :person, l.seq, l.sort FROM life l WHERE l.subject_kind = 'record' AND l.subject_id = :record
ON CONFLICT (subject_kind, subject_id, seq) DO NOTHING;

-- timeline_record(id int) -> timeline_record_row :maybe
-- A record, and what it is part of.
SELECT r.id, r.root_id FROM record r WHERE r.id = :id;

-- timeline_message(id int) -> text :maybe
-- What kind of message it is.
SELECT m.kind FROM message m WHERE m.id = :id;

-- ------------------------------------------------------------------- reading

-- timeline_places(kind text, id int, sort text?, before int, most int) -> int :many
-- Which events stand in a timeline, newest first.
SELECT l.seq FROM life l WHERE l.subject_kind = :kind AND l.subject_id = :id AND l.seq < :before
--? sort AND l.sort = :sort
ORDER BY l.seq DESC LIMIT :most;

-- timeline_entries(seqs ints, own bool, staff bool, me person_id?, most int) -> timeline_row :many
-- Those of some events that this person may know of, newest first. own: the timeline is theirs, or of a record that they may see. Few at a
-- time, so that the engine has no reason to read more than these; with a ninth table to join PostgreSQL (join_collapse_limit) reads whole ones.
SELECT e.seq, e.at, e.actor_id, e.verb, e.object_kind, e.object_id, e.target_kind, e.target_id, e.data, c.id, c.subject,
	r.id, r.type, r.title, r.fields, o.name, m.kind, m.body, m.status, CASE WHEN c.kind IN ('deal', 'room') THEN c.topic END,
	k.person_id, k.minutes, k.agreed, k.said, k.held_at, k.direction, k.corrects_id,
	COALESCE((SELECT x.text FROM expectation x WHERE x.id = CASE WHEN e.object_kind = 'expectation' THEN e.object_id END),
	(SELECT y.text FROM claim y WHERE y.id = CASE WHEN e.object_kind = 'claim' THEN e.object_id END)),
	(SELECT t.title FROM task t WHERE t.id = CASE WHEN e.object_kind = 'task' THEN e.object_id END)
FROM event e
LEFT JOIN conversation c ON c.id = CASE WHEN e.object_kind = 'conversation' THEN e.object_id WHEN e.target_kind = 'conversation' THEN e.target_id END
LEFT JOIN message m ON m.id = CASE WHEN e.object_kind = 'message' THEN e.object_id END
LEFT JOIN record r ON r.id = CASE WHEN e.object_kind = 'record' THEN e.object_id WHEN e.target_kind = 'record' THEN e.target_id END
LEFT JOIN record f ON f.id = CASE WHEN e.target_kind = 'record' THEN e.target_id END
LEFT JOIN call k ON k.id = CASE WHEN e.object_kind = 'call' THEN e.object_id END
LEFT JOIN organization o ON o.id = CASE WHEN e.object_kind = 'organization' THEN e.object_id WHEN e.target_kind = 'organization' THEN e.target_id END
WHERE e.seq IN {list :seqs}
	AND (:staff OR e.audience = 'public' OR (e.audience = 'members' AND :me > 0) OR (e.audience IN ('private', 'parties') AND :own))
	AND (c.id IS NULL OR {conversation_visible(c)}) AND (m.id IS NULL OR {message_visible(m)})
	AND (e.object_kind <> 'call' OR {call_visible(k)}) AND (e.object_kind <> 'expectation' OR EXISTS
	(SELECT 1 FROM expectation x WHERE x.id = e.object_id AND {expectation_visible(x)} LIMIT 1 OFFSET 0))
	AND (e.object_kind <> 'task' OR EXISTS (SELECT 1 FROM task t WHERE t.id = e.object_id AND {task_visible(t)} LIMIT 1 OFFSET 0))
	AND (e.object_kind <> 'claim' OR EXISTS (SELECT 1 FROM claim y WHERE y.id = e.object_id AND {claim_visible(y)} LIMIT 1 OFFSET 0))
	AND (r.id IS NULL OR {record_visible(r)}) AND (f.id IS NULL OR {record_visible(f)}) AND (o.id IS NULL OR {organization_visible(o)})
ORDER BY e.seq DESC LIMIT :most;

-- timeline_changes(seqs ints, most int) -> timeline_change_row :many
-- What some events changed in records, from what to what.
SELECT seq, field, old_value, new_value FROM record_change WHERE seq IN {list :seqs} ORDER BY seq, field LIMIT :most;

-- timeline_states(seqs ints, me person_id?, most int) -> timeline_change_row :many
-- Into which states some events moved records after :me came to them.
SELECT ch.seq, ch.field, '', ch.new_value FROM record_change ch JOIN event e ON e.seq = ch.seq JOIN record r ON r.id = e.object_id
WHERE ch.seq IN {list :seqs} AND ch.field = 'state' AND EXISTS (SELECT 1 FROM event came WHERE came.object_kind = 'person' AND came.object_id = :me
	AND came.verb = 'add' AND came.target_kind = 'record' AND came.target_id = COALESCE(r.root_id, r.id) AND came.seq < ch.seq)
ORDER BY ch.seq LIMIT :most;
