-- Records: what the business keeps for its customers. Types, fields, states and roles come from the pack.

CREATE TABLE record (
	id ID,
	type TEXT NOT NULL,                 -- of the pack: policy, account, statement_line
	parent_id REF REFERENCES record (id),
	root_id REF REFERENCES record (id), -- the topmost parent, whose people may see it; NULL: it is one itself
	title TEXT NOT NULL,                -- as its type makes it from the fields
	state TEXT NOT NULL,                -- of the type, or empty
	at TIME NOT NULL,                   -- when it happened or began, as the business counts it
	amount INT,                         -- minor units of the firm's currency
	fields TEXT NOT NULL,               -- JSON object of texts, kept as the pack keeps them
	created_at TIME NOT NULL,
	changed_at TIME NOT NULL,
	version INT NOT NULL
);
CREATE INDEX record_type ON record (type, at, id);
CREATE INDEX record_parent ON record (parent_id, type, at, id);
CREATE INDEX record_root ON record (root_id, type, id);

-- Who has to do with a topmost record, and as what: holder, payer, driver, agent.
CREATE TABLE record_person (
	record_id REF NOT NULL REFERENCES record (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	role TEXT NOT NULL,
	PRIMARY KEY (record_id, person_id, role)
) WITHOUT ROWID;
CREATE INDEX record_person_person ON record_person (person_id, record_id);

-- Sums by month of what lies below a record, so that a year is twelve rows whatever the number of lines.
CREATE TABLE record_month (
	parent_id REF NOT NULL REFERENCES record (id) ON DELETE CASCADE,
	type TEXT NOT NULL,
	month INT NOT NULL,                 -- months since 1970-01
	plus INT NOT NULL,                  -- amounts above zero, minor units
	minus INT NOT NULL,                 -- and below
	PRIMARY KEY (parent_id, type, month)
) WITHOUT ROWID;

-- What a conversation is about, and how that looked when it was asked.
ALTER TABLE conversation ADD COLUMN record_id REF REFERENCES record (id);
ALTER TABLE conversation ADD COLUMN record_root_id REF REFERENCES record (id);   -- the topmost: all that is asked about an account
CREATE INDEX conversation_record ON conversation (record_id, id);
CREATE INDEX conversation_record_root ON conversation (record_root_id, id);
CREATE TABLE snapshot (
	conversation_id REF PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
	record_id REF NOT NULL REFERENCES record (id),
	type TEXT NOT NULL,
	title TEXT NOT NULL,
	state TEXT NOT NULL,
	at TIME NOT NULL,
	amount INT,
	fields TEXT NOT NULL,
	version INT NOT NULL,
	hash TEXT NOT NULL,                 -- over all of it, so that it can be shown to be what was seen
	taken_at TIME NOT NULL
);
