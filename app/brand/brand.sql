-- What the firm says to everybody.

-- row brand_row: id brand_text_id | title text | body text | place text | said_from date | said_until date? | promised int
-- frag brand_fields(b): b.id, b.title, b.body, b.place, b.said_from, b.said_until, (SELECT count(*) FROM expectation x WHERE x.brand_text_id = b.id)

-- brand_find(before brand_text_id?, most int) -> brand_row :many
-- All of it, for the team; the newest first.
SELECT {brand_fields(b)} FROM brand_text b WHERE 1 = 1
--? before AND b.id < :before
ORDER BY b.id DESC LIMIT :most;

-- brand_get(id brand_text_id) -> brand_row :one
-- One.
SELECT {brand_fields(b)} FROM brand_text b WHERE b.id = :id;

-- brand_put(title text, body text, place text, said_from date, said_until date?, by person_id, now time) -> brand_text_id :one
-- A new one.
INSERT INTO brand_text (title, body, place, said_from, said_until, made_by, made_at) VALUES (:title, :body, :place, :said_from, :said_until, :by, :now) RETURNING id;

-- brand_set(id brand_text_id, title text, body text, place text, said_from date, said_until date?) :exec1
-- Otherwise from now on.
UPDATE brand_text SET title = :title, body = :body, place = :place, said_from = :said_from, said_until = :said_until WHERE id = :id;
