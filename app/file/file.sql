-- Where a file is, for whom; what was read in it; documents and their versions.

-- --------------------------------------------------------------- who may have it

-- row file_place: name text | at time | author_id person_id? | author text? | conversation_id conversation_id? | subject text?
--   | message_id message_id? | document_id document_id? | version int | own bool

-- file_places(file file_id, me person_id?, staff bool, most int) -> file_place :many
-- Where a file is, as far as this person may see; nothing when it is not theirs to have. A file is seen by whoever sees what it belongs to, and by
-- its sender while it belongs to nothing.
SELECT name, at, author_id, author, conversation_id, subject, message_id, document_id, version, own FROM (
	SELECT a.name, COALESCE(m.created_at, c.created_at) AS at, p.id AS author_id, {shown_name(p)} AS author, c.id AS conversation_id, c.subject,
		m.id AS message_id, NULL AS document_id, 0 AS version, FALSE AS own
	FROM attachment a JOIN conversation c ON c.id = a.conversation_id LEFT JOIN message m ON m.id = a.message_id
		LEFT JOIN person p ON p.id = CASE WHEN a.message_id IS NULL THEN c.author_id ELSE m.author_id END
	WHERE a.file_id = :file AND {conversation_visible(c)} AND (a.message_id IS NULL OR {message_visible(m)})
	UNION ALL
	SELECT v.name, v.created_at, p.id, {shown_name(p)}, NULL, d.name, NULL, d.id, v.version, FALSE
	FROM document_version v JOIN document d ON d.id = v.document_id LEFT JOIN person p ON p.id = v.author_id
	WHERE v.file_id = :file AND {document_visible(d)} AND {version_visible(v)}
	UNION ALL
	SELECT u.name, u.created_at, u.person_id, NULL, NULL, NULL, NULL, NULL, 0, TRUE FROM upload u
	WHERE u.file_id = :file AND u.person_id = :me
) place ORDER BY at, conversation_id, document_id, version LIMIT :most;

-- ---------------------------------------------------------------- what it says

-- row file_read_row: state text | text text | preview_id file_id? | width int | height int

-- file_read_begin(file file_id) :exec
-- The file is going to be read, unless it was or is already.
INSERT INTO file_text (file_id, state, text, preview_file_id, width, height, read_at) VALUES (:file, 'reading', '', NULL, 0, 0, NULL)
ON CONFLICT (file_id) DO NOTHING;

-- file_read_end(file file_id, state text, text text, preview file_id?, width int, height int, now time) :exec
-- What was found in it.
UPDATE file_text SET state = :state, text = :text, preview_file_id = :preview, width = :width, height = :height, read_at = :now
WHERE file_id = :file;

-- file_read_get(file file_id, most int) -> file_read_row :maybe
-- What was found in it, of its words so many characters.
SELECT state, SUBSTR(text, 1, CAST(:most AS INTEGER)), preview_file_id, width, height FROM file_text WHERE file_id = :file;
