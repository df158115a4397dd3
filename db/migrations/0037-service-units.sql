-- Times of service are minutes or hours of work, or business days, which are no number of hours.
ALTER TABLE service_rule RENAME COLUMN first_hours TO first_n;
ALTER TABLE service_rule RENAME COLUMN next_hours TO next_n;
ALTER TABLE service_rule RENAME COLUMN solution_hours TO solution_n;
ALTER TABLE service_rule ADD COLUMN first_unit TEXT NOT NULL DEFAULT 'hours' CHECK (first_unit IN ('minutes', 'hours', 'days'));
ALTER TABLE service_rule ADD COLUMN next_unit TEXT NOT NULL DEFAULT 'hours' CHECK (next_unit IN ('minutes', 'hours', 'days'));
ALTER TABLE service_rule ADD COLUMN solution_unit TEXT NOT NULL DEFAULT 'hours' CHECK (solution_unit IN ('minutes', 'hours', 'days'));
