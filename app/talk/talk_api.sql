-- For programs.

-- talk_is_someone(who person_id) -> int :one
-- Whether there is such a person.
SELECT COUNT(*) FROM person WHERE id = :who AND disabled_at IS NULL;
