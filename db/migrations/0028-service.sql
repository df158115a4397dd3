-- Service expectations: how soon customers are answered and their matters solved, by rules of the firm; each is an expectation like any other.

CREATE TABLE service_rule (
	id ID,
	kind TEXT NOT NULL,                              -- of the conversation; empty: of any kind
	record_type TEXT NOT NULL,                       -- that it is about; empty: any or none
	tag_id REF REFERENCES tag (id) ON DELETE CASCADE,          -- only customers who have it
	person_id REF REFERENCES person (id) ON DELETE CASCADE,    -- only this one
	first_hours INT,                                 -- working hours to the first answer; NULL: the rule does not say
	next_hours INT,                                  -- and to each later one
	solution_hours INT,                              -- and until it is done
	made_by REF REFERENCES person (id),
	made_at TIME NOT NULL,
	ended_at TIME                                    -- it makes no more; what it made goes on
);

ALTER TABLE expectation ADD COLUMN rule_id REF REFERENCES service_rule (id) ON DELETE SET NULL;   -- NULL: a person made it
ALTER TABLE expectation ADD COLUMN goal TEXT NOT NULL DEFAULT '' CHECK (goal IN ('', 'first', 'next', 'solution'));
ALTER TABLE expectation ADD COLUMN paused_at TIME;   -- since then we wait for the other side, and its clock stands still
CREATE INDEX expectation_service ON expectation (conversation_id, due_at, id) WHERE goal <> '' AND state IN ('open', 'renegotiated');

-- When the first of them is due whose clock runs. 9223372036854775807: none.
ALTER TABLE conversation ADD COLUMN due_at INT NOT NULL DEFAULT 9223372036854775807;
CREATE INDEX conversation_due ON conversation (due_at, id) WHERE due_at < 9223372036854775807;
