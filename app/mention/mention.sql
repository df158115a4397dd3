-- Who is named in what was said, and who could be.

-- The name by which everyone who reads a thread knows somebody.
-- frag called(p): CASE WHEN p.kind = 'staff' AND {is_for_all(p, 'name')} THEN p.name ELSE p.public_name END

-- Words are those of a message, or those that begin a conversation.

-- row mention_said: conversation_id conversation_id | kind text | note bool | body text | author_id person_id? | staff bool
-- mention_said(id message_id) -> mention_said :one
-- The words, where they stand and whose they are.
SELECT c.id, c.kind, m.kind = 'note', m.body, m.author_id, COALESCE(p.kind = 'staff', FALSE)
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id WHERE m.id = :id;

-- row mention_person: id person_id | name text | own_name text | title text? | staff bool | sees bool
-- mention_people(id conversation_id, note bool, me person_id?, staff bool, most int) -> mention_person :many
-- Who can be meant in a thread that :me sees: the team, and who takes part in it or has said something there; and whether they read it.
SELECT p.id, {called(p)}, CASE WHEN :staff AND p.kind = 'staff' THEN p.name ELSE {called(p)} END, {shown_title(p)}, p.kind = 'staff',
	{conversation_visible_to(c, p)} AND (p.role <> 'customer' OR NOT :note)
FROM (SELECT us.id FROM person us WHERE us.kind = 'staff'
	UNION SELECT k.author_id FROM conversation k WHERE k.id = :id AND k.author_id IS NOT NULL
	UNION SELECT t.person_id FROM participant t WHERE t.conversation_id = :id
	UNION SELECT s.person_id FROM conversation d JOIN record_person s ON s.record_id = d.record_id WHERE d.id = :id AND d.kind = 'deal'
	UNION SELECT m.author_id FROM message m WHERE m.conversation_id = :id AND m.hidden_at IS NULL AND m.author_id IS NOT NULL) who
	JOIN person p ON p.id = who.id JOIN conversation c ON c.id = :id
WHERE p.disabled_at IS NULL AND {conversation_visible(c)}
ORDER BY 5 DESC, 2, 1 LIMIT :most;

-- mention_begun(id conversation_id) -> mention_said :one
-- The same of the words that begin a conversation.
SELECT c.id, c.kind, FALSE, c.body, c.author_id, COALESCE(p.kind = 'staff', FALSE) FROM conversation c LEFT JOIN person p ON p.id = c.author_id WHERE c.id = :id;

-- mention_put(message message_id?, conversation conversation_id?, person person_id, name text) :exec1
-- Somebody is named in words that named nobody.
INSERT INTO mention (message_id, conversation_id, person_id, name) VALUES (:message, :conversation, :person, :name);

-- mention_drop(message message_id?, conversation conversation_id?) :exec
-- Nobody is named in these words.
DELETE FROM mention WHERE message_id = :message OR conversation_id = :conversation;

-- row mention_row: message_id message_id? | person_id person_id | name text | shown bool
-- mention_rows(messages ints, conversation conversation_id?, me person_id?, staff bool, most int) -> mention_row :many
-- Who is named in what was said, and in the words that begin a conversation, and whether :me may see their profile.
SELECT x.message_id, x.person_id, x.name, {person_visible(p)} FROM mention x JOIN person p ON p.id = x.person_id
WHERE x.message_id IN {list :messages} OR x.conversation_id = :conversation ORDER BY x.message_id, x.person_id LIMIT :most;
