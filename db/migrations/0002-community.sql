-- Removing a file looks for whatever may still point to it.
CREATE INDEX person_photo ON person (photo_file_id);
CREATE INDEX upload_file ON upload (file_id);
CREATE INDEX import_run_file ON import_run (file_id);
