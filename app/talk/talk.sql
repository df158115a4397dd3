-- Changes of what people say, with everything that is counted from it.

-- frag is_open(c): (c.status IN ('new', 'heard', 'planned', 'in_work', 'partly_done'))
-- frag is_counted(c): (c.visibility = 'public' AND c.hidden_at IS NULL)
-- frag is_said(m): (m.kind IN ('comment', 'not_fixed') AND m.hidden_at IS NULL)
-- frag is_ours(who): EXISTS (SELECT 1 FROM person one WHERE one.id = who AND one.kind = 'staff')
-- frag nobody_waits(): 9223372036854775807

-- When we said something to the customer last.
-- frag told_at(c): (SELECT MAX(t.created_at) FROM message t WHERE t.conversation_id = c.id AND t.kind IN ('comment', 'answer')
--   AND t.hidden_at IS NULL AND {is_ours(t.author_id)})
-- Since when somebody waits: what they said first behind our last words, or the beginning when there are none.
-- frag waits_since(c): CASE WHEN NOT {is_open(c)} THEN {nobody_waits()}
--   WHEN {told_at(c)} IS NULL AND NOT {is_ours(c.author_id)} THEN c.created_at
--   ELSE COALESCE((SELECT MIN(m.created_at) FROM message m WHERE m.conversation_id = c.id AND {is_said(m)}
--   AND NOT {is_ours(m.author_id)} AND m.created_at > COALESCE({told_at(c)}, 0)), {nobody_waits()}) END

-- row talk_facts: id conversation_id | kind text | board text | visibility text | status text | author_id person_id?
--   | assignee_id person_id? | area text | lat real? | lon real? | quadkey int? | votes int | comments int | worth_minor int
--   | answer_id message_id? | reopened int | created_at time | active_at time | voted_at time | answered_at time? | hidden bool
--   | version int | subject text | body text | topic text | edited_at time? | group_id conversation_id? | team_id team_id?

-- frag facts(c): c.id, c.kind, c.board, c.visibility, c.status, c.author_id, c.assignee_id, c.area, c.lat, c.lon, c.quadkey, c.votes,
--   c.comments, c.worth_minor, c.answer_id, c.reopened, c.created_at, c.active_at, c.voted_at, c.answered_at, c.hidden_at IS NOT NULL,
--   c.version, c.subject, c.body, c.topic, c.edited_at, c.group_id, c.team_id

-- talk_facts_get(id conversation_id) -> talk_facts :one
-- What the counters depend on.
SELECT {facts(c)} FROM conversation c WHERE c.id = :id;

-- talk_facts_seen(id conversation_id, me person_id?, staff bool) -> talk_facts :one
-- The same, for those who may see the conversation.
SELECT {facts(c)} FROM conversation c WHERE c.id = :id AND {conversation_visible(c)};

-- talk_insert(kind text, board text, subject text, body text, summary text, visibility text, status text, author person_id?,
--   assignee person_id?, team team_id?, topic text, since date?, lat real?, lon real?, place text, area text, quadkey int?, impact real,
--   channel text, at time) -> conversation_id :one
-- A new conversation that nobody has said "me too" to.
INSERT INTO conversation (kind, board, subject, body, summary, visibility, status, author_id, assignee_id, topic, since, lat, lon, place,
	area, quadkey, votes, comments, worth_minor, impact, staff_impact, answer_id, reopened, channel, created_at, active_at, voted_at,
	answered_at, hidden_at, version, waiting_at, team_id)
VALUES (:kind, :board, :subject, :body, :summary, :visibility, :status, :author, :assignee, :topic, :since, :lat, :lon, :place,
	:area, :quadkey, 0, 0, 0, :impact, :impact, NULL, 0, :channel, :at, :at, :at, NULL, NULL, 1,
	CASE WHEN :status IN ('done', 'not_done', 'closed') OR {is_ours(:author)} THEN {nobody_waits()} ELSE :at END,
	CASE WHEN :assignee IS NULL THEN :team ELSE (SELECT p.team_id FROM person p WHERE p.id = :assignee) END)
RETURNING id;

-- talk_tally_add(board text, status text, reports int, votes int) :exec
-- Counts by list and status.
INSERT INTO tally (board, status, reports, votes) VALUES (:board, :status, :reports, :votes)
ON CONFLICT (board, status) DO UPDATE SET reports = tally.reports + excluded.reports, votes = tally.votes + excluded.votes;

-- talk_town_add(board text, name text, reports int, votes int) :exec
-- Counts by town.
INSERT INTO town (board, name, reports, votes) VALUES (:board, :name, :reports, :votes)
ON CONFLICT (board, name) DO UPDATE SET reports = town.reports + excluded.reports, votes = town.votes + excluded.votes;

-- talk_cells_add(quadkey int, kind text, reports int, votes int) :exec
-- Counts by map cell, on all levels at once.
WITH level (zoom) AS (VALUES (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16))
INSERT INTO cell (zoom, quadkey, kind, reports, votes)
SELECT zoom, :quadkey >> (44 - 2 * zoom), :kind, :reports, :votes FROM level WHERE TRUE
ON CONFLICT (zoom, quadkey, kind) DO UPDATE SET reports = cell.reports + excluded.reports, votes = cell.votes + excluded.votes;

-- talk_cells_sweep(quadkey int, kind text) :exec
-- Cells that count nothing any more.
WITH level (zoom) AS (VALUES (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12), (13), (14), (15), (16))
DELETE FROM cell WHERE kind = :kind AND reports = 0
	AND (zoom, quadkey) IN (SELECT zoom, :quadkey >> (44 - 2 * zoom) FROM level);

-- talk_town_sweep(board text, name text) :exec
-- A town that counts nothing any more.
DELETE FROM town WHERE board = :board AND name = :name AND reports = 0;

-- ------------------------------------------------------------------- votes

-- talk_vote_insert(id conversation_id, who person_id, at time) :exec
-- One voice.
INSERT INTO vote (conversation_id, person_id, created_at) VALUES (:id, :who, :at) ON CONFLICT (conversation_id, person_id) DO NOTHING;

-- talk_vote_get(id conversation_id, who person_id) -> time :maybe
-- When this person said so.
SELECT created_at FROM vote WHERE conversation_id = :id AND person_id = :who;

-- talk_vote_delete(id conversation_id, who person_id) :exec1
-- Takes a voice back.
DELETE FROM vote WHERE conversation_id = :id AND person_id = :who;

-- talk_worth_of(who person_id) -> int :one
-- What a person pays in a year.
SELECT worth_minor FROM person WHERE id = :who;

-- talk_vote_last(id conversation_id) -> time? :one
-- When the newest voice came.
SELECT MAX(created_at) FROM vote WHERE conversation_id = :id;

-- talk_vote_day_add(id conversation_id, day int, votes int) :exec
-- Counts voices by day.
INSERT INTO vote_day (conversation_id, day, votes) VALUES (:id, :day, :votes)
ON CONFLICT (conversation_id, day) DO UPDATE SET votes = vote_day.votes + excluded.votes;

-- talk_set_votes(id conversation_id, votes int, worth int, voted_at time, impact real, staff_impact real) :exec1
-- The counters of one report.
UPDATE conversation SET votes = :votes, worth_minor = :worth, voted_at = :voted_at, impact = :impact, staff_impact = :staff_impact
WHERE id = :id;

-- talk_votes_of(who person_id, most int) -> conversation_id :many
-- What a person said "me too" to.
SELECT conversation_id FROM vote WHERE person_id = :who ORDER BY conversation_id LIMIT :most;

-- talk_follow_insert(who person_id, id int, at time) :exec
-- Follows a conversation.
INSERT INTO follow (person_id, object_kind, object_id, created_at) VALUES (:who, 'conversation', :id, :at)
ON CONFLICT (object_kind, object_id, person_id) DO NOTHING;

-- talk_follow_delete(who person_id, id int) :exec
-- Follows it no more.
DELETE FROM follow WHERE object_kind = 'conversation' AND object_id = :id AND person_id = :who;

-- talk_follow_delete_since(who person_id, id int, at time) :exec
-- Follows it no more, if that began with the "me too" of that moment.
DELETE FROM follow WHERE object_kind = 'conversation' AND object_id = :id AND person_id = :who AND created_at = :at;

-- ---------------------------------------------------------------- messages

-- row talk_said_facts: id message_id | conversation_id conversation_id | kind text | author_id person_id? | created_at time | hidden bool
--   | body text | edited_at time?

-- talk_said_get(id message_id) -> talk_said_facts :one
-- What a change of a message depends on.
SELECT m.id, m.conversation_id, m.kind, m.author_id, m.created_at, m.hidden_at IS NOT NULL, m.body, m.edited_at FROM message m WHERE m.id = :id;

-- talk_say_insert(id conversation_id, kind text, author person_id?, channel text, body text, status text, reply_to message_id?, at time)
--   -> message_id :one
-- Something said.
INSERT INTO message (conversation_id, kind, author_id, channel, body, status, reply_to, created_at, edited_at, hidden_at)
VALUES (:id, :kind, :author, :channel, :body, :status, :reply_to, :at, NULL, NULL) RETURNING id;

-- talk_set_said(id conversation_id, comments int, active_at time) :exec1
-- Something was said.
UPDATE conversation SET comments = :comments, active_at = :active_at WHERE id = :id;

-- talk_set_waiting(id conversation_id) :exec1
-- Since when somebody waits, counted anew.
UPDATE conversation SET waiting_at = {waits_since(conversation)} WHERE id = :id;

-- talk_set_newest(id conversation_id, author person_id?, at time) :exec1
-- The same when what was said just now by that author is the newest of all: without reading a long talk again.
UPDATE conversation SET waiting_at = CASE WHEN {is_ours(:author)} OR NOT {is_open(conversation)} THEN {nobody_waits()}
	WHEN waiting_at < :at THEN waiting_at ELSE :at END WHERE id = :id;

-- talk_set_status(id conversation_id, status text, answer message_id?, answered_at time?, active_at time, reopened int, comments int,
--   impact real, staff_impact real) :exec1
-- The state, the answer that stands first, and what depends on them.
UPDATE conversation SET status = :status, answer_id = :answer, answered_at = :answered_at, active_at = :active_at, reopened = :reopened,
	comments = :comments, impact = :impact, staff_impact = :staff_impact, version = version + 1
WHERE id = :id;

-- row talk_answer_row: id message_id | created_at time
-- talk_answer_last(id conversation_id) -> talk_answer_row :maybe
-- The newest official answer.
SELECT id, created_at FROM message WHERE conversation_id = :id AND kind = 'answer' AND hidden_at IS NULL
ORDER BY created_at DESC, id DESC LIMIT 1;

-- talk_hide_said(id message_id, at time?) :exec1
-- Takes a message down, or puts it back.
UPDATE message SET hidden_at = :at WHERE id = :id;

-- talk_edit_said(id message_id, body text, at time) :exec1
-- A message in new words.
UPDATE message SET body = :body, edited_at = :at WHERE id = :id;

-- talk_hide(id conversation_id, at time?) :exec1
-- Takes a report down, or puts it back.
UPDATE conversation SET hidden_at = :at, version = version + 1 WHERE id = :id;

-- talk_assign(id conversation_id, who person_id?) :exec1
-- Somebody's to answer, and with that in the care of their team.
UPDATE conversation SET assignee_id = :who, team_id = (SELECT p.team_id FROM person p WHERE p.id = :who), version = version + 1 WHERE id = :id;

-- talk_assign_team(id conversation_id, team team_id) :exec1
-- A team's to answer, and nobody's in it yet.
UPDATE conversation SET assignee_id = NULL, team_id = :team, version = version + 1 WHERE id = :id;

-- talk_is_team(team team_id) -> bool :one
-- Whether there is such a team.
SELECT EXISTS (SELECT 1 FROM team t WHERE t.id = :team AND t.ended_at IS NULL);

-- row talk_team_row: id team_id | name text
-- talk_teams(most int) -> talk_team_row :many
-- The teams, for choosing one.
SELECT t.id, t.name FROM team t WHERE t.ended_at IS NULL ORDER BY t.name, t.id LIMIT :most;

-- talk_team_of(who person_id) -> team_id? :one
-- In which team somebody is.
SELECT p.team_id FROM person p WHERE p.id = :who;

-- talk_is_staff(who person_id) -> int :one
-- Whether this is one of us.
SELECT COUNT(*) FROM person WHERE id = :who AND kind = 'staff' AND disabled_at IS NULL;

-- talk_edit(id conversation_id, subject text, body text, summary text, topic text, edited_at time?) :exec1
-- A report in new words.
UPDATE conversation SET subject = :subject, body = :body, summary = :summary, topic = :topic, edited_at = :edited_at,
	version = version + 1 WHERE id = :id;

-- talk_set_visibility(id conversation_id, visibility text) :exec1
-- Who may see it.
UPDATE conversation SET visibility = :visibility, version = version + 1 WHERE id = :id;

-- talk_set_group(id conversation_id, question conversation_id) :exec1
-- It is one person's answer to a question to a group.
UPDATE conversation SET group_id = :question WHERE id = :id;

-- talk_set_active(id conversation_id, at time) :exec1
-- Something happened in it.
UPDATE conversation SET active_at = CASE WHEN active_at > :at THEN active_at ELSE :at END WHERE id = :id;

-- talk_participant_add(id conversation_id, who person_id) :exec
-- Takes part in it.
INSERT INTO participant (conversation_id, person_id) VALUES (:id, :who) ON CONFLICT (conversation_id, person_id) DO NOTHING;

-- ------------------------------------------------------------------- files

-- talk_attach(id conversation_id, message message_id?, file file_id, name text, rank int, width int, height int, caption text) :exec1
-- A file of a report or message.
INSERT INTO attachment (conversation_id, message_id, file_id, name, rank, width, height, caption)
VALUES (:id, :message, :file, :name, :rank, :width, :height, :caption);

-- talk_attached_count(id conversation_id) -> int :one
-- How many files a conversation has.
SELECT COUNT(*) FROM attachment WHERE conversation_id = :id;

-- talk_upload_put(who person_id, file file_id, name text, width int, height int, at time) :exec
-- Someone sent a file.
INSERT INTO upload (person_id, file_id, name, width, height, created_at) VALUES (:who, :file, :name, :width, :height, :at)
ON CONFLICT (person_id, file_id) DO UPDATE SET name = excluded.name, created_at = excluded.created_at;

-- row talk_upload_row: width int | height int | name text | type text | bytes int
-- talk_upload_get(who person_id, file file_id) -> talk_upload_row :maybe
-- A file that this person sent.
SELECT u.width, u.height, COALESCE(NULLIF(u.name, ''), f.name), f.type, f.bytes FROM upload u JOIN file f ON f.id = u.file_id
WHERE u.person_id = :who AND u.file_id = :file;

-- talk_upload_done(who person_id, file file_id) :exec
-- It is attached now.
DELETE FROM upload WHERE person_id = :who AND file_id = :file;
