-- Teams of the firm, and who is in which.

-- row team_row: id team_id | name text
-- row team_person_row: id person_id | name text | team_id team_id? | team text?

-- teams_all(most int) -> team_row :many
-- Those there are, by name.
SELECT t.id, t.name FROM team t WHERE t.ended_at IS NULL ORDER BY t.name, t.id LIMIT :most;

-- team_get(id team_id) -> team_row :one
-- One of them.
SELECT t.id, t.name FROM team t WHERE t.id = :id AND t.ended_at IS NULL;

-- team_named(word text) -> team_id :maybe
-- The one that is the same but for case, accents and signs.
SELECT t.id FROM team t WHERE t.word = :word AND t.ended_at IS NULL;

-- team_count() -> int :one
-- How many there are.
SELECT count(*) FROM team t WHERE t.ended_at IS NULL;

-- team_put(name text, word text, by person_id?, now time) -> team_id :one
-- A new one.
INSERT INTO team (name, word, made_by, made_at, ended_at) VALUES (:name, :word, :by, :now, NULL) RETURNING id;

-- team_rename(id team_id, name text, word text) :exec1
-- It is called otherwise from now on.
UPDATE team SET name = :name, word = :word WHERE id = :id;

-- team_end(id team_id, now time) :exec1
-- It is no more; what was counted for it stays.
UPDATE team SET ended_at = :now WHERE id = :id AND ended_at IS NULL;

-- team_staff(most int) -> team_person_row :many
-- Our people, and in which team each is.
SELECT p.id, p.name, t.id, t.name FROM person p LEFT JOIN team t ON t.id = p.team_id
WHERE p.kind = 'staff' AND p.disabled_at IS NULL ORDER BY p.name, p.id LIMIT :most;

-- team_join(who person_id, team team_id?, now time) :exec1
-- They are in it from now on.
UPDATE person SET team_id = :team, updated_at = :now, version = version + 1 WHERE id = :who;

-- team_take_along(who person_id, team team_id?) :exec
-- What they were given goes where they go.
UPDATE conversation SET team_id = :team, version = version + 1 WHERE assignee_id = :who AND COALESCE(team_id, 0) <> COALESCE(:team, 0);

-- team_empty(team team_id) :exec
-- Nobody is in it any more, neither those who have left the firm.
UPDATE person SET team_id = NULL, version = version + 1 WHERE team_id = :team;

-- team_let_go(team team_id) :exec
-- What is in the care of a team that ends is in nobody's, or theirs to whom it was given.
UPDATE conversation SET team_id = NULL, version = version + 1 WHERE team_id = :team;

-- team_seen_again(team team_id) :exec
-- Those who are in it show its name.
UPDATE person SET version = version + 1 WHERE team_id = :team;
