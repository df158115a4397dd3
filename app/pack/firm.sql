-- Making a business.

-- row demo_login: role text | name text | email text

-- firm_count() -> int :one
-- Whether this store holds a business.
SELECT count(*) FROM business;

-- firm_put(pack text, name text, claim text, street text, mail text, phone text, email text, web text, hours text, colour text,
--   logo file_id?, locale text, zone text, currency text, lat real?, lon real?, map_zoom int, now time) :exec1
-- The firm's row; there is one.
INSERT INTO business (one, pack, name, claim, street_address, mail_address, phone, email, web, hours, colour, logo_file_id, locale, zone,
	currency, lat, lon, map_zoom, map_link, tile_url, smtp_url, smtp_user, smtp_secret, mail_from, updated_at, version)
VALUES (1, :pack, :name, :claim, :street, :mail, :phone, :email, :web, :hours, :colour, :logo, :locale, :zone, :currency, :lat, :lon,
	:map_zoom, '', '', '', '', '', '', :now, 1);

-- demo_logins() -> demo_login :many
-- Who of the demo can log in, the owner first.
SELECT p.role, p.name, i.subject FROM identity i JOIN person p ON p.id = i.person_id
WHERE i.kind = 'email' AND i.subject LIKE '%@demo.example'
ORDER BY CASE p.role WHEN 'owner' THEN 1 WHEN 'manager' THEN 2 WHEN 'agent' THEN 3 WHEN 'analyst' THEN 4 ELSE 5 END, p.id LIMIT 20;
