-- A question to a group goes out a slice at a time: here stand those who have still to be asked.
CREATE TABLE group_waiting (
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	PRIMARY KEY (conversation_id, person_id)
);
