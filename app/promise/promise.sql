-- What was promised, by whom to whom and by when; how it went; what comes next by itself.

-- row promise_row: id expectation_id | ours bool | person_id person_id? | person text? | owner_id person_id | owner text | text text
--   | conversation_id conversation_id? | subject text? | among bool | message_id message_id? | words text? | call_id call_id? | record_id record_id? | record_type text?
--   | record_title text? | record_fields text? | due_at time | due_kind text | said text | first_due_at time | moved int | audience text | state text
--   | note text | word_of text | made_at time | done_at time? | closed_at time? | holds bool | next_at time? | paused_at time? | rule_id service_rule_id?
--   | brand_text_id brand_text_id? | brand text? | my_word text? | say_kept int | say_exceeded int | say_missed int
-- row promise_state: id expectation_id | ours bool | person_id person_id? | owner_id person_id | conversation_id conversation_id? | message_id message_id?
--   | record_id record_id? | due_at time | due_kind text | said text | first_due_at time | moved int | audience text | state text | made_at time
--   | done_at time? | step text | next_at time? | version int | talk_kind text? | talk_visibility text? | talk_status text? | paused_at time? | goal text | brand_text_id brand_text_id?
-- row promise_change_row: at time | actor text? | by_us bool | from_state text | to_state text | from_due_at time? | to_due_at time? | owner text? | note text
-- row promise_setting: remind_hours int | silence_days int | early_percent int

-- frag state_of(x, c): x.id, x.ours, x.person_id, x.owner_id, x.conversation_id, x.message_id, x.record_id, x.due_at, x.due_kind, x.said, x.first_due_at, x.moved,
--   x.audience, x.state, x.made_at, x.done_at, x.step, x.next_at, x.version, c.kind, c.visibility, c.status, x.paused_at, x.goal, x.brand_text_id
-- frag is_live(x): (x.state = 'open' OR x.state = 'renegotiated')

-- It is theirs, or they have to do with what it is about.
-- frag holds(x): COALESCE(x.person_id = :me OR EXISTS (SELECT 1 FROM record_person h WHERE h.record_id = x.record_root_id AND h.person_id = :me), FALSE)

-- How many said so of what was promised to everybody, since it was done.
-- frag how_many_say(x, said): CASE WHEN x.person_id IS NULL THEN
--   (SELECT count(*) FROM verdict s WHERE s.expectation_id = x.id AND s.word = said AND s.at >= x.done_at) ELSE 0 END

-- What of its surroundings this person may see comes along, the rest is left out.
-- frag promise_row_of(x): x.id, x.ours, x.person_id, {shown_name(p)}, x.owner_id, {shown_name(o)}, x.text, c.id, c.subject, COALESCE({is_among(c)}, FALSE), m.id, m.body, k.id,
--   r.id, r.type, r.title, r.fields, x.due_at, x.due_kind, x.said, x.first_due_at, x.moved, x.audience, x.state, x.note, x.word_of, x.made_at, x.done_at,
--   x.closed_at, {holds(x)}, x.next_at, x.paused_at, x.rule_id, b.id, b.title,
--   (SELECT v.word FROM verdict v WHERE v.expectation_id = x.id AND v.person_id = :me AND v.at >= x.done_at),
--   {how_many_say(x, 'kept')}, {how_many_say(x, 'exceeded')}, {how_many_say(x, 'missed')}
-- frag promise_around(x): LEFT JOIN person p ON p.id = x.person_id LEFT JOIN brand_text b ON b.id = x.brand_text_id JOIN person o ON o.id = x.owner_id
--   LEFT JOIN conversation c ON c.id = x.conversation_id AND {conversation_visible(c)}
--   LEFT JOIN message m ON m.id = x.message_id AND m.conversation_id = c.id AND {message_visible(m)}
--   LEFT JOIN call k ON k.id = x.call_id AND {call_visible(k)} LEFT JOIN record r ON r.id = x.record_id AND {record_visible(r)}

-- ------------------------------------------------------------------- reading

-- promise_get(id expectation_id, me person_id?, staff bool) -> promise_row :one
-- One, if this person may know of it.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE x.id = :id AND {expectation_visible(x)};

-- promise_find(person person_id?, owner person_id?, root record_id?, conversation conversation_id?, state text?, live int?, late time?, over int?,
--   after_at time?, after expectation_id, before expectation_id?, wide bool, all bool, me person_id?, staff bool, most int) -> promise_row :many
-- order: soon x.due_at, x.id | newest x.id DESC
-- Those of somebody, about something, in some state, as far as this person may know of them. wide: also what was promised to others in public; all: also what was to everybody.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE {expectation_visible(x)} AND (:wide OR {holds(x)} OR (:all AND x.person_id IS NULL))
--? person AND x.person_id = :person
--? owner AND x.owner_id = :owner
--? root AND x.record_root_id = :root
--? conversation AND x.conversation_id = :conversation
--? state AND x.state = :state
--? live AND x.state IN ('open', 'renegotiated') AND :live = 1
--? late AND x.due_at < :late AND x.paused_at IS NULL
--? over AND x.state NOT IN ('open', 'renegotiated', 'done') AND :over = 1
--? after_at AND (x.due_at, x.id) > (:after_at, :after)
--? before AND x.id < :before
ORDER BY {order} LIMIT :most;

-- promise_with(person person_id, all bool, me person_id?, staff bool, most int) -> promise_row :many
-- What is not over between us and somebody, the first due first; all: also what was promised to everybody.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE (x.person_id = :person OR (:all AND x.person_id IS NULL)) AND x.goal = '' AND x.state IN ('open', 'renegotiated', 'done')
	AND {expectation_visible(x)} ORDER BY x.due_at, x.id LIMIT :most;

-- promise_all(text brand_text_id?, live int?, over int?, after_at time?, after expectation_id, before expectation_id?, me person_id?, staff bool, most int) -> promise_row :many
-- order: soon x.due_at, x.id | newest x.id DESC
-- What was promised to everybody.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE x.person_id IS NULL AND {expectation_visible(x)}
--? text AND x.brand_text_id = :text
--? live AND x.state IN ('open', 'renegotiated', 'done') AND :live = 1
--? over AND x.state NOT IN ('open', 'renegotiated', 'done') AND :over = 1
--? after_at AND (x.due_at, x.id) > (:after_at, :after)
--? before AND x.id < :before
ORDER BY {order} LIMIT :most;

-- promise_all_count(most int) -> int :one
-- How many of these there are.
SELECT count(*) FROM (SELECT 1 FROM expectation x WHERE x.person_id IS NULL LIMIT :most) y;

-- promise_texts_of(text brand_text_id, most int) -> text :many
-- The words of what was promised with a text.
SELECT x.text FROM expectation x WHERE x.brand_text_id = :text ORDER BY x.id LIMIT :most;

-- row verdict_count_row: kept int | exceeded int | missed int
-- verdict_counts(id expectation_id) -> verdict_count_row :one
-- How many said what of it since it was done.
SELECT {how_many_say(x, 'kept')}, {how_many_say(x, 'exceeded')}, {how_many_say(x, 'missed')} FROM expectation x WHERE x.id = :id;

-- verdict_put(id expectation_id, person person_id, word text, note text, at time) :exec1
-- What somebody says of it, instead of what they said before.
INSERT INTO verdict (expectation_id, person_id, word, note, at) VALUES (:id, :person, :word, :note, :at)
ON CONFLICT (expectation_id, person_id) DO UPDATE SET word = excluded.word, note = excluded.note, at = excluded.at;

-- row verdict_row: person_id person_id | name text | word text | note text | at time
-- verdicts(id expectation_id, me person_id?, staff bool, most int) -> verdict_row :many
-- Who said what of it and why, the newest first: for the team, which reads the name that the person gives.
SELECT p.id, {shown_name(p)}, v.word, v.note, v.at FROM verdict v JOIN expectation x ON x.id = v.expectation_id JOIN person p ON p.id = v.person_id
WHERE v.expectation_id = :id AND v.at >= x.done_at AND v.note <> '' AND :staff AND :me IS NOT NULL ORDER BY v.at DESC, v.person_id LIMIT :most;

-- promise_some(ids ints, me person_id, staff bool, most int) -> promise_row :many
-- Some of them, in no order, as far as this person may know of them.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE x.id IN {list :ids} AND {expectation_visible(x)} LIMIT :most;

-- row promise_next_row: conversation_id conversation_id | id expectation_id | owner text | text text | due_at time | due_kind text | ours bool
-- promise_next(ids ints, most int) -> promise_next_row :many
-- For each of some conversations, what its author and we owe each other first; for the team.
SELECT c.id, x.id, o.name, x.text, x.due_at, x.due_kind, x.ours FROM conversation c
JOIN expectation x ON x.id = (SELECT y.id FROM expectation y WHERE y.person_id = c.author_id AND y.goal = '' AND y.state IN ('open', 'renegotiated') ORDER BY y.due_at, y.id LIMIT 1)
JOIN person o ON o.id = x.owner_id WHERE c.id IN {list :ids} LIMIT :most;

-- promise_count(owner person_id?, late time?, state text?, live int?, most int) -> int :one
-- How many there are, for the team; not more than that are counted.
SELECT count(*) FROM (SELECT 1 FROM expectation x WHERE 1 = 1
--? owner AND x.owner_id = :owner
--? late AND x.due_at < :late AND x.paused_at IS NULL
--? state AND x.state = :state
--? live AND x.state IN ('open', 'renegotiated') AND :live = 1
LIMIT :most) y;

-- promise_changes(id expectation_id, staff bool, most int) -> promise_change_row :many
-- How it went.
SELECT v.at, {shown_name(a)}, COALESCE(a.kind = 'staff', FALSE), v.from_state, v.to_state, v.from_due_at, v.to_due_at, w.name, v.note FROM expectation_change v
LEFT JOIN person a ON a.id = v.actor_id LEFT JOIN person w ON w.id = v.owner_id
WHERE v.expectation_id = :id AND (:staff OR v.owner_id IS NULL) ORDER BY v.id LIMIT :most;

-- promise_settings() -> promise_setting :one
-- What the firm decided.
SELECT remind_hours, silence_days, early_percent FROM expectation_setting WHERE one = 1;

-- promise_settings_put(remind_hours int, silence_days int, early_percent int) :exec1
-- Decides otherwise.
UPDATE expectation_setting SET remind_hours = :remind_hours, silence_days = :silence_days, early_percent = :early_percent WHERE one = 1;

-- -------------------------------------------------------------------- making

-- row promise_words_row: message_id message_id | conversation_id conversation_id | kind text | body text | author_id person_id? | is_ours bool | visibility text | talk_kind text | subject text | record_id record_id?
--   | created_at time
-- promise_words(id message_id, me person_id?, staff bool) -> promise_words_row :maybe
-- Words that something may be promised in, if this person reads them.
SELECT m.id, c.id, m.kind, m.body, m.author_id, COALESCE(a.kind = 'staff', FALSE), c.visibility, c.kind, c.subject, c.record_id, m.created_at
FROM message m JOIN conversation c ON c.id = m.conversation_id LEFT JOIN person a ON a.id = m.author_id
WHERE m.id = :id AND {conversation_visible(c)} AND {message_visible(m)};

-- promise_made_of(id message_id) -> int :one
-- How many promises were made of a message.
SELECT count(*) FROM expectation x WHERE x.message_id = :id;

-- row promise_talk_row: id conversation_id | subject text | visibility text | kind text | record_id record_id?
-- promise_talk(id conversation_id, me person_id?, staff bool) -> promise_talk_row :maybe
-- A conversation that something may be promised in.
SELECT c.id, c.subject, c.visibility, c.kind, c.record_id FROM conversation c WHERE c.id = :id AND {conversation_visible(c)};

-- promise_customer(id conversation_id) -> person_id :maybe
-- Whom a conversation is with.
SELECT who FROM (SELECT c.author_id AS who, 0 AS rank FROM conversation c WHERE c.id = :id
	UNION ALL SELECT s.person_id, 1 FROM participant s WHERE s.conversation_id = :id) x
WHERE who IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person w WHERE w.id = x.who AND w.kind = 'staff') ORDER BY rank, who LIMIT 1;

-- promise_sits(id conversation_id, me person_id) -> int :one
-- Whether it is a conversation of theirs.
SELECT count(*) FROM conversation c WHERE c.id = :id AND c.hidden_at IS NULL AND {sits_in(c, :me)};

-- promise_keeper(person person_id, conversation conversation_id?) -> person_id :one
-- Who of us sees to what somebody promises: their contact person, else who is on the conversation, else who leads here.
SELECT who FROM (SELECT w.id AS who, 0 AS rank FROM person p JOIN person w ON w.id = p.contact_id WHERE p.id = :person AND w.disabled_at IS NULL
	UNION ALL SELECT w.id, 1 FROM conversation c JOIN person w ON w.id = c.assignee_id WHERE c.id = :conversation AND w.disabled_at IS NULL
	UNION ALL SELECT w.id, CASE w.role WHEN 'manager' THEN 2 ELSE 3 END FROM person w WHERE w.role IN ('manager', 'owner') AND w.disabled_at IS NULL) x
ORDER BY rank, who LIMIT 1;

-- promise_holder(id record_id) -> person_id :maybe
-- Whose a record is.
SELECT s.person_id FROM record r JOIN record_person s ON s.record_id = COALESCE(r.root_id, r.id) JOIN person p ON p.id = s.person_id
WHERE r.id = :id AND p.kind <> 'staff' ORDER BY s.person_id LIMIT 1;

-- row promise_brand_row: id brand_text_id | title text | body text
-- promise_brand(id brand_text_id) -> promise_brand_row :maybe
-- What is said to everybody, with which something may be promised.
SELECT b.id, b.title, b.body FROM brand_text b WHERE b.id = :id;

-- row promise_call_row: id call_id | person_id person_id | record_id record_id? | agreed text
-- promise_call(id call_id, me person_id?, staff bool) -> promise_call_row :maybe
-- The note of a call that something may be promised in.
SELECT k.id, k.person_id, k.record_id, k.agreed FROM call k WHERE k.id = :id AND {call_visible(k)};

-- row promise_person_row: id person_id | name text | is_ours bool
-- promise_person(id person_id, me person_id?, staff bool) -> promise_person_row :maybe
-- Somebody who may owe something, or be owed.
SELECT p.id, {shown_name(p)}, p.kind = 'staff' FROM person p WHERE p.id = :id AND p.disabled_at IS NULL AND {person_visible(p)};

-- promise_colleagues(most int) -> promise_person_row :many
-- Who of us may see to it.
SELECT p.id, p.name, TRUE FROM person p WHERE p.kind = 'staff' AND p.disabled_at IS NULL ORDER BY p.name, p.id LIMIT :most;

-- promise_put(ours bool, person person_id?, owner person_id, words text, conversation conversation_id?, message message_id?, call call_id?, record record_id?, brand_text brand_text_id?,
--   due_at time, due_kind text, said text, audience text, by person_id?, at time, step text, next_at time?) -> expectation_id :one
-- A new one.
INSERT INTO expectation (ours, person_id, owner_id, text, conversation_id, message_id, call_id, record_id, record_root_id, due_at, due_kind, said,
	first_due_at, moved, audience, state, note, word_of, made_by, made_at, done_at, closed_at, step, next_at, version, source, brand_text_id)
VALUES (:ours, :person, :owner, :words, :conversation, :message, :call, :record, (SELECT COALESCE(r.root_id, r.id) FROM record r WHERE r.id = :record),
	:due_at, :due_kind, :said, :due_at, 0, :audience, 'open', '', '', :by, :at, NULL, NULL, :step, :next_at, 1, CASE WHEN :call IS NOT NULL THEN 'call' WHEN :conversation IS NOT NULL THEN 'conversation'
	WHEN :record IS NOT NULL THEN (SELECT 'record:' || r.type FROM record r WHERE r.id = :record) WHEN :brand_text IS NOT NULL THEN 'everybody' ELSE 'hand' END, :brand_text) RETURNING id;

-- promise_state_get(id expectation_id) -> promise_state :one
-- One as it is, for the program itself.
SELECT {state_of(x, c)}
FROM expectation x LEFT JOIN conversation c ON c.id = x.conversation_id WHERE x.id = :id;

-- promise_set(id expectation_id, was int, state text, note text, word_of text, due_at time, due_kind text, said text, moved int, done_at time?, closed_at time?,
--   step text, next_at time?) :exec1
-- Its next state, if it is still as it was.
UPDATE expectation SET state = :state, note = :note, word_of = :word_of, due_at = :due_at, due_kind = :due_kind, said = :said, moved = :moved, done_at = :done_at,
	closed_at = :closed_at, step = :step, next_at = :next_at, paused_at = NULL, version = version + 1,
	team_id = CASE WHEN :closed_at IS NOT NULL THEN (SELECT o.team_id FROM person o WHERE o.id = expectation.owner_id) END WHERE id = :id AND version = :was;

-- promise_give(id expectation_id, was int, owner person_id) :exec1
-- Somebody else of us sees to it.
UPDATE expectation SET owner_id = :owner, version = version + 1 WHERE id = :id AND version = :was;

-- promise_mine_in(conversation conversation_id, owner person_id, most int) -> promise_state :many
-- What somebody sees to and was promised in a conversation, and is to be kept; what a rule made goes with the conversation by itself.
SELECT {state_of(x, c)}
FROM expectation x LEFT JOIN conversation c ON c.id = x.conversation_id
WHERE x.conversation_id = :conversation AND x.owner_id = :owner AND x.state IN ('open', 'renegotiated') AND x.goal = '' ORDER BY x.id LIMIT :most;

-- promise_change_put(id expectation_id, at time, actor person_id?, from_state text, to_state text, from_due_at time?, to_due_at time?, owner person_id?, note text) :exec1
-- A step on its way.
INSERT INTO expectation_change (expectation_id, at, actor_id, from_state, to_state, from_due_at, to_due_at, owner_id, note)
VALUES (:id, :at, :actor, :from_state, :to_state, :from_due_at, :to_due_at, :owner, :note);

-- ------------------------------------------------------------ what comes next

-- promise_steps(now time, most int) -> promise_state :many
-- Of which something is to be told, or silence has said its word.
SELECT {state_of(x, c)}
FROM expectation x LEFT JOIN conversation c ON c.id = x.conversation_id WHERE x.next_at <= :now ORDER BY x.next_at, x.id LIMIT :most;

-- promise_stepped(ids ints, was text, step text, next_at time?) :exec
-- That step of these is told; what comes next, and when.
UPDATE expectation SET step = :step, next_at = :next_at WHERE id IN {list :ids} AND step = :was;

-- promise_next_step() -> time? :one
-- When there is something to do again.
SELECT min(at) FROM (SELECT min(next_at) AS at FROM expectation WHERE next_at IS NOT NULL
	UNION ALL SELECT min(after_at) FROM expectation WHERE after_at IS NOT NULL) coming;

-- promise_step_queued(at time) -> int :one
-- Whether a job comes in time for it.
SELECT count(*) FROM job WHERE kind = 'expectations' AND ended_at IS NULL AND claimed_until IS NULL AND run_at <= :at;

-- promise_due_again(now time) :exec
-- The firm decided otherwise when owners are reminded: the job finds the moment anew for what nobody was told of yet.
UPDATE expectation SET next_at = :now WHERE step = 'soon';

-- ------------------------------------------------------------------ calendar

-- row feed_row: person_id person_id | staff bool | locale text
-- feed_of(hash text) -> feed_row :maybe
-- Whose calendar stands at an address.
SELECT p.id, p.kind = 'staff', p.locale FROM calendar_feed f JOIN person p ON p.id = f.person_id WHERE f.hash = :hash AND p.disabled_at IS NULL;

-- feed_made(me person_id) -> time :maybe
-- Since when somebody's calendar has an address.
SELECT made_at FROM calendar_feed WHERE person_id = :me;

-- feed_put(me person_id, hash text, now time) :exec1
-- An address for somebody's calendar; the one before ends.
INSERT INTO calendar_feed (person_id, hash, made_at) VALUES (:me, :hash, :now)
ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, made_at = excluded.made_at;

-- feed_end(me person_id) :exec
-- No address any more.
DELETE FROM calendar_feed WHERE person_id = :me;

-- feed_due(me person_id, staff bool, most int) -> promise_row :many
-- What somebody sees to, or was promised and has promised, and is not over.
SELECT {promise_row_of(x)} FROM expectation x {promise_around(x)} WHERE x.state IN ('open', 'renegotiated') AND {expectation_visible(x)}
	AND ((:staff AND x.owner_id = :me) OR (NOT :staff AND x.person_id = :me)) ORDER BY x.due_at, x.id LIMIT :most;

-- promise_over(most int) -> int :one
-- How many are over, for the team.
SELECT count(*) FROM (SELECT 1 FROM expectation x WHERE x.state NOT IN ('open', 'renegotiated', 'done') LIMIT :most) y;

-- ------------------------------------------------------------ rules of types

-- row promise_rule_record: id record_id | type text | state text | at time | person_id person_id? | owner_id person_id? | loaded bool
-- promise_rule_record(id record_id) -> promise_rule_record :maybe
-- A record, whose it is, who of us sees to it (who has to do with it, else their contact person, else who leads here), and whether an import brought it.
SELECT y.id, y.type, y.state, y.at, y.person_id, COALESCE((SELECT MIN(s.person_id) FROM record_person s JOIN person w ON w.id = s.person_id
		WHERE s.record_id = y.root AND w.kind = 'staff' AND w.disabled_at IS NULL),
	(SELECT w.id FROM person c JOIN person w ON w.id = c.contact_id AND w.disabled_at IS NULL WHERE c.id = y.person_id),
	(SELECT MIN(w.id) FROM person w WHERE w.role = 'manager' AND w.disabled_at IS NULL), (SELECT MIN(w.id) FROM person w WHERE w.role = 'owner' AND w.disabled_at IS NULL)),
	EXISTS (SELECT 1 FROM source_ref k WHERE k.kind = 'records:' || y.type AND k.object_id = y.id)
FROM (SELECT r.id, r.type, r.state, r.at, COALESCE(r.root_id, r.id) AS root, (SELECT MIN(s.person_id) FROM record_person s JOIN person p ON p.id = s.person_id
	WHERE s.record_id = COALESCE(r.root_id, r.id) AND p.kind <> 'staff' AND p.disabled_at IS NULL) AS person_id FROM record r WHERE r.id = :id) y;

-- promise_rule_moved(seq int) -> int :one
-- Whether an event changed a record's state.
SELECT count(*) FROM record_change WHERE seq = :seq AND field = 'state';

-- promise_rule_open(record record_id, most int) -> promise_state :many
-- What rules promised about a record and is to be kept; said is the state that it was promised in.
SELECT x.id, x.ours, x.person_id, x.owner_id, x.conversation_id, x.message_id, x.record_id, x.due_at, x.due_kind, x.expects, x.first_due_at, x.moved, x.audience, x.state,
	x.made_at, x.done_at, x.step, x.next_at, x.version, NULL, NULL, NULL, x.paused_at, x.goal, x.brand_text_id
FROM expectation x WHERE x.record_id = :record AND x.expects <> '' AND x.state IN ('open', 'renegotiated') ORDER BY x.id LIMIT :most;

-- promise_by_rule(id expectation_id, expects text) :exec1
-- A rule of a type promised it, in that state.
UPDATE expectation SET expects = :expects WHERE id = :id;
