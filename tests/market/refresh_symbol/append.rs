//! Appends by the worker, from the state that the running database stores.

mod on_the_stack {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use jiff::{Timestamp, civil::Weekday};
    use market::{
        Bar, Bars, Price, RawBar, Symbol,
        fakes::{day, price},
        metrics::REACH,
    };
    use refresh_symbol::{Deps, RefreshStore, ports::ReadRefreshState};
    use serde_json::json;
    use shared::{
        config::{DatabaseRole, SupabaseConfig},
        deadline::Deadline,
        http_client::HttpClient,
        queue::{Delivery, Outcome},
    };
    use support::stack::Stack;
    use tokio::{
        io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::super::fakes::Market;

    /// Trading days of 36 years.
    const LONG: usize = 9_070;

    /// A stock, and a sandbox that refreshes it.
    struct Refreshed {
        stack: Stack,
        symbol: String,
        deps: Deps<RefreshStore, Market>,
    }

    impl Refreshed {
        async fn new(address: Option<&str>) -> Self {
            let stack = Stack::running();
            let symbol = stack.add_stock("AP").await;
            let store = store(&stack, address);
            let deps = Deps { store, market: Market(Ok(Bars::default()), false) };
            Self { stack, symbol, deps }
        }

        /// Refreshes it while the provider has these bars.
        async fn refresh(&mut self, bars: &[Bar]) {
            self.deps.market = Market(Ok(bars.to_vec().try_into().unwrap()), false);
            let message = json!({
                "type": "refresh.requested", "symbol": self.symbol,
                "occurred_at": "2100-01-01T00:00:00Z",
            });
            let delivery = Delivery {
                body: message.to_string(),
                message: serde_json::from_value(message).unwrap(),
                received_at: Timestamp::now(),
                deadline: Deadline::default(),
            };
            assert_eq!(refresh_symbol::handle(&self.deps, delivery).await.unwrap(), Outcome::Ack);
        }

        /// Every stored metric, and the state.
        async fn metrics(&self) -> [String; 2] {
            let sql = "select
                  (select jsonb_agg(to_jsonb(h) - 'stock_id' order by day)::text
                    from public.metric_history as h where stock_id = s.id),
                  metrics_state::text
                from private.stocks as s where symbol = $1";
            let row = self.stack.admin().await.query_one(sql, &[&self.symbol]).await.unwrap();
            [row.get(0), row.get(1)]
        }

        /// Makes the state one of other bars.
        async fn change_state(&self) {
            let sql = "update private.stocks set metrics_state =
                jsonb_set(metrics_state::jsonb, '{smoothed,0}', '1')::json where symbol = $1";
            self.stack.admin().await.execute(sql, &[&self.symbol]).await.unwrap();
        }
    }

    fn store(stack: &Stack, address: Option<&str>) -> RefreshStore {
        let config = SupabaseConfig {
            url: address.unwrap_or_else(|| stack.get("base_url")).to_owned(),
            key: stack.get("secret_key").parse().unwrap(),
            role: DatabaseRole::Service,
        };
        RefreshStore::new(&config, "SPX".parse().unwrap(), &HttpClient::new().unwrap())
    }

    /// Bars of weekdays, with pseudo-random prices that have as many digits as real ones.
    fn history(first: &str, count: usize) -> Vec<Bar> {
        let (mut on, mut seed, mut close) = (day(first), 7_u64, 10_000_u64);
        let mut bars = Vec::new();
        while bars.len() < count {
            if !matches!(on.date().weekday(), Weekday::Saturday | Weekday::Sunday) {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                close = (close + (seed >> 33) % 401).max(700) - 200;
                bars.push(bar(&on.to_string(), close, (seed >> 50) % 90));
            }
            on = on.next();
        }
        bars
    }

    fn cents(cents: u64) -> Price {
        price(&format!("{}.{:02}", cents / 100, cents % 100))
    }

    /// A bar with this close, and a range around it, in cents.
    fn bar(on: &str, close: u64, range: u64) -> Bar {
        let adjusted = close * 731_523_471_113;
        let unit = 100_000_000_000_000;
        let raw = RawBar {
            open: cents(close),
            high: cents(close + range),
            low: cents(close - range),
            adj_close: price(&format!("{}.{:014}", adjusted / unit, adjusted % unit)),
            volume: Some(10_000_000 + close * range),
            ..RawBar::flat(day(on), cents(close))
        };
        raw.try_into().unwrap()
    }

    #[tokio::test]
    async fn an_append_equals_a_full_computation_to_the_last_bit() {
        let bars = history("2010-01-01", 700);
        let (mut one, mut other) = (Refreshed::new(None).await, Refreshed::new(None).await);
        // Days of which the benchmark has closes, the first append with less than a window.
        for count in [200, 201, 600, 601, 601, 606, 700] {
            one.refresh(&bars[..count]).await;
        }
        other.refresh(&bars).await;
        assert_eq!(one.metrics().await, other.metrics().await);
    }

    #[tokio::test]
    async fn an_append_goes_on_from_the_state_and_a_correction_drops_it() {
        let mut bars = history("2010-01-01", 400);
        let mut full = Refreshed::new(None).await;
        full.refresh(&bars).await;
        let mut appended = Refreshed::new(None).await;
        appended.refresh(&bars[..399]).await;
        appended.change_state().await;
        appended.refresh(&bars).await;
        assert_ne!(appended.metrics().await, full.metrics().await, "the state is not used");

        let mut corrected = Refreshed::new(None).await;
        corrected.refresh(&bars[..399]).await;
        corrected.change_state().await;
        bars[398] = with_another_high(&bars[398]);
        corrected.refresh(&bars).await;
        let mut full = Refreshed::new(None).await;
        full.refresh(&bars).await;
        assert_eq!(corrected.metrics().await, full.metrics().await);
    }

    /// The bar with a higher high.
    fn with_another_high(bar: &Bar) -> Bar {
        let mut raw: RawBar = serde_json::from_str(&serde_json::to_string(bar).unwrap()).unwrap();
        raw.high = price("999");
        raw.try_into().unwrap()
    }

    #[tokio::test]
    async fn an_append_to_36_years_moves_at_most_100_kb() {
        let (address, moved) = counted(&Stack::running()).await;
        let bars = history("1990-01-01", LONG + 1);
        let mut stock = Refreshed::new(Some(&address)).await;
        stock.refresh(&bars[..LONG]).await;
        assert!(moved.load(Ordering::SeqCst) > 1_000_000, "the proxy counts");

        stock.deps.store = store(&stock.stack, Some(&address));
        let before = moved.load(Ordering::SeqCst);
        stock.refresh(&bars).await;
        // The benchmark of the stack has no closes on these days. As many as the append asks for:
        let symbol: Symbol = stock.symbol.parse().unwrap();
        let state = stock.deps.store.state(&symbol, Deadline::default()).await.unwrap().unwrap();
        assert_eq!(state.last_day, Some(bars[LONG].day()));
        let (version, first) = (state.benchmark_version.unwrap(), day("2012-02-08"));
        let closes = store(&stock.stack, Some(&address))
            .benchmark_closes(version, first, Deadline::default())
            .await
            .unwrap();
        assert!(closes.len() >= REACH, "{}", closes.len());
        let bytes = moved.load(Ordering::SeqCst) - before;
        assert!(bytes <= 100_000, "{bytes} bytes");
    }

    #[tokio::test]
    async fn closes_of_one_version_are_read_once_in_a_sandbox() {
        let stack = Stack::running();
        let (address, moved) = counted(&stack).await;
        let store = store(&stack, Some(&address));
        for (version, first, is_read, why) in [
            (1, "2012-03-01", true, "the first time"),
            (1, "2012-03-01", false, "known"),
            (1, "2012-06-01", false, "part of those that are known"),
            (1, "2012-02-01", true, "earlier than those"),
            (2, "2012-03-01", true, "another version"),
        ] {
            let before = moved.load(Ordering::SeqCst);
            let closes =
                store.benchmark_closes(version, day(first), Deadline::default()).await.unwrap();
            assert!(closes.len() > 150, "{why}");
            assert_eq!(moved.load(Ordering::SeqCst) > before, is_read, "{why}");
        }
    }

    /// An address of the stack that counts the bytes it passes on.
    async fn counted(stack: &Stack) -> (String, Arc<AtomicU64>) {
        let target = stack.get("base_url").trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let moved = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&moved);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&target).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::spawn(pass(from_client, to_server, Arc::clone(&counter)));
                tokio::spawn(pass(from_server, to_client, Arc::clone(&counter)));
            }
        });
        (address, moved)
    }

    async fn pass(
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
        moved: Arc<AtomicU64>,
    ) {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            moved.fetch_add(u64::try_from(count).unwrap(), Ordering::SeqCst);
            if to.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
    }
}
