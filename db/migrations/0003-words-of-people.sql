-- The words by which people are found now stand apart for the staff and for everyone, without what a person shows to neither. Those kept
-- before held too much: they go, and the reader "people" makes them anew from the start of the log.
DELETE FROM search_doc WHERE object_kind = 'person';
DELETE FROM event_cursor WHERE reader = 'people';
