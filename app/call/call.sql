-- Notes of telephone calls.

-- row call_row: id call_id | staff_id person_id | staff_name text | person_id person_id | person_name text | record_id record_id? | direction text
--   | held_at time | minutes int | said text | agreed text | corrects_id call_id? | corrected_by call_id? | created_at time
-- frag call_fields(k, s, p): k.id, k.staff_id, {shown_name(s)}, k.person_id, {shown_name(p)}, k.record_id, k.direction, k.held_at, k.minutes, k.said,
--   k.agreed, k.corrects_id, (SELECT MAX(right_one.id) FROM call right_one WHERE right_one.corrects_id = k.id), k.created_at

-- call_get(id call_id, me person_id?, staff bool) -> call_row :one
-- One, if this person may read it.
SELECT {call_fields(k, s, p)} FROM call k JOIN person s ON s.id = k.staff_id JOIN person p ON p.id = k.person_id WHERE k.id = :id AND {call_visible(k)};

-- call_list(person person_id?, record record_id?, me person_id?, staff bool, before call_id?, most int) -> call_row :many
-- Those with a person, about a record, or all, as far as this person may read them; the newest first.
SELECT {call_fields(k, s, p)} FROM call k JOIN person s ON s.id = k.staff_id JOIN person p ON p.id = k.person_id WHERE {call_visible(k)}
--? person AND k.person_id = :person
--? record AND k.record_id = :record
--? before AND k.id < :before
ORDER BY k.id DESC LIMIT :most;

-- call_put(staff_id person_id, person person_id, record record_id?, room conversation_id?, direction text, held_at time, minutes int, said text,
--   agreed text, corrects call_id?, now time) -> call_id :one
-- Somebody of the team spoke with somebody.
INSERT INTO call (staff_id, person_id, record_id, conversation_id, direction, held_at, minutes, said, agreed, corrects_id, created_at)
VALUES (:staff_id, :person, :record, :room, :direction, :held_at, :minutes, :said, :agreed, :corrects, :now) RETURNING id;

-- call_in_room(room conversation_id, me person_id, staff bool) -> conversation_id :maybe
-- Whether this person has part in the room that a call is told in.
SELECT c.id FROM conversation c WHERE c.id = :room AND {conversation_visible(c)};

-- row call_choice_row: id person_id | name text
-- call_people(record record_id, me person_id?, staff bool, most int) -> call_choice_row :many
-- Who of the record's people somebody may have spoken with.
SELECT p.id, {shown_name(p)} FROM person p WHERE p.id <> :me AND p.disabled_at IS NULL
	AND p.id IN (SELECT s.person_id FROM record_person s WHERE s.record_id = :record) ORDER BY p.kind = 'staff', 2, 1 LIMIT :most;

-- call_person(id person_id, me person_id?, staff bool) -> call_choice_row :maybe
-- Somebody whom this person may know of.
SELECT p.id, {shown_name(p)} FROM person p WHERE p.id = :id AND {person_visible(p)};
