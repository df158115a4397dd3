-- Making a business.

-- row demo_login: role text | name text | email text

-- firm_count() -> int :one
-- Whether this store holds a business.
SELECT count(*) FROM business;

-- firm_put(pack text, name text, claim text, street text, mail text, phone text, email text, web text, hours text, colour text,
--   logo file_id?, locale text, zone text, currency text, lat real?, lon real?, map_zoom int, week text, holidays text, yearly text, now time) :exec1
-- The firm's row; there is one.
INSERT INTO business (one, pack, name, claim, street_address, mail_address, phone, email, web, hours, colour, logo_file_id, locale, zone,
	currency, lat, lon, map_zoom, map_link, tile_url, smtp_url, smtp_user, smtp_secret, mail_from, week, holidays, yearly, updated_at, version)
VALUES (1, :pack, :name, :claim, :street, :mail, :phone, :email, :web, :hours, :colour, :logo, :locale, :zone, :currency, :lat, :lon,
	:map_zoom, '', '', '', '', '', '', :week, :holidays, :yearly, :now, 1);

-- demo_logins() -> demo_login :many
-- Who of the demo can log in, the owner first.
SELECT p.role, p.name, i.subject FROM identity i JOIN person p ON p.id = i.person_id
WHERE i.kind = 'email' AND i.subject LIKE '%@demo.example'
ORDER BY CASE p.role WHEN 'owner' THEN 1 WHEN 'manager' THEN 2 WHEN 'agent' THEN 3 WHEN 'analyst' THEN 4 ELSE 5 END, p.id LIMIT 20;

-- own_pack_hash() -> text :maybe
-- Which pack of its own the firm has, if it has one.
SELECT hash FROM own_pack WHERE one = 1;

-- own_pack_name() -> text :maybe
-- What that is called.
SELECT name FROM own_pack WHERE one = 1;

-- own_pack_drop() :exec
-- The firm has a pack of the program.
DELETE FROM own_pack;

-- own_pack_files_drop() :exec
-- And its files.
DELETE FROM own_pack_file;

-- own_pack_put(name text, hash text, now time) :exec1
-- The firm has this pack of its own.
INSERT INTO own_pack (one, name, hash, taken_at) VALUES (1, :name, :hash, :now);

-- own_pack_file_put(name text, bytes blob) :exec1
-- One of its files.
INSERT INTO own_pack_file (name, bytes) VALUES (:name, :bytes);

-- own_pack_names() -> text :many
-- Its files, which are read one by one.
SELECT name FROM own_pack_file ORDER BY name LIMIT 1000;

-- own_pack_file_get(name text) -> blob :maybe
-- One of them.
SELECT bytes FROM own_pack_file WHERE name = :name;

-- firm_pack(pack text, now time) :exec1
-- Which pack the firm has from now on.
UPDATE business SET pack = :pack, updated_at = :now, version = version + 1 WHERE one = 1;

-- firm_pack_name() -> text :maybe
-- Which it has now.
SELECT pack FROM business WHERE one = 1;

-- pack_use_types() -> text :many
-- Types of which there are records.
SELECT DISTINCT type FROM record ORDER BY type LIMIT 1000;

-- pack_use_count(type text) -> int :one
-- How many there are of one.
SELECT count(*) FROM record WHERE type = :type;

-- pack_use_parents(type text) -> text :many
-- What they stand below; what stands by itself is not among them.
SELECT DISTINCT p.type FROM record r JOIN record p ON p.id = r.parent_id WHERE r.type = :type ORDER BY p.type LIMIT 2;

-- pack_use_states(type text) -> text :many
-- States that records of a type are in.
SELECT DISTINCT state FROM record WHERE type = :type AND state <> '' ORDER BY state LIMIT 1000;

-- pack_use_roles(type text) -> text :many
-- What people are to them.
SELECT DISTINCT s.role FROM record_person s JOIN record r ON r.id = s.record_id WHERE r.type = :type ORDER BY s.role LIMIT 1000;

-- pack_use_field(type text, key text) -> int :one
-- How many of them have something in a field; key: as it stands in the JSON.
SELECT count(*) FROM record WHERE type = :type AND fields LIKE :key ESCAPE '!';

-- pack_use_own_fields() -> text :many
-- Fields of customers that somebody has something in.
SELECT DISTINCT name FROM person_field ORDER BY name LIMIT 1000;

-- pack_use_topics() -> text :many
-- Topics of what was said.
SELECT DISTINCT topic FROM conversation WHERE topic <> '' ORDER BY topic LIMIT 1000;
