-- Records as somebody may see them: one, their own, the lines of one, month by month.

-- The one document that a reader finds a record by: the team the one of its own, where there is one.
-- frag record_document(d): (d.object_kind IN ('record', 'record-team') AND (d.object_kind = 'record-team') = (:staff AND EXISTS
--   (SELECT 1 FROM find_doc whole WHERE whole.object_kind = 'record-team' AND whole.object_id = d.object_id LIMIT 1 OFFSET 0)))

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

-- record_lines_found(words text, me person_id?, staff bool, from_at time?, to_at time?, before record_id?, most int) -> record_row :many
-- The lines that hold the words where this person may read them, by the index of the search (newest first): words names the parent and the type, too.
-- @sqlite
SELECT {record(r)} FROM find_fts f JOIN find_doc d ON d.id = f.rowid JOIN record r ON r.id = d.object_id
WHERE find_fts MATCH :words AND {record_document(d)} AND {record_visible(r)}
--? from_at AND r.at >= :from_at
--? to_at AND r.at < :to_at
--? before AND f.rowid < (SELECT last.id FROM find_doc last WHERE {record_document(last)} AND last.object_id = :before)
ORDER BY f.rowid DESC LIMIT :most;
-- @pg
SELECT {record(r)} FROM find_doc d JOIN record r ON r.id = d.object_id
WHERE d.terms @@ to_tsquery('simple', :words) AND {record_document(d)} AND {record_visible(r)}
--? from_at AND r.at >= :from_at
--? to_at AND r.at < :to_at
--? before AND d.id < (SELECT last.id FROM find_doc last WHERE {record_document(last)} AND last.object_id = :before)
ORDER BY d.id DESC LIMIT :most;

-- record_list(type text?, person person_id?, me person_id?, staff bool, before record_id?, most int) -> record_row :many
-- Records of any kind, the newest first.
SELECT {record(r)} FROM record r WHERE {record_visible(r)}
--? type AND r.type = :type
--? person AND r.id IN (SELECT mine.record_id FROM record_person mine WHERE mine.person_id = :person)
--? before AND r.id < :before
ORDER BY r.id DESC LIMIT :most;

-- record_found(words text, type text?, person person_id?, me person_id?, staff bool, before record_id?, most int) -> record_row :many
-- Records that hold the words where this person may read them, by the index of the search: the newest by their own time first.
-- @sqlite
SELECT {record(r)} FROM find_fts f JOIN find_doc d ON d.id = f.rowid JOIN record r ON r.id = d.object_id
WHERE find_fts MATCH :words AND {record_document(d)} AND {record_visible(r)}
--? type AND r.type = :type
--? person AND r.id IN (SELECT mine.record_id FROM record_person mine WHERE mine.person_id = :person)
--? before AND f.rowid < (SELECT last.id FROM find_doc last WHERE {record_document(last)} AND last.object_id = :before)
ORDER BY f.rowid DESC LIMIT :most;
-- @pg
SELECT {record(r)} FROM find_doc d JOIN record r ON r.id = d.object_id
WHERE d.terms @@ to_tsquery('simple', :words) AND {record_document(d)} AND {record_visible(r)}
--? type AND r.type = :type
--? person AND r.id IN (SELECT mine.record_id FROM record_person mine WHERE mine.person_id = :person)
--? before AND d.id < (SELECT last.id FROM find_doc last WHERE {record_document(last)} AND last.object_id = :before)
ORDER BY d.id DESC LIMIT :most;

-- record_roots(me person_id, most int) -> int :many
-- The records that somebody has to do with.
SELECT DISTINCT s.record_id FROM record_person s WHERE s.person_id = :me ORDER BY s.record_id DESC LIMIT :most;

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
FROM conversation c WHERE c.record_root_id = :root AND c.kind <> 'deal' AND {conversation_visible(c)} ORDER BY c.id DESC LIMIT :most;

-- record_asked_by(me person_id?, person person_id, staff bool, most int) -> record_asked_row :many
-- What somebody asked about their things, the newest first.
SELECT c.record_id, c.id, c.subject, c.created_at, c.status IN ('done', 'not_done', 'closed')
FROM conversation c WHERE c.author_id = :person AND c.record_id IS NOT NULL AND c.kind <> 'deal' AND {conversation_visible(c)} ORDER BY c.id DESC LIMIT :most;

-- row record_related_row: record_id record_id | back bool | relation text | other_id record_id | type text | title text | fields text
-- record_related(ids ints, me person_id?, staff bool, most int) -> record_related_row :many
-- What goes with some records, either way round, as far as this person may know of it.
SELECT l.from_id, FALSE, l.relation, r.id, r.type, r.title, r.fields FROM record_link l JOIN record r ON r.id = l.to_id
WHERE l.from_id IN {list :ids} AND {record_visible(r)}
UNION ALL SELECT l.to_id, TRUE, l.relation, r.id, r.type, r.title, r.fields FROM record_link l JOIN record r ON r.id = l.from_id
WHERE l.to_id IN {list :ids} AND {record_visible(r)}
LIMIT :most;

-- row record_body_row: record_id record_id | organization_id organization_id | name text | role text
-- record_bodies(ids ints, me person_id?, staff bool, most int) -> record_body_row :many
-- The organizations that some records go with, as far as this person may know of them.
SELECT b.record_id, o.id, o.name, b.role FROM record_organization b JOIN organization o ON o.id = b.organization_id
WHERE b.record_id IN {list :ids} AND {organization_visible(o)} ORDER BY b.record_id, o.name, o.id LIMIT :most;

-- record_of_body(organization organization_id, me person_id?, staff bool, most int) -> record_row :many
-- What goes with an organization, as far as this person may know of it.
SELECT {record(r)} FROM record r WHERE r.id IN (SELECT b.record_id FROM record_organization b WHERE b.organization_id = :organization)
	AND {record_visible(r)}
ORDER BY r.type, r.at DESC, r.id DESC LIMIT :most;

-- record_people_called(who text) -> person_id :many
-- Whom the staff mean by a customer number or a whole name.
SELECT p.id FROM person p WHERE p.disabled_at IS NULL AND (p.customer_no = :who OR p.name = :who) ORDER BY p.id LIMIT 2;

-- record_person_known(id person_id) -> text :maybe
-- Somebody's name as the staff know it.
SELECT p.name FROM person p WHERE p.id = :id;

-- record_bodies_called(who text) -> organization_id :many
-- Which organization is meant by its name.
SELECT o.id FROM organization o WHERE o.name = :who ORDER BY o.id LIMIT 2;

-- record_body_known(id organization_id) -> text :maybe
-- An organization's name.
SELECT o.name FROM organization o WHERE o.id = :id;
-- record_seats(root record_id, person person_id, most int) -> text :many
-- What somebody is for a record that stands by itself.
SELECT s.role FROM record_person s WHERE s.record_id = :root AND s.person_id = :person ORDER BY s.role LIMIT :most;

-- row record_request_row: id request_id | type text | title text | fields text | action text | state text | at time

-- record_requests(root record_id?, record record_id?, most int) -> record_request_row :many
-- What was asked to be done about a record that stands by itself with its lines, or about one line, the newest first.
SELECT q.id, r.type, r.title, r.fields, q.action, q.state, q.created_at FROM request q JOIN record r ON r.id = q.record_id
WHERE TRUE
--? root AND q.root_id = :root
--? record AND q.record_id = :record
ORDER BY q.id DESC LIMIT :most;

-- record_documents(record record_id, me person_id?, staff bool) -> int :one
-- How many files are kept with a record that this person may see.
SELECT COUNT(*) FROM document d WHERE d.record_id = :record AND {document_visible(d)};

-- record_documents_of(me person_id, staff bool) -> int :one
-- How many files are kept for a person and what they have to do with.
SELECT COUNT(*) FROM document d WHERE d.id IN (SELECT id FROM document WHERE person_id = :me UNION ALL
	SELECT k.id FROM record_person own JOIN document k ON k.record_root_id = own.record_id WHERE own.person_id = :me) AND {document_visible(d)};
