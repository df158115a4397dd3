-- One person with all that is kept of them: profile, emails, phones, addresses, the pack's fields, who may see what.

-- row person_row: id person_id | kind text | role text | name text | public_name text | customer_no text? | title text
--   | about text | languages text | hours text | birthday date? | channel text | locale text | zone text
--   | contact_id person_id? | photo_file_id file_id? | lat real? | lon real? | worth_minor int | staff_notes text
--   | claimed_at time? | disabled_at time? | created_at time | updated_at time | version int | team_id team_id? | team text?
-- row contact_row: id contact_id | person_id person_id | kind text | label text | value text | folded text
--   | verified_at time?
-- row person_field_row: person_id person_id | name text | value text
-- row person_audience_row: person_id person_id | field text | audience text
-- row person_tag_row: person_id person_id | name text
-- row person_name_row: id person_id | kind text | name text | public_name text | title text | photo_file_id file_id?
--   | contact_id person_id? | disabled_at time? | name_audience text? | photo_audience text? | title_audience text?

-- What audience.c says, for statements that cannot ask it.
-- Whether a field of a person (o) is for the eyes of :me; unless_chosen: its audience until they choose one.
-- frag field_shows(o, name, unless_chosen): (o.id = :me OR CASE COALESCE((SELECT w.audience FROM person_audience w
--   WHERE w.person_id = o.id AND w.field = name), unless_chosen)
--   WHEN 'public' THEN TRUE WHEN 'staff' THEN :staff WHEN 'contact' THEN :staff AND o.contact_id = :me ELSE FALSE END)
-- Whether a name or photo, which are for the staff at least, is for everyone.
-- frag is_for_all(o, name): (COALESCE((SELECT w.audience FROM person_audience w WHERE w.person_id = o.id AND w.field = name
--   AND w.audience IN ('staff', 'public')), CASE o.kind WHEN 'staff' THEN 'public' ELSE 'staff' END) = 'public')
-- The name by which :me knows someone: a list in that order tells no more than it shows.
-- frag name_seen(o): CASE WHEN :staff OR o.id = :me OR {is_for_all(o, 'name')} THEN o.name ELSE o.public_name END
-- Beside what somebody said, to those who read it: customers go by their public name, colleagues as they choose.
-- frag shown_name(o): CASE WHEN :staff OR (o.kind = 'staff' AND {is_for_all(o, 'name')}) THEN o.name ELSE o.public_name END
-- frag shown_title(o): CASE WHEN o.kind = 'staff' AND {field_shows(o, 'title', 'public')} THEN o.title END
-- frag shown_photo(o): CASE WHEN :staff OR {is_for_all(o, 'photo')} THEN o.photo_file_id END

-- persons_get(ids ints) -> person_row :many
-- The rows of these people, in no order.
SELECT p.id, p.kind, p.role, p.name, p.public_name, p.customer_no, p.title, p.about, p.languages, p.hours, p.birthday, p.channel, p.locale, p.zone, p.contact_id,
       p.photo_file_id, p.lat, p.lon, p.worth_minor, p.staff_notes, p.claimed_at, p.disabled_at, p.created_at, p.updated_at, p.version, t.id, t.name
FROM person p LEFT JOIN team t ON t.id = p.team_id WHERE p.id IN {list :ids} LIMIT 1000;

-- persons_contacts(ids ints) -> contact_row :many
-- Their emails, phones and addresses, the first of each first.
SELECT id, person_id, kind, label, value, folded, verified_at FROM contact WHERE person_id IN {list :ids}
ORDER BY person_id, kind, rank, id LIMIT 20000;

-- persons_fields(ids ints) -> person_field_row :many
-- What the pack's fields hold of them.
SELECT person_id, name, value FROM person_field WHERE person_id IN {list :ids} ORDER BY person_id, name LIMIT 50000;

-- persons_audiences(ids ints) -> person_audience_row :many
-- Whom they have chosen for which field.
SELECT person_id, field, audience FROM person_audience WHERE person_id IN {list :ids} ORDER BY person_id LIMIT 50000;

-- persons_tags(ids ints) -> person_tag_row :many
-- Their tags.
SELECT t.object_id, g.name FROM tagging t JOIN tag g ON g.id = t.tag_id
WHERE t.object_kind = 'person' AND t.object_id IN {list :ids} ORDER BY t.object_id, g.name LIMIT 20000;

-- persons_names(ids ints) -> person_name_row :many
-- What a list shows of people.
SELECT p.id, p.kind, p.name, p.public_name, p.title, p.photo_file_id, p.contact_id, p.disabled_at,
       (SELECT a.audience FROM person_audience a WHERE a.person_id = p.id AND a.field = 'name'),
       (SELECT a.audience FROM person_audience a WHERE a.person_id = p.id AND a.field = 'photo'),
       (SELECT a.audience FROM person_audience a WHERE a.person_id = p.id AND a.field = 'title')
FROM person p WHERE p.id IN {list :ids} LIMIT 1000;

-- persons_with_photo(file file_id) -> person_id :many
-- Whose photo this file is.
SELECT id FROM person WHERE photo_file_id = :file ORDER BY id LIMIT 20;

-- persons_staff(staff bool, me person_id?, all bool, most int) -> person_id :many
-- The staff by the names that :me sees; those who have left only on request.
SELECT p.id FROM person p WHERE p.kind = 'staff' AND (:all OR p.disabled_at IS NULL) ORDER BY {name_seen(p)}, p.id LIMIT :most;

-- person_with_number(customer_no text) -> person_id :maybe
-- Who has this customer number.
SELECT id FROM person WHERE customer_no = :customer_no;

-- person_insert(kind text, role text, name text, public_name text, customer_no text?, title text, about text, languages text, hours text, birthday date?, channel text, locale text, zone text, contact person_id?, photo file_id?, lat real?, lon real?, worth int, staff_notes text, now time) -> person_id :one
-- A new person.
INSERT INTO person (kind, role, name, public_name, customer_no, title, about, languages, hours, birthday, channel, locale, zone,
	contact_id, photo_file_id, lat, lon, worth_minor, staff_notes, claimed_at, disabled_at, created_at, updated_at, version)
VALUES (:kind, :role, :name, :public_name, :customer_no, :title, :about, :languages, :hours, :birthday, :channel, :locale, :zone,
	:contact, :photo, :lat, :lon, :worth, :staff_notes, NULL, NULL, :now, :now, 1) RETURNING id;

-- person_update(id person_id, was int, kind text, role text, name text, public_name text, customer_no text?, title text, about text, languages text, hours text, birthday date?, channel text, locale text, zone text, contact person_id?, photo file_id?, lat real?, lon real?, worth int, staff_notes text, now time) :exec1
-- Writes a whole profile, if nobody has meanwhile.
UPDATE person SET kind = :kind, role = :role, name = :name, public_name = :public_name, customer_no = :customer_no, title = :title,
	about = :about, languages = :languages, hours = :hours, birthday = :birthday, channel = :channel, locale = :locale, zone = :zone,
	contact_id = :contact, photo_file_id = :photo, lat = :lat, lon = :lon, worth_minor = :worth, staff_notes = :staff_notes,
	updated_at = :now, version = version + 1
WHERE id = :id AND version = :was;

-- person_set_photo(id person_id, photo file_id?, now time) :exec1
-- Gives a person a photo, or takes it away.
UPDATE person SET photo_file_id = :photo, updated_at = :now, version = version + 1 WHERE id = :id;

-- contact_insert(person person_id, kind text, label text, content text, folded text, rank int) :exec1
-- One more email, phone or address.
INSERT INTO contact (person_id, kind, label, value, folded, rank, verified_at)
VALUES (:person, :kind, :label, :content, :folded, :rank, NULL);

-- contact_update(id contact_id, label text, content text, rank int) :exec1
-- The same email, phone or address, written or ordered another way.
UPDATE contact SET label = :label, value = :content, rank = :rank WHERE id = :id;

-- contact_delete(id contact_id) :exec1
-- An email, phone or address that is no longer right.
DELETE FROM contact WHERE id = :id;

-- person_field_put(person person_id, name text, content text) :exec1
-- What one of the pack's fields holds.
INSERT INTO person_field (person_id, name, value) VALUES (:person, :name, :content)
ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value;

-- person_field_delete(person person_id, name text) :exec
-- Empties one of the pack's fields.
DELETE FROM person_field WHERE person_id = :person AND name = :name;

-- person_set_worth(person person_id, worth int) :exec1
-- What they pay in a year.
UPDATE person SET worth_minor = :worth WHERE id = :person;

-- person_audience_put(person person_id, field text, audience text) :exec1
-- Who may see a field.
INSERT INTO person_audience (person_id, field, audience) VALUES (:person, :field, :audience)
ON CONFLICT (person_id, field) DO UPDATE SET audience = excluded.audience;

-- person_change_put(person person_id, actor person_id?, field text, old text, new text, at time) :exec1
-- Keeps what a field held before and holds now.
INSERT INTO person_change (person_id, actor_id, field, old_value, new_value, at)
VALUES (:person, :actor, :field, :old, :new, :at);

-- row person_doc_row: id int | words text
-- person_docs(first int, last int) -> person_doc_row :many
-- The documents by which a person is found.
SELECT d.id, d.words FROM find_doc d WHERE d.id >= :first AND d.id <= :last ORDER BY d.id LIMIT 4;
