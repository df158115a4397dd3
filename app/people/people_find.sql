-- Lists of people, and what happened to and around one.

-- row person_change_row: id int | actor_id person_id? | field text | old_value text | new_value text | at time
-- row person_said_row: id conversation_id | kind text | subject text | status text | visibility text | votes int
--   | comments int | created_at time
-- row person_look_row: at time | actor_id person_id | action text

-- frag contact_shows(c, o): {field_shows(o, c.kind, 'staff')}
-- frag birthday_shows(o): {field_shows(o, 'birthday', CASE o.kind WHEN 'staff' THEN 'me' ELSE 'staff' END)}

-- Whether these words (d) of a person (o) are those that :me may find them by: there is one document for each group of readers that see
-- something else of them.
-- frag has_words(o, word): EXISTS (SELECT 1 FROM find_doc own WHERE own.object_kind = word AND own.object_id = o.id LIMIT 1 OFFSET 0)
-- frag words_show(d, o): (d.object_kind = CASE WHEN o.id = :me AND {has_words(o, 'person-me')} THEN 'person-me'
--   WHEN :staff AND o.contact_id = :me AND {has_words(o, 'person-contact')} THEN 'person-contact'
--   WHEN :staff OR o.id = :me THEN 'person' ELSE 'person-public' END)
-- The ids of people's documents lie below all others (src/db/words.h).
-- frag of_people(id): id < -4611686018427387904

-- people_find(staff bool, me person_id?, match text?, mail text, digits text, kind text?, tag text?, contact person_id?,
--   after person_id?, after_shown person_id?, most int) -> person_id :many
-- order: real p.name, p.id | shown {name_seen(p)}, p.id
-- People by name, behind one of the list; order and after_shown go by the name that :me sees, which to the staff is the real one, for
-- which there is an index. match: words of the name or number in the engine's language; mail: how an email begins; digits: of a phone.
-- @sqlite
SELECT p.id FROM person p
WHERE {person_visible(p)}
--? kind AND p.kind = :kind
--? contact AND :staff AND p.contact_id = :contact
--? tag AND :staff AND p.id IN (SELECT t.object_id FROM tagging t JOIN tag g ON g.id = t.tag_id WHERE t.object_kind = 'person' AND g.word = :tag)
--? after AND (p.name, p.id) > ((SELECT x.name FROM person x WHERE x.id = :after), :after)
--? after_shown AND ({name_seen(p)}, p.id) > ((SELECT {name_seen(x)} FROM person x WHERE x.id = :after_shown AND {person_visible(x)}), :after_shown)
--? match AND p.id IN (SELECT o.id FROM find_fts f JOIN find_doc d ON d.id = f.rowid JOIN person o ON o.id = d.object_id
--? match   WHERE find_fts MATCH :match AND {of_people(f.rowid)} AND {words_show(d, o)}
--? match   UNION SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
--? match   WHERE c.kind = 'email' AND :mail <> '' AND c.folded >= :mail AND c.folded < :mail || char(1114111) AND {contact_shows(c, o)}
--? match   UNION SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
--? match   WHERE c.kind = 'phone' AND :digits <> '' AND instr(c.folded, :digits) > 0 AND {contact_shows(c, o)})
ORDER BY {order} LIMIT :most;
-- @pg
SELECT p.id FROM person p
WHERE {person_visible(p)}
--? kind AND p.kind = :kind
--? contact AND :staff AND p.contact_id = :contact
--? tag AND :staff AND p.id IN (SELECT t.object_id FROM tagging t JOIN tag g ON g.id = t.tag_id WHERE t.object_kind = 'person' AND g.word = :tag)
--? after AND (p.name, p.id) > ((SELECT x.name FROM person x WHERE x.id = :after), :after)
--? after_shown AND ({name_seen(p)}, p.id) > ((SELECT {name_seen(x)} FROM person x WHERE x.id = :after_shown AND {person_visible(x)}), :after_shown)
--? match AND p.id IN (SELECT o.id FROM find_doc d JOIN person o ON o.id = d.object_id
--? match   WHERE d.terms @@ to_tsquery('simple', :match) AND {of_people(d.id)} AND {words_show(d, o)}
--? match   UNION SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
--? match   WHERE c.kind = 'email' AND :mail <> '' AND starts_with(c.folded, :mail) AND {contact_shows(c, o)}
--? match   UNION SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
--? match   WHERE c.kind = 'phone' AND :digits <> '' AND strpos(c.folded, :digits) > 0 AND {contact_shows(c, o)})
ORDER BY {order} LIMIT :most;

-- people_alike(staff bool, me person_id?, match text?, birthday date?, emails text, phones text) -> person_id :many
-- Who might be the same person: an email or phone in common (folded, as a JSON list), or the name and birthday.
-- @sqlite
SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
WHERE c.kind = 'email' AND c.folded IN (SELECT value FROM json_each(:emails)) AND {contact_shows(c, o)}
UNION SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
WHERE c.kind = 'phone' AND c.folded IN (SELECT value FROM json_each(:phones)) AND {contact_shows(c, o)}
--? match UNION SELECT o.id FROM find_fts f JOIN find_doc d ON d.id = f.rowid JOIN person o ON o.id = d.object_id
--? match   WHERE find_fts MATCH :match AND {of_people(f.rowid)} AND {words_show(d, o)} AND o.birthday = :birthday AND {birthday_shows(o)}
LIMIT 10;
-- @pg
SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
WHERE c.kind = 'email' AND c.folded IN (SELECT json_array_elements_text(:emails::json)) AND {contact_shows(c, o)}
UNION SELECT o.id FROM contact c JOIN person o ON o.id = c.person_id
WHERE c.kind = 'phone' AND c.folded IN (SELECT json_array_elements_text(:phones::json)) AND {contact_shows(c, o)}
--? match UNION SELECT o.id FROM find_doc d JOIN person o ON o.id = d.object_id
--? match   WHERE d.terms @@ to_tsquery('simple', :match) AND {of_people(d.id)} AND {words_show(d, o)}
--? match   AND o.birthday = :birthday AND {birthday_shows(o)}
LIMIT 10;

-- person_changes(person person_id, before int?, most int) -> person_change_row :many
-- Which fields of a profile changed, newest first.
SELECT id, actor_id, field, old_value, new_value, at FROM person_change
WHERE person_id = :person
--? before AND id < :before
ORDER BY id DESC LIMIT :most;

-- person_said(person person_id, staff bool, me person_id?, before conversation_id?, most int) -> person_said_row :many
-- The conversations that a person began, as far as :me may see them, newest first.
SELECT c.id, c.kind, c.subject, c.status, c.visibility, c.votes, c.comments, c.created_at FROM conversation c
WHERE c.author_id = :person AND {conversation_visible(c)}
--? before AND c.id < :before
ORDER BY c.id DESC LIMIT :most;

-- person_joined(person person_id, staff bool, me person_id?, most int) -> person_said_row :many
-- Where a person said "me too" (for them and the staff) or took part in words, as far as :me may see it, newest first.
SELECT c.id, c.kind, c.subject, c.status, c.visibility, c.votes, c.comments, c.created_at FROM conversation c
WHERE c.id IN (SELECT v.conversation_id FROM vote v WHERE v.person_id = :person AND (:staff OR :person = :me)
	UNION SELECT m.conversation_id FROM message m WHERE m.author_id = :person AND m.kind <> 'note')
	AND (c.author_id IS NULL OR c.author_id <> :person) AND {conversation_visible(c)}
ORDER BY c.id DESC LIMIT :most;

-- person_looks(person int, most int) -> person_look_row :many
-- Who of the staff looked at a profile, newest first.
SELECT at, actor_id, action FROM audit
WHERE object_kind = 'person' AND object_id = :person AND actor_id IS NOT NULL AND action = 'look' ORDER BY id DESC LIMIT :most;

-- people_tags() -> text :many
-- The tags in use.
SELECT name FROM tag WHERE id IN (SELECT tag_id FROM tagging WHERE object_kind = 'person') ORDER BY name LIMIT 200;
