-- Following a record, a customer, a tag; and all that somebody follows, conversations too.

-- row follow_thing: title text | follows bool | customer bool
-- row follow_of: kind text | id int
-- row follow_row: kind text | id int | title text | at time
-- row follow_follower: person_id person_id | staff bool | kind text | id int

-- What a thing is called, for who may know of it.
-- frag thing_title(what, which): CASE what
--   WHEN 'conversation' THEN (SELECT called_c.subject FROM conversation called_c WHERE called_c.id = which)
--   WHEN 'record' THEN (SELECT called_r.title FROM record called_r WHERE called_r.id = which)
--   WHEN 'person' THEN (SELECT {name_seen(called_p)} FROM person called_p WHERE called_p.id = which)
--   WHEN 'organization' THEN (SELECT called_o.name FROM organization called_o WHERE called_o.id = which)
--   WHEN 'call' THEN (SELECT called_k.name FROM call rang JOIN person called_k ON called_k.id = rang.person_id WHERE rang.id = which)
--   WHEN 'task' THEN (SELECT called_t.title FROM task called_t WHERE called_t.id = which)
--   WHEN 'claim' THEN (SELECT called_s.text FROM claim called_s WHERE called_s.id = which)
--   WHEN 'tag' THEN (SELECT called_g.name FROM tag called_g WHERE called_g.id = which) END

-- follow_get(kind text, id int, me person_id, staff bool) -> follow_thing :maybe
-- Something that somebody may know of, and whether they follow it.
SELECT COALESCE({thing_title(:kind, :id)}, ''), EXISTS (SELECT 1 FROM follow f WHERE f.object_kind = :kind AND f.object_id = :id AND f.person_id = :me),
	COALESCE(:kind = 'person' AND EXISTS (SELECT 1 FROM person o WHERE o.id = :id AND o.kind <> 'staff' AND o.role = 'customer'), FALSE)
WHERE {thing_visible(:kind, :id)};

-- follow_put(kind text, id int, me person_id, now time) :exec
-- Follows it.
INSERT INTO follow (person_id, object_kind, object_id, created_at) VALUES (:me, :kind, :id, :now) ON CONFLICT (object_kind, object_id, person_id) DO NOTHING;

-- follow_drop(kind text, id int, me person_id) :exec
-- And no more.
DELETE FROM follow WHERE object_kind = :kind AND object_id = :id AND person_id = :me;

-- follow_list(me person_id, staff bool, kind text?, before_kind text?, before_id int?, most int) -> follow_row :many
-- What somebody follows and may still know of, by kind, the newest thing first; not what is said among some, which stands at /messages and /rooms.
SELECT f.object_kind, f.object_id, COALESCE({thing_title(f.object_kind, f.object_id)}, ''), f.created_at FROM follow f
WHERE f.person_id = :me AND {thing_visible(f.object_kind, f.object_id)}
	AND NOT (f.object_kind = 'conversation' AND EXISTS (SELECT 1 FROM conversation c WHERE c.id = f.object_id AND {is_among(c)}))
	--? kind AND f.object_kind = :kind
	--? before_kind AND (f.object_kind < :before_kind OR (f.object_kind = :before_kind AND f.object_id < :before_id))
ORDER BY f.object_kind DESC, f.object_id DESC LIMIT :most;

-- follow_hidden(me person_id, staff bool, most int) -> follow_of :many
-- What somebody follows and may know of no more, or is gone.
SELECT f.object_kind, f.object_id FROM follow f WHERE f.person_id = :me AND NOT {thing_visible(f.object_kind, f.object_id)} ORDER BY 1, 2 LIMIT :most;

-- follow_any() -> bool :one
-- Whether anybody follows something else than conversations.
SELECT EXISTS (SELECT 1 FROM follow f WHERE f.object_kind IN ('record', 'person', 'tag'));

-- follow_followers(record record_id?, person person_id?, conversation conversation_id?, call call_id?, actor person_id, after person_id, most int) -> follow_follower :many
-- Who follows a record or a person that something has to do with, but for who did it: the record, what it is a line of, the people of both; the person; who
-- takes part in the conversation, and what it is about; with whom the call was.
SELECT p.id, p.role <> 'customer', f.object_kind, f.object_id FROM (
	SELECT 'record' AS kind, COALESCE(r.root_id, r.id) AS id FROM record r WHERE r.id = :record
	UNION SELECT 'record', r.id FROM record r WHERE r.id = :record
	UNION SELECT 'person', s.person_id FROM record r JOIN record_person s ON s.record_id = COALESCE(r.root_id, r.id) WHERE r.id = :record
	UNION SELECT 'record', c.record_id FROM conversation c WHERE c.id = :conversation AND c.record_id IS NOT NULL
	UNION SELECT 'record', c.record_root_id FROM conversation c WHERE c.id = :conversation AND c.record_root_id IS NOT NULL
	UNION SELECT 'person', s.person_id FROM conversation c JOIN record_person s ON s.record_id = COALESCE(c.record_root_id, c.record_id) WHERE c.id = :conversation
	UNION SELECT 'person', c.author_id FROM conversation c WHERE c.id = :conversation AND c.author_id IS NOT NULL
	UNION SELECT 'person', t.person_id FROM participant t WHERE t.conversation_id = :conversation
	UNION SELECT 'person', k.person_id FROM call k WHERE k.id = :call
	UNION SELECT 'person', o.id FROM person o WHERE o.id = :person OR o.id = :actor) x
CROSS JOIN follow f JOIN person p ON p.id = f.person_id
WHERE f.object_kind = x.kind AND f.object_id = x.id AND p.disabled_at IS NULL AND p.id <> :actor AND p.id > :after
ORDER BY p.id, f.object_kind DESC, f.object_id DESC LIMIT :most;
