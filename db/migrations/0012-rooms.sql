-- Rooms of the team, rooms of a deal, notes of telephone calls, and how far each person has read in a room.

-- A kind more: a room of the team. Deals were read by the whole team until now, which is what a query is; from now on the people of the
-- record read them.
ALTER TABLE conversation RENAME COLUMN kind TO kind_before;
ALTER TABLE conversation ADD COLUMN kind TEXT NOT NULL DEFAULT 'discussion' CHECK (kind IN
	('problem', 'need', 'idea', 'question', 'discussion', 'praise', 'query', 'direct', 'group', 'deal', 'room'));
UPDATE conversation SET kind = CASE WHEN kind_before = 'deal' THEN 'query' ELSE kind_before END;
ALTER TABLE conversation DROP COLUMN kind_before;
CREATE INDEX conversation_room ON conversation (active_at, id) WHERE kind = 'room';
-- What is said in the room of a record: one conversation for all its people, and one for those of the role that leads (topic has the role).
CREATE UNIQUE INDEX conversation_deal ON conversation (record_id, topic) WHERE kind = 'deal' AND author_id IS NULL;

-- How far somebody has read: the newest event that a room showed them.
CREATE TABLE seen (
	person_id REF NOT NULL REFERENCES person (id) ON DELETE CASCADE,
	object_kind TEXT NOT NULL CHECK (object_kind IN ('conversation', 'record')),
	object_id INT NOT NULL,
	seq INT NOT NULL,
	at TIME NOT NULL,
	PRIMARY KEY (object_kind, object_id, person_id)
) WITHOUT ROWID;

-- Somebody of the team and somebody else spoke by telephone. What is wrong in it is put right by another one.
CREATE TABLE call (
	id ID,
	staff_id REF NOT NULL REFERENCES person (id),        -- who of us
	person_id REF NOT NULL REFERENCES person (id),       -- with whom
	record_id REF REFERENCES record (id),                -- about what
	conversation_id REF REFERENCES conversation (id),    -- in the room of that record: for its people only
	direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
	held_at TIME NOT NULL,
	minutes INT NOT NULL,
	said TEXT NOT NULL,
	agreed TEXT NOT NULL,
	corrects_id REF REFERENCES call (id),
	created_at TIME NOT NULL
);
CREATE INDEX call_person ON call (person_id, id);
CREATE INDEX call_record ON call (record_id, id);
