-- The words by which people are found now stand apart for the staff and for everyone, without what a person shows to neither. Those kept
-- before held too much: they go, and the reader "people" makes them anew from the start of the log.
DELETE FROM search_doc WHERE object_kind = 'person';
DELETE FROM event_cursor WHERE reader = 'people';

-- Whoever has a password has taken over their profile.
UPDATE person SET claimed_at = (SELECT i.created_at FROM identity i WHERE i.person_id = person.id AND i.kind = 'password'),
	version = version + 1
WHERE claimed_at IS NULL AND EXISTS (SELECT 1 FROM identity i WHERE i.person_id = person.id AND i.kind = 'password');
