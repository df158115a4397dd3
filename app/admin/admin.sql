-- The firm's own row, and the audit.

-- row audit_row: id int | at time | actor_id person_id? | action text | object_kind text | object_id int | peer text | detail text

-- firm_update(was int, name text, claim text, street_address text, mail_address text, phone text, email text, web text, hours text, colour text, locale text, zone text, currency text, lat real?, lon real?, map_zoom int, map_link text, tile_url text, now time) :exec1
-- Writes the firm's profile, if nobody has meanwhile.
UPDATE business SET name = :name, claim = :claim, street_address = :street_address, mail_address = :mail_address, phone = :phone,
	email = :email, web = :web, hours = :hours, colour = :colour, locale = :locale, zone = :zone, currency = :currency, lat = :lat,
	lon = :lon, map_zoom = :map_zoom, map_link = :map_link, tile_url = :tile_url, updated_at = :now, version = version + 1
WHERE one = 1 AND version = :was;

-- firm_set_hours(was int, week text, holidays text, yearly text, now time) :exec1
-- Sets when the firm works, if nobody has changed its row meanwhile.
UPDATE business SET week = :week, holidays = :holidays, yearly = :yearly, updated_at = :now, version = version + 1
WHERE one = 1 AND version = :was;

-- firm_set_logo(logo file_id?, now time) :exec1
-- Gives the firm a logo, or takes it away.
UPDATE business SET logo_file_id = :logo, updated_at = :now, version = version + 1 WHERE one = 1;

-- firm_set_mail(url text, login text, mail_from text, secret text, now time) :exec1
-- Sets the mail server.
UPDATE business SET smtp_url = :url, smtp_user = :login, mail_from = :mail_from, smtp_secret = :secret, updated_at = :now,
	version = version + 1 WHERE one = 1;

-- mail_waiting_count() -> int :one
-- Letters that wait for a mail server or could not be sent.
SELECT count(*) FROM (SELECT 1 FROM mail WHERE state IN ('waiting', 'failed') LIMIT 1000) x;

-- audit_list(person person_id?, object int?, before int?, most int) -> audit_row :many
-- What was looked at and done, newest first; by or about one person, when given (the same id, twice).
SELECT id, at, actor_id, action, object_kind, object_id, peer, detail FROM audit
WHERE TRUE
--? person AND (actor_id = :person OR (object_kind = 'person' AND object_id = :object))
--? before AND id < :before
ORDER BY id DESC LIMIT :most;
