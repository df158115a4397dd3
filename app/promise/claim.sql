-- What people say we promised them.

-- row claim_row: id claim_id | person_id person_id | person text | owner_id person_id? | owner text? | text text | due_at time? | told text | message_id message_id?
--   | conversation_id conversation_id? | subject text? | words text? | record_id record_id? | record_type text? | record_title text? | record_fields text?
--   | state text | note text | answered_by text? | made_at time | answered_at time? | expectation_id expectation_id?
-- row claim_state: id claim_id | person_id person_id | text text | message_id message_id? | conversation_id conversation_id? | record_id record_id? | state text

-- Whose turn it is to answer: who looks at it, else whoever works with customers, else who leads.
-- frag claim_is_for(k, p): (CASE WHEN EXISTS (SELECT 1 FROM person o WHERE o.id = k.owner_id AND o.disabled_at IS NULL) THEN p.id = k.owner_id
--   WHEN EXISTS (SELECT 1 FROM person o WHERE o.role = 'agent' AND o.disabled_at IS NULL) THEN p.role = 'agent' ELSE p.role IN ('manager', 'owner') END)

-- What of its surroundings this person may see comes along, the rest is left out.
-- frag claim_row_of(k): k.id, k.person_id, {shown_name(p)}, k.owner_id, {shown_name(o)}, k.text, k.due_at, k.told, m.id, c.id, c.subject, m.body,
--   r.id, r.type, r.title, r.fields, k.state, k.note, {shown_name(said_by)}, k.made_at, k.answered_at, k.expectation_id
-- frag claim_around(k): JOIN person p ON p.id = k.person_id LEFT JOIN person o ON o.id = k.owner_id LEFT JOIN person said_by ON said_by.id = k.answered_by
--   LEFT JOIN (SELECT m.id, m.body, m.conversation_id FROM message m JOIN conversation c ON c.id = m.conversation_id
--     WHERE {conversation_visible(c)} AND {message_visible(m)}) m ON m.id = k.message_id
--   LEFT JOIN conversation c ON c.id = m.conversation_id LEFT JOIN record r ON r.id = k.record_id AND {record_visible(r)}

-- claim_get(id claim_id, me person_id, staff bool) -> claim_row :one
-- One, if this person may know of it.
SELECT {claim_row_of(k)} FROM claim k {claim_around(k)} WHERE k.id = :id AND {claim_visible(k)};

-- claim_find(person person_id?, state text?, fresh time?, before claim_id?, me person_id, staff bool, most int) -> claim_row :many
-- The newest first; fresh: those that wait for our answer, or had one since.
SELECT {claim_row_of(k)} FROM claim k {claim_around(k)} WHERE {claim_visible(k)}
--? person AND k.person_id = :person
--? state AND k.state = :state
--? fresh AND (k.state = 'asked' OR (k.state = 'refused' AND k.answered_at >= :fresh))
--? before AND k.id < :before
ORDER BY k.id DESC LIMIT :most;

-- claim_some(ids ints, me person_id, staff bool, most int) -> claim_row :many
-- Some of them, in no order.
SELECT {claim_row_of(k)} FROM claim k {claim_around(k)} WHERE k.id IN {list :ids} AND {claim_visible(k)} LIMIT :most;

-- claim_asked(person person_id?, most int) -> int :one
-- How many wait for our answer; not more than that are counted.
SELECT count(*) FROM (SELECT 1 FROM claim k WHERE k.state = 'asked'
--? person AND k.person_id = :person
LIMIT :most) y;

-- claim_state_get(id claim_id) -> claim_state :one
-- One as it is, for the program itself.
SELECT k.id, k.person_id, k.text, k.message_id, m.conversation_id, k.record_id, k.state FROM claim k LEFT JOIN message m ON m.id = k.message_id WHERE k.id = :id;

-- claim_owner(person person_id, message message_id?) -> person_id :maybe
-- Who of us looks at what this person says: their contact person, else who sees to the conversation.
SELECT who FROM (SELECT w.id AS who, 0 AS rank FROM person p JOIN person w ON w.id = p.contact_id WHERE p.id = :person AND w.disabled_at IS NULL
	UNION ALL SELECT w.id, 1 FROM message m JOIN conversation c ON c.id = m.conversation_id JOIN person w ON w.id = c.assignee_id
		WHERE m.id = :message AND w.disabled_at IS NULL) x ORDER BY rank LIMIT 1;

-- claim_put(person person_id, words text, due_at time?, told text, message message_id?, record record_id?, owner person_id?, now time) -> claim_id :one
-- A new one.
INSERT INTO claim (person_id, text, due_at, told, message_id, record_id, record_root_id, owner_id, state, note, made_at)
VALUES (:person, :words, :due_at, :told, :message, :record, (SELECT COALESCE(r.root_id, r.id) FROM record r WHERE r.id = :record), :owner, 'asked', '', :now) RETURNING id;

-- claim_set(id claim_id, state text, note text, who person_id, now time, expectation expectation_id?) :exec1
-- What became of it, if it still waits.
UPDATE claim SET state = :state, note = :note, answered_by = :who, answered_at = :now, expectation_id = :expectation WHERE id = :id AND state = 'asked';
