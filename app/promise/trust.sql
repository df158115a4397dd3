-- Promises, counted; what becomes of whoever was not given what was promised.

-- row trust_one: ours bool | person_id person_id? | owner_id person_id | state text | word_of text | source text | first_due_at time | done_at time? | closed_at time?
--   | zone text | service bool | team_id team_id?
-- row trust_sum_row: of_id int | of_word text | name text? | closed int | kept_them int | kept_silence int | kept_us int | exceeded int | missed_them int | missed_us int
--   | late int
-- row trust_late_row: of_id int | of_word text | days int | n int
-- row trust_public_row: kept int | counted int

-- row trust_watched_row: id expectation_id | person_id person_id | conversation_id conversation_id? | closed_at time
-- row trust_after_row: wrote int | wrote_there int | complained int | active bool | has_left bool

-- trust_get(id expectation_id) -> trust_one :one
-- What of one is counted. What the rules of service made is none of what somebody promised.
SELECT x.ours, x.person_id, x.owner_id, x.state, x.word_of, x.source, x.first_due_at, x.done_at, x.closed_at, b.zone, x.goal <> '', x.team_id
FROM expectation x JOIN business b ON b.one = 1 WHERE x.id = :id;

-- trust_uncounted(most int) -> expectation_id :many
-- What is over and not counted: a program of before closed it.
SELECT x.id FROM expectation x WHERE x.month IS NULL AND x.goal = '' AND x.state IN ('kept', 'exceeded', 'missed') ORDER BY x.id LIMIT :most;

-- trust_mark(id expectation_id, month int, late_days int) :exec1
-- It is counted, once.
UPDATE expectation SET month = :month, late_days = :late_days WHERE id = :id AND month IS NULL;

-- trust_add(ours bool, by_what text, of_id int, of_word text, kept_them int, kept_silence int, kept_us int, exceeded int, missed_them int, missed_us int, late int) :exec1
-- One more.
INSERT INTO expectation_sum (ours, by_what, of_id, of_word, closed, kept_them, kept_silence, kept_us, exceeded, missed_them, missed_us, late)
VALUES (:ours, :by_what, :of_id, :of_word, 1, :kept_them, :kept_silence, :kept_us, :exceeded, :missed_them, :missed_us, :late)
ON CONFLICT (ours, by_what, of_id, of_word) DO UPDATE SET closed = expectation_sum.closed + 1, kept_them = expectation_sum.kept_them + excluded.kept_them,
	kept_silence = expectation_sum.kept_silence + excluded.kept_silence, kept_us = expectation_sum.kept_us + excluded.kept_us,
	exceeded = expectation_sum.exceeded + excluded.exceeded, missed_them = expectation_sum.missed_them + excluded.missed_them,
	missed_us = expectation_sum.missed_us + excluded.missed_us, late = expectation_sum.late + excluded.late;

-- trust_add_late(ours bool, by_what text, of_id int, of_word text, days int) :exec1
-- One more that was so late.
INSERT INTO expectation_late (ours, by_what, of_id, of_word, days, n) VALUES (:ours, :by_what, :of_id, :of_word, :days, 1)
ON CONFLICT (ours, by_what, of_id, of_word, days) DO UPDATE SET n = expectation_late.n + 1;

-- trust_sums(ours bool, by_what text, just int?, fewer int?, behind int, before int?, most int) -> trust_sum_row :many
-- order: most s.closed DESC, s.of_id, s.of_word | newest s.of_id DESC
-- What was counted, by one thing.
SELECT s.of_id, s.of_word, COALESCE(p.name, t.name), s.closed, s.kept_them, s.kept_silence, s.kept_us, s.exceeded, s.missed_them, s.missed_us, s.late
FROM expectation_sum s LEFT JOIN person p ON p.id = s.of_id AND s.by_what IN ('owner', 'person') LEFT JOIN team t ON t.id = s.of_id AND s.by_what = 'team'
WHERE s.ours = :ours AND s.by_what = :by_what
--? just AND s.of_id = :just
--? fewer AND (s.closed < :fewer OR (s.closed = :fewer AND s.of_id > :behind))
--? before AND s.of_id < :before
ORDER BY {order} LIMIT :most;

-- trust_lates(ours bool, by_what text, ids ints, most int) -> trust_late_row :many
-- How late the late ones of some of these were, each one's fewest days first.
SELECT l.of_id, l.of_word, l.days, l.n FROM expectation_late l WHERE l.ours = :ours AND l.by_what = :by_what AND l.of_id IN {list :ids}
ORDER BY l.of_id, l.of_word, l.days LIMIT :most;

-- trust_list(ours bool, person person_id?, owner person_id?, team team_id?, month int?, source text?, word text?, kept int?, state text?, late int?,
--   before expectation_id?, me person_id?, staff bool, most int) -> promise_row :many
-- Those behind a number, the newest first.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE {expectation_visible(x)} AND x.month IS NOT NULL AND x.ours = :ours
--? person AND x.person_id = :person
--? owner AND x.owner_id = :owner
--? team AND x.team_id = :team
--? month AND x.month = :month
--? source AND x.source = :source
--? word AND x.word_of = :word
--? kept AND x.state IN ('kept', 'exceeded') AND :kept = 1
--? state AND x.state = :state
--? late AND x.late_days >= :late
--? before AND x.id < :before
ORDER BY x.id DESC LIMIT :most;

-- trust_team(id team_id) -> text :maybe
-- What a team is called, or was.
SELECT t.name FROM team t WHERE t.id = :id;

-- trust_public(since int) -> trust_public_row :one
-- What the firm promised and others said was kept, or did not deny, since a month; everything that was missed counts.
SELECT CAST(COALESCE(SUM(s.kept_them + s.kept_silence), 0) AS bigint),
	CAST(COALESCE(SUM(s.kept_them + s.kept_silence + s.missed_them + s.missed_us), 0) AS bigint)
FROM expectation_sum s WHERE s.ours AND s.by_what = 'month' AND s.of_id >= :since;

-- trust_is_public() -> bool :one
-- Whether everybody reads that.
SELECT public_rate FROM expectation_setting WHERE one = 1;

-- trust_set_public(yes bool) :exec1
-- Decides it.
UPDATE expectation_setting SET public_rate = :yes WHERE one = 1;

-- ------------------------------------------------------- what becomes of them after

-- trust_watch(id expectation_id, at time) :exec1
-- It was missed: then somebody looks what its person did since.
UPDATE expectation SET after_at = :at WHERE id = :id;

-- trust_watched(now time, most int) -> trust_watched_row :many
-- Those of which it is time.
SELECT x.id, x.person_id, x.conversation_id, x.closed_at FROM expectation x WHERE x.after_at <= :now ORDER BY x.after_at, x.id LIMIT :most;

-- trust_after(id expectation_id, person person_id, conversation conversation_id?, since time, until time) -> trust_after_row :one
-- What somebody did in that time: what they wrote, of it what is a complaint; whether they did anything else; whether they have left. Nothing of what is between two or in a
-- room is looked at, nor their verdict itself.
SELECT (SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.author_id = :person AND m.kind IN ('comment', 'not_fixed')
		AND m.created_at > :since AND m.created_at <= :until AND NOT {is_among(c)})
	+ (SELECT count(*) FROM conversation c WHERE c.author_id = :person AND c.created_at > :since AND c.created_at <= :until AND NOT {is_among(c)}),
	(SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.author_id = :person AND m.kind IN ('comment', 'not_fixed')
		AND m.conversation_id = :conversation AND m.created_at > :since AND m.created_at <= :until AND NOT {is_among(c)}),
	(SELECT count(*) FROM message m JOIN conversation c ON c.id = m.conversation_id WHERE m.author_id = :person AND m.kind = 'not_fixed'
		AND m.created_at > :since AND m.created_at <= :until AND NOT {is_among(c)})
	+ (SELECT count(*) FROM conversation c WHERE c.author_id = :person AND c.kind = 'problem' AND c.created_at > :since AND c.created_at <= :until),
	EXISTS (SELECT 1 FROM event e WHERE e.actor_id = :person AND e.at > :since AND e.at <= :until AND e.audience <> 'parties' AND e.object_kind <> 'message'
		AND NOT (e.object_kind = 'expectation' AND e.object_id = :id)),
	EXISTS (SELECT 1 FROM person p WHERE p.id = :person AND p.disabled_at <= :until);

-- trust_after_put(id expectation_id, word text) :exec1
-- That is known now, once.
UPDATE expectation SET after_at = NULL, after_word = :word WHERE id = :id AND after_at IS NOT NULL;

-- trust_after_of(id expectation_id) -> text :one
-- What is known of it; empty: nothing yet.
SELECT after_word FROM expectation WHERE id = :id;
