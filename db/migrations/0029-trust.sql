-- Promises, counted: who keeps them, to whom, when, and how late; and what became of whoever was not given what was promised.
ALTER TABLE expectation ADD COLUMN source TEXT NOT NULL DEFAULT 'hand';  -- call, conversation, record:TYPE, hand: where it was made
ALTER TABLE expectation ADD COLUMN month INT;                            -- 202611: when its word was said, on the firm's clock then; NULL: not counted
ALTER TABLE expectation ADD COLUMN late_days INT NOT NULL DEFAULT 0;     -- of what was kept: days begun behind the date that it was first promised for
ALTER TABLE expectation ADD COLUMN after_at TIME;                        -- of what was missed: when to look what its person did; NULL: not, or done
ALTER TABLE expectation ADD COLUMN after_word TEXT NOT NULL DEFAULT '' CHECK (after_word IN ('', 'left', 'complained', 'wrote', 'active', 'silent'));
UPDATE expectation SET source = CASE WHEN call_id IS NOT NULL THEN 'call' WHEN conversation_id IS NOT NULL THEN 'conversation'
	WHEN record_id IS NOT NULL THEN (SELECT 'record:' || r.type FROM record r WHERE r.id = expectation.record_id) ELSE 'hand' END;
UPDATE expectation SET after_at = closed_at + 2592000000000 WHERE state = 'missed';
CREATE INDEX expectation_uncounted ON expectation (id) WHERE month IS NULL AND state IN ('kept', 'exceeded', 'missed');
CREATE INDEX expectation_month ON expectation (month, id) WHERE month IS NOT NULL;
CREATE INDEX expectation_after ON expectation (after_at, id) WHERE after_at IS NOT NULL;

-- What was counted, together and by whom, to whom, when, from where. Kept in the transaction that closes one, which is once.
CREATE TABLE expectation_sum (
	ours BOOL NOT NULL,
	by_what TEXT NOT NULL CHECK (by_what IN ('all', 'owner', 'person', 'month', 'source')),
	of_id INT NOT NULL,                 -- a person, a month as in expectation; else 0
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
CREATE INDEX expectation_sum_most ON expectation_sum (ours, by_what, closed DESC, of_id);

-- How late the late ones were: so many days, so many times.
CREATE TABLE expectation_late (
	ours BOOL NOT NULL,
	by_what TEXT NOT NULL,
	of_id INT NOT NULL,
	of_word TEXT NOT NULL,
	days INT NOT NULL,
	n INT NOT NULL,
	PRIMARY KEY (ours, by_what, of_id, of_word, days)
);

ALTER TABLE expectation_setting ADD COLUMN public_rate BOOL NOT NULL DEFAULT FALSE;  -- everybody reads how many of its promises the firm keeps
