-- Rooms: those of the team, those of a deal; who is in them, what stands in them, how far each has read.

-- ---------------------------------------------------------------- the list

-- How far this person has read; 0: they have not looked yet.
-- frag read_to(what, thing): COALESCE((SELECT mark.seq FROM seen mark WHERE mark.object_kind = what AND mark.object_id = thing
--   AND mark.person_id = :me), 0)

-- row room_row: id conversation_id | kind text | name text | words text | visibility text | status text | active_at time | mine bool | members int
--   | record_id record_id? | read_to int
-- frag room_fields(c): c.id, c.kind, c.subject, c.body, c.visibility, c.status, c.active_at, EXISTS
--   (SELECT 1 FROM participant own WHERE own.conversation_id = c.id AND own.person_id = :me),
--   (SELECT COUNT(*) FROM participant one WHERE one.conversation_id = c.id), c.record_id, {read_to('conversation', c.id)}

-- room_list(me person_id, staff bool, most int) -> room_row :many
-- The team's rooms that this person may come into, those where something happened first.
SELECT {room_fields(c)} FROM conversation c WHERE c.kind = 'room' AND {conversation_visible(c)} ORDER BY c.active_at DESC, c.id DESC LIMIT :most;

-- room_get(id conversation_id, me person_id?, staff bool) -> room_row :one
-- One of them; or the room of a deal.
SELECT {room_fields(c)} FROM conversation c WHERE c.id = :id AND c.kind IN ('room', 'deal') AND {conversation_visible(c)};

-- row room_deal_row: id record_id | type text | title text | state text | fields text | read_to int
-- room_deals(me person_id, staff bool, type text, most int) -> room_deal_row :many
-- The records of a type that this person has to do with.
SELECT r.id, r.type, r.title, r.state, r.fields, {read_to('record', r.id)} FROM record r
WHERE r.id IN (SELECT own.record_id FROM record_person own WHERE own.person_id = :me) AND r.type = :type AND {record_visible(r)}
ORDER BY r.changed_at DESC, r.id DESC LIMIT :most;

-- --------------------------------------------------------------- what stands in it

-- room_places(room conversation_id, after int, before int, most int) -> int :many
-- What was said in a room of the team, newest first.
SELECT e.seq FROM event e WHERE e.target_kind = 'conversation' AND e.target_id = :room AND e.object_kind = 'message' AND e.verb = 'create'
	AND e.seq > :after AND e.seq < :before ORDER BY e.seq DESC LIMIT :most;

-- frag is_shown(e): (:show = '' OR (:show = 'said' AND e.object_kind IN ('message', 'conversation')) OR (:show = 'call' AND e.object_kind = 'call')
--   OR (:show = 'file' AND e.object_kind = 'document') OR (:show = 'change' AND e.object_kind IN ('record', 'person', 'organization', 'request')))
-- room_record_places(record record_id, show text, after int, before int, most int) -> int :many
-- All around a record, newest first: what became of it, who came and went, what was said about it and in its room, calls, files.
SELECT e.seq FROM event e WHERE e.seq IN (
	SELECT o.seq FROM event o WHERE o.object_kind = 'record' AND o.object_id = :record AND o.verb NOT IN ('follow', 'undo')
	UNION ALL SELECT t.seq FROM event t WHERE t.target_kind = 'record' AND t.target_id = :record
	UNION ALL SELECT m.seq FROM conversation c JOIN event m ON m.target_kind = 'conversation' AND m.target_id = c.id
		WHERE c.record_root_id = :record AND m.object_kind = 'message' AND m.verb = 'create'
	UNION ALL SELECT b.seq FROM conversation c JOIN event b ON b.object_kind = 'conversation' AND b.object_id = c.id
		WHERE c.record_root_id = :record AND c.kind <> 'deal' AND b.verb = 'create')
	AND e.seq > :after AND e.seq < :before AND {is_shown(e)}
ORDER BY e.seq DESC LIMIT :most;

-- room_hidden(record record_id, me person_id, staff bool) -> int :one
-- How many things said in the rooms of a record this person may not read.
SELECT (SELECT COUNT(*) FROM conversation c JOIN message m ON m.conversation_id = c.id
		WHERE c.record_root_id = :record AND c.kind = 'deal' AND m.hidden_at IS NULL AND NOT {conversation_visible(c)})
	+ (SELECT COUNT(*) FROM call k WHERE k.record_id = :record AND NOT {call_visible(k)});

-- row room_file_row: message_id message_id | id file_id | name text | bytes int
-- room_files(messages ints, me person_id?, staff bool, most int) -> room_file_row :many
-- The files of what was said.
SELECT m.id, f.id, CASE WHEN a.name = '' THEN f.name ELSE a.name END, f.bytes
FROM attachment a JOIN message m ON m.id = a.message_id JOIN conversation c ON c.id = m.conversation_id JOIN file f ON f.id = a.file_id
WHERE a.message_id IN {list :messages} AND {conversation_visible(c)} AND {message_visible(m)} ORDER BY a.rank, a.id LIMIT :most;

-- ------------------------------------------------------------------- who is in it

-- row room_member_row: id person_id | name text | staff bool | lead bool | read_to int
-- room_members(room conversation_id, staff bool, most int) -> room_member_row :many
-- Who takes part in a room of the team, and how far each has read.
SELECT p.id, {shown_name(p)}, p.kind = 'staff', FALSE, COALESCE(s.seq, 0) FROM participant t JOIN person p ON p.id = t.person_id
	LEFT JOIN seen s ON s.object_kind = 'conversation' AND s.object_id = t.conversation_id AND s.person_id = p.id
WHERE t.conversation_id = :room AND p.disabled_at IS NULL ORDER BY 2, 1 LIMIT :most;

-- room_record_members(record record_id, lead text, staff bool, most int) -> room_member_row :many
-- Who has to do with a record, and how far each has read in its room.
SELECT p.id, {shown_name(p)}, p.kind = 'staff', EXISTS (SELECT 1 FROM record_person l WHERE l.record_id = :record AND l.person_id = p.id AND l.role = :lead),
	COALESCE(s.seq, 0)
FROM person p LEFT JOIN seen s ON s.object_kind = 'record' AND s.object_id = :record AND s.person_id = p.id
WHERE p.id IN (SELECT r.person_id FROM record_person r WHERE r.record_id = :record) AND p.disabled_at IS NULL ORDER BY 2, 1 LIMIT :most;

-- row room_staff_row: id person_id | name text
-- room_staff(room conversation_id, staff bool, most int) -> room_staff_row :many
-- Colleagues who are not in a room of the team.
SELECT p.id, {shown_name(p)} FROM person p WHERE p.kind = 'staff' AND p.disabled_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM participant t WHERE t.conversation_id = :room AND t.person_id = p.id) ORDER BY 2, 1 LIMIT :most;

-- room_is_staff(person person_id) -> int :one
-- Whether this is a colleague who is there.
SELECT COUNT(*) FROM person WHERE id = :person AND kind = 'staff' AND disabled_at IS NULL;

-- ----------------------------------------------------------------------- changes

-- room_seat_put(room conversation_id, person person_id) :exec
-- Takes part from now on.
INSERT INTO participant (conversation_id, person_id) VALUES (:room, :person) ON CONFLICT (conversation_id, person_id) DO NOTHING;

-- room_seat_drop(room conversation_id, person person_id) :exec
-- And no more.
DELETE FROM participant WHERE conversation_id = :room AND person_id = :person;

-- room_rename(room conversation_id, name text, words text) :exec1
-- What it is called and for.
UPDATE conversation SET subject = :name, body = :words, summary = :words, version = version + 1 WHERE id = :room;

-- room_of_record(record record_id, topic text) -> conversation_id :maybe
-- The conversation of a record's room, or of who leads in it.
SELECT id FROM conversation WHERE record_id = :record AND topic = :topic AND kind = 'deal' AND author_id IS NULL;

-- room_tie(room conversation_id, record record_id) :exec1
-- The room is that record's.
UPDATE conversation SET record_id = :record, record_root_id = :record WHERE id = :room;

-- room_follow(room conversation_id, record record_id, now time) :exec
-- Its people are told what is said to all of them.
INSERT INTO follow (person_id, object_kind, object_id, created_at)
SELECT DISTINCT s.person_id, 'conversation', CAST(:room AS bigint), CAST(:now AS bigint) FROM record_person s WHERE s.record_id = :record
ON CONFLICT (object_kind, object_id, person_id) DO NOTHING;

-- seen_put(person person_id, kind text, object int, seq int, now time) :exec
-- Somebody has read so far.
INSERT INTO seen (person_id, object_kind, object_id, seq, at) VALUES (:person, :kind, :object, :seq, :now)
ON CONFLICT (object_kind, object_id, person_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE seen.seq < excluded.seq;
