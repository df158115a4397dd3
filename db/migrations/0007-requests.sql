-- Doing business: what people ask to be done about a record, and the programs of the firm that are told and answer.

CREATE TABLE request (
	id ID,
	record_id REF NOT NULL REFERENCES record (id),
	root_id REF NOT NULL REFERENCES record (id),   -- the topmost, whose people may see it; the same when it stands by itself
	action TEXT NOT NULL,               -- of the record's type in the pack
	person_id REF NOT NULL REFERENCES person (id), -- who asked
	as_staff BOOL NOT NULL,             -- for the customer
	key TEXT NOT NULL,                  -- of the form: sent twice, it is one request
	fields TEXT NOT NULL,               -- JSON object of texts, kept as the pack keeps them
	amount INT,                         -- what its approval is about, minor units
	proved BOOL NOT NULL,               -- the password was given once more
	state TEXT NOT NULL,                -- requested approved declined withdrawn sent done failed
	note TEXT NOT NULL,                 -- what was said with the last change
	part_id REF REFERENCES record (id), -- the record that it made
	created_at TIME NOT NULL,
	changed_at TIME NOT NULL,
	UNIQUE (person_id, key)
);
CREATE INDEX request_record ON request (record_id, id);
CREATE INDEX request_root ON request (root_id, id);
CREATE INDEX request_state ON request (state, id);

-- How it went, step by step.
CREATE TABLE request_move (
	id ID,
	request_id REF NOT NULL REFERENCES request (id) ON DELETE CASCADE,
	state TEXT NOT NULL,
	actor_id REF REFERENCES person (id), -- NULL: the program, or the one that it asked
	note TEXT NOT NULL,
	at TIME NOT NULL
);
CREATE INDEX request_move_request ON request_move (request_id, id);

-- Programs that are told (Standard Webhooks).
CREATE TABLE webhook (
	id ID,
	url TEXT NOT NULL,
	label TEXT NOT NULL,
	topics TEXT NOT NULL,               -- kinds of things, with a space before and behind each
	secret TEXT NOT NULL,               -- sealed with the home's key
	inside BOOL NOT NULL,               -- it may lie in the firm's own network
	created_at TIME NOT NULL,
	ended_at TIME                       -- it said that it is gone (410)
);

-- One message to one of them.
CREATE TABLE delivery (
	id ID,
	webhook_id REF NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
	key TEXT NOT NULL,                  -- webhook-id: the same at each try
	type TEXT NOT NULL,                 -- request.sent
	object_kind TEXT NOT NULL,
	object_id INT NOT NULL,
	body TEXT NOT NULL,
	state TEXT NOT NULL,                -- waiting delivered failed
	tries INT NOT NULL,
	status INT NOT NULL,                -- of HTTP; 0: no answer
	answer TEXT NOT NULL,               -- the beginning of what it said
	why TEXT NOT NULL,                  -- what went wrong last
	next_at TIME,
	created_at TIME NOT NULL,
	changed_at TIME NOT NULL
);
CREATE INDEX delivery_webhook ON delivery (webhook_id, id);
CREATE INDEX delivery_object ON delivery (object_kind, object_id, id);

ALTER TABLE notice ADD COLUMN request_id REF REFERENCES request (id) ON DELETE CASCADE;
