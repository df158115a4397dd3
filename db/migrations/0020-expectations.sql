-- What was promised: by us to somebody, or by them to us; by when; how it went, step by step; and when somebody has to be told of it.

CREATE TABLE expectation (
	id ID,
	ours BOOL NOT NULL,                              -- we owe it to them; else they owe it to us
	person_id REF NOT NULL REFERENCES person (id),   -- the other side: a customer, a partner, a supplier
	owner_id REF NOT NULL REFERENCES person (id),    -- who of us sees to it
	text TEXT NOT NULL,
	conversation_id REF REFERENCES conversation (id),
	message_id REF REFERENCES message (id),          -- the words that it was given in
	call_id REF REFERENCES call (id),
	record_id REF REFERENCES record (id),            -- what it is about
	record_root_id REF REFERENCES record (id),       -- the topmost, whose people may see it
	due_at TIME NOT NULL,
	due_kind TEXT NOT NULL CHECK (due_kind IN ('day', 'moment')),  -- to the end of a day of the firm's zone, or at a time of it
	said TEXT NOT NULL,                              -- how it was said: "within six weeks"; or empty
	first_due_at TIME NOT NULL,                      -- as it was promised first
	moved INT NOT NULL,                              -- how often the date was moved
	audience TEXT NOT NULL CHECK (audience IN ('team', 'both', 'public')),
	state TEXT NOT NULL CHECK (state IN ('open', 'renegotiated', 'done', 'kept', 'exceeded', 'missed', 'withdrawn')),
	note TEXT NOT NULL,                              -- what was said with the last step
	word_of TEXT NOT NULL,                           -- whose word closed it: us them silence; or empty
	made_by REF REFERENCES person (id),
	made_at TIME NOT NULL,
	done_at TIME,                                    -- who owes it said so then
	closed_at TIME,
	step TEXT NOT NULL CHECK (step IN ('', 'soon', 'due', 'team', 'chief', 'silence')), -- what comes next by itself
	next_at TIME,                                    -- and when; NULL: nothing
	version INT NOT NULL
);
CREATE INDEX expectation_due ON expectation (due_at, id) WHERE state IN ('open', 'renegotiated');
CREATE INDEX expectation_owner ON expectation (owner_id, due_at, id);
CREATE INDEX expectation_person ON expectation (person_id, due_at, id);
CREATE INDEX expectation_conversation ON expectation (conversation_id, id);
CREATE INDEX expectation_message ON expectation (message_id);
CREATE INDEX expectation_record ON expectation (record_root_id, id);
CREATE INDEX expectation_next ON expectation (next_at, id) WHERE next_at IS NOT NULL;

-- How it went. A date that was moved stays.
CREATE TABLE expectation_change (
	id ID,
	expectation_id REF NOT NULL REFERENCES expectation (id) ON DELETE CASCADE,
	at TIME NOT NULL,
	actor_id REF REFERENCES person (id),             -- NULL: by itself
	from_state TEXT NOT NULL,                        -- empty: it was made
	to_state TEXT NOT NULL,
	from_due_at TIME,                                -- NULL: the date stayed
	to_due_at TIME,
	owner_id REF REFERENCES person (id),             -- who sees to it from then on; NULL: who did
	note TEXT NOT NULL
);
CREATE INDEX expectation_change_of ON expectation_change (expectation_id, id);

-- What the firm decided about all of them.
CREATE TABLE expectation_setting (
	one INT PRIMARY KEY CHECK (one = 1),
	remind_hours INT NOT NULL,                       -- so long before it is due its owner is reminded
	silence_days INT NOT NULL,                       -- so long after "it is done" silence says that it was kept
	early_percent INT NOT NULL                       -- so much of its time saved makes it better than promised
);
INSERT INTO expectation_setting (one, remind_hours, silence_days, early_percent) VALUES (1, 24, 14, 25);

-- The address under which somebody's calendar program finds what is due.
CREATE TABLE calendar_feed (
	person_id REF PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
	hash TEXT NOT NULL UNIQUE,
	made_at TIME NOT NULL
);

ALTER TABLE notice ADD COLUMN expectation_id REF REFERENCES expectation (id) ON DELETE CASCADE;
CREATE INDEX notice_expectation ON notice (expectation_id) WHERE expectation_id IS NOT NULL;
