-- The stocks of the local stack and of previews. SPX is the benchmark of the local stack; a preview
-- whose functions have the default benchmark needs a row of SPY, too.

insert into public.stocks (symbol, name, exchange, kind)
values
  ('SPX', 'S&P 500', 'INDEX', 'index'),
  ('AAPL', 'Apple Inc.', 'NASDAQ', 'stock'),
  ('IBM', 'International Business Machines Corporation', 'NYSE', 'stock'),
  ('MSFT', 'Microsoft Corporation', 'NASDAQ', 'stock')
on conflict (symbol) do nothing;
