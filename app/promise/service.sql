-- Service expectations: the rules of the firm, what they make of a conversation, and what is due.

-- row service_rule_row: id service_rule_id | kind text | record_type text | tag text? | person_id person_id? | person text? | first.n int? | first.unit text
--   | next.n int? | next.unit text | solution.n int? | solution.unit text | made_at time
-- frag service_rule_of(r): r.id, r.kind, r.record_type, t.name, p.id, p.name, r.first_n, r.first_unit, r.next_n, r.next_unit, r.solution_n, r.solution_unit, r.made_at
-- frag service_n(r): CASE :goal WHEN 'first' THEN r.first_n WHEN 'next' THEN r.next_n ELSE r.solution_n END
-- frag service_unit(r): CASE :goal WHEN 'first' THEN r.first_unit WHEN 'next' THEN r.next_unit ELSE r.solution_unit END

-- service_rules(most int) -> service_rule_row :many
-- Those that hold, the most specific first.
SELECT {service_rule_of(r)} FROM service_rule r LEFT JOIN tag t ON t.id = r.tag_id LEFT JOIN person p ON p.id = r.person_id WHERE r.ended_at IS NULL
ORDER BY CASE WHEN r.person_id IS NOT NULL THEN 0 WHEN r.tag_id IS NOT NULL THEN 1 ELSE 2 END, CASE WHEN r.record_type <> '' THEN 0 WHEN r.kind <> '' THEN 1 ELSE 2 END,
	r.id DESC LIMIT :most;

-- service_rule_get(id service_rule_id) -> service_rule_row :one
-- One that holds.
SELECT {service_rule_of(r)} FROM service_rule r LEFT JOIN tag t ON t.id = r.tag_id LEFT JOIN person p ON p.id = r.person_id WHERE r.id = :id AND r.ended_at IS NULL;

-- service_rule_put(kind text, record_type text, tag tag_id?, person person_id?, first int?, first_unit text, next int?, next_unit text, solution int?, solution_unit text,
--   by person_id, now time) -> service_rule_id :one
-- A new one.
INSERT INTO service_rule (kind, record_type, tag_id, person_id, first_n, first_unit, next_n, next_unit, solution_n, solution_unit, made_by, made_at, ended_at)
VALUES (:kind, :record_type, :tag, :person, :first, :first_unit, :next, :next_unit, :solution, :solution_unit, :by, :now, NULL) RETURNING id;

-- service_rule_end(id service_rule_id, now time) :exec
-- It makes no more.
UPDATE service_rule SET ended_at = :now WHERE id = :id AND ended_at IS NULL;

-- service_rule_same(kind text, record_type text, tag tag_id?, person person_id?) -> int :one
-- Whether there is one for exactly these.
SELECT count(*) FROM service_rule r WHERE r.ended_at IS NULL AND r.kind = :kind AND r.record_type = :record_type AND COALESCE(r.tag_id, 0) = COALESCE(:tag, 0)
	AND COALESCE(r.person_id, 0) = COALESCE(:person, 0);

-- service_tag(name text) -> tag_id :maybe
-- A tag by its name.
SELECT t.id FROM tag t WHERE t.name = :name;

-- service_any() -> int :one
-- Whether there was ever a rule: a firm without one has nothing to do here.
SELECT count(*) FROM (SELECT 1 FROM service_rule LIMIT 1) x;

-- row service_match: id service_rule_id | n int | unit text
-- service_match(kind text, record_type text, person person_id, goal text, at time) -> service_match :maybe
-- The most specific rule that says something about this goal.
SELECT r.id, {service_n(r)}, {service_unit(r)} FROM service_rule r WHERE r.ended_at IS NULL AND r.made_at <= :at AND {service_n(r)} IS NOT NULL AND r.kind IN ('', :kind)
	AND r.record_type IN ('', :record_type) AND (r.person_id IS NULL OR r.person_id = :person)
	AND (r.tag_id IS NULL OR EXISTS (SELECT 1 FROM tagging g WHERE g.object_kind = 'person' AND g.object_id = :person AND g.tag_id = r.tag_id))
ORDER BY CASE WHEN r.person_id IS NOT NULL THEN 0 WHEN r.tag_id IS NOT NULL THEN 1 ELSE 2 END, CASE WHEN r.record_type <> '' THEN 0 WHEN r.kind <> '' THEN 1 ELSE 2 END,
	r.id DESC LIMIT 1;

-- row service_talk: id conversation_id | kind text | record_id record_id? | record_type text | author_id person_id? | theirs bool | assignee_id person_id? | team_id team_id? | is_open bool
--   | waiting_at int | created_at time | told bool
-- service_talk(id conversation_id, before time) -> service_talk :maybe
-- A conversation on the desk: whether it is open and to be seen, and whether we had said something before a moment.
SELECT c.id, c.kind, c.record_id, COALESCE(r.type, ''), c.author_id, COALESCE(a.kind <> 'staff', FALSE), c.assignee_id, c.team_id,
	c.hidden_at IS NULL AND c.status NOT IN ('done', 'not_done', 'closed'), c.waiting_at, c.created_at,
	EXISTS (SELECT 1 FROM message m JOIN person s ON s.id = m.author_id WHERE m.conversation_id = c.id AND m.kind IN ('comment', 'answer') AND m.hidden_at IS NULL
		AND s.kind = 'staff' AND m.created_at < :before)
FROM conversation c LEFT JOIN person a ON a.id = c.author_id LEFT JOIN record r ON r.id = c.record_id WHERE c.id = :id AND NOT {is_among(c)};

-- row service_said: conversation_id conversation_id | kind text | author_id person_id? | ours bool | at time
-- service_said(id message_id) -> service_said :maybe
-- Something said.
SELECT m.conversation_id, m.kind, m.author_id, COALESCE(p.kind = 'staff', FALSE), m.created_at FROM message m LEFT JOIN person p ON p.id = m.author_id WHERE m.id = :id;

-- service_owner(assignee person_id?, team team_id?, person person_id) -> person_id :maybe
-- Who sees to it: whoever the conversation is given to, else somebody of the team in whose care it is; of these, or of all of us, the customer's contact person, else who leads.
SELECT s.id FROM person s WHERE s.kind = 'staff' AND s.disabled_at IS NULL
ORDER BY CASE WHEN s.id = :assignee THEN 0 WHEN s.team_id = :team THEN 1 ELSE 2 END, CASE WHEN s.id = (SELECT c.contact_id FROM person c WHERE c.id = :person) THEN 1 WHEN s.role = 'manager' THEN 2
	WHEN s.role = 'owner' THEN 3 ELSE 4 END, s.id LIMIT 1;

-- row service_live: id expectation_id | conversation_id conversation_id | goal text | due_at time | paused_at time? | person_id person_id | owner text | rule_id service_rule_id?
-- frag is_service(x): x.goal <> '' AND x.state IN ('open', 'renegotiated')
-- service_live(ids ints, most int) -> service_live :many
-- What is to be kept in some conversations, the first due first; for the team.
SELECT x.id, x.conversation_id, x.goal, x.due_at, x.paused_at, x.person_id, o.name, x.rule_id FROM expectation x JOIN person o ON o.id = x.owner_id
WHERE x.conversation_id IN {list :ids} AND {is_service(x)} ORDER BY x.due_at, x.id LIMIT :most;

-- service_mark(id expectation_id, rule service_rule_id, goal text) :exec1
-- It was made by a rule.
UPDATE expectation SET rule_id = :rule, goal = :goal WHERE id = :id;

-- service_clock(id expectation_id, was int, due_at time, paused_at time?, step text, next_at time?) :exec1
-- Its clock is stopped, or runs again to another moment.
UPDATE expectation SET due_at = :due_at, paused_at = :paused_at, step = :step, next_at = :next_at, version = version + 1 WHERE id = :id AND version = :was;

-- service_due_set(id conversation_id) :exec
-- Keeps with a conversation when the first is due.
UPDATE conversation SET due_at = COALESCE((SELECT min(x.due_at) FROM expectation x WHERE x.conversation_id = conversation.id AND {is_service(x)} AND x.paused_at IS NULL),
	9223372036854775807) WHERE id = :id;

-- service_locale() -> text :one
-- The language of the firm.
SELECT locale FROM business WHERE one = 1;
