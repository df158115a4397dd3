-- Teams: departments of the firm. A small firm has none, and then nothing here holds anything.
CREATE TABLE team (
	id ID,
	name TEXT NOT NULL,
	word TEXT NOT NULL,                 -- its letters and digits, folded: two teams of one name there are not
	made_by REF REFERENCES person (id),
	made_at TIME NOT NULL,
	ended_at TIME                       -- the row stays: what was counted for it is counted for it
);
CREATE UNIQUE INDEX team_word ON team (word) WHERE ended_at IS NULL;

-- A colleague is in one team or in none, so that it is never a question whose team is told, or for which one something counts.
ALTER TABLE person ADD COLUMN team_id REF REFERENCES team (id);
CREATE INDEX person_team ON person (team_id) WHERE team_id IS NOT NULL;

-- In whose care it is: the team that it was given to, or the one of whoever it was given to. So a team's desk is a range.
ALTER TABLE conversation ADD COLUMN team_id REF REFERENCES team (id);
CREATE INDEX conversation_desk_team ON conversation (team_id, waiting_at, id)
	WHERE team_id IS NOT NULL AND status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL;
-- What is nobody's has an index of its own, and the one of what is somebody's is no other way to it.
DROP INDEX conversation_desk_nobody;
DROP INDEX conversation_desk_of;
CREATE INDEX conversation_desk_of ON conversation (assignee_id, waiting_at, id)
	WHERE assignee_id IS NOT NULL AND status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL;
CREATE INDEX conversation_desk_nobody ON conversation (waiting_at, id)
	WHERE assignee_id IS NULL AND team_id IS NULL AND status NOT IN ('done', 'not_done', 'closed') AND hidden_at IS NULL;

-- Of a promise that is over: the team in which who saw to it was then.
ALTER TABLE expectation ADD COLUMN team_id REF REFERENCES team (id);
CREATE INDEX expectation_team ON expectation (team_id, id) WHERE team_id IS NOT NULL;

-- Promises are counted by team, too.
CREATE TABLE expectation_sum_new (
	ours BOOL NOT NULL,
	by_what TEXT NOT NULL CHECK (by_what IN ('all', 'owner', 'team', 'person', 'month', 'source')),
	of_id INT NOT NULL,                 -- a person, a team, a month as in expectation; else 0
	of_word TEXT NOT NULL,              -- a source; else empty
	closed INT NOT NULL,
	kept_them INT NOT NULL,             -- kept or better, by the word of the other side, by silence, by our own
	kept_silence INT NOT NULL,
	kept_us INT NOT NULL,
	exceeded INT NOT NULL,              -- of these, better than promised
	missed_them INT NOT NULL,
	missed_us INT NOT NULL,
	late INT NOT NULL,                  -- of those kept, behind the first date
	PRIMARY KEY (ours, by_what, of_id, of_word)
);
INSERT INTO expectation_sum_new (ours, by_what, of_id, of_word, closed, kept_them, kept_silence, kept_us, exceeded, missed_them, missed_us, late)
SELECT ours, by_what, of_id, of_word, closed, kept_them, kept_silence, kept_us, exceeded, missed_them, missed_us, late FROM expectation_sum;
DROP TABLE expectation_sum;
ALTER TABLE expectation_sum_new RENAME TO expectation_sum;
CREATE INDEX expectation_sum_most ON expectation_sum (ours, by_what, closed DESC, of_id);
