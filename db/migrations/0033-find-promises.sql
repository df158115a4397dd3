-- Promises are found by their words: the index reads the log again. What it has is left as it is.
DELETE FROM event_cursor WHERE reader = 'find';
