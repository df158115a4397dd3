-- What somebody says we promised them, until one of us takes it (then it is a promise of ours) or says no.
CREATE TABLE claim (
	id ID,
	person_id REF NOT NULL REFERENCES person (id),   -- who says so
	text TEXT NOT NULL,
	due_at TIME,                                     -- by the end of which day of the firm's; NULL: they do not remember
	told TEXT NOT NULL,                              -- by whom it was said, and when, in their words; or empty
	message_id REF REFERENCES message (id),          -- the words of ours that they point at
	record_id REF REFERENCES record (id),            -- what it is about
	record_root_id REF REFERENCES record (id),       -- the topmost
	owner_id REF REFERENCES person (id),             -- who of us looks at it; NULL: whoever works with customers
	state TEXT NOT NULL CHECK (state IN ('asked', 'taken', 'refused', 'withdrawn')),
	note TEXT NOT NULL,                              -- what was said with the last step
	answered_by REF REFERENCES person (id),
	made_at TIME NOT NULL,
	answered_at TIME,
	expectation_id REF REFERENCES expectation (id)   -- what it became
);
CREATE INDEX claim_person ON claim (person_id, id);
CREATE INDEX claim_asked ON claim (made_at, id) WHERE state = 'asked';
CREATE INDEX claim_message ON claim (message_id);
