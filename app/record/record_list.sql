-- Records as somebody may see them: one, their own, the lines of one, month by month.

-- record_get(id record_id, me person_id?, staff bool) -> record_row :one
-- A record, if this person may know of it.
SELECT {record(r)} FROM record r WHERE r.id = :id AND {record_visible(r)};

-- record_of_person(person person_id, me person_id?, staff bool, most int) -> record_row :many
-- What stands by itself and somebody has to do with, as far as this person may know of it.
SELECT {record(r)} FROM record r WHERE r.id IN (SELECT mine.record_id FROM record_person mine WHERE mine.person_id = :person) AND {record_visible(r)}
ORDER BY r.type, r.at DESC, r.id DESC LIMIT :most;

-- record_lines(parent record_id, type text, me person_id?, staff bool, from_at time?, to_at time?, before_at time?, before_id record_id?, most int)
--   -> record_row :many
-- The lines of a record, the newest first; of some time only; behind a place in that order.
SELECT {record(r)} FROM record r WHERE r.parent_id = :parent AND r.type = :type AND {record_visible(r)}
--? from_at AND r.at >= :from_at
--? to_at AND r.at < :to_at
--? before_at AND (r.at, r.id) < (:before_at, :before_id)
ORDER BY r.at DESC, r.id DESC LIMIT :most;

-- record_list(type text?, person person_id?, me person_id?, staff bool, before record_id?, most int) -> record_row :many
-- Records of any kind, the newest first.
SELECT {record(r)} FROM record r WHERE {record_visible(r)}
--? type AND r.type = :type
--? person AND r.id IN (SELECT mine.record_id FROM record_person mine WHERE mine.person_id = :person)
--? before AND r.id < :before
ORDER BY r.id DESC LIMIT :most;

-- row record_month_row: month int | plus int | minus int
-- record_months(parent record_id, type text, most int) -> record_month_row :many
-- Sums by month, the newest first.
SELECT m.month, m.plus, m.minus FROM record_month m WHERE m.parent_id = :parent AND m.type = :type ORDER BY m.month DESC LIMIT :most;

-- row record_seat_row: record_id record_id | person_id person_id | name text | role text
-- record_people(ids ints, most int) -> record_seat_row :many
-- Who has to do with some records.
SELECT s.record_id, s.person_id, p.name, s.role FROM record_person s JOIN person p ON p.id = s.person_id
WHERE s.record_id IN {list :ids} ORDER BY s.record_id, p.name, s.role LIMIT :most;

-- row record_name_row: record_id int | external_id text
-- record_external(ids ints, most int) -> record_name_row :many
-- What the sources call some records.
SELECT x.object_id, x.external_id FROM source_ref x JOIN record r ON r.id = x.object_id
WHERE x.object_id IN {list :ids} AND x.kind = 'records:' || r.type ORDER BY x.object_id, x.source LIMIT :most;

-- row record_asked_row: record_id record_id | conversation_id conversation_id | subject text | at time | settled bool
-- record_asked(root record_id, me person_id?, staff bool, most int) -> record_asked_row :many
-- What was asked about a record that stands by itself and its lines, the newest first.
SELECT c.record_id, c.id, c.subject, c.created_at, c.status IN ('done', 'not_done', 'closed')
FROM conversation c WHERE c.record_root_id = :root AND {conversation_visible(c)} ORDER BY c.id DESC LIMIT :most;

-- record_asked_by(me person_id?, person person_id, staff bool, most int) -> record_asked_row :many
-- What somebody asked about their things, the newest first.
SELECT c.record_id, c.id, c.subject, c.created_at, c.status IN ('done', 'not_done', 'closed')
FROM conversation c WHERE c.author_id = :person AND c.record_id IS NOT NULL AND {conversation_visible(c)} ORDER BY c.id DESC LIMIT :most;

-- record_documents(record record_id, me person_id?, staff bool) -> int :one
-- How many files are kept with a record that this person may see.
SELECT COUNT(*) FROM document d WHERE d.record_id = :record AND {document_visible(d)};

-- record_documents_of(me person_id, staff bool) -> int :one
-- How many files are kept for a person and what they have to do with.
SELECT COUNT(*) FROM document d WHERE d.id IN (SELECT id FROM document WHERE person_id = :me UNION ALL
	SELECT k.id FROM record_person own JOIN document k ON k.record_root_id = own.record_id WHERE own.person_id = :me) AND {document_visible(d)};
