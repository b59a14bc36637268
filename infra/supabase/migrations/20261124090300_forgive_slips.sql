-- A missing letter leaves a short name with little more than half of its trigrams: "aple" has 0.57
-- in common with "Apple". Without the first line Postgres does not know the setting yet, and takes it
-- from nobody but a superuser.
select extensions.show_limit();
alter function public.search_stocks (text) set pg_trgm.word_similarity_threshold = 0.4;
