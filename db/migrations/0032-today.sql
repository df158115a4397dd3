-- What one of us begins the day with: what they put off, and the indexes that find what is theirs.
CREATE TABLE snooze (
	id ID,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	object_kind TEXT NOT NULL CHECK (object_kind IN ('conversation', 'expectation', 'request')),
	object_id INT NOT NULL,
	until TIME NOT NULL,                -- then it stands in their list again; sooner when something is said or done about it
	made_at TIME NOT NULL,
	UNIQUE (person_id, object_kind, object_id)
);
CREATE INDEX snooze_until ON snooze (person_id, until, id);

-- Of somebody's customers what nobody is on; what nothing has happened with; what somebody sees to; what is still to be done.
CREATE INDEX conversation_desk_author ON conversation (author_id, waiting_at, id)
	WHERE assignee_id IS NULL AND status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL AND waiting_at < 9223372036854775807;
CREATE INDEX conversation_desk_quiet ON conversation (assignee_id, active_at, id)
	WHERE status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL AND waiting_at = 9223372036854775807;
CREATE INDEX expectation_owner_live ON expectation (owner_id, due_at, id) WHERE state IN ('open', 'renegotiated');
CREATE INDEX request_open ON request (changed_at, id) WHERE state NOT IN ('done', 'declined', 'withdrawn', 'failed');

-- The words that something was given to somebody with.
ALTER TABLE notice ADD COLUMN message_id REF REFERENCES message (id) ON DELETE SET NULL;
