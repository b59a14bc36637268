-- The planner cannot know how many periods there are: guessing one, it would go through all metrics
-- of the range for each of them.
alter function public.read_periods (text, text, boolean, date, date, integer) set enable_nestloop = off;
