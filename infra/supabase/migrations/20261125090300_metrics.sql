-- Metrics computed from the bars: `metric_history` has every day, `stock_metrics` the latest one.
-- The columns are in the order of the API. Null means not enough history, or undefined.
-- To add a metric, add a column to both tables: functions match the columns by name, and the only
-- metric they name is beta_252d.

create table public.metric_history (
  stock_id bigint not null references private.stocks (id),
  day date not null,
  return_1d double precision,
  return_5d double precision,
  return_21d double precision,
  return_63d double precision,
  return_252d double precision,
  sma_20 double precision,
  sma_50 double precision,
  sma_200 double precision,
  ema_12 double precision,
  ema_26 double precision,
  macd double precision,
  macd_signal double precision,
  macd_histogram double precision,
  rsi_14 double precision,
  atr_14 double precision,
  adx_14 double precision,
  bollinger_upper double precision,
  bollinger_lower double precision,
  stochastic_k double precision,
  stochastic_d double precision,
  volatility_21d double precision,
  volatility_252d double precision,
  sharpe_252d double precision,
  max_drawdown_252d double precision,
  high_252d double precision,
  low_252d double precision,
  avg_volume_20d double precision,
  beta_252d double precision,
  primary key (stock_id, day),
  -- greatest and least ignore nulls, and NaN sorts above infinity.
  constraint metrics_are_finite check (
    greatest(
      return_1d, return_5d, return_21d, return_63d, return_252d, sma_20, sma_50, sma_200,
      ema_12, ema_26, macd, macd_signal, macd_histogram, rsi_14, atr_14, adx_14,
      bollinger_upper, bollinger_lower, stochastic_k, stochastic_d, volatility_21d,
      volatility_252d, sharpe_252d, max_drawdown_252d, high_252d, low_252d, avg_volume_20d,
      beta_252d
    ) < 'Infinity'
    and least(
      return_1d, return_5d, return_21d, return_63d, return_252d, sma_20, sma_50, sma_200,
      ema_12, ema_26, macd, macd_signal, macd_histogram, rsi_14, atr_14, adx_14,
      bollinger_upper, bollinger_lower, stochastic_k, stochastic_d, volatility_21d,
      volatility_252d, sharpe_252d, max_drawdown_252d, high_252d, low_252d, avg_volume_20d,
      beta_252d
    ) > '-Infinity'
  )
) partition by range (day);

alter table public.metric_history enable row level security;
create policy "read functions read metric history" on public.metric_history
  for select to market_reader using (true);

revoke all on public.metric_history from public, anon, authenticated, service_role;
-- Not to anon and authenticated, as for price_bars.
grant select on public.metric_history to market_reader;
grant select, insert, delete on public.metric_history to service_role;

-- Snapshot: one wide row per stock, so the most frequent read is one index lookup. The columns from
-- `symbol` to `kind` are denormalized to avoid a join: whatever changes a stock rebuilds its snapshot.
-- No column is a foreign key: with one, PostgREST would embed stocks
-- in snapshots and snapshots in stocks, one in the other as often as a request asks for.
create table public.stock_metrics (
  stock_id bigint primary key,
  symbol text collate "C" not null unique,
  name text not null,
  exchange text not null,
  kind text not null,
  as_of date not null,
  close numeric(18, 6) not null,
  adj_close numeric(26, 14) not null,
  volume bigint,
  return_1d double precision,
  return_5d double precision,
  return_21d double precision,
  return_63d double precision,
  return_252d double precision,
  sma_20 double precision,
  sma_50 double precision,
  sma_200 double precision,
  ema_12 double precision,
  ema_26 double precision,
  macd double precision,
  macd_signal double precision,
  macd_histogram double precision,
  rsi_14 double precision,
  atr_14 double precision,
  adx_14 double precision,
  bollinger_upper double precision,
  bollinger_lower double precision,
  stochastic_k double precision,
  stochastic_d double precision,
  volatility_21d double precision,
  volatility_252d double precision,
  sharpe_252d double precision,
  max_drawdown_252d double precision,
  high_252d double precision,
  low_252d double precision,
  avg_volume_20d double precision,
  beta_252d double precision,
  refreshed_at timestamptz not null,
  -- The prices that the metrics are computed from.
  price_basis text not null default 'adjusted',
  constraint metrics_are_of_adjusted_prices check (price_basis = 'adjusted')
);

alter table public.stock_metrics enable row level security;
create policy "everyone reads metrics" on public.stock_metrics
  for select to anon, authenticated using ((select private.admits_query()));

revoke all on public.stock_metrics from public, anon, authenticated, service_role;
grant select on public.stock_metrics to anon, authenticated;
grant select, insert, delete on public.stock_metrics to service_role;
