-- The words that begin a conversation name people, too: a row is of a message or of those words.
CREATE TABLE mention_new (
	message_id REF REFERENCES message (id) ON DELETE CASCADE,
	conversation_id REF REFERENCES conversation (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	name TEXT NOT NULL,
	CHECK ((message_id IS NULL) <> (conversation_id IS NULL))
);
INSERT INTO mention_new (message_id, conversation_id, person_id, name) SELECT message_id, NULL, person_id, name FROM mention;
DROP TABLE mention;
ALTER TABLE mention_new RENAME TO mention;
CREATE UNIQUE INDEX mention_message ON mention (message_id, person_id);
CREATE UNIQUE INDEX mention_conversation ON mention (conversation_id, person_id);
CREATE INDEX mention_person ON mention (person_id);
