-- Tasks: what one of us has to do, for whom or about what, by which day. The team's; what the other side counts on is an expectation.
CREATE TABLE task (
	id ID,
	title TEXT NOT NULL,
	words TEXT NOT NULL,
	owner_id REF NOT NULL REFERENCES person (id),    -- who of us does it
	person_id REF REFERENCES person (id),            -- for whom, or about whom
	record_id REF REFERENCES record (id),            -- about what
	record_root_id REF REFERENCES record (id),       -- the topmost of that
	conversation_id REF REFERENCES conversation (id),
	message_id REF REFERENCES message (id),          -- the words that it was made of
	call_id REF REFERENCES call (id),
	due_at TIME NOT NULL,                            -- the last second of a day of the firm's; 9223372036854775807: on no day
	state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
	made_by REF REFERENCES person (id),
	made_at TIME NOT NULL,
	closed_by REF REFERENCES person (id),
	closed_at TIME,
	tell_at TIME,                                    -- then its owner is reminded; NULL: no more
	version INT NOT NULL
);
CREATE INDEX task_owner ON task (owner_id, due_at, id) WHERE state = 'open';
CREATE INDEX task_made ON task (made_by, due_at, id) WHERE state = 'open';
CREATE INDEX task_open ON task (due_at, id) WHERE state = 'open';
CREATE INDEX task_person ON task (person_id, id);
CREATE INDEX task_record ON task (record_root_id, id);
CREATE INDEX task_conversation ON task (conversation_id, id);
CREATE INDEX task_message ON task (message_id);
CREATE INDEX task_tell ON task (tell_at, id) WHERE tell_at IS NOT NULL;

-- A task is put off as all that stands in the list of the day.
CREATE TABLE snooze_next (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	object_kind TEXT NOT NULL CHECK (object_kind IN ('conversation', 'expectation', 'request', 'task')),
	object_id INT NOT NULL,
	until TIME NOT NULL,
	made_at TIME NOT NULL,
	UNIQUE (person_id, object_kind, object_id)
);
INSERT INTO snooze_next (person_id, object_kind, object_id, until, made_at) SELECT person_id, object_kind, object_id, until, made_at FROM snooze ORDER BY id;
DROP TABLE snooze;
ALTER TABLE snooze_next RENAME TO snooze;
CREATE INDEX snooze_until ON snooze (person_id, until, id);

-- Files have a place of their own among what a timeline can be asked for.
UPDATE life SET sort = 'file' WHERE seq IN (SELECT e.seq FROM event e WHERE e.object_kind = 'document');
