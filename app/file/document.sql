-- Documents: files that the team keeps for a person or with a record, in versions.

-- row document_row: id document_id | person_id person_id? | person text? | record_id record_id? | record text? | name text | shared_at time?
--   | version int | file_id file_id | type text | bytes int | state text? | preview bool | author text? | created_at time | changed_at time
-- row document_facts: id document_id | person_id person_id? | record_id record_id? | record_root_id record_id? | shared_at time? | version int
-- row document_version_row: version int | file_id file_id | name text | type text | bytes int | author text? | created_at time

-- frag document_columns(d): d.id, d.person_id, o.name, d.record_id, r.title, d.name, d.shared_at, d.version, v.file_id, f.type, f.bytes, x.state,
--   x.preview_file_id IS NOT NULL, {shown_name(p)}, d.created_at, d.changed_at
-- frag document_joined(d): LEFT JOIN person o ON o.id = d.person_id LEFT JOIN record r ON r.id = d.record_id
--   JOIN document_version v ON v.document_id = d.id AND v.version = d.version JOIN file f ON f.id = v.file_id
--   LEFT JOIN file_text x ON x.file_id = f.id LEFT JOIN person p ON p.id = v.author_id

-- documents_of_person(person person_id, me person_id?, staff bool, before document_id?, most int) -> document_row :many
-- What is kept for a person, or with a record that they have to do with, newest first.
SELECT {document_columns(d)} FROM document d {document_joined(d)}
WHERE d.id IN (SELECT id FROM document WHERE person_id = :person UNION ALL
	SELECT k.id FROM record_person own JOIN document k ON k.record_root_id = own.record_id WHERE own.person_id = :person)
	AND {document_visible(d)}
	--? before AND d.id < :before
ORDER BY d.id DESC LIMIT :most;

-- documents_of_record(record record_id, me person_id?, staff bool, before document_id?, most int) -> document_row :many
-- What is kept with a record, newest first.
SELECT {document_columns(d)} FROM document d {document_joined(d)}
WHERE d.record_id = :record AND {document_visible(d)}
	--? before AND d.id < :before
ORDER BY d.id DESC LIMIT :most;

-- document_get(id document_id, me person_id?, staff bool) -> document_row :one
-- One of them, for whoever may see it.
SELECT {document_columns(d)} FROM document d {document_joined(d)} WHERE d.id = :id AND {document_visible(d)};

-- document_versions(id document_id, me person_id?, staff bool, most int) -> document_version_row :many
-- What it was and is, newest first.
SELECT v.version, v.file_id, v.name, f.type, f.bytes, {shown_name(p)}, v.created_at
FROM document_version v JOIN document d ON d.id = v.document_id JOIN file f ON f.id = v.file_id LEFT JOIN person p ON p.id = v.author_id
WHERE v.document_id = :id AND {document_visible(d)} AND {version_visible(v)} ORDER BY v.version DESC LIMIT :most;

-- document_facts_get(id document_id) -> document_facts :one
-- What a change of it depends on.
SELECT id, person_id, record_id, record_root_id, shared_at, version FROM document WHERE id = :id;

-- document_insert(person person_id?, record record_id?, root record_id?, name text, shared_at time?, now time) -> document_id :one
-- A new one, of version 1.
INSERT INTO document (person_id, record_id, record_root_id, name, shared_at, version, created_at, changed_at)
VALUES (:person, :record, :root, :name, :shared_at, 1, :now, :now) RETURNING id;

-- document_version_insert(id document_id, version int, file file_id, name text, author person_id, shown bool, now time) :exec1
-- What it is from now on.
INSERT INTO document_version (document_id, version, file_id, name, author_id, created_at, shown)
VALUES (:id, :version, :file, :name, :author, :now, :shown);

-- document_set_version(id document_id, version int, now time) :exec1
-- Its newest version.
UPDATE document SET version = :version, changed_at = :now WHERE id = :id;

-- document_set_shared(id document_id, shared_at time?, now time) :exec1
-- Whether the customer sees it.
UPDATE document SET shared_at = :shared_at, changed_at = :now WHERE id = :id;

-- document_show_version(id document_id, version int) :exec1
-- The customer gets to see this version.
UPDATE document_version SET shown = TRUE WHERE document_id = :id AND version = :version;

-- document_set_name(id document_id, name text, now time) :exec1
-- What it is called.
UPDATE document SET name = :name, changed_at = :now WHERE id = :id;

-- document_delete(id document_id) :exec1
-- It is no longer kept; its bytes go when nothing else has them.
DELETE FROM document WHERE id = :id;

-- document_person_name(person person_id) -> text :one
-- Whose files they are, for the team.
SELECT name FROM person WHERE id = :person;
