-- One index over people, conversations, messages, records, documents and organizations: what stands in it, and what of it somebody may find.

-- ---------------------------------------------------------------- what something is found by

-- row find_doc_row: id int | words text
-- find_doc_get(kind text, object int) -> find_doc_row :maybe
-- What something is found by now.
SELECT d.id, d.words FROM find_doc d WHERE d.object_kind = :kind AND d.object_id = :object;

-- find_doc_last(first int, last int) -> int? :one
-- The newest of a second.
SELECT max(d.id) FROM find_doc d WHERE d.id >= :first AND d.id <= :last;

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

-- row find_task_row: at time | title text | words text | owner_id person_id | made_by person_id? | person_id person_id?
-- find_task(id int) -> find_task_row :maybe
-- A task, for the index.
SELECT t.made_at, t.title, t.words, t.owner_id, t.made_by, t.person_id FROM task t WHERE t.id = :id;

-- row find_promise_row: at time | words text | said text | audience text | person_id person_id? | owner_id person_id | made_by person_id? | root_id record_id?
--   | visibility text | hidden bool
-- find_promise(id int) -> find_promise_row :maybe
-- A promise, for the index; not what a rule of service made.
SELECT x.made_at, x.text, x.said, x.audience, x.person_id, x.owner_id, x.made_by, x.record_root_id, COALESCE(c.visibility, ''), COALESCE(c.hidden_at IS NOT NULL, FALSE)
FROM expectation x LEFT JOIN conversation c ON c.id = x.conversation_id WHERE x.id = :id AND x.goal = '';

-- find_promises_in(conversation conversation_id, after int, most int) -> int :many
-- What was promised in a conversation.
SELECT x.id FROM expectation x WHERE x.conversation_id = :conversation AND x.id > :after ORDER BY x.id LIMIT :most;

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

-- row find_kept_row: at time | name text | text text | version_name text | person_id person_id? | root_id record_id? | author_id person_id? | shared bool
-- find_document(id int) -> find_kept_row :maybe
-- What the team keeps for a customer, for the index: its newest version, which is the customer's once it is shared.
SELECT v.created_at, k.name, COALESCE(w.text, ''), v.name, k.person_id, k.record_root_id, v.author_id, k.shared_at IS NOT NULL
FROM document k JOIN document_version v ON v.document_id = k.id AND v.version = k.version
LEFT JOIN file_text w ON w.file_id = v.file_id AND w.state = 'read' WHERE k.id = :id;

-- find_documents_of(file file_id, most int) -> int :many
-- The documents whose newest version is this file.
SELECT k.id FROM document_version v JOIN document k ON k.id = v.document_id AND k.version = v.version WHERE v.file_id = :file ORDER BY k.id LIMIT :most;

-- row find_body_row: at time | kind text | name text | address text | phone text | email text | web text | notes text
-- find_organization(id int) -> find_body_row :maybe
-- A household or firm, for the index.
SELECT o.created_at, o.kind, o.name, o.address, o.phone, o.email, o.web, o.notes FROM organization o WHERE o.id = :id;

-- find_organization_people(id int, most int) -> int :many
-- Who belongs to it.
SELECT m.person_id FROM organization_person m WHERE m.organization_id = :id ORDER BY m.person_id LIMIT :most;

-- find_messages(conversation conversation_id, after int, most int) -> int :many
-- All that was said in a conversation.
SELECT m.id FROM message m WHERE m.conversation_id = :conversation AND m.id > :after ORDER BY m.id LIMIT :most;

-- find_records(type text, after int, most int) -> int :many
-- Records of a type.
SELECT r.id FROM record r WHERE r.type = :type AND r.id > :after ORDER BY r.id LIMIT :most;

-- find_team_records(after int, most int) -> int :many
-- Records of which the team has a document of its own.
SELECT d.object_id FROM find_doc d WHERE d.object_kind = 'record-team' AND d.object_id > :after ORDER BY d.object_id LIMIT :most;

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

-- ------------------------------------------------------------------------------- finding

-- What somebody may find: the policy itself, asked of the thing as it is now. The tokens of the index only spare it the rest. LIMIT 1 OFFSET 0: else
-- PostgreSQL reads all messages into a hash to ask it of thirty.
-- frag find_visible(d): CASE d.object_kind
--   WHEN 'conversation' THEN EXISTS (SELECT 1 FROM conversation c WHERE c.id = d.object_id AND {conversation_visible(c)} LIMIT 1 OFFSET 0)
--   WHEN 'message' THEN EXISTS (SELECT 1 FROM message m JOIN conversation c ON c.id = m.conversation_id
--   WHERE m.id = d.object_id AND {conversation_visible(c)} AND {message_visible(m)} LIMIT 1 OFFSET 0)
--   WHEN 'record' THEN EXISTS (SELECT 1 FROM record r WHERE r.id = d.object_id AND {record_visible(r)} LIMIT 1 OFFSET 0) AND {record_document(d)}
--   WHEN 'record-team' THEN :staff
--   WHEN 'call' THEN EXISTS (SELECT 1 FROM call k WHERE k.id = d.object_id AND {call_visible(k)} LIMIT 1 OFFSET 0)
--   WHEN 'expectation' THEN EXISTS (SELECT 1 FROM expectation x WHERE x.id = d.object_id AND {expectation_visible(x)} LIMIT 1 OFFSET 0)
--   WHEN 'task' THEN EXISTS (SELECT 1 FROM task t WHERE t.id = d.object_id AND {task_visible(t)} LIMIT 1 OFFSET 0)
--   WHEN 'document' THEN EXISTS (SELECT 1 FROM document k WHERE k.id = d.object_id AND {document_visible(k)} LIMIT 1 OFFSET 0)
--   WHEN 'organization' THEN :staff
--   WHEN 'organization-name' THEN NOT :staff AND EXISTS
--   (SELECT 1 FROM organization o WHERE o.id = d.object_id AND {organization_visible(o)} LIMIT 1 OFFSET 0)
--   ELSE FALSE END

-- row find_hit: id int | kind text | object_id int
-- find_hits(words text, me person_id?, staff bool, first int, before int, most int) -> find_hit :many
-- The newest that hold the words and that this person may see.
-- @sqlite
SELECT d.id, d.object_kind, d.object_id FROM find_fts f JOIN find_doc d ON d.id = f.rowid
WHERE find_fts MATCH :words AND f.rowid >= :first AND f.rowid < :before AND {find_visible(d)} ORDER BY f.rowid DESC LIMIT :most;
-- @pg
SELECT d.id, d.object_kind, d.object_id FROM find_doc d
WHERE d.terms @@ to_tsquery('simple', :words) AND d.id >= :first AND d.id < :before AND {find_visible(d)} ORDER BY d.id DESC LIMIT :most;

-- find_fresh(words text, ids ints, me person_id?, staff bool, most int) -> int :many
-- Which of some documents hold the words, of things that this person may see.
-- @sqlite
SELECT d.id FROM find_fts f JOIN find_doc d ON d.id = f.rowid WHERE find_fts MATCH :words AND f.rowid IN {list :ids} AND {find_visible(d)} LIMIT :most;
-- @pg
SELECT d.id FROM find_doc d WHERE d.terms @@ to_tsquery('simple', :words) AND d.id IN {list :ids} AND {find_visible(d)} LIMIT :most;

-- frag of_some(d): d.object_kind IN ('person', 'person-public', 'person-contact', 'person-me') AND d.object_id IN {list :ids}
-- find_fresh_people(words text, ids ints, me person_id?, staff bool, most int) -> int :many
-- Which of some people hold the words, by the document that is for this person.
-- @sqlite
SELECT o.id FROM find_fts f JOIN find_doc d ON d.id = f.rowid JOIN person o ON o.id = d.object_id
WHERE find_fts MATCH :words AND f.rowid IN (SELECT d.id FROM find_doc d WHERE {of_some(d)}) AND {words_show(d, o)} AND {person_visible(o)} LIMIT :most;
-- @pg
SELECT o.id FROM find_doc d JOIN person o ON o.id = d.object_id
WHERE d.terms @@ to_tsquery('simple', :words) AND {of_some(d)} AND {words_show(d, o)} AND {person_visible(o)} LIMIT :most;

-- row find_person: id int | person_id person_id
-- find_people(words text, me person_id?, staff bool, before int, most int) -> find_person :many
-- The newest people whom this person may know of, by the document that is for them.
-- @sqlite
SELECT d.id, o.id FROM find_fts f JOIN find_doc d ON d.id = f.rowid JOIN person o ON o.id = d.object_id
WHERE find_fts MATCH :words AND f.rowid < :before AND {of_people(f.rowid)} AND {words_show(d, o)} AND {person_visible(o)} ORDER BY f.rowid DESC LIMIT :most;
-- @pg
SELECT d.id, o.id FROM find_doc d JOIN person o ON o.id = d.object_id
WHERE d.terms @@ to_tsquery('simple', :words) AND d.id < :before AND {of_people(d.id)} AND {words_show(d, o)} AND {person_visible(o)}
ORDER BY d.id DESC LIMIT :most;

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

-- row find_document_row: id int | name text | text text | at time | shared bool | author_id person_id? | author text?
-- find_documents(ids ints, me person_id?, staff bool, most int) -> find_document_row :many
-- Documents that were found, with the words of the newest version.
SELECT k.id, k.name, COALESCE(substr(w.text, 1, 20000), ''), v.created_at, k.shared_at IS NOT NULL, p.id, {shown_name(p)}
FROM document k JOIN document_version v ON v.document_id = k.id AND v.version = k.version
LEFT JOIN file_text w ON w.file_id = v.file_id AND w.state = 'read' LEFT JOIN person p ON p.id = v.author_id
WHERE k.id IN {list :ids} AND {document_visible(k)} AND {version_visible(v)} LIMIT :most;

-- row find_organization_row: id int | kind text | name text | address text | phone text | email text | web text | notes text
-- find_organizations(ids ints, me person_id?, staff bool, most int) -> find_organization_row :many
-- Households and firms that were found.
SELECT o.id, o.kind, o.name, o.address, o.phone, o.email, o.web, o.notes FROM organization o
WHERE o.id IN {list :ids} AND {organization_visible(o)} LIMIT :most;

-- find_promises(ids ints, me person_id?, staff bool, most int) -> find_said_row :many
-- Promises that were found, with who of us sees to them.
SELECT x.id, CAST(NULL AS bigint), 'promise', x.text, x.said, x.state, CASE x.audience WHEN 'team' THEN 'staff' WHEN 'both' THEN 'private' ELSE 'public' END, FALSE,
	x.made_at, p.id, {shown_name(p)}
FROM expectation x LEFT JOIN person p ON p.id = x.owner_id WHERE x.id IN {list :ids} AND {expectation_visible(x)} LIMIT :most;

-- find_tasks(ids ints, me person_id?, staff bool, most int) -> find_said_row :many
-- Tasks that were found, with who of us does them.
SELECT t.id, CAST(NULL AS bigint), 'task', t.title, t.words, t.state, 'staff', FALSE, t.made_at, p.id, {shown_name(p)}
FROM task t LEFT JOIN person p ON p.id = t.owner_id WHERE t.id IN {list :ids} AND {task_visible(t)} LIMIT :most;

-- find_calls(ids ints, me person_id?, staff bool, most int) -> find_said_row :many
-- Notes of calls that were found.
SELECT k.id, CAST(NULL AS bigint), 'call', q.name, k.said || CASE WHEN k.agreed = '' THEN '' ELSE ' · ' || k.agreed END, '', 'staff', FALSE, k.held_at, p.id, {shown_name(p)}
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
INSERT INTO notice (person_id, event_seq, kind, conversation_id, search_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'search', c.id, s.id, :now, NULL, {notice_here(p, 'search')}, :now FROM person p, conversation c, saved_search s
WHERE p.id = :person AND c.id = :conversation AND s.id = :search AND {conversation_visible_to(c, p)} AND NOT {notice_muted(c, p)} AND NOT EXISTS
	(SELECT 1 FROM notice o WHERE o.person_id = p.id AND o.search_id = s.id AND o.conversation_id = c.id AND o.read_at IS NULL)
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- saved_tell_thing(me person_id, staff bool, seq int, kind text, id int, document document_id?, promise expectation_id?, search search_id, now time, enough int) :exec
-- The same of a person, record, organization, call, file or promise (but to its two sides, who hear of it anyway): once, and no more while so many of this search wait to be looked at.
INSERT INTO notice (person_id, event_seq, kind, document_id, expectation_id, about_kind, about_id, search_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'search', :document, :promise, :kind, :id, s.id, :now, NULL, {notice_here(p, 'search')}, :now FROM person p, saved_search s
WHERE p.id = :me AND s.id = :search AND {thing_visible(:kind, :id)} AND NOT EXISTS (SELECT 1 FROM expectation x WHERE x.id = :promise AND p.id IN (x.person_id, x.owner_id))
	AND NOT EXISTS (SELECT 1 FROM notice o WHERE o.person_id = p.id AND o.search_id = s.id AND o.about_kind = :kind AND o.about_id = :id)
	AND (SELECT count(*) FROM notice o WHERE o.person_id = p.id AND o.read_at IS NULL AND o.search_id = s.id) < :enough
ON CONFLICT (person_id, event_seq) DO NOTHING;
