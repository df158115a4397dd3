-- Notices and the outbox.

-- row notice_said: id message_id | kind text | body text | status text | created_at time | author_id person_id? | author text?
--   | conversation_id conversation_id | conversation_kind text | subject text
-- row notice_row: id notice_id | kind text | created_at time | read_at time? | conversation_id conversation_id? | request_id request_id?
--   | document_id document_id? | subject text | actor_id person_id? | actor text? | actor_photo file_id? | message_id message_id? | status text? | body text?
--   | record_type text? | action text? | search text?
-- row notice_target: conversation_id conversation_id? | request_id request_id? | document_id document_id?
-- row notice_request: id request_id | state text | note text | record_type text | action text | title text
-- row notice_reader: id notice_id | person_id person_id | staff bool | name text | locale text | email text
-- row mail_person: id person_id | name text | locale text | kind text | role text | email text? | disabled_at time?
-- row mail_row: id mail_id | person_id person_id? | to_address text | to_name text | kind text | subject text | body_text text
--   | body_html text | state text | tries int | why text | unique_key text? | created_at time | sent_at time? | person_kind text?
--   | person_role text?
-- row mail_line: id mail_id | person_id person_id? | to_address text | to_name text | kind text | subject text | state text | tries int
--   | created_at time | sent_at time?
-- row mail_counts: waiting int | sent int | failed int

-- ------------------------------------------------------------------ notices

-- notice_said(id message_id, staff bool) -> notice_said :maybe
-- What was said, unless it was taken down, and by whom, as customers or the staff know them.
SELECT m.id, m.kind, m.body, m.status, m.created_at, m.author_id, {shown_name(p)}, c.id, c.kind, c.subject
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id
WHERE m.id = :id AND m.hidden_at IS NULL AND m.kind <> 'note';

-- notice_tell_followers(conversation conversation_id, actor person_id, seq int, kind text, now time) :exec
-- A notice for everyone who follows a conversation and may see it, but for who did it.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at)
SELECT f.person_id, :seq, :kind, c.id, :now, NULL
FROM follow f JOIN conversation c ON c.id = f.object_id JOIN person p ON p.id = f.person_id
WHERE f.object_kind = 'conversation' AND f.object_id = :conversation AND f.person_id <> :actor AND p.disabled_at IS NULL
	AND {conversation_visible_to(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell(person person_id, seq int, kind text, conversation conversation_id, now time) :exec
-- A notice for one person.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at)
SELECT p.id, :seq, :kind, c.id, :now, NULL
FROM person p JOIN conversation c ON c.id = :conversation
WHERE p.id = :person AND p.disabled_at IS NULL AND {conversation_visible_to(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_silent(question conversation_id, actor person_id, seq int, now time) :exec
-- A notice for each of those who were asked and have not answered, unless they follow it no more.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at)
SELECT p.id, :seq, 'reminder', c.id, :now, NULL
FROM conversation c JOIN participant t ON t.conversation_id = c.id JOIN person p ON p.id = t.person_id
	JOIN follow f ON f.object_kind = 'conversation' AND f.object_id = c.id AND f.person_id = p.id
WHERE c.group_id = :question AND c.author_id = :actor AND p.disabled_at IS NULL AND NOT {has_answered(c)} AND {conversation_visible_to(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- frag notice_shows(c, r, d): ((c.id IS NOT NULL AND {conversation_visible(c)}) OR (r.id IS NOT NULL AND {record_visible(r)})
--   OR (d.id IS NOT NULL AND {document_visible(d)}))

-- notice_list(me person_id, staff bool, before int?, most int) -> notice_row :many
-- What a person was told, newest first; what they may no longer see is left out.
SELECT n.id, n.kind, n.created_at, n.read_at, c.id, w.id, d.id, COALESCE(c.subject, r.title, d.name), a.id, {shown_name(a)}, {shown_photo(a)}, m.id, m.status, m.body,
	r.type, w.action, s.words
FROM notice n LEFT JOIN conversation c ON c.id = n.conversation_id
	LEFT JOIN request w ON w.id = n.request_id LEFT JOIN record r ON r.id = w.record_id
	LEFT JOIN document d ON d.id = n.document_id LEFT JOIN event e ON e.seq = n.event_seq LEFT JOIN person a ON a.id = e.actor_id
	LEFT JOIN message m ON e.object_kind = 'message' AND m.id = e.object_id AND m.hidden_at IS NULL AND {message_visible(m)}
	LEFT JOIN saved_search s ON s.id = n.search_id
WHERE n.person_id = :me AND {notice_shows(c, r, d)}
	--? before AND n.id < :before
ORDER BY n.id DESC LIMIT :most;

-- notice_open(id notice_id, me person_id, staff bool) -> notice_target :maybe
-- Where a notice leads.
SELECT c.id, w.id, d.id FROM notice n LEFT JOIN conversation c ON c.id = n.conversation_id
	LEFT JOIN request w ON w.id = n.request_id LEFT JOIN record r ON r.id = w.record_id LEFT JOIN document d ON d.id = n.document_id
WHERE n.id = :id AND n.person_id = :me AND {notice_shows(c, r, d)};

-- notice_tell_of_document(document document_id, seq int, now time) :exec
-- A notice for the customers who can see a document, unless they have not looked at one about it yet.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, document_id, created_at, read_at)
SELECT p.id, :seq, 'file', NULL, d.id, :now, NULL
FROM document d JOIN person p ON p.id = d.person_id OR p.id IN (SELECT person_id FROM record_person WHERE record_id = d.record_root_id)
WHERE d.id = :document AND d.shared_at IS NOT NULL AND p.role = 'customer' AND p.disabled_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = p.id AND n.document_id = d.id AND n.read_at IS NULL)
ON CONFLICT (person_id, event_seq) DO NOTHING;


-- notice_read_about(me person_id, conversation conversation_id?, request request_id?, document document_id?, now time) :exec
-- The person has looked at the conversation, the request or the document.
UPDATE notice SET read_at = :now WHERE person_id = :me AND read_at IS NULL
	AND (conversation_id = :conversation OR request_id = :request OR document_id = :document);

-- notice_read_all(me person_id, upto int, now time) :exec
-- The person has seen all up to this one.
UPDATE notice SET read_at = :now WHERE person_id = :me AND read_at IS NULL AND id <= :upto;

-- notice_request_get(id request_id) -> notice_request :maybe
-- What a request is about, for the program itself.
SELECT w.id, w.state, w.note, r.type, w.action, r.title FROM request w JOIN record r ON r.id = w.record_id WHERE w.id = :id;

-- notice_tell_people(request request_id, actor person_id, seq int, kind text, now time) :exec
-- A notice for the people of the record, and for the colleague who asked for them, but for who did it.
INSERT INTO notice (person_id, event_seq, kind, request_id, created_at, read_at)
SELECT p.id, :seq, :kind, :request, :now, NULL FROM person p
WHERE p.disabled_at IS NULL AND p.id <> :actor AND p.id IN
	(SELECT seat.person_id FROM request w JOIN record_person seat ON seat.record_id = w.root_id WHERE w.id = :request
	UNION SELECT w.person_id FROM request w WHERE w.id = :request AND w.as_staff)
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- frag contacts(k): request w JOIN record_person seat ON seat.record_id = w.root_id JOIN person x ON x.id = seat.person_id
--   JOIN person k ON k.id = x.contact_id AND k.disabled_at IS NULL

-- notice_tell_desk(request request_id, actor person_id, seq int, kind text, now time) :exec
-- A notice for the customer's own people here; where there are none, for the managers and the owner.
INSERT INTO notice (person_id, event_seq, kind, request_id, created_at, read_at)
SELECT p.id, :seq, :kind, :request, :now, NULL FROM person p
WHERE p.kind = 'staff' AND p.disabled_at IS NULL AND p.id <> :actor AND (p.id IN (SELECT k.id FROM {contacts(k)} WHERE w.id = :request)
	OR (p.role IN ('manager', 'owner') AND NOT EXISTS (SELECT 1 FROM {contacts(k)} WHERE w.id = :request)))
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_readers(seq int, after int, most int) -> notice_reader :many
-- Who is to get a mail about an event: who likes to be reached by mail, or has not said.
SELECT n.id, p.id, p.role <> 'customer', p.name, p.locale, COALESCE(
	(SELECT k.value FROM contact k WHERE k.person_id = p.id AND k.kind = 'email' AND k.verified_at IS NOT NULL ORDER BY k.rank, k.id LIMIT 1),
	(SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1))
FROM notice n JOIN person p ON p.id = n.person_id
WHERE n.event_seq = :seq AND n.id > :after AND p.disabled_at IS NULL AND p.channel IN ('', 'email')
	AND EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id AND i.kind = 'email')
ORDER BY n.id LIMIT :most;

-- row notice_letter: id notice_id | kind text | person_id person_id | name text | locale text | email text? | conversation_id conversation_id
--   | subject text | words text | author text | author_staff bool
-- notice_letters(seq int, staff bool, after int, most int) -> notice_letter :many
-- The mails about a message between two, to the staff or to all others, who know its author by another name. Without a login they get it
-- at the address we know. Whoever asks a group reads the answers where they asked.
SELECT n.id, n.kind, r.id, r.name, r.locale, COALESCE(
	(SELECT k.value FROM contact k WHERE k.person_id = r.id AND k.kind = 'email' AND k.verified_at IS NOT NULL ORDER BY k.rank, k.id LIMIT 1),
	(SELECT i.subject FROM identity i WHERE i.person_id = r.id AND i.kind = 'email' ORDER BY i.id LIMIT 1),
	(SELECT k.value FROM contact k WHERE k.person_id = r.id AND k.kind = 'email' ORDER BY k.rank, k.id LIMIT 1)),
	c.id, c.subject, COALESCE(m.body, c.body), {shown_name(a)}, a.kind = 'staff'
FROM notice n JOIN person r ON r.id = n.person_id JOIN conversation c ON c.id = n.conversation_id JOIN event e ON e.seq = n.event_seq
	LEFT JOIN message m ON e.object_kind = 'message' AND m.id = e.object_id AND m.hidden_at IS NULL
	JOIN person a ON a.id = COALESCE(m.author_id, c.author_id)
WHERE n.event_seq = :seq AND n.id > :after AND (r.role <> 'customer') = :staff AND r.disabled_at IS NULL AND r.channel IN ('', 'email')
	AND NOT (c.group_id IS NOT NULL AND c.author_id = r.id) AND {conversation_visible_to(c, r)}
ORDER BY n.id LIMIT :most;

-- notice_follows(person person_id, conversation conversation_id) -> text :maybe
-- What a followed conversation is about.
SELECT c.subject FROM follow f JOIN conversation c ON c.id = f.object_id
WHERE f.person_id = :person AND f.object_kind = 'conversation' AND f.object_id = :conversation;

-- --------------------------------------------------------------------- mail

-- mail_person(id person_id) -> mail_person :maybe
-- Whom a letter is for.
SELECT p.id, p.name, p.locale, p.kind, p.role,
	(SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), p.disabled_at
FROM person p WHERE p.id = :id;

-- mail_proved(id person_id, most int) -> text :many
-- The addresses whose mail a person has shown to read; while there is none, those that they log in with.
SELECT k.value FROM contact k WHERE k.person_id = :id AND k.kind = 'email' AND k.verified_at IS NOT NULL
UNION SELECT i.subject FROM identity i WHERE i.person_id = :id AND i.kind = 'email' AND NOT EXISTS
	(SELECT 1 FROM contact k WHERE k.person_id = :id AND k.kind = 'email' AND k.verified_at IS NOT NULL)
ORDER BY 1 LIMIT :most;

-- mail_put(person person_id?, to_address text, to_name text, kind text, subject text, body_text text, body_html text, unique_key text?, now time) -> mail_id :maybe
-- Into the outbox; no row when the key was mailed before.
INSERT INTO mail (person_id, to_address, to_name, kind, subject, body_text, body_html, state, tries, why, unique_key, created_at, sent_at)
VALUES (:person, :to_address, :to_name, :kind, :subject, :body_text, :body_html, 'waiting', 0, '', :unique_key, :now, NULL)
ON CONFLICT (unique_key) DO NOTHING RETURNING id;

-- mail_get(id mail_id) -> mail_row :maybe
-- One letter.
SELECT m.id, m.person_id, m.to_address, m.to_name, m.kind, m.subject, m.body_text, m.body_html, m.state, m.tries, m.why, m.unique_key,
	m.created_at, m.sent_at, p.kind, p.role
FROM mail m LEFT JOIN person p ON p.id = m.person_id WHERE m.id = :id;

-- mail_set(id mail_id, state text, tries int, why text, sent_at time?) :exec
-- What came of a try to send.
UPDATE mail SET state = :state, tries = :tries, why = :why, sent_at = :sent_at WHERE id = :id;

-- mail_forget_link(id mail_id, body_text text) :exec
-- Once it is sent, only its reader holds the link.
UPDATE mail SET body_text = :body_text, body_html = '' WHERE id = :id;

-- mail_waiting(since time, after int, most int) -> mail_id :many
-- What waits to be sent.
SELECT id FROM mail WHERE state = 'waiting' AND created_at > :since AND id > :after ORDER BY id LIMIT :most;

-- frag address_shows(p): (p.id IS NULL OR {field_shows(p, 'email', 'staff')})

-- mail_list(state text?, me person_id?, staff bool, before int?, most int) -> mail_line :many
-- The outbox, newest first, without the addresses that people keep to themselves, and without what is between two.
SELECT m.id, m.person_id, CASE WHEN {address_shows(p)} THEN m.to_address ELSE '' END, m.to_name, m.kind, m.subject, m.state, m.tries,
	m.created_at, m.sent_at
FROM mail m LEFT JOIN person p ON p.id = m.person_id
WHERE m.kind <> 'message'
	--? state AND m.state = :state
	--? before AND m.id < :before
ORDER BY m.id DESC LIMIT :most;

-- mail_address_shown(id mail_id, me person_id?, staff bool) -> text :maybe
-- Where a letter goes, if the reader of the outbox may know.
SELECT m.to_address FROM mail m LEFT JOIN person p ON p.id = m.person_id WHERE m.id = :id AND {address_shows(p)};

-- mail_counts() -> mail_counts :one
-- How many of the outbox are in which state.
SELECT (SELECT count(*) FROM mail WHERE state = 'waiting' AND kind <> 'message'), (SELECT count(*) FROM mail WHERE state = 'sent' AND kind <> 'message'),
	(SELECT count(*) FROM mail WHERE state = 'failed' AND kind <> 'message');
