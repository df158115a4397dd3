-- Messages from person to person, and a question to a group: each of those asked answers in a conversation of their own (kind direct), which
-- says here to which question (kind group) it belongs.
ALTER TABLE conversation ADD COLUMN group_id REF REFERENCES conversation (id);
ALTER TABLE conversation ADD COLUMN reminded_at TIME;      -- of a question: when those who are silent were last told again
CREATE INDEX conversation_group ON conversation (group_id, id);

-- Until now these two were read by the whole team and could have any number of people, which is what a query is. What was said in confidence
-- to a team is not to be hidden from it now.
UPDATE conversation SET kind = 'query' WHERE kind IN ('direct', 'group');

-- Who is written to is found by name, whatever the case of its letters.
CREATE INDEX person_name_lower ON person (LOWER(name));
