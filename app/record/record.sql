-- Records: what is kept, whose it is, sums by month.

-- row record_row: id record_id | type text | parent_id record_id? | root_id record_id? | title text | state text | at time | amount int?
--   | fields text | created_at time | changed_at time | version int

-- frag record(r): r.id, r.type, r.parent_id, r.root_id, r.title, r.state, r.at,
--   r.amount, r.fields, r.created_at, r.changed_at, r.version

-- record_facts(id record_id) -> record_row :one
-- A record, for the program itself.
SELECT {record(r)} FROM record r WHERE r.id = :id;

-- record_insert(type text, parent record_id?, root record_id?, title text, state text, at time, amount int?, fields text, now time)
--   -> record_id :one
-- A new record.
INSERT INTO record (type, parent_id, root_id, title, state, at, amount, fields, created_at, changed_at, version)
VALUES (:type, :parent, :root, :title, :state, :at, :amount, :fields, :now, :now, 1) RETURNING id;

-- record_update(id record_id, title text, state text, at time, amount int?, fields text, now time) :exec1
-- A record as it is from now on.
UPDATE record SET title = :title, state = :state, at = :at, amount = :amount, fields = :fields, changed_at = :now, version = version + 1
WHERE id = :id;

-- record_change_put(seq int, field text, old_value text, new_value text) :exec1
-- What a change made of a field.
INSERT INTO record_change (seq, field, old_value, new_value) VALUES (:seq, :field, :old_value, :new_value);

-- record_month_add(parent record_id, type text, month int, plus int, minus int) :exec
-- Sums by month.
INSERT INTO record_month (parent_id, type, month, plus, minus) VALUES (:parent, :type, :month, :plus, :minus)
ON CONFLICT (parent_id, type, month) DO UPDATE SET plus = record_month.plus + excluded.plus, minus = record_month.minus + excluded.minus;

-- record_person_put(id record_id, person person_id, role text) :exec
-- Somebody has to do with it.
INSERT INTO record_person (record_id, person_id, role) VALUES (:id, :person, :role) ON CONFLICT (record_id, person_id, role) DO NOTHING;

-- record_person_drop(id record_id, person person_id, role text) :exec
-- And no more.
DELETE FROM record_person WHERE record_id = :id AND person_id = :person AND role = :role;

-- record_link_put(from_id record_id, to_id record_id, relation text) :exec
-- Two records go together.
INSERT INTO record_link (from_id, to_id, relation) VALUES (:from_id, :to_id, :relation)
ON CONFLICT (from_id, to_id) DO UPDATE SET relation = excluded.relation WHERE record_link.relation <> excluded.relation;

-- record_link_drop(from_id record_id, to_id record_id) :exec
-- And no more.
DELETE FROM record_link WHERE from_id = :from_id AND to_id = :to_id;

-- record_organization_put(id record_id, organization organization_id, role text) :exec
-- A record goes with an organization.
INSERT INTO record_organization (record_id, organization_id, role) VALUES (:id, :organization, :role)
ON CONFLICT (record_id, organization_id) DO UPDATE SET role = excluded.role WHERE record_organization.role <> excluded.role;

-- record_organization_drop(id record_id, organization organization_id) :exec
-- And no more.
DELETE FROM record_organization WHERE record_id = :id AND organization_id = :organization;
