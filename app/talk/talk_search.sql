-- Finding by words. Documents hold the terms of text/similar.h: first the subject's, then " | ", then the rest.

-- row talk_doc_row: id conversation_id | subject text | status text | votes int | area text | words text | voted bool
-- row talk_source_row: id conversation_id | subject text | body text | answer text?

-- talk_doc_source(id conversation_id) -> talk_source_row :maybe
-- What a conversation is found by.
SELECT c.id, c.subject, c.body, m.body FROM conversation c LEFT JOIN message m ON m.id = c.answer_id WHERE c.id = :id;

-- talk_doc_put(id int, words text) :exec
-- The words of a conversation.
INSERT INTO search_doc (object_kind, object_id, words) VALUES ('conversation', :id, :words)
ON CONFLICT (object_kind, object_id) DO UPDATE SET words = excluded.words;

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
SELECT c.id, c.subject, c.status, c.votes, c.area, d.words, EXISTS (SELECT 1 FROM vote v WHERE v.conversation_id = c.id AND v.person_id = :me)
FROM conversation c JOIN search_doc d ON d.object_kind = 'conversation' AND d.object_id = c.id
WHERE c.id IN {list :ids} AND c.hidden_at IS NULL AND {conversation_visible(c)} LIMIT :most;
