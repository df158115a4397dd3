-- Notices and the outbox.

-- row notice_said: kind text | created_at time | conversation_id conversation_id | conversation_kind text
-- row notice_row: id notice_id | kind text | created_at time | read_at time? | conversation_id conversation_id? | request_id request_id?
--   | document_id document_id? | subject text | actor_id person_id? | actor text? | actor_photo file_id? | message_id message_id? | status text? | body text?
--   | record_type text? | record_fields text? | action text? | search text? | more int | expectation_id expectation_id? | about_kind text? | about_id int?
--   | about text?
-- row notice_target: conversation_id conversation_id? | request_id request_id? | document_id document_id? | expectation_id expectation_id?
--   | about_kind text? | about_id int? | about text?
-- row notice_request: id request_id | state text
-- row mail_person: id person_id | name text | locale text | kind text | role text | email text? | disabled_at time?
-- row mail_row: id mail_id | person_id person_id? | to_address text | to_name text | kind text | subject text | body_text text
--   | body_html text | state text | tries int | why text | unique_key text? | topic text | created_at time | sent_at time? | person_kind text?
--   | person_role text?
-- row mail_line: id mail_id | person_id person_id? | to_address text | to_name text | kind text | subject text | state text | tries int
--   | created_at time | sent_at time?
-- row mail_counts: waiting int | sent int | failed int

-- ------------------------------------------------------------------ notices

-- notice_said(id message_id) -> notice_said :maybe
-- What was said, unless it was taken down.
SELECT m.kind, m.created_at, c.id, c.kind FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE m.id = :id AND m.hidden_at IS NULL AND m.kind <> 'note';

-- Whether somebody wants a topic told here; and nothing at all of one conversation.
-- frag notice_here(p, topic): NOT EXISTS (SELECT 1 FROM notice_choice want WHERE want.person_id = p.id AND want.topic = topic AND NOT want.here)
-- frag notice_watched(c, p): EXISTS (SELECT 1 FROM notice_level keen WHERE keen.person_id = p.id AND keen.conversation_id = c.id AND keen.level = 'watch')
-- frag notice_muted(c, p): EXISTS (SELECT 1 FROM notice_level loud WHERE loud.person_id = p.id AND loud.conversation_id = c.id AND loud.level = 'mute')

-- notice_tell_followers(conversation conversation_id, actor person_id, seq int, kind text, topic text, now time) :exec
-- A notice for everyone who follows a conversation and may see it, but for who did it.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at, here, mail_at)
SELECT f.person_id, :seq, :kind, c.id, :now, NULL, {notice_here(p, :topic)} OR {notice_watched(c, p)}, :now
FROM follow f JOIN conversation c ON c.id = f.object_id JOIN person p ON p.id = f.person_id
WHERE f.object_kind = 'conversation' AND f.object_id = :conversation AND f.person_id <> :actor AND p.disabled_at IS NULL
	AND {conversation_visible_to(c, p)} AND NOT {notice_muted(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell(person person_id, seq int, kind text, topic text, conversation conversation_id, note message_id?, now time) :exec
-- A notice for one person, with what was said to them with it.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, message_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, c.id, :note, :now, NULL, {notice_here(p, :topic)}, :now
FROM person p JOIN conversation c ON c.id = :conversation
WHERE p.id = :person AND p.disabled_at IS NULL AND {conversation_visible_to(c, p)} AND NOT {notice_muted(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_team_of(conversation conversation_id, team team_id, actor person_id?, seq int, now time) :exec
-- A notice for each of a team that a conversation was given to.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'assigned_team', c.id, :now, NULL, {notice_here(p, 'assigned')}, :now FROM person p JOIN conversation c ON c.id = :conversation
WHERE p.team_id = :team AND p.kind = 'staff' AND p.disabled_at IS NULL AND p.id <> COALESCE(:actor, 0) AND {conversation_visible_to(c, p)} AND NOT {notice_muted(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_mentioned(message message_id?, conversation conversation_id?, actor person_id, since time, seq int, now time) :exec
-- A notice for each who is named in a message, or in the words that begin a conversation, and reads it, once; also of what they have muted. Between two
-- it is a message, which is told as such.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'mention', c.id, :now, NULL, {notice_here(p, 'mention')}, :now
FROM mention x LEFT JOIN message m ON m.id = x.message_id JOIN conversation c ON c.id = COALESCE(m.conversation_id, x.conversation_id) JOIN person p ON p.id = x.person_id
WHERE (x.message_id = :message OR x.conversation_id = :conversation) AND p.id <> :actor AND p.disabled_at IS NULL AND m.hidden_at IS NULL
	AND COALESCE(m.created_at, c.created_at) >= :since AND c.kind <> 'direct'
	AND {conversation_visible_to(c, p)} AND (m.id IS NULL OR m.kind <> 'note' OR p.role <> 'customer')
	AND NOT EXISTS (SELECT 1 FROM notice old JOIN event e ON e.seq = old.event_seq WHERE old.person_id = p.id AND old.conversation_id = c.id
		AND old.kind = 'mention' AND e.object_kind = CASE WHEN m.id IS NULL THEN 'conversation' ELSE 'message' END AND e.object_id = COALESCE(m.id, c.id))
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_silent(question conversation_id, actor person_id, seq int, now time) :exec
-- A notice for each of those who were asked and have not answered, unless they follow it no more.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'reminder', c.id, :now, NULL, {notice_here(p, 'message')}, :now
FROM conversation c JOIN participant t ON t.conversation_id = c.id JOIN person p ON p.id = t.person_id
	JOIN follow f ON f.object_kind = 'conversation' AND f.object_id = c.id AND f.person_id = p.id
WHERE c.group_id = :question AND c.author_id = :actor AND p.disabled_at IS NULL AND NOT {has_answered(c)} AND {conversation_visible_to(c, p)} AND NOT {notice_muted(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- Whoever reads a notice may still know of all that it is about.
-- frag notice_shows(n, c, r, d): ((n.conversation_id IS NULL OR {conversation_visible(c)}) AND (n.request_id IS NULL OR {record_visible(r)})
--   AND (n.document_id IS NULL OR {document_visible(d)}) AND (n.about_kind IS NULL OR {thing_visible(n.about_kind, n.about_id)})
--   AND (n.expectation_id IS NULL OR EXISTS (SELECT 1 FROM expectation told_x WHERE told_x.id = n.expectation_id AND {expectation_visible(told_x)} LIMIT 1 OFFSET 0)))

-- Several of one kind about one thing are one until somebody looks.
-- frag notice_like(o, n): (o.person_id = n.person_id AND o.read_at IS NULL AND o.here AND o.kind = n.kind AND (o.conversation_id = n.conversation_id
--   OR (n.conversation_id IS NULL AND (o.document_id = n.document_id OR o.request_id = n.request_id OR o.expectation_id = n.expectation_id
--   OR (n.document_id IS NULL AND n.request_id IS NULL AND o.conversation_id IS NULL AND o.document_id IS NULL AND o.request_id IS NULL
--   AND o.about_kind = n.about_kind AND o.about_id = n.about_id)))))

-- The message that a notice brings: what was said, or what was said when something was given to somebody.
-- frag notice_message(n, e): COALESCE(n.message_id, CASE WHEN e.object_kind = 'message' THEN e.object_id END)
-- What somebody was told when a promise was given to them.
-- frag notice_words(n): (SELECT v.note FROM expectation_change v WHERE n.kind = 'promise_given' AND v.expectation_id = n.expectation_id
--   AND v.owner_id = n.person_id ORDER BY v.id DESC LIMIT 1)

-- notice_list(me person_id, staff bool, kind text?, before int?, most int) -> notice_row :many
-- What a person was told, newest first; what they may no longer see is left out.
SELECT n.id, n.kind, n.created_at, n.read_at, c.id, w.id, d.id, COALESCE(c.subject, r.title, d.name, x.text, {thing_title(n.about_kind, n.about_id)}, ''), a.id, {shown_name(a)}, {shown_photo(a)}, m.id, m.status, COALESCE(m.body, {notice_words(n)}),
	r.type, r.fields, w.action, s.words, CASE WHEN n.read_at IS NULL THEN (SELECT count(*) FROM notice o WHERE {notice_like(o, n)} AND o.id < n.id) ELSE 0 END,
	x.id, n.about_kind, n.about_id, {thing_title(n.about_kind, n.about_id)}
FROM notice n LEFT JOIN conversation c ON c.id = n.conversation_id
	LEFT JOIN request w ON w.id = n.request_id LEFT JOIN record r ON r.id = w.record_id
	LEFT JOIN document d ON d.id = n.document_id LEFT JOIN expectation x ON x.id = n.expectation_id LEFT JOIN event e ON e.seq = n.event_seq LEFT JOIN person a ON a.id = e.actor_id
	LEFT JOIN message m ON m.id = {notice_message(n, e)} AND m.hidden_at IS NULL AND {message_visible(m)}
	LEFT JOIN saved_search s ON s.id = n.search_id
WHERE n.person_id = :me AND n.here AND {notice_shows(n, c, r, d)}
	AND (n.read_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM notice o WHERE {notice_like(o, n)} AND o.id > n.id))
	--? kind AND n.kind = :kind
	--? before AND n.id < :before
ORDER BY n.id DESC LIMIT :most;

-- notice_open(id notice_id, me person_id, staff bool) -> notice_target :maybe
-- Where a notice leads.
SELECT c.id, w.id, d.id, n.expectation_id, n.about_kind, n.about_id, {thing_title(n.about_kind, n.about_id)} FROM notice n
	LEFT JOIN conversation c ON c.id = n.conversation_id
	LEFT JOIN request w ON w.id = n.request_id LEFT JOIN record r ON r.id = w.record_id LEFT JOIN document d ON d.id = n.document_id
WHERE n.id = :id AND n.person_id = :me AND {notice_shows(n, c, r, d)};

-- notice_tell_of_document(document document_id, seq int, now time) :exec
-- A notice for the customers who can see a document, unless they have not looked at one about it yet.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, document_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'file', NULL, d.id, :now, NULL, {notice_here(p, 'file')}, :now
FROM document d JOIN person p ON p.id = d.person_id OR p.id IN (SELECT person_id FROM record_person WHERE record_id = d.record_root_id)
WHERE d.id = :document AND d.shared_at IS NOT NULL AND p.role = 'customer' AND p.disabled_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.person_id = p.id AND n.document_id = d.id AND n.read_at IS NULL)
ON CONFLICT (person_id, event_seq) DO NOTHING;


-- notice_read_about(me person_id, conversation conversation_id?, request request_id?, document document_id?, expectation expectation_id?, now time) :exec
-- The person has looked at the conversation, the request, the document or the promise.
UPDATE notice SET read_at = :now WHERE person_id = :me AND read_at IS NULL
	AND (conversation_id = :conversation OR request_id = :request OR document_id = :document OR expectation_id = :expectation);

-- notice_read_thing(me person_id, kind text, id int, now time) :exec
-- The person has looked at it.
UPDATE notice SET read_at = :now WHERE person_id = :me AND read_at IS NULL AND about_kind = :kind AND about_id = :id AND conversation_id IS NULL
	AND request_id IS NULL AND document_id IS NULL;

-- notice_read_all(me person_id, upto int, now time) :exec
-- The person has seen all up to this one.
UPDATE notice SET read_at = :now WHERE person_id = :me AND read_at IS NULL AND id <= :upto;

-- notice_request_get(id request_id) -> notice_request :maybe
-- What a request is about, for the program itself.
SELECT w.id, w.state FROM request w WHERE w.id = :id;

-- notice_tell_people(request request_id, actor person_id, seq int, kind text, topic text, now time) :exec
-- A notice for the people of the record, and for the colleague who asked for them, but for who did it.
INSERT INTO notice (person_id, event_seq, kind, request_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, :request, :now, NULL, {notice_here(p, :topic)}, :now FROM person p
WHERE p.disabled_at IS NULL AND p.id <> :actor AND p.id IN
	(SELECT seat.person_id FROM request w JOIN record_person seat ON seat.record_id = w.root_id WHERE w.id = :request
	UNION SELECT w.person_id FROM request w WHERE w.id = :request AND w.as_staff)
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- frag contacts(k): request w JOIN record_person seat ON seat.record_id = w.root_id JOIN person x ON x.id = seat.person_id
--   JOIN person k ON k.id = x.contact_id AND k.disabled_at IS NULL

-- notice_tell_desk(request request_id, actor person_id, seq int, kind text, topic text, now time) :exec
-- A notice for the customer's own people here; where there are none, for the managers and the owner.
INSERT INTO notice (person_id, event_seq, kind, request_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, :request, :now, NULL, {notice_here(p, :topic)}, :now FROM person p
WHERE p.kind = 'staff' AND p.disabled_at IS NULL AND p.id <> :actor AND (p.id IN (SELECT k.id FROM {contacts(k)} WHERE w.id = :request)
	OR (p.role IN ('manager', 'owner') AND NOT EXISTS (SELECT 1 FROM {contacts(k)} WHERE w.id = :request)))
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- ------------------------------------------------------------------- promises

-- notice_tell_other(expectation expectation_id, actor person_id, seq int, kind text, topic text, now time) :exec
-- A notice for the other side of a promise, if they know of it.
INSERT INTO notice (person_id, event_seq, kind, expectation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, x.id, :now, NULL, {notice_here(p, :topic)}, :now FROM expectation x JOIN person p ON p.id = x.person_id
WHERE x.id = :expectation AND x.audience <> 'team' AND p.disabled_at IS NULL AND p.id <> :actor
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_owner(expectation expectation_id, actor person_id, seq int, kind text, topic text, now time) :exec
-- A notice for who of us sees to it.
INSERT INTO notice (person_id, event_seq, kind, expectation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, x.id, :now, NULL, {notice_here(p, :topic)}, :now FROM expectation x JOIN person p ON p.id = x.owner_id
WHERE x.id = :expectation AND p.disabled_at IS NULL AND p.role <> 'customer' AND p.id <> :actor
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- Its time has come: of events that say so those whose promise is still to be kept, all at once. The CASE keeps PostgreSQL from going through all open promises for
-- each event, as it does when many were made since it last counted them.
-- frag due_news(e, x): FROM event e JOIN expectation x ON x.id = e.object_id AND CASE WHEN x.state IN ('open', 'renegotiated') THEN x.paused_at IS NULL ELSE FALSE END

-- notice_tell_due_owner(seqs ints, kind text, topic text) :exec
-- A notice for who of us sees to each.
INSERT INTO notice (person_id, event_seq, kind, expectation_id, created_at, read_at, here, mail_at)
SELECT p.id, e.seq, :kind, x.id, e.at, NULL, {notice_here(p, :topic)}, e.at {due_news(e, x)} JOIN person p ON p.id = x.owner_id
WHERE e.seq IN {list :seqs} AND p.disabled_at IS NULL AND p.role <> 'customer' ORDER BY e.seq
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_due_other(seqs ints, ours bool, kind text, topic text) :exec
-- A notice for the other side of each that is owed to them, or by them, if they know of it.
INSERT INTO notice (person_id, event_seq, kind, expectation_id, created_at, read_at, here, mail_at)
SELECT p.id, e.seq, :kind, x.id, e.at, NULL, {notice_here(p, :topic)}, e.at {due_news(e, x)} JOIN person p ON p.id = x.person_id
WHERE e.seq IN {list :seqs} AND x.ours = :ours AND x.audience <> 'team' AND p.disabled_at IS NULL ORDER BY e.seq
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_team(expectation expectation_id, seq int, kind text, topic text, chiefs bool, now time) :exec
-- A notice for the team of its owner, or, where they have none or are alone in it, for those who work with customers; or for who leads all of them. Its owner
-- included.
INSERT INTO notice (person_id, event_seq, kind, expectation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, x.id, :now, NULL, {notice_here(p, :topic)}, :now FROM expectation x JOIN person o ON o.id = x.owner_id JOIN person p ON p.kind = 'staff'
WHERE x.id = :expectation AND p.disabled_at IS NULL AND (p.id = x.owner_id OR CASE WHEN :chiefs THEN p.role IN ('manager', 'owner')
	WHEN EXISTS (SELECT 1 FROM person w WHERE w.team_id = o.team_id AND w.id <> o.id AND w.kind = 'staff' AND w.disabled_at IS NULL) THEN p.team_id = o.team_id
	ELSE p.role = 'agent' END)
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_claim(claim claim_id, seq int, now time) :exec
-- A notice for who of us is to answer what somebody says we promised.
INSERT INTO notice (person_id, event_seq, kind, about_kind, about_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'claim_new', 'claim', k.id, :now, NULL, {notice_here(p, 'promise')}, :now FROM claim k JOIN person p ON p.kind = 'staff'
WHERE k.id = :claim AND k.state = 'asked' AND p.disabled_at IS NULL AND {claim_is_for(k, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_claimant(claim claim_id, seq int, now time) :exec
-- A notice for whoever said so, that we say no.
INSERT INTO notice (person_id, event_seq, kind, about_kind, about_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'claim_refused', 'claim', k.id, :now, NULL, {notice_here(p, 'promise')}, :now FROM claim k JOIN person p ON p.id = k.person_id
WHERE k.id = :claim AND p.disabled_at IS NULL
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- row notice_promise_row: ours bool | live bool | made_at time | by_rule bool | by_them bool
-- notice_promise(expectation expectation_id) -> notice_promise_row :maybe
-- Who owes it, and whether it is still to be kept.
SELECT x.ours, x.state IN ('open', 'renegotiated') AND x.paused_at IS NULL, x.made_at, x.goal <> '', COALESCE(x.made_by = x.person_id, FALSE) FROM expectation x WHERE x.id = :expectation;

-- ------------------------------------------------------------ what is followed

-- Somebody has something of this thread, or of this very thing, that they have not looked at yet: that is enough.
-- frag notice_waits(p, c, w, d, what, which): EXISTS (SELECT 1 FROM notice o WHERE o.person_id = p.id AND o.read_at IS NULL AND CASE
--   WHEN c.id IS NOT NULL THEN o.conversation_id = c.id WHEN w.id IS NOT NULL THEN o.request_id = w.id WHEN d.id IS NOT NULL THEN o.document_id = d.id
--   ELSE o.conversation_id IS NULL AND o.request_id IS NULL AND o.document_id IS NULL AND o.about_kind = what AND o.about_id = which END)

-- notice_record_type(record record_id) -> text :maybe
-- What type of record it is.
SELECT r.type FROM record r WHERE r.id = :record;

-- notice_tell_follower(me person_id, staff bool, kind text, id int, seq int, since time, now time) :exec
-- A notice for one who follows something that an event has to do with: if they may know of the event and of all that it is about.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, request_id, document_id, about_kind, about_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'follow', c.id, w.id, d.id, :kind, :id, :now, NULL, {notice_here(p, 'follow')}, :now
FROM person p JOIN event e ON e.seq = :seq
LEFT JOIN conversation c ON c.id = CASE WHEN e.object_kind = 'conversation' THEN e.object_id WHEN e.target_kind = 'conversation' THEN e.target_id END
LEFT JOIN message m ON m.id = CASE WHEN e.object_kind = 'message' THEN e.object_id END
LEFT JOIN request w ON w.id = CASE WHEN e.object_kind = 'request' THEN e.object_id END
LEFT JOIN document d ON d.id = CASE WHEN e.object_kind = 'document' THEN e.object_id END
WHERE p.id = :me AND {thing_visible(:kind, :id)} AND (:staff OR e.audience IN ('public', 'members', 'private'))
	AND ((e.object_kind <> 'conversation' AND COALESCE(e.target_kind, '') <> 'conversation')
		OR (c.id IS NOT NULL AND {conversation_visible(c)} AND c.hidden_at IS NULL AND NOT {notice_muted(c, p)}))
	AND (e.object_kind <> 'conversation' OR c.created_at >= :since)
	AND (e.object_kind <> 'message' OR (m.id IS NOT NULL AND {message_visible(m)} AND m.hidden_at IS NULL AND m.created_at >= :since))
	AND (e.object_kind NOT IN ('record', 'call', 'document', 'person', 'task') OR {thing_visible(e.object_kind, e.object_id)})
	AND (COALESCE(e.target_kind, '') NOT IN ('record', 'person') OR {thing_visible(e.target_kind, e.target_id)})
	AND NOT {notice_waits(p, c, w, d, :kind, :id)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- row notice_task_row: owner_id person_id | made_by person_id?
-- notice_task(id int) -> notice_task_row :maybe
-- Who does a task, and who gave it.
SELECT t.owner_id, t.made_by FROM task t WHERE t.id = :id;

-- notice_tell_task(task int, who person_id, actor person_id?, seq int, kind text, now time) :exec
-- A notice of a task for one of us, unless they did it themselves.
INSERT INTO notice (person_id, event_seq, kind, about_kind, about_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, :kind, 'task', :task, :now, NULL, {notice_here(p, 'task')}, :now FROM person p
WHERE p.id = :who AND p.kind = 'staff' AND p.disabled_at IS NULL AND p.id <> COALESCE(:actor, 0)
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_tagged(conversation conversation_id, actor person_id, seq int, since time, now time) :exec
-- A notice for each who follows a tag of a conversation and may see it, once for each conversation: customers hear of what is public. since: it was begun
-- then or later, else it is history.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, about_kind, about_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'follow', c.id, 'tag', t.tag_id, :now, NULL, {notice_here(p, 'follow')}, :now
FROM conversation c JOIN tagging t ON t.object_kind = 'conversation' AND t.object_id = c.id JOIN follow f ON f.object_kind = 'tag' AND f.object_id = t.tag_id
	JOIN person p ON p.id = f.person_id
WHERE c.id = :conversation AND c.created_at >= :since AND c.hidden_at IS NULL AND f.person_id <> :actor AND p.disabled_at IS NULL
	AND {conversation_visible_to(c, p)} AND (p.role <> 'customer' OR c.visibility = 'public') AND NOT {notice_muted(c, p)}
	AND NOT EXISTS (SELECT 1 FROM notice old WHERE old.person_id = p.id AND old.conversation_id = c.id AND (old.read_at IS NULL OR old.about_kind = 'tag'))
ORDER BY t.tag_id
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- notice_tell_room(room conversation_id, actor person_id, seq int, now time) :exec
-- A notice for everyone who is in a room of the team, or follows it, but for who said it.
INSERT INTO notice (person_id, event_seq, kind, conversation_id, created_at, read_at, here, mail_at)
SELECT p.id, :seq, 'room', c.id, :now, NULL, {notice_here(p, 'room')} OR {notice_watched(c, p)}, :now
FROM conversation c JOIN person p ON p.id IN (SELECT t.person_id FROM participant t WHERE t.conversation_id = c.id
	UNION SELECT f.person_id FROM follow f WHERE f.object_kind = 'conversation' AND f.object_id = c.id)
WHERE c.id = :room AND p.id <> :actor AND p.disabled_at IS NULL AND {conversation_visible_to(c, p)} AND NOT {notice_muted(c, p)}
ON CONFLICT (person_id, event_seq) DO NOTHING;

-- ----------------------------------------------------------- when to mail it

-- row post_person: id person_id | name text | staff bool | channel text | locale text | zone text | has_login bool | proved text? | login text?
--   | known text? | quiet_from int? | quiet_to int? | quiet_days int? | digest text? | digest_hour int? | digest_day int?
-- row post_row: id notice_id | seq int | kind text | created_at time | conversation_id conversation_id? | request_id request_id? | document_id document_id?
--   | subject text? | actor text? | actor_staff bool | body text? | status text? | record_type text? | record_fields text? | action text? | note text? | search text?
--   | watched bool | asked bool | direct bool | discreet bool | mailed_at time? | expectation_id expectation_id? | about_kind text? | about_id int? | about text?
-- row choice_row: person_id person_id | topic text | here bool | mail bool

-- post_people(now time, most int) -> person_id :many
-- Whose notices are to be looked at for mail: of the first two thousand that are due, since there may be a hundred thousand.
SELECT DISTINCT x.person_id FROM (SELECT n.person_id FROM notice n WHERE n.mail_at <= :now ORDER BY n.mail_at LIMIT 2000) x ORDER BY x.person_id LIMIT :most;

-- post_persons(ids ints) -> post_person :many
-- Whom letters would go to, and when they want letters.
SELECT p.id, p.name, p.role <> 'customer', p.channel, p.locale, p.zone, EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id AND i.kind = 'email'),
	(SELECT k.value FROM contact k WHERE k.person_id = p.id AND k.kind = 'email' AND k.verified_at IS NOT NULL ORDER BY k.rank, k.id LIMIT 1),
	(SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1),
	(SELECT k.value FROM contact k WHERE k.person_id = p.id AND k.kind = 'email' ORDER BY k.rank, k.id LIMIT 1),
	l.quiet_from, l.quiet_to, l.quiet_days, l.digest, l.digest_hour, l.digest_day
FROM person p LEFT JOIN notice_plan l ON l.person_id = p.id WHERE p.id IN {list :ids} AND p.disabled_at IS NULL ORDER BY p.id LIMIT 1000;

-- post_rows(me person_id, staff bool, most int) -> post_row :many
-- What a person has not looked at and may still see, oldest first. The plus keeps the engines to the index of what is to be mailed: by the one of what is
-- unread they would go through all that somebody never looked at.
SELECT n.id, n.event_seq, n.kind, n.created_at, c.id, w.id, d.id, COALESCE(c.subject, r.title, d.name, x.text, {thing_title(n.about_kind, n.about_id)}), {shown_name(a)}, COALESCE(a.kind = 'staff', FALSE),
	CASE WHEN c.kind = 'direct' THEN COALESCE(m.body, c.body) ELSE COALESCE(m.body, {notice_words(n)}) END, m.status, r.type, r.fields, w.action, w.note, s.words,
	EXISTS (SELECT 1 FROM notice_level v WHERE v.person_id = n.person_id AND v.conversation_id = c.id AND v.level = 'watch'),
	COALESCE(c.group_id IS NOT NULL AND c.author_id = n.person_id, FALSE), COALESCE({is_direct(c)}, FALSE), COALESCE({is_among(c)}, FALSE),
	CASE WHEN n.conversation_id IS NOT NULL THEN
		(SELECT max(o.mailed_at) FROM notice o WHERE o.person_id = n.person_id AND o.conversation_id = n.conversation_id AND o.read_at IS NULL) END,
	x.id, n.about_kind, n.about_id, {thing_title(n.about_kind, n.about_id)}
FROM notice n LEFT JOIN conversation c ON c.id = n.conversation_id
	LEFT JOIN request w ON w.id = n.request_id LEFT JOIN record r ON r.id = w.record_id
	LEFT JOIN document d ON d.id = n.document_id LEFT JOIN expectation x ON x.id = n.expectation_id LEFT JOIN event e ON e.seq = n.event_seq
	LEFT JOIN message m ON m.id = {notice_message(n, e)} AND m.hidden_at IS NULL AND {message_visible(m)}
	LEFT JOIN person a ON a.id = COALESCE(m.author_id, CASE WHEN c.kind = 'direct' THEN c.author_id END, e.actor_id)
	LEFT JOIN saved_search s ON s.id = n.search_id
WHERE n.person_id = :me AND n.mail_at IS NOT NULL AND +n.read_at IS NULL AND {notice_shows(n, c, r, d)}
	AND (e.object_kind <> 'message' OR m.id IS NOT NULL)
ORDER BY n.id LIMIT :most;

-- post_clear(people ints, upto int) :exec
-- Nothing of it is to be mailed any more.
UPDATE notice SET mail_at = NULL WHERE person_id IN {list :people} AND mail_at IS NOT NULL AND id <= :upto;

-- post_wait(ids ints, at time) :exec
-- These wait.
UPDATE notice SET mail_at = :at WHERE id IN {list :ids};

-- post_done(ids ints, now time) :exec
-- These are in letters.
UPDATE notice SET mailed_at = :now WHERE id IN {list :ids};

-- post_again(me person_id, now time) :exec
-- What waits is looked at anew, by other choices.
UPDATE notice SET mail_at = :now WHERE person_id = :me AND mail_at IS NOT NULL;

-- post_next() -> time? :one
-- When something is to be looked at again.
SELECT min(mail_at) FROM notice WHERE mail_at IS NOT NULL;

-- post_queued(at time) -> int :one
-- Whether a job comes in time for it.
SELECT count(*) FROM job WHERE kind = 'notice_mail' AND ended_at IS NULL AND claimed_until IS NULL AND run_at <= :at;

-- -------------------------------------------------------------------- choices

-- choice_list(people ints, most int) -> choice_row :many
-- Where people differ from what their role is told.
SELECT person_id, topic, here, mail FROM notice_choice WHERE person_id IN {list :people} ORDER BY person_id, topic LIMIT :most;

-- choice_clear(person person_id) :exec
-- As the role is told.
DELETE FROM notice_choice WHERE person_id = :person;

-- choice_set(person person_id, topic text, here bool, mail bool) :exec
-- Otherwise than the role is told.
INSERT INTO notice_choice (person_id, topic, here, mail) VALUES (:person, :topic, :here, :mail)
ON CONFLICT (person_id, topic) DO UPDATE SET here = excluded.here, mail = excluded.mail;

-- choice_plan(person person_id, quiet_from int?, quiet_to int?, quiet_days int, digest text, hour int, day int) :exec
-- When mails may come.
INSERT INTO notice_plan (person_id, quiet_from, quiet_to, quiet_days, digest, digest_hour, digest_day)
VALUES (:person, :quiet_from, :quiet_to, :quiet_days, :digest, :hour, :day)
ON CONFLICT (person_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, quiet_days = excluded.quiet_days,
	digest = excluded.digest, digest_hour = excluded.digest_hour, digest_day = excluded.digest_day;

-- choice_no_digest(person person_id) :exec
-- No mail about everything any more.
UPDATE notice_plan SET digest = 'off' WHERE person_id = :person;

-- row level_row: kind text | subject text | level text?
-- level_get(id conversation_id, me person_id, staff bool) -> level_row :one
-- How much somebody wants to hear of a conversation that they may see.
SELECT c.kind, c.subject, (SELECT l.level FROM notice_level l WHERE l.person_id = :me AND l.conversation_id = c.id) FROM conversation c
WHERE c.id = :id AND {conversation_visible(c)};

-- level_clear(id conversation_id, me person_id) :exec
-- As the choices say.
DELETE FROM notice_level WHERE conversation_id = :id AND person_id = :me;

-- level_set(id conversation_id, me person_id, level text) :exec
-- More, or nothing.
INSERT INTO notice_level (person_id, conversation_id, level) VALUES (:me, :id, :level)
ON CONFLICT (person_id, conversation_id) DO UPDATE SET level = excluded.level;

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

-- mail_put(person person_id?, to_address text, to_name text, kind text, subject text, body_text text, body_html text, unique_key text?, topic text, now time) -> mail_id :maybe
-- Into the outbox; no row when the key was mailed before.
INSERT INTO mail (person_id, to_address, to_name, kind, subject, body_text, body_html, state, tries, why, unique_key, topic, created_at, sent_at)
VALUES (:person, :to_address, :to_name, :kind, :subject, :body_text, :body_html, 'waiting', 0, '', :unique_key, :topic, :now, NULL)
ON CONFLICT (unique_key) DO NOTHING RETURNING id;

-- mail_get(id mail_id) -> mail_row :maybe
-- One letter.
SELECT m.id, m.person_id, m.to_address, m.to_name, m.kind, m.subject, m.body_text, m.body_html, m.state, m.tries, m.why, m.unique_key,
	m.topic, m.created_at, m.sent_at, p.kind, p.role
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
