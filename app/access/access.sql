-- Who sees what, in SQL; who carries which token; logins, links, the firm's row. Statements that use a fragment take me person_id? and
-- staff bool. policy.c says the same in C; policy_test.c compares both.

-- Between two people, or the question to a group.
-- frag is_direct(c): (c.kind IN ('direct', 'group'))
-- What those who take part read and nobody else, also not the staff: the two above, rooms of the team, rooms of a deal.
-- frag is_among(c): (c.kind = 'direct' OR c.kind = 'group' OR c.kind = 'room' OR c.kind = 'deal')
-- The room of a deal has the people of the record; where its topic names a role, those of that role.
-- frag sits_in(c, who): (COALESCE(c.author_id, 0) = who OR EXISTS
--   (SELECT 1 FROM participant seat WHERE seat.conversation_id = c.id AND seat.person_id = who) OR (c.kind = 'deal' AND EXISTS
--   (SELECT 1 FROM record_person chair WHERE chair.record_id = c.record_id AND chair.person_id = who AND c.topic IN ('', chair.role))))
-- frag conversation_visible(c): ((:staff AND NOT {is_among(c)}) OR (c.hidden_at IS NULL AND (c.visibility = 'public' OR
--   (c.visibility = 'staff' AND :staff) OR (:me IS NOT NULL AND (c.visibility = 'members' OR (c.visibility = 'private' AND {sits_in(c, :me)}))))))
-- frag conversation_visible_to(c, p): ((p.role <> 'customer' AND NOT {is_among(c)}) OR (c.hidden_at IS NULL AND (c.visibility IN ('public', 'members')
--   OR (c.visibility = 'staff' AND p.role <> 'customer') OR (c.visibility = 'private' AND {sits_in(c, p.id)}))))
-- Its tags: the team's, unless it is for many.
-- frag tags_open(c): (:staff OR c.visibility IN ('public', 'members'))
-- The note of a call is for the team; of one in the room of a deal, for its people among them.
-- frag call_visible(k): (:staff AND (k.conversation_id IS NULL OR EXISTS
--   (SELECT 1 FROM conversation room WHERE room.id = k.conversation_id AND {conversation_visible(room)})))
-- Older words are seen by whoever sees those of today, but no wider than they were when they were changed.
-- frag revision_visible(v, c): (:staff OR (v.hidden_at IS NULL AND (v.visibility = 'public' OR (:me IS NOT NULL AND
--   (v.visibility = 'members' OR (v.visibility = 'private' AND (c.author_id = :me OR EXISTS
--   (SELECT 1 FROM participant seat WHERE seat.conversation_id = c.id AND seat.person_id = :me))))))))
-- frag message_visible(m): (:staff OR (m.hidden_at IS NULL AND m.kind <> 'note'))
-- frag record_visible(r): (:staff OR EXISTS
--   (SELECT 1 FROM record_person seat WHERE seat.record_id = COALESCE(r.root_id, r.id) AND seat.person_id = :me))
-- frag organization_visible(o): (:staff OR EXISTS
--   (SELECT 1 FROM organization_person member WHERE member.organization_id = o.id AND member.person_id = :me))
-- What the team keeps for a customer is theirs to see once it is shared; of its versions, those that came to be seen.
-- frag document_visible(d): (:staff OR (d.shared_at IS NOT NULL AND (d.person_id = :me OR EXISTS
--   (SELECT 1 FROM record_person seat WHERE seat.record_id = d.record_root_id AND seat.person_id = :me))))
-- frag version_visible(v): (:staff OR v.shown)
-- frag person_visible(p): (:staff OR p.id = :me OR (p.disabled_at IS NULL AND (p.kind = 'staff'
--   OR EXISTS (SELECT 1 FROM person_audience shown WHERE shown.person_id = p.id AND shown.audience = 'public'))))

-- What was promised: the team reads all of it; for both sides, who has to do with it; for all, who reads the conversation that it was promised in; to
-- everybody (it has no other side), everybody.
-- frag expectation_visible(x): (:staff OR (x.audience <> 'team' AND :me IS NOT NULL AND (x.person_id = :me OR EXISTS
--   (SELECT 1 FROM record_person holder WHERE holder.record_id = x.record_root_id AND holder.person_id = :me))) OR (x.audience = 'public' AND EXISTS
--   (SELECT 1 FROM conversation told WHERE told.id = x.conversation_id AND {conversation_visible(told)})) OR x.person_id IS NULL)
-- A task is the team's; one from a conversation among some, theirs of the team who read that, and who has to do it or gave it.
-- frag task_visible(t): (:staff AND (t.conversation_id IS NULL OR t.owner_id = :me OR COALESCE(t.made_by, 0) = :me OR EXISTS
--   (SELECT 1 FROM conversation arose WHERE arose.id = t.conversation_id AND {conversation_visible(arose)})))
-- What somebody says we promised them is theirs and the team's.
-- frag claim_visible(k): (:staff OR COALESCE(k.person_id = :me, FALSE))
-- Following and being told, of anything: whether somebody may know of it. A tag is known to whoever sees a conversation that wears it.
-- frag thing_visible(what, which): CASE what
--   WHEN 'conversation' THEN EXISTS (SELECT 1 FROM conversation seen_c WHERE seen_c.id = which AND {conversation_visible(seen_c)} LIMIT 1 OFFSET 0)
--   WHEN 'record' THEN EXISTS (SELECT 1 FROM record seen_r WHERE seen_r.id = which AND {record_visible(seen_r)} LIMIT 1 OFFSET 0)
--   WHEN 'person' THEN EXISTS (SELECT 1 FROM person seen_p WHERE seen_p.id = which AND {person_visible(seen_p)} LIMIT 1 OFFSET 0)
--   WHEN 'organization' THEN EXISTS (SELECT 1 FROM organization seen_o WHERE seen_o.id = which AND {organization_visible(seen_o)} LIMIT 1 OFFSET 0)
--   WHEN 'call' THEN EXISTS (SELECT 1 FROM call seen_k WHERE seen_k.id = which AND {call_visible(seen_k)} LIMIT 1 OFFSET 0)
--   WHEN 'task' THEN EXISTS (SELECT 1 FROM task seen_t WHERE seen_t.id = which AND {task_visible(seen_t)} LIMIT 1 OFFSET 0)
--   WHEN 'document' THEN EXISTS (SELECT 1 FROM document seen_d WHERE seen_d.id = which AND {document_visible(seen_d)} LIMIT 1 OFFSET 0)
--   WHEN 'expectation' THEN EXISTS (SELECT 1 FROM expectation seen_x WHERE seen_x.id = which AND {expectation_visible(seen_x)} LIMIT 1 OFFSET 0)
--   WHEN 'claim' THEN EXISTS (SELECT 1 FROM claim seen_s WHERE seen_s.id = which AND {claim_visible(seen_s)} LIMIT 1 OFFSET 0)
--   WHEN 'tag' THEN EXISTS (SELECT 1 FROM tag seen_g WHERE seen_g.id = which AND (:staff OR EXISTS (SELECT 1 FROM tagging worn
--   JOIN conversation wearer ON wearer.id = worn.object_id WHERE worn.tag_id = seen_g.id AND worn.object_kind = 'conversation'
--   AND {conversation_visible(wearer)} AND {tags_open(wearer)})) LIMIT 1 OFFSET 0)
--   ELSE FALSE END

-- row business_row: pack text | name text | claim text | street_address text | mail_address text | phone text | email text
--   | web text | hours text | colour text | logo file_id? | locale text | zone text | currency text | lat real? | lon real?
--   | map_zoom int | map_link text | tile_url text | mail_from text | smtp_url text | smtp_user text | smtp_secret text | version int
--   | week text | holidays text | yearly text
-- row who_row: id token_id | kind text | peer text | expires_at time | seen_at time | person_id person_id | role text
--   | person_kind text | name text | public_name text | photo file_id? | locale text | zone text | disabled_at time? | notices int
--   | messages int
-- row login_row: id person_id | name text | role text | email text? | customer_no text? | secret text? | disabled_at time?
--   | claimed_at time? | locale text
-- row login_list_row: id person_id | name text | role text | email text? | customer_no text? | disabled bool | seen_at time?
-- row failure_row: fails int | first_at time | locked_until time?
-- row link_row: person_id person_id | label text | name text | customer_no text? | email text? | claimed_at time?
-- row session_row: id token_id | label text | peer text | created_at time | seen_at time
-- row api_token: id token_id | label text | created_at time | seen_at time | expires_at time

-- ------------------------------------------------------------------ the firm

-- business_get() -> business_row :one
-- The firm.
SELECT pack, name, claim, street_address, mail_address, phone, email, web, hours, colour, logo_file_id, locale, zone, currency,
	lat, lon, map_zoom, map_link, tile_url, mail_from, smtp_url, smtp_user, smtp_secret, version,
	week, holidays, yearly
FROM business WHERE one = 1;

-- business_pack() -> text :maybe
-- Its pack.
SELECT pack FROM business WHERE one = 1;

-- business_version() -> int :one
-- Tells whether the firm is still the one that was read.
SELECT version FROM business WHERE one = 1;

-- -------------------------------------------------------------- who sees what

-- access_sees_conversation(id conversation_id, me person_id?, staff bool) -> conversation_id :maybe
-- The conversation, if this person may know of it.
SELECT c.id FROM conversation c WHERE c.id = :id AND {conversation_visible(c)};

-- access_told_of_conversation(id conversation_id, person person_id) -> conversation_id :maybe
-- The conversation, if this person may be told of it.
SELECT c.id FROM conversation c, person p WHERE c.id = :id AND p.id = :person AND {conversation_visible_to(c, p)};

-- access_sees_message(id message_id, me person_id?, staff bool) -> message_id :maybe
-- The message, if this person may know of it.
SELECT m.id FROM message m JOIN conversation c ON c.id = m.conversation_id
WHERE m.id = :id AND {conversation_visible(c)} AND {message_visible(m)};

-- access_sees_request(id request_id, me person_id?, staff bool) -> request_id :maybe
-- The request, if this one may know of it: whoever sees its record does.
SELECT w.id FROM request w JOIN record r ON r.id = w.record_id WHERE w.id = :id AND {record_visible(r)};

-- access_sees_expectation(id expectation_id, me person_id?, staff bool) -> expectation_id :maybe
-- What was promised, if this one may know of it.
SELECT x.id FROM expectation x WHERE x.id = :id AND {expectation_visible(x)};

-- access_sees_person(id person_id, me person_id?, staff bool) -> person_id :maybe
-- The person, if this one may know of them.
SELECT p.id FROM person p WHERE p.id = :id AND {person_visible(p)};

-- --------------------------------------------------------------- who asks

-- who_of_token(hash text) -> who_row :maybe
-- Who carries a session or an API token.
SELECT t.id, t.kind, t.peer, t.expires_at, t.seen_at, p.id, p.role, p.kind, p.name, p.public_name, p.photo_file_id, p.locale, p.zone,
	p.disabled_at,
	CASE WHEN EXISTS (SELECT 1 FROM notice n WHERE n.person_id = p.id AND n.read_at IS NULL) THEN
		(SELECT count(*) FROM (SELECT DISTINCT fresh.kind, fresh.conversation_id, fresh.request_id, fresh.document_id, fresh.expectation_id,
		CASE WHEN fresh.conversation_id IS NULL THEN fresh.about_kind END, CASE WHEN fresh.conversation_id IS NULL THEN fresh.about_id END
		FROM (SELECT n.kind, n.conversation_id, n.request_id, n.document_id, n.expectation_id, n.about_kind, n.about_id
		FROM notice n WHERE n.person_id = p.id AND n.read_at IS NULL AND n.here LIMIT 100) fresh) unread) ELSE 0 END,
	CASE WHEN EXISTS (SELECT 1 FROM (SELECT n.kind FROM notice n WHERE n.person_id = p.id AND n.read_at IS NULL LIMIT 100) unread
		WHERE unread.kind IN ('message', 'reminder')) THEN
		(SELECT count(DISTINCT unread.conversation_id) FROM (SELECT n.conversation_id, n.kind FROM notice n WHERE n.person_id = p.id AND n.read_at IS NULL
		LIMIT 100) unread WHERE unread.kind IN ('message', 'reminder')) ELSE 0 END
FROM token t JOIN person p ON p.id = t.person_id
WHERE t.hash = :hash AND t.kind IN ('session', 'api');

-- token_seen(id token_id, now time, peer text, expires_at time) :exec
-- A token was used.
UPDATE token SET seen_at = :now, peer = :peer, expires_at = :expires_at WHERE id = :id;

-- ------------------------------------------------------------------- logins

-- login_by_email(email text) -> login_row :maybe
-- The person who logs in with this address.
SELECT p.id, p.name, p.role, i.subject, p.customer_no, w.secret, p.disabled_at, p.claimed_at, p.locale
FROM identity i JOIN person p ON p.id = i.person_id LEFT JOIN identity w ON w.person_id = p.id AND w.kind = 'password'
WHERE i.kind = 'email' AND i.subject = :email;

-- login_by_number(customer_no text) -> login_row :maybe
-- The person with this customer number.
SELECT p.id, p.name, p.role, (SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1),
	p.customer_no, w.secret, p.disabled_at, p.claimed_at, p.locale
FROM person p LEFT JOIN identity w ON w.person_id = p.id AND w.kind = 'password'
WHERE p.customer_no = :customer_no;

-- login_by_id(id person_id) -> login_row :maybe
-- A person's login.
SELECT p.id, p.name, p.role, (SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1),
	p.customer_no, w.secret, p.disabled_at, p.claimed_at, p.locale
FROM person p LEFT JOIN identity w ON w.person_id = p.id AND w.kind = 'password'
WHERE p.id = :id;

-- login_each() -> login_list_row :each
-- Everyone who has a login, by name.
SELECT p.id, p.name, p.role, (SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1),
	p.customer_no, p.disabled_at IS NOT NULL, (SELECT max(t.seen_at) FROM token t WHERE t.person_id = p.id AND t.kind IN ('session', 'api'))
FROM person p WHERE EXISTS (SELECT 1 FROM identity i WHERE i.person_id = p.id)
ORDER BY p.name, p.id;

-- identity_put(person person_id, kind text, subject text, secret text, now time) :exec
-- Gives a person a way to prove who they are; no row changes when the subject has an identity already.
INSERT INTO identity (person_id, kind, subject, secret, created_at, used_at)
VALUES (:person, :kind, :subject, :secret, :now, NULL) ON CONFLICT (kind, subject) DO NOTHING;

-- identity_owner(kind text, subject text) -> person_id :maybe
-- Whose identity this is.
SELECT person_id FROM identity WHERE kind = :kind AND subject = :subject;

-- identity_end(person person_id, kind text, subject text) :exec
-- Takes one way to log in from a person.
DELETE FROM identity WHERE person_id = :person AND kind = :kind AND subject = :subject;

-- password_put(person person_id, subject text, secret text, now time) :exec
-- Sets a person's password.
INSERT INTO identity (person_id, kind, subject, secret, created_at, used_at)
VALUES (:person, 'password', :subject, :secret, :now, NULL)
ON CONFLICT (kind, subject) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at;

-- identity_used(person person_id, now time) :exec
-- The password was right.
UPDATE identity SET used_at = :now WHERE person_id = :person AND kind = 'password';

-- person_claim(id person_id, now time) :exec
-- From now on the person looks after their own profile.
UPDATE person SET claimed_at = :now, version = version + 1, updated_at = :now WHERE id = :id AND claimed_at IS NULL;

-- person_disable(id person_id, disabled bool, now time) :exec
-- The person may no longer log in, or may again.
UPDATE person SET disabled_at = CASE WHEN :disabled THEN :now END, version = version + 1, updated_at = :now
WHERE id = :id AND (disabled_at IS NULL) = :disabled;

-- owners_left(id person_id) -> int :one
-- How many owners can log in besides this person.
SELECT count(*) FROM person WHERE role = 'owner' AND disabled_at IS NULL AND id <> :id;

-- person_set_locale(id person_id, locale text) :exec
-- The language a person reads in.
UPDATE person SET locale = :locale WHERE id = :id AND locale <> :locale;

-- person_add_with_login(kind text, role text, name text, public_name text, customer_no text?, now time) -> person_id :one
-- A person as the command line makes one.
INSERT INTO person (kind, role, name, public_name, customer_no, title, about, languages, hours, birthday, channel, locale, zone,
	contact_id, photo_file_id, lat, lon, worth_minor, staff_notes, claimed_at, disabled_at, created_at, updated_at, version)
VALUES (:kind, :role, :name, :public_name, :customer_no, '', '', '', '', NULL, '', '', '', NULL, NULL, NULL, NULL, 0, '', NULL, NULL,
	:now, :now, 1) RETURNING id;

-- email_add(person person_id, email text, folded text, verified_at time?) :exec
-- A person's first email address.
INSERT INTO contact (person_id, kind, label, value, folded, rank, verified_at)
VALUES (:person, 'email', '', :email, :folded, 0, :verified_at);

-- email_verified(person person_id, email text, folded text, now time) :exec
-- The person reads the mail that comes to this address.
UPDATE contact SET verified_at = :now
WHERE person_id = :person AND kind = 'email' AND (value = :email OR folded = :folded) AND verified_at IS NULL;

-- email_known(person person_id, email text, folded text) -> int :one
-- Whether the address still stands in the person's profile.
SELECT count(*) FROM contact WHERE person_id = :person AND kind = 'email' AND (value = :email OR folded = :folded);

-- ------------------------------------------------------------- lock-out

-- failure_get(who text) -> failure_row :maybe
-- Logins tried in vain.
SELECT fails, first_at, locked_until FROM login_failure WHERE who = :who;

-- failure_put(who text, fails int, first_at time, locked_until time?) :exec
-- Counts one.
INSERT INTO login_failure (who, fails, first_at, locked_until) VALUES (:who, :fails, :first_at, :locked_until)
ON CONFLICT (who) DO UPDATE SET fails = excluded.fails, first_at = excluded.first_at, locked_until = excluded.locked_until;

-- failure_forget(who text) :exec
-- The account's owner has come in.
DELETE FROM login_failure WHERE who = :who;

-- failure_less(who text) :exec
-- One try from this address was right.
UPDATE login_failure SET fails = fails - 1 WHERE who = :who AND fails > 0;

-- failure_forget_old(before time) :exec
-- What is long ago no longer counts.
DELETE FROM login_failure WHERE first_at < :before AND (locked_until IS NULL OR locked_until < :before);

-- ------------------------------------------------- sessions, tokens, links

-- token_put(kind text, hash text, person person_id, label text, peer text, now time, expires_at time) -> token_id :one
-- A session, an API token or a one-time link.
INSERT INTO token (kind, hash, person_id, label, peer, created_at, seen_at, expires_at, used_at)
VALUES (:kind, :hash, :person, :label, :peer, :now, :now, :expires_at, NULL) RETURNING id;

-- link_get(hash text, kind text, now time) -> link_row :maybe
-- Whose one-time link this is, while it is good.
SELECT p.id, t.label, p.name, p.customer_no,
	(SELECT i.subject FROM identity i WHERE i.person_id = p.id AND i.kind = 'email' ORDER BY i.id LIMIT 1), p.claimed_at
FROM token t JOIN person p ON p.id = t.person_id
WHERE t.hash = :hash AND t.kind = :kind AND t.used_at IS NULL AND t.expires_at > :now AND p.disabled_at IS NULL;

-- link_use(hash text, kind text, now time) :exec
-- Takes a one-time link; no row changes when it was used or is too old.
UPDATE token SET used_at = :now WHERE hash = :hash AND kind = :kind AND used_at IS NULL AND expires_at > :now;

-- links_recent(person person_id, kind text, since time) -> int :one
-- How many links of a kind were made for a person lately.
SELECT count(*) FROM token WHERE person_id = :person AND kind = :kind AND created_at > :since;

-- links_end(person person_id, kind text) :exec
-- The person's links of this kind are no longer good.
DELETE FROM token WHERE person_id = :person AND kind = :kind;

-- token_end_by_hash(hash text) :exec
-- The end of a session.
DELETE FROM token WHERE hash = :hash AND kind = 'session';

-- token_end(id token_id, person person_id, kind text) :exec
-- Ends one session or API token of a person.
DELETE FROM token WHERE id = :id AND person_id = :person AND kind = :kind;

-- sessions_end_but(person person_id, hash text) :exec
-- Ends a person's sessions but one.
DELETE FROM token WHERE person_id = :person AND kind = 'session' AND hash <> :hash;

-- tokens_end_all(person person_id) :exec
-- Ends all of a person's sessions and API tokens.
DELETE FROM token WHERE person_id = :person AND kind IN ('session', 'api');

-- tokens_forget(person person_id, before time) :exec
-- What ended long ago need not be kept.
DELETE FROM token WHERE person_id = :person AND expires_at < :before;

-- session_list(person person_id, now time) -> session_row :many
-- Where a person is logged in.
SELECT id, label, peer, created_at, seen_at FROM token
WHERE person_id = :person AND kind = 'session' AND expires_at > :now ORDER BY seen_at DESC, id DESC LIMIT 100;

-- api_token_list(person person_id, now time) -> api_token :many
-- A person's API tokens.
SELECT id, label, created_at, seen_at, expires_at FROM token
WHERE person_id = :person AND kind = 'api' AND expires_at > :now ORDER BY id DESC LIMIT 200;

-- -------------------------------------------------------------------- audit

-- audit_put(at time, actor person_id?, action text, object_kind text, object_id int, peer text, detail text) :exec1
-- Writes down who looked at or did what.
INSERT INTO audit (at, actor_id, action, object_kind, object_id, peer, detail)
VALUES (:at, :actor, :action, :object_kind, :object_id, :peer, :detail);
