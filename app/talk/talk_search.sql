-- Finding by words. Documents hold the terms of text/similar.h: first the subject's, then " | ", then the rest.

-- row talk_doc_row: id conversation_id | subject text | status text | votes int | area text | words text | voted bool | open bool
-- row talk_source_row: id conversation_id | subject text | body text | answer text?

-- talk_doc_source(id conversation_id) -> talk_source_row :maybe
-- What a conversation is found by; what is between two is not.
SELECT c.id, c.subject, c.body, m.body FROM conversation c LEFT JOIN message m ON m.id = c.answer_id WHERE c.id = :id AND NOT {is_among(c)};

-- row talk_doc_kept: id int | words text
-- talk_doc_get(id int) -> talk_doc_kept :maybe
-- The words of a conversation until now.
SELECT d.id, d.words FROM search_doc d WHERE d.object_kind = 'conversation' AND d.object_id = :id;

-- talk_doc_put(id int, words text) -> int :one
-- The words of a conversation; gives the document's id.
INSERT INTO search_doc (object_kind, object_id, words) VALUES ('conversation', :id, :words)
ON CONFLICT (object_kind, object_id) DO UPDATE SET words = excluded.words RETURNING id;

-- talk_text_drop(id int, was text) :exec
-- Takes a document out of the full text: with the words that were added.
-- @sqlite only
INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', :id, :was);

-- talk_text_add(id int, words text) :exec
-- And puts it there.
-- @sqlite only
INSERT INTO search_fts (rowid, words) VALUES (:id, :words);

-- talk_words_find(words text, most int) -> int :many
-- The newest conversations that hold these words.
-- @sqlite
SELECT d.object_id FROM search_fts f JOIN search_doc d ON d.id = f.rowid
WHERE search_fts MATCH :words AND d.object_kind = 'conversation' ORDER BY f.rowid DESC LIMIT :most;
-- @pg
SELECT d.object_id FROM search_doc d
WHERE to_tsvector('simple', d.words) @@ to_tsquery('simple', :words) AND d.object_kind = 'conversation' ORDER BY d.id DESC LIMIT :most;

-- talk_docs(ids ints, me person_id?, staff bool, most int) -> talk_doc_row :many
-- What was found, as far as this person may see it.
SELECT c.id, c.subject, c.status, c.votes, c.area, d.words, EXISTS (SELECT 1 FROM vote v WHERE v.conversation_id = c.id AND v.person_id = :me),
	c.visibility = 'public' AND c.hidden_at IS NULL
FROM conversation c JOIN search_doc d ON d.object_kind = 'conversation' AND d.object_id = c.id
WHERE c.id IN {list :ids} AND c.hidden_at IS NULL AND {conversation_visible(c)} LIMIT :most;

-- row talk_words_row: id int | words text
-- talk_words_of(ids ints, most int) -> talk_words_row :many
-- The words of some conversations.
SELECT d.object_id, d.words FROM search_doc d WHERE d.object_kind = 'conversation' AND d.object_id IN {list :ids} LIMIT :most;

-- talk_alike_clear(id conversation_id) :exec
-- Before looking anew what is like it.
DELETE FROM alike WHERE conversation_id = :id OR other_id = :id;

-- talk_alike_put(id conversation_id, other conversation_id, share real) :exec
-- Two conversations say much the same.
INSERT INTO alike (conversation_id, other_id, share) VALUES (:id, :other, :share), (:other, :id, :share)
ON CONFLICT (conversation_id, other_id) DO UPDATE SET share = excluded.share;

-- talk_alike(id conversation_id, me person_id?, staff bool, most int) -> talk_doc_row :many
-- What is like it, the most alike first.
SELECT c.id, c.subject, c.status, c.votes, c.area, '', EXISTS (SELECT 1 FROM vote v WHERE v.conversation_id = c.id AND v.person_id = :me),
	c.visibility = 'public' AND c.hidden_at IS NULL
FROM alike a JOIN conversation c ON c.id = a.other_id
WHERE a.conversation_id = :id AND c.hidden_at IS NULL AND {conversation_visible(c)} ORDER BY a.share DESC, c.id DESC LIMIT :most;
