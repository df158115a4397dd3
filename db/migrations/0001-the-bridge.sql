-- The first schema. Type words (ID REF INT TIME BOOL REAL TEXT BLOB) are expanded for each engine; src/db/README.md.
-- Times are UTC microseconds. Every table that people see has its rows and one event written in the same transaction.

-- ------------------------------------------------------------------ the log

-- The last sequence number given out. A batch of writes on PostgreSQL locks it first, so the log has no hole and one order.
CREATE TABLE event_head (one INT PRIMARY KEY, seq INT NOT NULL);
INSERT INTO event_head (one, seq) VALUES (1, 0);

CREATE TABLE event (
	seq INT PRIMARY KEY,
	at TIME NOT NULL,
	actor_id REF,                       -- NULL: the program itself
	verb TEXT NOT NULL,                 -- ActivityStreams 2.0: create update delete like undo follow accept …
	object_kind TEXT NOT NULL,          -- person conversation message business file import …
	object_id INT NOT NULL,
	target_kind TEXT,
	target_id INT,
	audience TEXT NOT NULL,             -- public members private staff: the widest circle that may know of it
	data TEXT NOT NULL                  -- JSON object: what changed, never secrets
);
CREATE INDEX event_object ON event (object_kind, object_id, seq);
CREATE INDEX event_target ON event (target_kind, target_id, seq);
CREATE INDEX event_actor ON event (actor_id, seq);

-- Where each durable reader of the log is; moved in the same transaction as the reader's effect.
CREATE TABLE event_cursor (reader TEXT PRIMARY KEY, seq INT NOT NULL, moved_at TIME NOT NULL);

CREATE TABLE job (
	id ID,
	kind TEXT NOT NULL,
	data TEXT NOT NULL,                 -- JSON object
	run_at TIME NOT NULL,               -- not before
	tries INT NOT NULL,
	claimed_until TIME,                 -- a worker has it until then
	last_error TEXT,
	created_at TIME NOT NULL,
	ended_at TIME,
	failed BOOL NOT NULL                -- given up
);
CREATE INDEX job_due ON job (ended_at, run_at);

-- ----------------------------------------------------------------- the firm

CREATE TABLE business (
	one INT PRIMARY KEY,
	pack TEXT NOT NULL,
	name TEXT NOT NULL,
	claim TEXT NOT NULL,                -- one line under the name: what the firm does
	street_address TEXT NOT NULL,
	mail_address TEXT NOT NULL,
	phone TEXT NOT NULL,
	email TEXT NOT NULL,
	web TEXT NOT NULL,
	hours TEXT NOT NULL,                -- opening hours in words
	colour TEXT NOT NULL,               -- #rrggbb
	logo_file_id REF,
	locale TEXT NOT NULL,               -- en, de
	zone TEXT NOT NULL,                 -- IANA
	currency TEXT NOT NULL,             -- ISO 4217
	lat REAL, lon REAL,                 -- where maps begin
	map_zoom INT NOT NULL,
	map_link TEXT NOT NULL,             -- address of a map service; {q} the address, {lat} {lon} the place
	tile_url TEXT NOT NULL,             -- a tile server, or empty for the map of our own
	smtp_url TEXT NOT NULL,             -- smtp://host:port or smtps://…; empty: mail waits in the outbox
	smtp_user TEXT NOT NULL,
	smtp_secret TEXT NOT NULL,          -- sealed with the home's key
	mail_from TEXT NOT NULL,
	updated_at TIME NOT NULL,
	version INT NOT NULL
);

-- ------------------------------------------------------------------- people

CREATE TABLE file (
	id ID,
	name TEXT NOT NULL,
	type TEXT NOT NULL,
	hash TEXT NOT NULL UNIQUE,
	bytes INT NOT NULL,
	created_at TIME NOT NULL
);
CREATE TABLE file_chunk (
	file_id REF NOT NULL REFERENCES file (id) ON DELETE CASCADE,
	at INT NOT NULL,
	bytes BLOB NOT NULL,
	PRIMARY KEY (file_id, at)
);

CREATE TABLE person (
	id ID,
	kind TEXT NOT NULL CHECK (kind IN ('staff', 'customer', 'partner', 'supplier', 'visitor')),
	role TEXT NOT NULL CHECK (role IN ('owner', 'manager', 'agent', 'analyst', 'customer')),
	name TEXT NOT NULL,
	public_name TEXT NOT NULL,          -- as the community sees them: Jonas W.
	customer_no TEXT UNIQUE,
	title TEXT NOT NULL,                -- staff: what they are here
	about TEXT NOT NULL,
	languages TEXT NOT NULL,
	hours TEXT NOT NULL,                -- staff: when they are there
	birthday TEXT,                      -- YYYY-MM-DD
	channel TEXT NOT NULL,              -- how they like to be reached: portal email phone post, or empty
	locale TEXT NOT NULL,               -- or empty: the browser's
	zone TEXT NOT NULL,                 -- or empty: the business's
	contact_id REF REFERENCES person (id),   -- their person on the staff
	photo_file_id REF REFERENCES file (id),
	lat REAL, lon REAL,
	worth_minor INT NOT NULL,           -- what they pay in a year, for the order by impact; staff only
	staff_notes TEXT NOT NULL,
	claimed_at TIME,                    -- since then the person edits their own
	disabled_at TIME,
	created_at TIME NOT NULL,
	updated_at TIME NOT NULL,
	version INT NOT NULL
);
CREATE INDEX person_kind ON person (kind, id);
CREATE INDEX person_name ON person (kind, name, id);
CREATE INDEX person_contact ON person (contact_id, id);

-- Emails, phones and addresses, any number of each.
CREATE TABLE contact (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'address')),
	label TEXT NOT NULL,                -- home, work, mobile, or the person's own word
	value TEXT NOT NULL,
	folded TEXT NOT NULL,               -- for finding: lower case, digits only for phones
	rank INT NOT NULL,                  -- 0 comes first
	verified_at TIME
);
CREATE INDEX contact_person ON contact (person_id, kind, rank, id);
CREATE INDEX contact_folded ON contact (kind, folded);

-- How a person proves who they are: email (a login name), password, later pin, oidc, totp, passkey.
CREATE TABLE identity (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,              -- email: the folded address; password: the person's id
	secret TEXT NOT NULL,               -- password: the Argon2id string
	created_at TIME NOT NULL,
	used_at TIME,
	UNIQUE (kind, subject)
);
CREATE INDEX identity_person ON identity (person_id, kind);

-- What a person carries: session cookies, API tokens, one-time links. Only the hash is kept.
CREATE TABLE token (
	id ID,
	kind TEXT NOT NULL CHECK (kind IN ('session', 'api', 'claim', 'reset', 'verify', 'login')),
	hash TEXT NOT NULL UNIQUE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	label TEXT NOT NULL,                -- the browser, the token's name, or the email to be verified
	peer TEXT NOT NULL,
	created_at TIME NOT NULL,
	seen_at TIME NOT NULL,
	expires_at TIME NOT NULL,
	used_at TIME                        -- one-time links
);
CREATE INDEX token_person ON token (person_id, kind);

-- Failed logins by account and by address, for lock-out.
CREATE TABLE login_failure (who TEXT PRIMARY KEY, fails INT NOT NULL, first_at TIME NOT NULL, locked_until TIME);

-- The pack's own fields of a person, and who may see which field (of these and of the profile).
CREATE TABLE person_field (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (person_id, name)
);
CREATE TABLE person_audience (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	field TEXT NOT NULL,
	audience TEXT NOT NULL CHECK (audience IN ('me', 'contact', 'staff', 'public')),
	PRIMARY KEY (person_id, field)
);
-- Who changed which field of a profile, from what to what.
CREATE TABLE person_change (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	actor_id REF,
	field TEXT NOT NULL,
	old_value TEXT NOT NULL,
	new_value TEXT NOT NULL,
	at TIME NOT NULL
);
CREATE INDEX person_change_person ON person_change (person_id, id);

CREATE TABLE tag (id ID, name TEXT NOT NULL UNIQUE);
CREATE TABLE tagging (
	tag_id REF NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
	object_kind TEXT NOT NULL,
	object_id INT NOT NULL,
	PRIMARY KEY (object_kind, object_id, tag_id)
);
CREATE INDEX tagging_tag ON tagging (tag_id, object_kind, object_id);

-- Who looked at or did what: staff looking at a customer's profile, logins, exports.
CREATE TABLE audit (
	id ID,
	at TIME NOT NULL,
	actor_id REF,
	action TEXT NOT NULL,
	object_kind TEXT NOT NULL,
	object_id INT NOT NULL,
	peer TEXT NOT NULL,
	detail TEXT NOT NULL
);
CREATE INDEX audit_object ON audit (object_kind, object_id, id);
CREATE INDEX audit_actor ON audit (actor_id, id);

-- Where imported rows came from: makes an import repeatable.
CREATE TABLE source_ref (
	source TEXT NOT NULL,
	kind TEXT NOT NULL,
	external_id TEXT NOT NULL,
	object_id INT NOT NULL,
	hash TEXT NOT NULL,                 -- of the row as it was last taken
	PRIMARY KEY (source, kind, external_id)
);
CREATE INDEX source_ref_object ON source_ref (kind, object_id);

CREATE TABLE import_run (
	id ID,
	kind TEXT NOT NULL,
	source TEXT NOT NULL,
	file_name TEXT NOT NULL,
	file_id REF REFERENCES file (id),
	mapping TEXT NOT NULL,              -- JSON
	state TEXT NOT NULL CHECK (state IN ('mapping', 'waiting', 'running', 'done', 'failed')),
	done_bytes INT NOT NULL,
	all_bytes INT NOT NULL,
	created INT NOT NULL,
	updated INT NOT NULL,
	unchanged INT NOT NULL,
	rejected INT NOT NULL,
	why TEXT NOT NULL,
	actor_id REF,
	created_at TIME NOT NULL,
	ended_at TIME
);
CREATE TABLE import_reject (
	import_id REF NOT NULL REFERENCES import_run (id) ON DELETE CASCADE,
	line INT NOT NULL,
	reason TEXT NOT NULL,
	cells TEXT NOT NULL,                -- the row as it came, JSON array
	PRIMARY KEY (import_id, line)
);

-- ------------------------------------------------------------ conversations

CREATE TABLE conversation (
	id ID,
	kind TEXT NOT NULL CHECK (kind IN
		('problem', 'need', 'idea', 'question', 'discussion', 'praise', 'query', 'direct', 'group', 'deal')),
	board TEXT NOT NULL CHECK (board IN ('problems', 'ideas', 'talk')),   -- the list it stands in, by its kind
	subject TEXT NOT NULL,
	body TEXT NOT NULL,                 -- Markdown
	summary TEXT NOT NULL,              -- its first words, without markup
	visibility TEXT NOT NULL CHECK (visibility IN ('public', 'members', 'private', 'staff')),
	status TEXT NOT NULL CHECK (status IN
		('new', 'heard', 'planned', 'in_work', 'done', 'partly_done', 'not_done', 'closed')),
	author_id REF REFERENCES person (id),   -- NULL: imported without a person
	assignee_id REF REFERENCES person (id),
	topic TEXT NOT NULL,                -- what it is about, a word of the pack: signal, bills; or empty
	since TEXT,                         -- YYYY-MM-DD: since when it is so
	lat REAL, lon REAL,
	place TEXT NOT NULL,                -- in words, or empty
	area TEXT NOT NULL,                 -- the town it counts for, or empty
	quadkey INT,                        -- 22 levels
	votes INT NOT NULL,
	comments INT NOT NULL,
	worth_minor INT NOT NULL,           -- of those who say so, together; staff only
	impact REAL NOT NULL,               -- src of the order; see app/talk/README.md
	staff_impact REAL NOT NULL,
	answer_id INT,                      -- the official answer that stands first
	reopened INT NOT NULL,              -- how often "not fixed for me" opened it again
	channel TEXT NOT NULL,
	created_at TIME NOT NULL,
	active_at TIME NOT NULL,
	voted_at TIME NOT NULL,
	answered_at TIME,
	hidden_at TIME,
	version INT NOT NULL
);
CREATE INDEX conversation_impact ON conversation (board, impact, id);
CREATE INDEX conversation_staff_impact ON conversation (board, staff_impact, id);
CREATE INDEX conversation_new ON conversation (board, created_at, id);
CREATE INDEX conversation_active ON conversation (board, active_at, id);
CREATE INDEX conversation_answered ON conversation (answered_at, id);
CREATE INDEX conversation_created ON conversation (created_at, id);
CREATE INDEX conversation_status ON conversation (status, created_at, id);
CREATE INDEX conversation_quadkey ON conversation (quadkey);
CREATE INDEX conversation_author ON conversation (author_id, id);
CREATE INDEX conversation_assignee ON conversation (assignee_id, active_at);
CREATE INDEX conversation_area ON conversation (board, area, id);
CREATE INDEX conversation_topic ON conversation (board, topic, id);

-- What was said in it: comments, internal notes, official answers, changes of status, "not fixed for me".
CREATE TABLE message (
	id ID,
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('comment', 'note', 'answer', 'status', 'not_fixed')),
	author_id REF REFERENCES person (id),
	channel TEXT NOT NULL,
	body TEXT NOT NULL,                 -- Markdown
	status TEXT NOT NULL,               -- answer, status, not_fixed: the status from then on; else empty
	reply_to REF REFERENCES message (id),
	created_at TIME NOT NULL,
	edited_at TIME,
	hidden_at TIME
);
CREATE INDEX message_conversation ON message (conversation_id, id);
CREATE INDEX message_author ON message (author_id, id);

CREATE TABLE vote (
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	created_at TIME NOT NULL,
	PRIMARY KEY (conversation_id, person_id)
) WITHOUT ROWID;
CREATE INDEX vote_person ON vote (person_id, conversation_id);
CREATE INDEX vote_when ON vote (conversation_id, created_at);
-- The same counted by day (since 1970, UTC), for "31 more this week" and the weekly curve.
CREATE TABLE vote_day (
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	day INT NOT NULL,
	votes INT NOT NULL,
	PRIMARY KEY (conversation_id, day)
) WITHOUT ROWID;

CREATE TABLE follow (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	object_kind TEXT NOT NULL,
	object_id INT NOT NULL,
	created_at TIME NOT NULL,
	PRIMARY KEY (object_kind, object_id, person_id)
);
CREATE INDEX follow_person ON follow (person_id, object_kind, object_id);

CREATE TABLE participant (
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	PRIMARY KEY (conversation_id, person_id)
);
CREATE INDEX participant_person ON participant (person_id, conversation_id);

-- Photos and files of a conversation or message, in order.
CREATE TABLE attachment (
	id ID,
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	message_id REF REFERENCES message (id) ON DELETE CASCADE,
	file_id REF NOT NULL REFERENCES file (id),
	rank INT NOT NULL,
	width INT NOT NULL,                 -- of a picture; else 0
	height INT NOT NULL,
	caption TEXT NOT NULL
);
CREATE INDEX attachment_conversation ON attachment (conversation_id, message_id, rank);
CREATE INDEX attachment_file ON attachment (file_id);

-- Files that someone sent and that are not attached to anything yet.
CREATE TABLE upload (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	file_id REF NOT NULL REFERENCES file (id) ON DELETE CASCADE,
	width INT NOT NULL,
	height INT NOT NULL,
	created_at TIME NOT NULL,
	PRIMARY KEY (person_id, file_id)
);

-- What is public and not hidden, counted by the writer with every change: by list and status; of what is still open, by
-- town and by map cell (quadkey levels 2 to 16).
CREATE TABLE tally (
	board TEXT NOT NULL,
	status TEXT NOT NULL,
	reports INT NOT NULL,
	votes INT NOT NULL,
	PRIMARY KEY (board, status)
);
CREATE TABLE town (
	board TEXT NOT NULL,
	name TEXT NOT NULL,
	reports INT NOT NULL,
	votes INT NOT NULL,
	PRIMARY KEY (board, name)
);
CREATE INDEX town_votes ON town (board, votes, name);
CREATE TABLE cell (
	zoom INT NOT NULL,
	quadkey INT NOT NULL,
	kind TEXT NOT NULL,
	reports INT NOT NULL,
	votes INT NOT NULL,
	PRIMARY KEY (zoom, quadkey, kind)
) WITHOUT ROWID;

-- What a person is told about, once per event.
CREATE TABLE notice (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	event_seq INT NOT NULL,
	kind TEXT NOT NULL,
	conversation_id REF REFERENCES conversation (id) ON DELETE CASCADE,
	created_at TIME NOT NULL,
	read_at TIME,
	UNIQUE (person_id, event_seq)
);
CREATE INDEX notice_person ON notice (person_id, read_at, id);

-- Outgoing mail: sent by the job queue, or waiting here where staff can read it.
CREATE TABLE mail (
	id ID,
	person_id REF REFERENCES person (id) ON DELETE CASCADE,
	to_address TEXT NOT NULL,
	to_name TEXT NOT NULL,
	kind TEXT NOT NULL,                 -- claim reset verify notice
	subject TEXT NOT NULL,
	body_text TEXT NOT NULL,
	body_html TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
	tries INT NOT NULL,
	why TEXT NOT NULL,
	unique_key TEXT UNIQUE,             -- the same notice is never mailed twice
	created_at TIME NOT NULL,
	sent_at TIME
);
CREATE INDEX mail_state ON mail (state, id);

-- Idempotency-Key: the first answer to a key, given again for the same request.
CREATE TABLE idempotency (
	hash TEXT PRIMARY KEY,              -- of the caller and the key
	request TEXT NOT NULL,              -- hash of method, address and body
	status INT NOT NULL,
	body TEXT NOT NULL,
	location TEXT NOT NULL,
	created_at TIME NOT NULL
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- What can be found by words: folded and stemmed by text/similar.h, so both engines find the same.
CREATE TABLE search_doc (
	id ID,
	object_kind TEXT NOT NULL,
	object_id INT NOT NULL,
	words TEXT NOT NULL,
	UNIQUE (object_kind, object_id)
);
-- Which conversations say much the same, both ways round; kept with the words.
CREATE TABLE alike (
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	other_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	share REAL NOT NULL,
	PRIMARY KEY (conversation_id, other_id)
);
CREATE INDEX alike_share ON alike (conversation_id, share);
CREATE INDEX alike_other ON alike (other_id);
-- @sqlite
CREATE VIRTUAL TABLE search_fts USING fts5(words, content='search_doc', content_rowid='id', tokenize='unicode61');
CREATE TRIGGER search_doc_in AFTER INSERT ON search_doc BEGIN
	INSERT INTO search_fts (rowid, words) VALUES (new.id, new.words); END;
CREATE TRIGGER search_doc_out AFTER DELETE ON search_doc BEGIN
	INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', old.id, old.words); END;
CREATE TRIGGER search_doc_change AFTER UPDATE ON search_doc BEGIN
	INSERT INTO search_fts (search_fts, rowid, words) VALUES ('delete', old.id, old.words);
	INSERT INTO search_fts (rowid, words) VALUES (new.id, new.words); END;
-- @pg
CREATE INDEX search_doc_words ON search_doc USING gin (to_tsvector('simple', words));
-- @both
