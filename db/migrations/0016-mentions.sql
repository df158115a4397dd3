-- Who is named as "@Name" in what was said, by the name as it stands there: who is called otherwise later stays mentioned.
CREATE TABLE mention (
	message_id REF NOT NULL REFERENCES message (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	PRIMARY KEY (message_id, person_id)
) WITHOUT ROWID;
CREATE INDEX mention_person ON mention (person_id);
