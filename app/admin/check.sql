-- What must always be true of a store. Each comparison is one statement, so that it sees one moment while others write.

-- row check_log: head int | events int | first int? | last int?
-- row check_count: what text | n int
-- row check_cursor: reader text | seq int | head int
-- row check_file: id file_id | name text | bytes int | kept int | chunks int
-- row check_contact: id contact_id | person_id person_id | kind text | value text | folded text
-- row check_sizes: people int | staff int | conversations int | messages int | votes int | events int | files int | file_bytes int
--   | unused_files int | unused_bytes int

-- check_log_get() -> check_log :one
-- The log's head and what the log holds.
SELECT h.seq, (SELECT count(*) FROM event), (SELECT min(seq) FROM event), (SELECT max(seq) FROM event) FROM event_head h WHERE h.one = 1;

-- check_log_hole() -> int? :one
-- The first number behind which one is missing.
SELECT min(e.seq) FROM event e WHERE e.seq < (SELECT seq FROM event_head WHERE one = 1)
	AND NOT EXISTS (SELECT 1 FROM event n WHERE n.seq = e.seq + 1);

-- check_cursors() -> check_cursor :many
-- Readers that are ahead of the log.
SELECT c.reader, c.seq, h.seq FROM event_cursor c, event_head h WHERE h.one = 1 AND (c.seq > h.seq OR c.seq < 0) ORDER BY c.reader LIMIT 100;

-- What the search does not know though it has read that it was made.
-- frag unfound(word, x): NOT EXISTS (SELECT 1 FROM find_doc d WHERE d.object_kind = word AND d.object_id = x.id)
--   AND EXISTS (SELECT 1 FROM event e WHERE e.object_kind = word AND e.object_id = x.id AND e.verb = 'create'
--   AND e.seq <= (SELECT k.seq FROM event_cursor k WHERE k.reader = 'find'))

-- Promises that count, taken from the sums that they stand in.
-- frag uncounted(by, id, word): SELECT x.ours, by, id, word, -1, CASE x.state WHEN 'missed' THEN 0 ELSE -1 END, CASE WHEN x.late_days > 0 THEN -1 ELSE 0 END
--   FROM expectation x WHERE x.month IS NOT NULL

-- check_dangling() -> check_count :many
-- What points to nothing, where the schema itself cannot forbid it.
SELECT what, n FROM (
	SELECT 'logos of the firm' AS what, (SELECT count(*) FROM business b WHERE b.logo_file_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM file f WHERE f.id = b.logo_file_id)) AS n
	UNION ALL SELECT 'official answers', (SELECT count(*) FROM conversation c WHERE c.answer_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = c.answer_id AND m.conversation_id = c.id AND m.kind = 'answer'))
	UNION ALL SELECT 'authors of events', (SELECT count(*) FROM event e WHERE e.actor_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = e.actor_id))
	UNION ALL SELECT 'events about conversations', (SELECT count(*) FROM event e WHERE e.object_kind = 'conversation'
		AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = e.object_id))
	UNION ALL SELECT 'events about messages', (SELECT count(*) FROM event e WHERE e.object_kind = 'message'
		AND NOT EXISTS (SELECT 1 FROM message m WHERE m.id = e.object_id))
	UNION ALL SELECT 'events about people', (SELECT count(*) FROM event e WHERE e.object_kind = 'person'
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = e.object_id))
	UNION ALL SELECT 'events in conversations', (SELECT count(*) FROM event e WHERE e.target_kind = 'conversation'
		AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = e.target_id))
	UNION ALL SELECT 'events about requests', (SELECT count(*) FROM event e WHERE e.object_kind = 'request'
		AND NOT EXISTS (SELECT 1 FROM request q WHERE q.id = e.object_id))
	UNION ALL SELECT 'requests without their steps', (SELECT count(*) FROM request q WHERE q.state <> COALESCE(
		(SELECT m.state FROM request_move m WHERE m.request_id = q.id ORDER BY m.id DESC LIMIT 1), ''))
	UNION ALL SELECT 'events about promises', (SELECT count(*) FROM event e WHERE e.object_kind = 'expectation'
		AND NOT EXISTS (SELECT 1 FROM expectation x WHERE x.id = e.object_id))
	UNION ALL SELECT 'events about tasks', (SELECT count(*) FROM event e WHERE e.object_kind = 'task'
		AND NOT EXISTS (SELECT 1 FROM task t WHERE t.id = e.object_id))
	UNION ALL SELECT 'tasks that are over and not closed, or the other way round', (SELECT count(*) FROM task t WHERE (t.state = 'open') <> (t.closed_at IS NULL))
	UNION ALL SELECT 'events about claims', (SELECT count(*) FROM event e WHERE e.object_kind = 'claim' AND NOT EXISTS (SELECT 1 FROM claim k WHERE k.id = e.object_id))
	UNION ALL SELECT 'claims that were taken, without their promise', (SELECT count(*) FROM claim k WHERE (k.state = 'taken') <> EXISTS
		(SELECT 1 FROM expectation x WHERE x.id = k.expectation_id AND x.person_id = k.person_id))
	UNION ALL SELECT 'promises without their steps', (SELECT count(*) FROM expectation x WHERE x.state <> COALESCE(
		(SELECT v.to_state FROM expectation_change v WHERE v.expectation_id = x.id ORDER BY v.id DESC LIMIT 1), ''))
	UNION ALL SELECT 'promises whose words stand in another conversation', (SELECT count(*) FROM expectation x JOIN message m ON m.id = x.message_id
		WHERE m.conversation_id <> x.conversation_id)
	UNION ALL SELECT 'promises that are over and not counted', (SELECT count(*) FROM expectation x WHERE x.month IS NULL AND x.goal = '' AND x.state IN ('kept', 'exceeded', 'missed'))
	UNION ALL SELECT 'promises to everybody that were not said to everybody', (SELECT count(*) FROM expectation x WHERE (x.person_id IS NULL) <> (x.brand_text_id IS NOT NULL)
		OR (x.person_id IS NULL AND (x.audience <> 'public' OR x.goal <> '' OR NOT x.ours OR x.conversation_id IS NOT NULL OR x.record_id IS NOT NULL)))
	UNION ALL SELECT 'verdicts of many about what was promised to one', (SELECT count(*) FROM verdict v JOIN expectation x ON x.id = v.expectation_id WHERE x.person_id IS NOT NULL)
	UNION ALL SELECT 'events about what we say to everybody', (SELECT count(*) FROM event e WHERE e.object_kind = 'brand_text'
		AND NOT EXISTS (SELECT 1 FROM brand_text b WHERE b.id = e.object_id))
	UNION ALL SELECT 'sums of promises that are not what they add up to', (SELECT count(*) FROM (SELECT y.of_id FROM (
		SELECT s.ours, s.by_what, s.of_id, s.of_word, s.closed, s.kept_them + s.kept_silence + s.kept_us AS kept, s.late FROM expectation_sum s
		UNION ALL {uncounted('all', 0, '')} UNION ALL {uncounted('owner', x.owner_id, '')} UNION ALL {uncounted('person', x.person_id, '')} AND x.person_id IS NOT NULL
		UNION ALL {uncounted('month', x.month, '')} UNION ALL {uncounted('source', 0, x.source)}
		UNION ALL {uncounted('team', x.team_id, '')} AND x.team_id IS NOT NULL) y
		GROUP BY y.ours, y.by_what, y.of_id, y.of_word HAVING SUM(y.closed) <> 0 OR SUM(y.kept) <> 0 OR SUM(y.late) <> 0) wrong)
	UNION ALL SELECT 'conversations in the care of another team than that of whom they were given to', (SELECT count(*) FROM conversation c JOIN person p ON p.id = c.assignee_id
		WHERE COALESCE(c.team_id, 0) <> COALESCE(p.team_id, 0))
	UNION ALL SELECT 'people in a team that has ended', (SELECT count(*) FROM person p JOIN team t ON t.id = p.team_id WHERE t.ended_at IS NOT NULL)
	UNION ALL SELECT 'authors of changes', (SELECT count(*) FROM person_change x WHERE x.actor_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = x.actor_id))
	UNION ALL SELECT 'people in the audit', (SELECT count(*) FROM audit x WHERE x.actor_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = x.actor_id))
	UNION ALL SELECT 'people who imported', (SELECT count(*) FROM import_run x WHERE x.actor_id IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = x.actor_id))
	UNION ALL SELECT 'imported people', (SELECT count(*) FROM source_ref s WHERE s.kind = 'person'
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = s.object_id))
	UNION ALL SELECT 'imported conversations', (SELECT count(*) FROM source_ref s WHERE s.kind = 'conversation'
		AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = s.object_id))
	UNION ALL SELECT 'tags of people', (SELECT count(*) FROM tagging t WHERE t.object_kind = 'person'
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = t.object_id))
	UNION ALL SELECT 'tags of conversations', (SELECT count(*) FROM tagging t WHERE t.object_kind = 'conversation'
		AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = t.object_id))
	UNION ALL SELECT 'followed conversations', (SELECT count(*) FROM follow f WHERE f.object_kind = 'conversation'
		AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = f.object_id))
	UNION ALL SELECT 'search words of people', (SELECT count(*) FROM find_doc d WHERE d.object_kind LIKE 'person%'
		AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = d.object_id))
	UNION ALL SELECT 'people that the search has read of and does not know', (SELECT count(*) FROM person p
		WHERE NOT EXISTS (SELECT 1 FROM find_doc d WHERE d.object_kind = 'person' AND d.object_id = p.id)
		AND EXISTS (SELECT 1 FROM event e JOIN event_cursor k ON k.reader = 'people' AND k.seq >= e.seq WHERE e.object_kind = 'person' AND e.object_id = p.id))
	UNION ALL SELECT 'search words of conversations', (SELECT count(*) FROM search_doc d WHERE d.object_kind = 'conversation'
		AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = d.object_id))
	UNION ALL SELECT 'documents of the search', (SELECT count(*) FROM find_doc d WHERE NOT EXISTS (SELECT 1 FROM conversation c WHERE d.object_kind = 'conversation'
		AND c.id = d.object_id) AND NOT EXISTS (SELECT 1 FROM message m WHERE d.object_kind = 'message' AND m.id = d.object_id)
		AND NOT EXISTS (SELECT 1 FROM record r WHERE d.object_kind IN ('record', 'record-team') AND r.id = d.object_id)
		AND NOT EXISTS (SELECT 1 FROM document k WHERE d.object_kind = 'document' AND k.id = d.object_id)
		AND NOT EXISTS (SELECT 1 FROM organization o WHERE d.object_kind IN ('organization', 'organization-name') AND o.id = d.object_id)
		AND NOT EXISTS (SELECT 1 FROM call k WHERE d.object_kind = 'call' AND k.id = d.object_id)
		AND NOT EXISTS (SELECT 1 FROM expectation x WHERE d.object_kind = 'expectation' AND x.id = d.object_id)
		AND NOT EXISTS (SELECT 1 FROM task t WHERE d.object_kind = 'task' AND t.id = d.object_id)
		AND d.object_kind NOT LIKE 'person%')
	UNION ALL SELECT 'tasks that the search has read of and does not know', (SELECT count(*) FROM task t WHERE {unfound('task', t)})
	UNION ALL SELECT 'promises that the search has read of and does not know', (SELECT count(*) FROM expectation x WHERE x.goal = '' AND {unfound('expectation', x)})
	UNION ALL SELECT 'conversations that the search has read of and does not know', (SELECT count(*) FROM conversation c WHERE {unfound('conversation', c)})
	UNION ALL SELECT 'messages that the search has read of and does not know', (SELECT count(*) FROM message m WHERE m.body <> '' AND {unfound('message', m)})
	UNION ALL SELECT 'records that the search has read of and does not know', (SELECT count(*) FROM record r WHERE {unfound('record', r)})
	UNION ALL SELECT 'documents that the search has read of and does not know', (SELECT count(*) FROM document k WHERE {unfound('document', k)})
	UNION ALL SELECT 'organizations that the search has read of and does not know', (SELECT count(*) FROM organization o WHERE {unfound('organization', o)})
	UNION ALL SELECT 'calls that the search has read of and does not know', (SELECT count(*) FROM call k WHERE {unfound('call', k)})
	UNION ALL SELECT 'what is read in rooms', (SELECT count(*) FROM seen s WHERE s.seq > (SELECT seq FROM event_head WHERE one = 1)
		OR (s.object_kind = 'record' AND NOT EXISTS (SELECT 1 FROM record r WHERE r.id = s.object_id))
		OR (s.object_kind = 'conversation' AND NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = s.object_id)))
	UNION ALL SELECT 'replies in another conversation', (SELECT count(*) FROM message m JOIN message r ON r.id = m.reply_to
		WHERE r.conversation_id <> m.conversation_id)
	UNION ALL SELECT 'attachments of messages elsewhere', (SELECT count(*) FROM attachment x JOIN message m ON m.id = x.message_id
		WHERE m.conversation_id <> x.conversation_id)
	UNION ALL SELECT 'older words of messages elsewhere', (SELECT count(*) FROM revision v JOIN message m ON m.id = v.message_id
		WHERE m.conversation_id <> v.conversation_id)
	UNION ALL SELECT 'imported records', (SELECT count(*) FROM source_ref s WHERE s.kind LIKE 'records:%'
		AND NOT EXISTS (SELECT 1 FROM record r WHERE r.id = s.object_id))
	UNION ALL SELECT 'lines whose topmost record is another', (SELECT count(*) FROM record r JOIN record p ON p.id = r.parent_id
		WHERE r.root_id <> COALESCE(p.root_id, p.id) OR r.root_id IS NULL)
	UNION ALL SELECT 'entries of timelines that tell of no event', (SELECT count(*) FROM life l WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = l.seq))
	UNION ALL SELECT 'organizations of lines', (SELECT count(*) FROM record_organization s JOIN record r ON r.id = s.record_id WHERE r.parent_id IS NOT NULL)
	UNION ALL SELECT 'people of lines', (SELECT count(*) FROM record_person s JOIN record r ON r.id = s.record_id WHERE r.parent_id IS NOT NULL)
	UNION ALL SELECT 'questions about another record than was kept', (SELECT count(*) FROM snapshot s JOIN conversation c ON c.id = s.conversation_id
		WHERE c.record_id IS NULL OR c.record_id <> s.record_id)
	UNION ALL SELECT 'records whose sums by month are not what their lines add up to', (SELECT count(*) FROM (
		SELECT x.parent_id FROM (SELECT m.parent_id, m.type, m.plus, m.minus FROM record_month m
			UNION ALL SELECT r.parent_id, r.type, CASE WHEN r.amount > 0 THEN -r.amount ELSE 0 END, CASE WHEN r.amount < 0 THEN -r.amount ELSE 0 END
			FROM record r WHERE r.parent_id IS NOT NULL AND r.amount IS NOT NULL) x
		GROUP BY x.parent_id, x.type HAVING SUM(x.plus) <> 0 OR SUM(x.minus) <> 0) wrong)
	UNION ALL SELECT 'contact persons who are not on the staff', (SELECT count(*) FROM person p JOIN person s ON s.id = p.contact_id
		WHERE s.kind <> 'staff')
	UNION ALL SELECT 'notices of events that are not in the log', (SELECT count(*) FROM notice n WHERE NOT EXISTS
		(SELECT 1 FROM event e WHERE e.seq = n.event_seq))
) all_of_them WHERE n > 0 ORDER BY what LIMIT 100;

-- check_logins() -> check_count :many
-- Logins that do not go with the people they belong to.
SELECT what, n FROM (
	SELECT 'logins by email whose address is not in the profile' AS what, (SELECT count(*) FROM identity i WHERE i.kind = 'email' AND NOT EXISTS
		(SELECT 1 FROM contact c WHERE c.person_id = i.person_id AND c.kind = 'email' AND c.folded = i.subject)) AS n
	UNION ALL SELECT 'passwords that name another person', (SELECT count(*) FROM identity i WHERE i.kind = 'password'
		AND i.subject <> CAST(i.person_id AS TEXT))
	UNION ALL SELECT 'passwords that are no Argon2id hash', (SELECT count(*) FROM identity i WHERE i.kind = 'password'
		AND i.secret NOT LIKE '$argon2id$%')
	UNION ALL SELECT 'colleagues with a customer''s role', (SELECT count(*) FROM person p WHERE p.kind = 'staff' AND p.role = 'customer')
	UNION ALL SELECT 'customers with a colleague''s role', (SELECT count(*) FROM person p WHERE p.kind <> 'staff' AND p.role <> 'customer')
) all_of_them WHERE n > 0 ORDER BY what LIMIT 100;

-- check_contacts() -> check_contact :each
-- Every email, phone and address.
SELECT id, person_id, kind, value, folded FROM contact ORDER BY id;

-- check_files() -> check_file :many
-- Files whose chunks are not all there, or are not in a row.
SELECT id, name, bytes, kept, chunks FROM (
	SELECT f.id, f.name, f.bytes, COALESCE(sum(length(c.bytes)), 0) AS kept, count(c.file_id) AS chunks, COALESCE(max(c.at), 0) AS last
	FROM file f LEFT JOIN file_chunk c ON c.file_id = f.id GROUP BY f.id, f.name, f.bytes
) x WHERE kept <> bytes OR chunks <> (bytes + 262143) / 262144 OR (chunks > 0 AND last <> (chunks - 1) * 262144) ORDER BY id LIMIT 100;

-- check_sizes_get() -> check_sizes :one
-- How much there is.
SELECT (SELECT count(*) FROM person WHERE kind <> 'staff'), (SELECT count(*) FROM person WHERE kind = 'staff'),
	(SELECT count(*) FROM conversation), (SELECT count(*) FROM message), (SELECT count(*) FROM vote), (SELECT count(*) FROM event),
	(SELECT count(*) FROM file), (SELECT CAST(COALESCE(sum(bytes), 0) AS bigint) FROM file),
	(SELECT count(*) FROM file f WHERE NOT {file_used(f)}),
	(SELECT CAST(COALESCE(sum(f.bytes), 0) AS bigint) FROM file f WHERE NOT {file_used(f)});
