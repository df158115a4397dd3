-- Lists, one report, the desk: what pages show.

-- ------------------------------------------------------------------- lists

-- row talk_key: id conversation_id | score real | created_at time | active_at time | answered_at time?
-- row talk_item_row: id conversation_id | kind text | visibility text | status text | subject text | summary text | topic text
--   | area text | since date? | votes int | comments int | worth_minor int | created_at time | active_at time | answered_at time?
--   | week int

-- In whose hands it is: somebody's, nobody's (0), a team's (below: minus its id).
-- frag has_it(c): CASE WHEN :assignee < 0 THEN c.team_id = -:assignee WHEN :assignee = 0 THEN c.assignee_id IS NULL AND c.team_id IS NULL ELSE c.assignee_id = :assignee END

-- talk_find_impact(me person_id?, staff bool, direct bool, board text?, kind text?, status text?, topic text?, area text?, assignee int?,
--   within int?, ids ints,
--   impact real?, staff_impact real?, before conversation_id, most int) -> talk_key :many
-- order: impact c.impact DESC, c.id DESC | staff c.staff_impact DESC, c.id DESC
-- What this person may see, by what matters to most; direct: messages, too.
SELECT c.id, CASE WHEN :staff THEN c.staff_impact ELSE c.impact END, c.created_at, c.active_at, c.answered_at FROM conversation c
WHERE c.hidden_at IS NULL AND {conversation_visible(c)} AND (:direct OR NOT {is_among(c)}) AND :before IS NOT NULL
--? board AND c.board = :board
--? kind AND c.kind = :kind
--? status AND :status LIKE '%,' || c.status || ',%'
--? topic AND c.topic = :topic
--? assignee AND {has_it(c)}
--? area AND c.area = :area
--? within AND :within = 1 AND c.id IN {list :ids}
--? impact AND (c.impact, c.id) < (:impact, :before)
--? staff_impact AND (c.staff_impact, c.id) < (:staff_impact, :before)
ORDER BY {order} LIMIT :most;

-- talk_find_time(me person_id?, staff bool, direct bool, board text?, kind text?, status text?, topic text?, area text?, assignee int?,
--   within int?, ids ints,
--   made time?, active time?, answered time?, before conversation_id, most int) -> talk_key :many
-- order: new c.created_at DESC, c.id DESC | active c.active_at DESC, c.id DESC | answered c.answered_at DESC, c.id DESC
-- What this person may see, the newest first; direct: messages, too.
SELECT c.id, c.impact, c.created_at, c.active_at, c.answered_at FROM conversation c
WHERE c.hidden_at IS NULL AND {conversation_visible(c)} AND (:direct OR NOT {is_among(c)}) AND :before IS NOT NULL
--? board AND c.board = :board
--? kind AND c.kind = :kind
--? status AND :status LIKE '%,' || c.status || ',%'
--? topic AND c.topic = :topic
--? assignee AND {has_it(c)}
--? area AND c.area = :area
--? within AND :within = 1 AND c.id IN {list :ids}
--? made AND (c.created_at, c.id) < (:made, :before)
--? active AND (c.active_at, c.id) < (:active, :before)
--? answered AND (c.answered_at, c.id) < (:answered, :before)
ORDER BY {order} LIMIT :most;

-- talk_items(ids ints, me person_id?, staff bool, week int, most int) -> talk_item_row :many
-- The rows of a list, in no order. week: the first day (since 1970) of the last seven.
SELECT c.id, c.kind, c.visibility, c.status, c.subject, c.summary, c.topic, c.area, c.since, c.votes, c.comments, c.worth_minor,
	c.created_at, c.active_at, c.answered_at,
	CAST(COALESCE((SELECT SUM(d.votes) FROM vote_day d WHERE d.conversation_id = c.id AND d.day >= :week), 0) AS bigint)
FROM {list :ids} wanted JOIN conversation c ON c.id = wanted.value WHERE {conversation_visible(c)} LIMIT :most;

-- talk_voted_among(ids ints, me person_id, most int) -> int :many
-- Which of these the person says "me too" to.
SELECT v.conversation_id FROM {list :ids} wanted JOIN vote v ON v.conversation_id = wanted.value AND v.person_id = :me LIMIT :most;

-- talk_voices_since(id conversation_id, day int) -> int :one
-- How many joined from this day (since 1970) on.
SELECT CAST(COALESCE(SUM(votes), 0) AS bigint) FROM vote_day WHERE conversation_id = :id AND day >= :day;

-- row talk_answered_row: id conversation_id | subject text | answered_at time | answerer_id person_id? | name text? | title text?
--   | photo file_id?
-- talk_answered(me person_id?, staff bool, most int) -> talk_answered_row :many
-- What was answered last, in the open.
SELECT c.id, c.subject, c.answered_at, p.id, {shown_name(p)}, {shown_title(p)}, {shown_photo(p)}
FROM conversation c JOIN message m ON m.id = c.answer_id LEFT JOIN person p ON p.id = m.author_id
WHERE c.answered_at IS NOT NULL AND {is_counted(c)} AND {conversation_visible(c)}
ORDER BY c.answered_at DESC, c.id DESC LIMIT :most;

-- row talk_town_row: name text | reports int | votes int
-- talk_towns(board text, most int) -> talk_town_row :many
-- The towns where most people say so.
SELECT name, reports, votes FROM town WHERE board = :board AND name <> '' ORDER BY votes DESC, name DESC LIMIT :most;

-- row talk_tally_row: board text | status text | reports int | votes int
-- talk_tallies() -> talk_tally_row :many
-- Counts by list and status.
SELECT board, status, reports, votes FROM tally ORDER BY board, status LIMIT 64;

-- talk_tagged(word text, staff bool, most int) -> int :many
-- Conversations with a tag that this person may know of, the newest.
SELECT g.object_id FROM tagging g JOIN tag t ON t.id = g.tag_id JOIN conversation c ON c.id = g.object_id
WHERE t.word = :word AND g.object_kind = 'conversation' AND {tags_open(c)} ORDER BY g.object_id DESC LIMIT :most;

-- ---------------------------------------------------------------- one report

-- row talk_report_row: id conversation_id | kind text | subject text | body text | visibility text | status text | topic text
--   | since date? | lat real? | lon real? | place text | area text | votes int | comments int | worth_minor int | reopened int
--   | channel text | created_at time | active_at time | answered_at time? | hidden bool | version int | author_id person_id?
--   | author_name text? | author_staff bool | assignee_id person_id? | assignee_name text? | answer_id message_id?
--   | voted bool | follows bool | participant bool | edited_at time? | record_id record_id? | team_id team_id? | team text?

-- talk_report_get(id conversation_id, me person_id?, staff bool) -> talk_report_row :one
-- One conversation, if this person may know of it.
SELECT c.id, c.kind, c.subject, c.body, c.visibility, c.status, c.topic, c.since, c.lat, c.lon, c.place, c.area, c.votes, c.comments,
	c.worth_minor, c.reopened, c.channel, c.created_at, c.active_at, c.answered_at, c.hidden_at IS NOT NULL, c.version, a.id,
	{shown_name(a)}, COALESCE(a.kind = 'staff', FALSE), s.id, s.name, c.answer_id,
	EXISTS (SELECT 1 FROM vote v WHERE v.conversation_id = c.id AND v.person_id = :me),
	EXISTS (SELECT 1 FROM follow f WHERE f.object_kind = 'conversation' AND f.object_id = c.id AND f.person_id = :me),
	EXISTS (SELECT 1 FROM participant t WHERE t.conversation_id = c.id AND t.person_id = :me), c.edited_at, c.record_id, g.id, g.name
FROM conversation c LEFT JOIN person a ON a.id = c.author_id LEFT JOIN person s ON s.id = c.assignee_id LEFT JOIN team g ON g.id = c.team_id
WHERE c.id = :id AND {conversation_visible(c)};

-- talk_reports(ids ints, me person_id?, staff bool, most int) -> talk_report_row :many
-- Several conversations whole, in no order.
SELECT c.id, c.kind, c.subject, c.body, c.visibility, c.status, c.topic, c.since, c.lat, c.lon, c.place, c.area, c.votes, c.comments,
	c.worth_minor, c.reopened, c.channel, c.created_at, c.active_at, c.answered_at, c.hidden_at IS NOT NULL, c.version, a.id,
	{shown_name(a)}, COALESCE(a.kind = 'staff', FALSE), s.id, s.name, c.answer_id,
	EXISTS (SELECT 1 FROM vote v WHERE v.conversation_id = c.id AND v.person_id = :me),
	EXISTS (SELECT 1 FROM follow f WHERE f.object_kind = 'conversation' AND f.object_id = c.id AND f.person_id = :me),
	EXISTS (SELECT 1 FROM participant t WHERE t.conversation_id = c.id AND t.person_id = :me), c.edited_at, c.record_id, g.id, g.name
FROM conversation c LEFT JOIN person a ON a.id = c.author_id LEFT JOIN person s ON s.id = c.assignee_id LEFT JOIN team g ON g.id = c.team_id
WHERE c.id IN {list :ids} AND {conversation_visible(c)} LIMIT :most;

-- row talk_message_row: id message_id | kind text | body text | status text | channel text | reply_to message_id? | created_at time
--   | edited_at time? | hidden bool | author_id person_id? | author_name text? | author_title text? | author_staff bool
--   | photo file_id?

-- talk_messages(id conversation_id, me person_id?, staff bool, after message_id, most int) -> talk_message_row :many
-- All that was said, as far as this person may read it.
SELECT m.id, m.kind, m.body, m.status, m.channel, m.reply_to, m.created_at, m.edited_at, m.hidden_at IS NOT NULL, p.id, {shown_name(p)}, {shown_title(p)},
	COALESCE(p.kind = 'staff', FALSE), CASE WHEN p.kind = 'staff' THEN {shown_photo(p)} END
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id
WHERE m.conversation_id = :id AND m.id > :after AND {conversation_visible(c)} AND {message_visible(m)}
ORDER BY m.id LIMIT :most;

-- talk_thread(id conversation_id, me person_id?, staff bool, before message_id?, most int) -> talk_message_row :many
-- The newest comments and notes.
SELECT m.id, m.kind, m.body, m.status, m.channel, m.reply_to, m.created_at, m.edited_at, m.hidden_at IS NOT NULL, p.id, {shown_name(p)}, {shown_title(p)},
	COALESCE(p.kind = 'staff', FALSE), CASE WHEN p.kind = 'staff' THEN {shown_photo(p)} END
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id
WHERE m.conversation_id = :id AND (m.kind = 'comment' OR m.kind = 'note' OR m.kind = 'not_fixed') AND {conversation_visible(c)} AND {message_visible(m)}
--? before AND m.id < :before
ORDER BY m.id DESC LIMIT :most;

-- talk_history(id conversation_id, me person_id?, staff bool, most int) -> talk_message_row :many
-- Answers and changes of state, the newest first.
SELECT m.id, m.kind, m.body, m.status, m.channel, m.reply_to, m.created_at, m.edited_at, m.hidden_at IS NOT NULL, p.id, {shown_name(p)}, {shown_title(p)},
	COALESCE(p.kind = 'staff', FALSE), CASE WHEN p.kind = 'staff' THEN {shown_photo(p)} END
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id
WHERE m.conversation_id = :id AND (m.kind = 'answer' OR m.kind = 'status' OR m.kind = 'not_fixed') AND {conversation_visible(c)} AND {message_visible(m)}
ORDER BY m.id DESC LIMIT :most;

-- talk_message_get(id message_id, me person_id?, staff bool) -> talk_message_row :one
-- One message, if this person may read it.
SELECT m.id, m.kind, m.body, m.status, m.channel, m.reply_to, m.created_at, m.edited_at, m.hidden_at IS NOT NULL, p.id, {shown_name(p)}, {shown_title(p)},
	COALESCE(p.kind = 'staff', FALSE), CASE WHEN p.kind = 'staff' THEN {shown_photo(p)} END
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person p ON p.id = m.author_id
WHERE m.id = :id AND {conversation_visible(c)} AND {message_visible(m)};

-- row talk_attached_row: id attachment_id | message_id message_id? | file_id file_id | width int | height int | caption text
--   | name text | type text | bytes int | preview bool
-- talk_attached(id conversation_id, me person_id?, staff bool, most int) -> talk_attached_row :many
-- Files of a conversation and of what was said in it.
SELECT a.id, a.message_id, a.file_id, a.width, a.height, a.caption, COALESCE(NULLIF(a.name, ''), f.name), f.type, f.bytes, x.preview_file_id IS NOT NULL
FROM attachment a JOIN file f ON f.id = a.file_id LEFT JOIN file_text x ON x.file_id = f.id JOIN conversation c ON c.id = a.conversation_id LEFT JOIN message m ON m.id = a.message_id
WHERE a.conversation_id = :id AND {conversation_visible(c)} AND (a.message_id IS NULL OR {message_visible(m)})
ORDER BY a.message_id, a.rank, a.id LIMIT :most;

-- row talk_day_row: day int | votes int
-- talk_days(id conversation_id, since int, most int) -> talk_day_row :many
-- Voices by day.
SELECT day, votes FROM vote_day WHERE conversation_id = :id AND day >= :since ORDER BY day LIMIT :most;

-- row talk_near_row: people int | voices int
-- talk_near(id conversation_id, south real, north real, west real, east real) -> talk_near_row :one
-- Customers with an address in the box that the staff may see, and how many of them say "me too".
SELECT COUNT(*), COUNT(v.person_id) FROM person p LEFT JOIN vote v ON v.conversation_id = :id AND v.person_id = p.id
WHERE p.lat BETWEEN :south AND :north AND p.lon BETWEEN :west AND :east AND p.kind = 'customer' AND p.disabled_at IS NULL
	AND NOT EXISTS (SELECT 1 FROM person_audience w WHERE w.person_id = p.id AND w.field = 'address' AND w.audience IN ('me', 'contact'));

-- row talk_colleague_row: id person_id | name text
-- talk_colleagues(most int) -> talk_colleague_row :many
-- Who can be asked to answer.
SELECT id, name FROM person WHERE kind = 'staff' AND disabled_at IS NULL ORDER BY name, id LIMIT :most;

-- talk_town_named(name text) -> text :maybe
-- A town as it is written, however its letters' case is.
SELECT name FROM town WHERE LOWER(name) = LOWER(:name) LIMIT 1;

-- row talk_area_row: name text | lat real? | lon real?
-- talk_area_place(name text) -> talk_area_row :maybe
-- Where the reports of a town are, on average: towns that the list of the world's towns does not know by this name.
SELECT t.name, AVG(c.lat), AVG(c.lon) FROM town t JOIN conversation c ON c.board = t.board AND c.area = t.name
WHERE LOWER(t.name) = LOWER(:name) AND c.lat IS NOT NULL AND {is_counted(c)} GROUP BY t.name ORDER BY t.name LIMIT 1;
