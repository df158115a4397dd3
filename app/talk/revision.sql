-- What was written before it was changed.

-- row revision_row: id revision_id | message_id message_id? | subject text | body text | editor_id person_id? | editor_name text?
--   | since_at time | until_at time | hidden bool

-- revision_put(conversation conversation_id, message message_id?, subject text, body text, visibility text, editor person_id?,
--   since_at time, until_at time) :exec1
-- Keeps words that are about to be changed.
INSERT INTO revision (conversation_id, message_id, subject, body, visibility, editor_id, since_at, until_at, hidden_at)
VALUES (:conversation, :message, :subject, :body, :visibility, :editor, :since_at, :until_at, NULL);

-- revision_list(id conversation_id, message int, me person_id?, staff bool, before revision_id?, most int) -> revision_row :many
-- What a report (message 0) or message said before, the newest first.
SELECT v.id, v.message_id, v.subject, v.body, p.id, {shown_name(p)}, v.since_at, v.until_at, v.hidden_at IS NOT NULL
FROM revision v JOIN conversation c ON c.id = v.conversation_id LEFT JOIN message m ON m.id = v.message_id
	LEFT JOIN person p ON p.id = v.editor_id
WHERE v.conversation_id = :id AND COALESCE(v.message_id, 0) = :message AND {conversation_visible(c)} AND {revision_visible(v, c)}
	AND (v.message_id IS NULL OR {message_visible(m)})
--? before AND v.id < :before
ORDER BY v.id DESC LIMIT :most;

-- row revision_facts: conversation_id conversation_id | message_id message_id? | hidden bool
-- revision_get(id revision_id) -> revision_facts :one
-- What taking it down depends on.
SELECT conversation_id, message_id, hidden_at IS NOT NULL FROM revision WHERE id = :id;

-- revision_hide(id revision_id, at time?) :exec1
-- Takes older words down, or puts them back.
UPDATE revision SET hidden_at = :at WHERE id = :id;
