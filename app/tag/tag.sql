-- Tags, and what wears them.

-- row tag_row: id tag_id | name text
-- tag_of_word(word text) -> tag_row :maybe
-- The tag that is the same but for case, accents and signs.
SELECT g.id, g.name FROM tag g WHERE g.word = :word;

-- tag_make(name text, word text) -> tag_id :one
-- A new one.
INSERT INTO tag (name, word) VALUES (:name, :word) ON CONFLICT (name) DO UPDATE SET word = excluded.word RETURNING id;

-- tag_rename(tag tag_id, name text, word text) :exec
-- It is called otherwise from now on.
UPDATE tag SET name = :name, word = :word WHERE id = :tag;

-- tag_wear(tag tag_id, kind text, object int) :exec
-- Puts it on something.
INSERT INTO tagging (tag_id, object_kind, object_id) VALUES (:tag, :kind, :object) ON CONFLICT (object_kind, object_id, tag_id) DO NOTHING;

-- tag_unwear(tag tag_id, kind text, object int) :exec
-- Takes it off.
DELETE FROM tagging WHERE tag_id = :tag AND object_kind = :kind AND object_id = :object;

-- tag_clear(kind text, object int) :exec
-- Takes all off.
DELETE FROM tagging WHERE object_kind = :kind AND object_id = :object;

-- tags_worn(kind text, object int, most int) -> text :many
-- What something wears. Without an order: each page of a report reads it.
SELECT g.name FROM tagging t JOIN tag g ON g.id = t.tag_id WHERE t.object_kind = :kind AND t.object_id = :object LIMIT :most;

-- ------------------------------------------------------------------ one of two

-- tag_move_worn(from tag_id, to tag_id) :exec
-- What wears the one wears the other, once.
INSERT INTO tagging (tag_id, object_kind, object_id) SELECT :to, t.object_kind, t.object_id FROM tagging t WHERE t.tag_id = :from
ON CONFLICT (object_kind, object_id, tag_id) DO NOTHING;

-- tag_move_follows(from int, to int) :exec
-- And who follows it.
INSERT INTO follow (person_id, object_kind, object_id, created_at) SELECT f.person_id, 'tag', :to, f.created_at FROM follow f
WHERE f.object_kind = 'tag' AND f.object_id = :from ON CONFLICT DO NOTHING;

-- tag_forget_follows(from int) :exec
-- Nobody follows what is no more.
DELETE FROM follow WHERE object_kind = 'tag' AND object_id = :from;

-- tag_drop_row(tag tag_id) :exec
-- It is no more.
DELETE FROM tag WHERE id = :tag;

-- tags_without_word(most int) -> tag_row :many
-- Those of an older program.
SELECT g.id, g.name FROM tag g WHERE g.word IS NULL ORDER BY g.id LIMIT :most;

-- row worn_row: kind text | id int
-- tag_things(tag tag_id, kind text, after int, most int) -> worn_row :many
-- What wears it, behind a place.
SELECT t.object_kind, t.object_id FROM tagging t WHERE t.tag_id = :tag AND (t.object_kind > :kind OR (t.object_kind = :kind AND t.object_id > :after))
ORDER BY t.object_kind, t.object_id LIMIT :most;

-- -------------------------------------------------------------------- who sees what

-- Whether something that wears a tag is seen, and with it the tag: those of what everybody may read are for everybody, all others for the team.
-- frag worn_visible(t): CASE t.object_kind
--   WHEN 'conversation' THEN EXISTS (SELECT 1 FROM conversation c WHERE c.id = t.object_id AND {conversation_visible(c)} AND {tags_open(c)} LIMIT 1 OFFSET 0)
--   WHEN 'person' THEN :staff WHEN 'organization' THEN :staff WHEN 'record' THEN :staff WHEN 'document' THEN :staff ELSE FALSE END

-- tag_seen_list(me person_id?, staff bool, after text, most int) -> tag_row :many
-- The tags that something wears of which this person may see so, by name.
SELECT g.id, g.name FROM tag g WHERE g.name > :after AND EXISTS (SELECT 1 FROM tagging t WHERE t.tag_id = g.id AND {worn_visible(t)} LIMIT 1 OFFSET 0)
ORDER BY g.name LIMIT :most;

-- row tag_count_row: tag_id tag_id | n int
-- tag_counts(ids ints, kind text, me person_id?, staff bool, most int, rows int) -> tag_count_row :many
-- How much of a kind wears each of them that this person may see; no more than `most` are counted.
SELECT g.id, (SELECT COUNT(*) FROM (SELECT 1 FROM tagging t WHERE t.tag_id = g.id AND t.object_kind = :kind AND {worn_visible(t)} LIMIT :most) counted)
FROM tag g WHERE g.id IN {list :ids} LIMIT :rows;

-- tag_thing_there(kind text, id int) -> bool :one
-- Whether there is such a thing.
SELECT CASE :kind WHEN 'record' THEN EXISTS (SELECT 1 FROM record r WHERE r.id = :id)
	WHEN 'organization' THEN EXISTS (SELECT 1 FROM organization o WHERE o.id = :id)
	WHEN 'document' THEN EXISTS (SELECT 1 FROM document d WHERE d.id = :id) ELSE FALSE END;
