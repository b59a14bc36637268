-- The stocks of the local stack and of previews. SPX is the benchmark of beta.

insert into public.stocks (symbol, name, exchange)
values
  ('SPX', 'S&P 500', 'INDEX'),
  ('AAPL', 'Apple Inc.', 'NASDAQ'),
  ('IBM', 'International Business Machines Corporation', 'NYSE'),
  ('MSFT', 'Microsoft Corporation', 'NASDAQ')
on conflict (symbol) do nothing;
