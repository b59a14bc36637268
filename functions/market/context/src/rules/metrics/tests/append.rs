//! An append from a stored state gives what a full recompute gives, bit by bit.

use jiff::{ToSpan, civil::date};
use proptest::prelude::*;
use proptest::sample::Index;
use rust_decimal::Decimal;

use crate::rules::metrics::{Computed, REACH, State, compute, compute_after};
use crate::rules::tests::data;
use crate::{Bar, Day, DayMetrics, Metric, Price, RawBar};

type Closes = Vec<(Day, f64)>;

/// A history of random length with flat days, equal days and days without a volume, and a benchmark
/// with missing days, flat days and days of its own.
fn histories() -> impl Strategy<Value = (Vec<Bar>, Closes)> {
    let day = (0..8_u8, -900..900_i64, [0..40_i64, 0..40_i64], 0..30_u8, -300..300_i32);
    let length = prop_oneof![1 => 1..40_usize, 1 => 230..300_usize, 2 => 300..900_usize];
    let days = length.prop_flat_map(move |length| proptest::collection::vec(day.clone(), length));
    (days, 0..700_usize, 0..60_usize, 1..12_usize).prop_map(|(days, gap, gap_length, rare)| {
        let (mut close, mut index, mut flat) = (80_000_i64, 1_400.0_f64, false);
        let (mut bars, mut benchmark) = (Vec::new(), Vec::new());
        for (n, (kind, change, [up, down], luck, market)) in days.into_iter().enumerate() {
            // Flat stretches of 30 to 300 days.
            flat ^= luck == 0 && n % rare == 0;
            close = if flat { close } else { (close + change).max(100) };
            let (up, down) = if flat || kind == 0 { (0, 0) } else { (up, down) };
            let volume = (luck != 1).then_some(1_000 + u64::from(luck));
            bars.push(bar(nth_day(2 * n), [close + up, (close - down).max(1), close], volume));
            let market = if kind == 0 || flat && rare > 5 { 0 } else { market };
            index *= 1.0 + f64::from(market) / 10_000.0;
            if luck != 2 && !(gap..gap + gap_length).contains(&n) {
                benchmark.push((nth_day(2 * n), index));
            }
            if luck == 3 {
                benchmark.push((nth_day(2 * n + 1), index));
            }
        }
        (bars, benchmark)
    })
}

fn nth_day(n: usize) -> Day {
    Day::from(date(2000, 1, 1).saturating_add(i32::try_from(n).unwrap().days()))
}

/// Prices in cents, adjusted by a factor that is not exact in binary.
fn bar(day: Day, [high, low, close]: [i64; 3], volume: Option<u64>) -> Bar {
    let adj_close = Price::try_from(Decimal::new(close * 731, 5)).unwrap();
    let (high, low, close) = (price(high), price(low), price(close));
    let flat = RawBar::flat(day, close);
    RawBar { high, low, adj_close, volume, ..flat }.try_into().unwrap()
}

fn price(cents: i64) -> Price {
    Price::try_from(Decimal::new(cents, 2)).unwrap()
}

/// The whole history at once.
fn full(bars: &[Bar], benchmark: &[(Day, f64)]) -> Vec<DayMetrics> {
    let days = bars.iter().zip(compute(bars, benchmark));
    days.map(|(bar, metrics)| DayMetrics { day: bar.day(), metrics }).collect()
}

/// Appends up to each of `cuts` in turn, with no more than an append reads: the state as stored,
/// the last bars and the benchmark from the first of them on.
fn in_parts(bars: &[Bar], benchmark: &[(Day, f64)], cuts: &[usize]) -> Computed {
    let mut all = Computed { days: Vec::new(), state: None };
    for &cut in cuts {
        let known = all.days.len();
        let read = &bars[known.saturating_sub(REACH)..cut];
        let first = benchmark.partition_point(|(day, _)| *day < read[0].day());
        let state = all.state.map(|state| stored(&state));
        assert!(state.iter().all(|state| state.continues(read)));
        let new = compute_after(state.as_ref(), read, &benchmark[first..]);
        all = Computed { days: [all.days, new.days].concat(), state: new.state };
    }
    all
}

/// The state, written to JSON and read.
fn stored(state: &State) -> State {
    let json = serde_json::to_string(state).unwrap();
    assert!(json.len() < 450, "{json}");
    let read: State = serde_json::from_str(&json).unwrap();
    assert_eq!(bits(&read), bits(state));
    read
}

fn bits(state: &State) -> (State, Vec<u64>) {
    let numbers = state.smoothed.iter().chain([&state.adj_close]);
    (state.clone(), numbers.map(|number| number.to_bits()).collect())
}

fn assert_same(actual: &Computed, bars: &[Bar], benchmark: &[(Day, f64)]) {
    let expected = full(bars, benchmark);
    assert_eq!(actual.days.len(), expected.len());
    for (actual, expected) in actual.days.iter().zip(&expected) {
        assert_eq!(actual.day, expected.day);
        for metric in Metric::ALL {
            let (a, b) = (actual.metrics.get(metric), expected.metrics.get(metric));
            assert_eq!(a.map(f64::to_bits), b.map(f64::to_bits), "{metric} of {}", actual.day);
        }
    }
    let state = compute_after(None, bars, benchmark).state;
    assert_eq!(actual.state.as_ref().map(bits), state.as_ref().map(bits));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn appends_equal_a_full_recompute_bit_by_bit(
        (bars, benchmark) in histories(),
        cuts in proptest::collection::vec(any::<Index>(), 0..6),
    ) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bars.len()) + 1).collect();
        cuts.push(bars.len());
        cuts.sort_unstable();
        assert_same(&in_parts(&bars, &benchmark, &cuts), &bars, &benchmark);
    }

    #[test]
    fn a_corrected_close_on_the_day_of_a_state_drops_it(
        (bars, benchmark) in histories(),
        cents in 1..50_i64,
    ) {
        let state = compute_after(None, &bars, &benchmark).state.unwrap();
        let (last, earlier) = bars.split_last().unwrap();
        let close: i64 = (last.close().to_decimal() * Decimal::from(100)).try_into().unwrap();
        let corrected = bar(last.day(), [close + cents; 3], None);
        prop_assert!(state.continues(&bars));
        prop_assert!(!state.continues(&[earlier, &[corrected]].concat()));
    }
}

#[test]
fn day_by_day_from_stored_states_equals_a_full_recompute() {
    let bars = &data::bars("AAPL")[..800];
    let mut benchmark = data::bars("SPX").adj_closes();
    benchmark.drain(300..312);
    let cuts: Vec<_> = (1..=bars.len()).collect();
    assert_same(&in_parts(bars, &benchmark, &cuts), bars, &benchmark);
}

#[test]
fn a_state_without_new_bars_stays_as_it_is() {
    let (bars, benchmark) = (data::bars("AAPL"), data::bars("SPX").adj_closes());
    let state = compute_after(None, &bars, &benchmark).state.unwrap();
    let again = compute_after(Some(&state), &bars[bars.len() - REACH..], &benchmark);
    assert_eq!(again, Computed { days: vec![], state: Some(state) });
}

#[test]
fn no_bars_have_no_state() {
    assert_eq!(compute_after(None, &[], &[]), Computed { days: vec![], state: None });
}

#[test]
fn a_state_continues_only_the_bars_that_it_reaches_back_to() {
    let bars = &data::bars("AAPL")[..600];
    for known in [1, 100, REACH, 500] {
        let state = compute_after(None, &bars[..known], &[]).state.unwrap();
        let first = known.saturating_sub(REACH);
        assert_eq!(state.day(), bars[known - 1].day());
        assert!(state.continues(&bars[first..]), "{known}");
        assert!(state.continues(&bars[first..known]), "{known}");
        assert!(!state.continues(&bars[first + 1..]), "{known}: a bar too few");
        assert!(!state.continues(&bars[first..known - 1]), "{known}: without its day");
        assert!(!state.continues(&[]), "{known}");
    }
    let short = compute_after(None, &bars[300..320], &[]).state.unwrap();
    assert!(!short.continues(&bars[299..330]), "a day more than there were");
}

#[test]
fn a_state_of_another_version_is_none() {
    let bars = &data::bars("AAPL")[..600];
    let state = compute_after(None, bars, &[]).state.unwrap();
    assert_eq!(read_back(&serde_json::to_string(&state).unwrap()).as_ref(), Some(&state));
    assert_eq!(read_back("null"), None);
    assert_eq!(read_back(r#"{"version":2,"day":"2013-01-04","other":[1.5]}"#), None);
    let other = State { version: State::VERSION + 1, ..state };
    assert!(!read_back(&serde_json::to_string(&other).unwrap()).unwrap().continues(bars));
}

/// The state in the response of the database.
fn read_back(state: &str) -> Option<State> {
    #[derive(serde::Deserialize)]
    struct Row {
        #[serde(deserialize_with = "State::stored")]
        state: Option<State>,
    }
    serde_json::from_str::<Row>(&format!(r#"{{"state":{state}}}"#)).unwrap().state
}

#[test]
fn a_state_survives_the_plain_decimals_of_the_database() {
    let state = compute_after(None, &data::bars("AAPL"), &[]).state.unwrap();
    let smallest =
        [f64::from_bits(1), f64::MIN_POSITIVE, 1e-300, 1e-7, 0.1, 1e12, 0.3, 1e-9, 0.0, 5e15];
    for number in state.smoothed.into_iter().chain(smallest) {
        // jsonb has numerics, and writes them without an exponent.
        let read: f64 = serde_json::from_str(&format!("{number}")).unwrap();
        assert_eq!(read.to_bits(), number.to_bits());
    }
}
