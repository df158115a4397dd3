-- Households and firms.

-- row organization_row: id organization_id | kind text | name text | address text | phone text | email text | web text | notes text
--   | created_at time | updated_at time | version int
-- row organization_name_row: id organization_id | kind text | name text | role text
-- row organization_member_row: organization_id organization_id | person_id person_id | role text

-- frag organization(o): o.id, o.kind, o.name, o.address, o.phone, o.email, o.web, o.notes, o.created_at, o.updated_at, o.version

-- organization_get(id organization_id, me person_id?, staff bool) -> organization_row :one
-- An organization, if this person may know of it.
SELECT {organization(o)} FROM organization o WHERE o.id = :id AND {organization_visible(o)};

-- organization_list(me person_id?, staff bool, kind text?, low text?, high text?, after_name text?, after organization_id?, most int)
--   -> organization_row :many
-- Organizations by name; low and high: between which their names lie.
SELECT {organization(o)} FROM organization o WHERE {organization_visible(o)}
--? kind AND o.kind = :kind
--? low AND o.name >= :low
--? high AND o.name < :high
--? after_name AND (o.name, o.id) > (:after_name, :after)
ORDER BY o.name, o.id LIMIT :most;

-- organization_members(ids ints, most int) -> organization_member_row :many
-- Who belongs to some organizations.
SELECT m.organization_id, m.person_id, m.role FROM organization_person m WHERE m.organization_id IN {list :ids}
ORDER BY m.organization_id, m.person_id LIMIT :most;

-- organization_of_person(person person_id, me person_id?, staff bool, most int) -> organization_name_row :many
-- To which somebody belongs, as far as this person may know of them.
SELECT o.id, o.kind, o.name, m.role FROM organization_person m JOIN organization o ON o.id = m.organization_id
WHERE m.person_id = :person AND {organization_visible(o)} ORDER BY o.name, o.id LIMIT :most;

-- organization_insert(kind text, name text, address text, phone text, email text, web text, notes text, now time) -> organization_id :one
-- A new one.
INSERT INTO organization (kind, name, address, phone, email, web, notes, created_at, updated_at, version)
VALUES (:kind, :name, :address, :phone, :email, :web, :notes, :now, :now, 1) RETURNING id;

-- organization_update(id organization_id, kind text, name text, address text, phone text, email text, web text, notes text, now time) :exec1
-- As it is from now on.
UPDATE organization SET kind = :kind, name = :name, address = :address, phone = :phone, email = :email, web = :web, notes = :notes,
	updated_at = :now, version = version + 1
WHERE id = :id;

-- organization_person_put(id organization_id, person person_id, role text) :exec
-- Somebody belongs to it.
INSERT INTO organization_person (organization_id, person_id, role) VALUES (:id, :person, :role)
ON CONFLICT (organization_id, person_id) DO UPDATE SET role = excluded.role WHERE organization_person.role <> excluded.role;

-- organization_person_drop(id organization_id, person person_id) :exec
-- And no more.
DELETE FROM organization_person WHERE organization_id = :id AND person_id = :person;
