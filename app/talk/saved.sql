-- Saved replies: the team's, and each colleague's own.

-- row reply_row: id reply_id | owner_id person_id? | name text | body_en text | body_de text | changed_at time

-- frag reply_of(r): (r.owner_id IS NULL OR r.owner_id = :me)

-- reply_list(me person_id, most int) -> reply_row :many
-- Those that somebody can use.
SELECT r.id, r.owner_id, r.name, r.body_en, r.body_de, r.changed_at FROM reply r WHERE {reply_of(r)} ORDER BY r.name, r.id LIMIT :most;

-- reply_get(id reply_id, me person_id) -> reply_row :one
-- One of them.
SELECT r.id, r.owner_id, r.name, r.body_en, r.body_de, r.changed_at FROM reply r WHERE r.id = :id AND {reply_of(r)};

-- reply_insert(owner person_id?, name text, body_en text, body_de text, at time) -> reply_id :one
-- A new one.
INSERT INTO reply (owner_id, name, body_en, body_de, changed_at) VALUES (:owner, :name, :body_en, :body_de, :at) RETURNING id;

-- reply_update(id reply_id, owner person_id?, name text, body_en text, body_de text, at time) :exec1
-- In new words.
UPDATE reply SET owner_id = :owner, name = :name, body_en = :body_en, body_de = :body_de, changed_at = :at WHERE id = :id;

-- reply_delete(id reply_id) :exec1
-- No more of it.
DELETE FROM reply WHERE id = :id;

-- row reply_about_row: record text? | record_type text? | record_fields text? | locale text? | name text?
-- reply_about(id conversation_id, who person_id?) -> reply_about_row :one
-- What the words of a saved reply are filled in from.
SELECT r.title, r.type, r.fields, p.locale, p.name FROM conversation c LEFT JOIN record r ON r.id = c.record_id LEFT JOIN person p ON p.id = :who WHERE c.id = :id;
