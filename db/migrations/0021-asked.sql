-- What somebody asked about their things is found without reading all else that they said: a customer's page at 10,000 events costs what it costs at 100.
CREATE INDEX conversation_asked ON conversation (author_id, id) WHERE record_id IS NOT NULL;
