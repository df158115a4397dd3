-- One index over conversations, messages and records: what stands in it, and what of it somebody may find.

-- ---------------------------------------------------------------- what something is found by

-- row find_doc_row: id int | words text
-- find_doc_get(kind text, object int) -> find_doc_row :maybe
-- What something is found by now.
SELECT d.id, d.words FROM find_doc d WHERE d.object_kind = :kind AND d.object_id = :object;

-- find_doc_add(kind text, object int, words text, first int, last int) :exec1
-- Something new, behind all that has the same second.
INSERT INTO find_doc (id, object_kind, object_id, words)
SELECT COALESCE((SELECT max(d.id) FROM find_doc d WHERE d.id >= :first AND d.id <= :last), :first - 1) + 1, :kind, :object, :words;

-- find_doc_change(id int, words text) :exec1
-- Other words from now on.
UPDATE find_doc SET words = :words WHERE id = :id;

-- find_doc_drop(id int) :exec1
-- It is found no more.
DELETE FROM find_doc WHERE id = :id;

-- row find_talk_row: at time | kind text | subject text | body text | visibility text | hidden bool | author_id person_id?
--   | owner_id person_id? | root_id record_id? | id conversation_id | deal bool
-- find_conversation(id int) -> find_talk_row :maybe
-- A conversation, for the index.
SELECT c.created_at, c.kind, c.subject, c.body, c.visibility, c.hidden_at IS NOT NULL, c.author_id, c.author_id, c.record_root_id, c.id, c.kind = 'deal'
FROM conversation c WHERE c.id = :id;

-- find_message(id int) -> find_talk_row :maybe
-- Something said, for the index: as wide as its conversation, unless it is a note or was taken down.
SELECT m.created_at, m.kind, '', m.body, CASE WHEN m.kind = 'note' THEN 'staff' ELSE c.visibility END,
	m.hidden_at IS NOT NULL OR c.hidden_at IS NOT NULL, m.author_id, c.author_id, c.record_root_id, c.id, c.kind = 'deal'
FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.id = :id;

-- row find_call_row: at time | said text | agreed text | staff_id person_id | person_id person_id
-- find_call(id int) -> find_call_row :maybe
-- The note of a call, for the index.
SELECT k.held_at, k.said, k.agreed, k.staff_id, k.person_id FROM call k WHERE k.id = :id;

-- find_seats(conversation conversation_id, most int) -> int :many
-- Who takes part in a conversation.
SELECT s.person_id FROM participant s WHERE s.conversation_id = :conversation ORDER BY s.person_id LIMIT :most;

-- row find_file_row: name text | text text
-- find_files(conversation conversation_id, message message_id?, most int) -> find_file_row :many
-- What is attached to a report itself (no message) or to something said: its name there, and its words once they are read.
SELECT CASE WHEN x.name = '' THEN f.name ELSE x.name END, COALESCE(w.text, '')
FROM attachment x JOIN file f ON f.id = x.file_id LEFT JOIN file_text w ON w.file_id = f.id AND w.state = 'read'
WHERE x.conversation_id = :conversation AND COALESCE(x.message_id, 0) = COALESCE(:message, 0) ORDER BY x.rank, x.id LIMIT :most;

-- row find_place_row: id int | conversation_id conversation_id | message_id message_id?
-- find_places(file file_id, after int, most int) -> find_place_row :many
-- To what a file is attached.
SELECT x.id, x.conversation_id, x.message_id FROM attachment x WHERE x.file_id = :file AND x.id > :after ORDER BY x.id LIMIT :most;

-- find_tags(kind text, object int, most int) -> text :many
-- The tags of something.
SELECT g.name FROM tagging t JOIN tag g ON g.id = t.tag_id WHERE t.object_kind = :kind AND t.object_id = :object ORDER BY g.name LIMIT :most;

-- find_messages(conversation conversation_id, after int, most int) -> int :many
-- All that was said in a conversation.
SELECT m.id FROM message m WHERE m.conversation_id = :conversation AND m.id > :after ORDER BY m.id LIMIT :most;

-- row find_record_row: at time | type text | parent_id record_id? | root_id record_id? | title text | state text | amount int? | fields text
-- find_record(id int) -> find_record_row :maybe
-- A record, for the index.
SELECT r.at, r.type, r.parent_id, r.root_id, r.title, r.state, r.amount, r.fields FROM record r WHERE r.id = :id;

-- find_record_people(id int, most int) -> int :many
-- Who has to do with a record that stands by itself.
SELECT DISTINCT s.person_id FROM record_person s WHERE s.record_id = :id ORDER BY s.person_id LIMIT :most;

-- find_record_names(id int, type text, most int) -> text :many
-- What the sources call a record.
SELECT x.external_id FROM source_ref x WHERE x.kind = 'records:' || :type AND x.object_id = :id ORDER BY x.source LIMIT :most;

-- find_pack() -> text :maybe
-- The firm's pack.
SELECT pack FROM business WHERE one = 1;

-- ------------------------------------------------------------------------------- finding

-- What somebody may find: the policy itself, asked of the thing as it is now. The tokens of the index only spare it the rest.
-- frag find_visible(d): CASE d.object_kind
--   WHEN 'conversation' THEN EXISTS (SELECT 1 FROM conversation c WHERE c.id = d.object_id AND {conversation_visible(c)})
--   WHEN 'message' THEN EXISTS (SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id
--   WHERE m.id = d.object_id AND {conversation_visible(c)} AND {message_visible(m)})
--   WHEN 'call' THEN EXISTS (SELECT 1 FROM call k WHERE k.id = d.object_id AND {call_visible(k)})
--   WHEN 'record' THEN EXISTS (SELECT 1 FROM record r WHERE r.id = d.object_id AND {record_visible(r)}) ELSE FALSE END

-- row find_hit: id int | kind text | object_id int
-- find_hits(words text, me person_id?, staff bool, first int, before int, most int) -> find_hit :many
-- The newest that hold the words and that this person may see.
-- @sqlite
SELECT d.id, d.object_kind, d.object_id FROM find_fts f JOIN find_doc d ON d.id = f.rowid
WHERE find_fts MATCH :words AND f.rowid >= :first AND f.rowid < :before AND {find_visible(d)} ORDER BY f.rowid DESC LIMIT :most;
-- @pg
SELECT d.id, d.object_kind, d.object_id FROM find_doc d
WHERE d.terms @@ to_tsquery('simple', :words) AND d.id >= :first AND d.id < :before AND {find_visible(d)} ORDER BY d.id DESC LIMIT :most;

-- find_roots(me person_id, most int) -> int :many
-- The records that somebody has to do with.
SELECT DISTINCT s.record_id FROM record_person s WHERE s.person_id = :me ORDER BY s.record_id DESC LIMIT :most;

-- row find_said_row: id int | conversation_id conversation_id | kind text | subject text | body text | status text | visibility text | hidden bool
--   | at time | author_id person_id? | author text?
-- find_said_conversations(ids ints, me person_id?, staff bool, most int) -> find_said_row :many
-- Conversations that were found.
SELECT c.id, c.id, c.kind, c.subject, c.body, c.status, c.visibility, c.hidden_at IS NOT NULL, c.created_at, p.id, {shown_name(p)}
FROM conversation c LEFT JOIN person p ON p.id = c.author_id WHERE c.id IN {list :ids} AND {conversation_visible(c)} LIMIT :most;

-- find_said_messages(ids ints, me person_id?, staff bool, most int) -> find_said_row :many
-- What was said and found.
SELECT m.id, c.id, m.kind, c.subject, m.body, c.status, c.visibility, m.hidden_at IS NOT NULL, m.created_at, p.id, {shown_name(p)}
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id
WHERE m.id IN {list :ids} AND {conversation_visible(c)} AND {message_visible(m)} LIMIT :most;

-- find_calls(ids ints, me person_id?, staff bool, most int) -> find_said_row :many
-- Notes of calls that were found.
SELECT k.id, NULL, 'call', q.name, k.said || CASE WHEN k.agreed = '' THEN '' ELSE ' · ' || k.agreed END, '', 'staff', FALSE, k.held_at, p.id, {shown_name(p)}
FROM call k JOIN person p ON p.id = k.staff_id JOIN person q ON q.id = k.person_id WHERE k.id IN {list :ids} AND {call_visible(k)} LIMIT :most;

-- ------------------------------------------------------------------------- saved searches

-- row saved_row: id search_id | words text | type text | created_at time
-- saved_list(me person_id, most int) -> saved_row :many
-- The searches that somebody keeps, the newest first.
SELECT s.id, s.words, s.type, s.created_at FROM saved_search s WHERE s.person_id = :me ORDER BY s.id DESC LIMIT :most;

-- saved_put(me person_id, words text, type text, now time) :exec
-- Keeps one.
INSERT INTO saved_search (person_id, words, type, created_at) VALUES (:me, :words, :type, :now) ON CONFLICT (person_id, words, type) DO NOTHING;

-- saved_drop(id search_id, me person_id) :exec
-- And no more.
DELETE FROM saved_search WHERE id = :id AND person_id = :me;

-- row watch_row: id search_id | person_id person_id | staff bool | words text | type text
-- saved_watches(most int) -> watch_row :many
-- All that are to be told of.
SELECT s.id, p.id, p.role <> 'customer', s.words, s.type FROM saved_search s JOIN person p ON p.id = s.person_id
WHERE p.disabled_at IS NULL ORDER BY s.id LIMIT :most;

-- saved_tell(person person_id, seq int, conversation conversation_id, search search_id, now time) :exec
-- Something new meets a search; what was told of the same conversation and not looked at yet is enough.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, search_id, created_at, read_at)
SELECT p.id, :seq, 'search', c.id, s.id, :now, NULL FROM person p, conversation c, saved_search s
WHERE p.id = :person AND c.id = :conversation AND s.id = :search AND {conversation_visible_to(c, p)} AND NOT EXISTS
	(SELECT 1 FROM notice o WHERE o.person_id = p.id AND o.search_id = s.id AND o.conversation_id = c.id AND o.read_at IS NULL)
ON CONFLICT (person_id, event_seq) DO NOTHING;
