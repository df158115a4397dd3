-- What a rule of a record's type promised: the state that it is promised in.
ALTER TABLE expectation ADD COLUMN expects TEXT NOT NULL DEFAULT '';
CREATE INDEX expectation_expects ON expectation (record_id) WHERE expects <> '';
