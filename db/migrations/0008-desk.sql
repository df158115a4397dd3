-- The desk: who waits for an answer, who is writing one, saved replies, threads that were joined or parted.

-- Since when a customer has waited for words of ours. 9223372036854775807: nobody waits; so the order by it has no gaps.
ALTER TABLE conversation ADD COLUMN waiting_at INT NOT NULL DEFAULT 9223372036854775807;
UPDATE conversation SET waiting_at = CASE
	WHEN NOT EXISTS (SELECT 1 FROM message m JOIN person p ON p.id = m.author_id WHERE m.conversation_id = conversation.id
			AND m.kind IN ('comment', 'answer') AND m.hidden_at IS NULL AND p.kind = 'staff')
		AND NOT EXISTS (SELECT 1 FROM person w WHERE w.id = conversation.author_id AND w.kind = 'staff') THEN created_at
	ELSE COALESCE((SELECT MIN(m.created_at) FROM message m WHERE m.conversation_id = conversation.id AND m.kind IN ('comment', 'not_fixed')
		AND m.hidden_at IS NULL AND NOT EXISTS (SELECT 1 FROM person w WHERE w.id = m.author_id AND w.kind = 'staff')
		AND m.created_at > COALESCE((SELECT MAX(t.created_at) FROM message t JOIN person p ON p.id = t.author_id
			WHERE t.conversation_id = conversation.id AND t.kind IN ('comment', 'answer') AND t.hidden_at IS NULL AND p.kind = 'staff'), 0)),
		9223372036854775807) END
WHERE status IN ('new', 'heard', 'planned', 'in_work', 'partly_done');

-- What is on the desk, whoever waits longest first: all of it, somebody's, nobody's.
CREATE INDEX conversation_desk ON conversation (waiting_at, id)
	WHERE status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL;
CREATE INDEX conversation_desk_of ON conversation (assignee_id, waiting_at, id)
	WHERE status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL;
CREATE INDEX conversation_desk_nobody ON conversation (waiting_at, id)
	WHERE assignee_id IS NULL AND status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL;

-- Which colleague began to write an answer, and when; so that two do not answer at once.
CREATE TABLE answering (
	conversation_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	at TIME NOT NULL,
	PRIMARY KEY (conversation_id, person_id)
) WITHOUT ROWID;

-- Words for what is asked again and again.
CREATE TABLE reply (
	id ID,
	owner_id REF REFERENCES person (id),   -- NULL: the whole team's
	name TEXT NOT NULL,
	body_en TEXT NOT NULL,              -- Markdown with {customer.first_name} and the like; empty: not in this language
	body_de TEXT NOT NULL,
	changed_at TIME NOT NULL
);
CREATE INDEX reply_owner ON reply (owner_id, name, id);

-- Threads that became one, or of which a part went its own way; and what moved, so that it can be undone.
CREATE TABLE joint (
	id ID,
	kind TEXT NOT NULL CHECK (kind IN ('merge', 'split')),
	from_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	to_id REF NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
	opening_id REF REFERENCES message (id),   -- merge: the first words of the thread that was joined, as a comment
	actor_id REF REFERENCES person (id),
	at TIME NOT NULL,
	undone_at TIME
);
CREATE INDEX joint_from ON joint (from_id, id);
CREATE INDEX joint_to ON joint (to_id, id);
CREATE TABLE joint_moved (
	joint_id REF NOT NULL REFERENCES joint (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('message', 'attachment', 'vote', 'follow')),
	object_id INT NOT NULL,             -- of a vote or follow: the person
	PRIMARY KEY (joint_id, kind, object_id)
) WITHOUT ROWID;
