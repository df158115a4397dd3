-- Whether what is counted equals what it counts; and counting it anew.

-- row talk_counts: id conversation_id | status text | kind text | board text | lat real? | lon real? | quadkey int? | votes int | votes_real int
--   | comments int | comments_real int | worth int | worth_real int | created_at time | voted_at time | voted_real time? | impact real
--   | staff_impact real

-- talk_counts_each() -> talk_counts :each
-- Every conversation with its counters and what they count.
SELECT c.id, c.status, c.kind, c.board, c.lat, c.lon, c.quadkey, c.votes, (SELECT COUNT(*) FROM vote v WHERE v.conversation_id = c.id), c.comments,
	(SELECT COUNT(*) FROM message m WHERE m.conversation_id = c.id AND {is_said(m)}), c.worth_minor,
	CAST(COALESCE((SELECT SUM(p.worth_minor) FROM vote v JOIN person p ON p.id = v.person_id WHERE v.conversation_id = c.id), 0) AS bigint),
	c.created_at, c.voted_at, (SELECT MAX(v.created_at) FROM vote v WHERE v.conversation_id = c.id), c.impact, c.staff_impact
FROM conversation c ORDER BY c.id;

-- row talk_difference: what text | reports int | votes int

-- talk_days_wrong(most int) -> talk_difference :many
-- Days that count other than the voices of that day.
SELECT CAST(x.id AS text) || ' on day ' || CAST(x.day AS text), 0, CAST(SUM(x.votes) AS bigint) FROM (
	SELECT conversation_id AS id, created_at / 86400000000 AS day, -1 AS votes FROM vote
	UNION ALL SELECT conversation_id, day, votes FROM vote_day) x
GROUP BY x.id, x.day HAVING SUM(x.votes) <> 0 LIMIT :most;

-- talk_tally_wrong(most int) -> talk_difference :many
-- Lists and states that count other than what stands in them.
SELECT x.board || ' ' || x.status, CAST(SUM(x.reports) AS bigint), CAST(SUM(x.votes) AS bigint) FROM (
	SELECT c.board, c.status, -1 AS reports, -c.votes AS votes FROM conversation c WHERE {is_counted(c)}
	UNION ALL SELECT board, status, reports, votes FROM tally) x
GROUP BY x.board, x.status HAVING SUM(x.reports) <> 0 OR SUM(x.votes) <> 0 LIMIT :most;

-- talk_town_wrong(most int) -> talk_difference :many
-- Towns that count other than what is open there.
SELECT x.board || ' ' || x.area, CAST(SUM(x.reports) AS bigint), CAST(SUM(x.votes) AS bigint) FROM (
	SELECT c.board, c.area, -1 AS reports, -c.votes AS votes FROM conversation c WHERE {is_counted(c)} AND {is_open(c)}
	UNION ALL SELECT board, name, reports, votes FROM town) x
GROUP BY x.board, x.area HAVING SUM(x.reports) <> 0 OR SUM(x.votes) <> 0 LIMIT :most;

-- talk_cell_wrong(most int) -> talk_difference :many
-- Map cells that count other than what is open there.
WITH level (zoom) AS (VALUES (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16))
SELECT x.kind || ' ' || CAST(x.zoom AS text) || '/' || CAST(x.quadkey AS text), CAST(SUM(x.reports) AS bigint), CAST(SUM(x.votes) AS bigint) FROM (
	SELECT c.kind, level.zoom, c.quadkey >> (44 - 2 * level.zoom) AS quadkey, -1 AS reports, -c.votes AS votes
	FROM conversation c CROSS JOIN level WHERE c.quadkey IS NOT NULL AND {is_counted(c)} AND {is_open(c)}
	UNION ALL SELECT kind, zoom, quadkey, reports, votes FROM cell) x
GROUP BY x.kind, x.zoom, x.quadkey HAVING SUM(x.reports) <> 0 OR SUM(x.votes) <> 0 LIMIT :most;

-- talk_waiting_wrong(most int) -> conversation_id :many
-- Conversations in which somebody waits since another time than is kept.
SELECT c.id FROM conversation c WHERE c.waiting_at <> {waits_since(c)} LIMIT :most;

-- talk_waiting_count() :exec
-- Who waits, in all of them.
UPDATE conversation SET waiting_at = {waits_since(conversation)} WHERE waiting_at <> {waits_since(conversation)};

-- talk_days_clear() :exec
-- Before counting anew.
DELETE FROM vote_day;

-- talk_tally_clear() :exec
-- Before counting anew.
DELETE FROM tally;

-- talk_town_clear() :exec
-- Before counting anew.
DELETE FROM town;

-- talk_cell_clear() :exec
-- Before counting anew.
DELETE FROM cell;

-- talk_days_count() :exec
-- Voices by day.
INSERT INTO vote_day (conversation_id, day, votes)
SELECT conversation_id, created_at / 86400000000, COUNT(*) FROM vote GROUP BY conversation_id, created_at / 86400000000;

-- talk_tally_count() :exec
-- Reports by list and state.
INSERT INTO tally (board, status, reports, votes)
SELECT c.board, c.status, COUNT(*), SUM(c.votes) FROM conversation c WHERE {is_counted(c)} GROUP BY c.board, c.status;

-- talk_town_count() :exec
-- Open reports by town.
INSERT INTO town (board, name, reports, votes)
SELECT c.board, c.area, COUNT(*), SUM(c.votes) FROM conversation c WHERE {is_counted(c)} AND {is_open(c)} GROUP BY c.board, c.area;

-- talk_cell_count() :exec
-- Open reports by map cell.
WITH level (zoom) AS (VALUES (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16))
INSERT INTO cell (zoom, quadkey, kind, reports, votes)
SELECT level.zoom, c.quadkey >> (44 - 2 * level.zoom), c.kind, COUNT(*), SUM(c.votes)
FROM conversation c CROSS JOIN level WHERE c.quadkey IS NOT NULL AND {is_counted(c)} AND {is_open(c)}
GROUP BY level.zoom, c.quadkey >> (44 - 2 * level.zoom), c.kind;

-- talk_counts_set(id conversation_id, board text, votes int, comments int, worth int, voted_at time, impact real, staff_impact real,
--   quadkey int?) :exec1
-- The counters of one conversation as they should be.
UPDATE conversation SET board = :board, votes = :votes, comments = :comments, worth_minor = :worth, voted_at = :voted_at, impact = :impact,
	staff_impact = :staff_impact, quadkey = :quadkey WHERE id = :id;
