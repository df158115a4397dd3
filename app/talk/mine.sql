-- A person's own reports, what they say "me too" to, what they follow; the newest first. Messages stand at /messages.

-- mine_told(me person_id, staff bool, before conversation_id?, most int) -> int :many
-- What they told us.
SELECT c.id FROM conversation c WHERE c.author_id = :me AND NOT {is_among(c)} AND {conversation_visible(c)}
--? before AND c.id < :before
ORDER BY c.id DESC LIMIT :most;

-- mine_voted(me person_id, staff bool, before conversation_id?, most int) -> int :many
-- What others told us and they say "me too" to.
SELECT c.id FROM vote v JOIN conversation c ON c.id = v.conversation_id
WHERE v.person_id = :me AND (c.author_id IS NULL OR c.author_id <> :me) AND {conversation_visible(c)}
--? before AND v.conversation_id < :before
ORDER BY v.conversation_id DESC LIMIT :most;

-- mine_followed(me person_id, staff bool, before conversation_id?, most int) -> int :many
-- What they are told about.
SELECT c.id FROM follow f JOIN conversation c ON c.id = f.object_id
WHERE f.person_id = :me AND f.object_kind = 'conversation' AND NOT {is_among(c)} AND {conversation_visible(c)}
--? before AND f.object_id < :before
ORDER BY f.object_id DESC LIMIT :most;
