//! The plan of a refresh.

use proptest::prelude::*;
use rust_decimal::Decimal;

use market::{
    Bar, Bars, Day, RawBar,
    fakes::{day, flat_bar, flat_bars, price},
};
use refresh_symbol::plan::{OVERLAP_DAYS, Plan, Stored, plan};

fn stored(recent: Bars) -> Stored {
    let provider = Some("csv".to_owned());
    Stored {
        version: 1,
        active: true,
        refreshed_at: None,
        reconciled_at: None,
        waits_for_retry: false,
        provider,
        last_day: recent.last_day(),
        recent,
        state: None,
        is_benchmark: false,
        benchmark_version: None,
        beta_from: None,
    }
}

const WEEK: [(&str, &str); 3] = [("2013-01-02", "10"), ("2013-01-03", "11"), ("2013-01-04", "12")];

#[test]
fn bars_are_fetched_with_a_week_of_overlap() {
    assert_eq!(stored(flat_bars(&WEEK)).fetch_from(), Some(day("2012-12-28")));
    assert_eq!(stored(Bars::default()).fetch_from(), None);
}

#[test]
fn bars_that_are_stored_already_change_nothing() {
    let week = flat_bars(&WEEK);
    assert_eq!(plan(&stored(week.clone()), &week), Plan::NoChange);
}

#[test]
fn a_provider_that_lags_behind_changes_nothing() {
    assert_eq!(plan(&stored(flat_bars(&WEEK)), &flat_bars(&WEEK[..2])), Plan::NoChange);
}

#[test]
fn days_before_the_recent_bars_are_not_compared() {
    let fetched = flat_bars(&[&[("2012-12-28", "9")], &WEEK[..]].concat());
    assert_eq!(plan(&stored(flat_bars(&WEEK)), &fetched), Plan::NoChange);
}

#[test]
fn new_days_are_appended() {
    let fetched = flat_bars(&[&WEEK[..], &[("2013-01-07", "13"), ("2013-01-08", "14")]].concat());
    let from = day("2013-01-07");
    let expected = Plan::Append { bars: fetched.since(from), history_from: from };
    assert_eq!(plan(&stored(flat_bars(&WEEK)), &fetched), expected);
}

#[test]
fn a_missing_day_is_inserted() {
    let fetched = flat_bars(&WEEK);
    let expected =
        Plan::Append { bars: fetched.since(day("2013-01-03")), history_from: day("2013-01-03") };
    assert_eq!(plan(&stored(flat_bars(&[WEEK[0], WEEK[2]])), &fetched), expected);
}

#[test]
fn a_corrected_volume_is_updated() {
    let week = flat_bars(&WEEK);
    let fetched = week.clone().with(&[changed(week[1], |raw| raw.volume = Some(1001))]);
    let expected =
        Plan::Append { bars: fetched.since(day("2013-01-03")), history_from: day("2013-01-03") };
    assert_eq!(plan(&stored(week), &fetched), expected);
}

#[test]
fn a_provider_without_volumes_changes_no_stored_volume() {
    let week = flat_bars(&WEEK);
    let none = week.iter().map(|bar| changed(*bar, |raw| raw.volume = None)).collect::<Vec<_>>();
    let none = Bars::try_from(none).unwrap();
    assert_eq!(plan(&stored(week.clone()), &none), Plan::NoChange);
    let expected = Plan::Append { bars: &week, history_from: day("2013-01-02") };
    assert_eq!(plan(&stored(none), &week), expected);
}

#[test]
fn a_corrected_dividend_is_updated() {
    let week = flat_bars(&WEEK);
    let paid = |raw: &mut RawBar| raw.dividend = Some("0.5".parse().unwrap());
    let fetched = week.clone().with(&[changed(week[1], paid)]);
    let expected =
        Plan::Append { bars: fetched.since(day("2013-01-03")), history_from: day("2013-01-03") };
    assert_eq!(plan(&stored(week.clone()), &fetched), expected);
    assert_eq!(plan(&stored(fetched), &week), Plan::NoChange);
}

/// The adjusted volumes of all earlier days change.
#[test]
fn a_split_fetches_all_bars_until_it_is_stored() {
    let week = flat_bars(&WEEK);
    for (factor, is_split) in [("2", true), ("1", false)] {
        let split = |raw: &mut RawBar| raw.split_factor = Some(factor.parse().unwrap());
        let fetched = week.clone().with(&[changed(week[2], split)]);
        for before in [flat_bars(&WEEK[..2]), week.clone()] {
            assert_eq!(plan(&stored(before), &fetched) == Plan::FetchAll, is_split, "{factor}");
        }
        assert_eq!(plan(&stored(fetched.clone()), &fetched), Plan::NoChange);
        assert_eq!(plan(&stored(fetched), &week), Plan::NoChange);
    }
}

#[test]
fn a_changed_adjusted_close_fetches_all_bars() {
    let week = flat_bars(&WEEK);
    for (adj_close, expected) in [("10.000011", Plan::FetchAll), ("10.000009", Plan::NoChange)] {
        let bar = changed(week[0], |raw| raw.adj_close = price(adj_close));
        let fetched = week.clone().with(&[bar]);
        assert_eq!(plan(&stored(week.clone()), &fetched), expected, "{adj_close}");
    }
}

#[test]
fn a_last_day_stored_before_its_close_is_corrected() {
    let week = flat_bars(&WEEK);
    for next in [&[][..], &[("2013-01-07", "13")]] {
        let fetched = flat_bars(&[&WEEK[..2], &[("2013-01-04", "12.5")], next].concat());
        let from = day("2013-01-04");
        let expected = Plan::Append { bars: fetched.since(from), history_from: from };
        assert_eq!(plan(&stored(week.clone()), &fetched), expected);
    }
}

#[test]
fn a_last_day_with_another_adjusted_close_alone_fetches_all_bars() {
    let week = flat_bars(&WEEK);
    let bar = changed(week[2], |raw| raw.adj_close = price("6"));
    assert_eq!(plan(&stored(week.clone()), &week.with(&[bar])), Plan::FetchAll);
}

/// No other day shows that there was no corporate action.
#[test]
fn a_corrected_day_that_is_the_only_one_fetches_all_bars() {
    let (before, after) = (flat_bars(&WEEK[..1]), flat_bars(&[("2013-01-02", "10.5")]));
    assert_eq!(plan(&stored(before), &after), Plan::FetchAll);
}

#[test]
fn bars_without_overlap_fetch_all_bars() {
    let later = flat_bars(&[("2013-01-07", "13")]);
    assert_eq!(plan(&stored(flat_bars(&WEEK)), &later), Plan::FetchAll);
    assert_eq!(plan(&stored(flat_bars(&WEEK)), &Bars::default()), Plan::FetchAll);
    assert_eq!(plan(&stored(Bars::default()), &later), Plan::FetchAll);
}

#[test]
fn a_stored_day_the_provider_no_longer_has_fetches_all_bars() {
    assert_eq!(plan(&stored(flat_bars(&WEEK)), &flat_bars(&[WEEK[0], WEEK[2]])), Plan::FetchAll);
}

#[test]
fn an_outdated_beta_rewrites_metrics_alone() {
    let week = flat_bars(&WEEK);
    let waiting = Stored { beta_from: Some(day("2013-01-03")), ..stored(week.clone()) };
    assert_eq!(plan(&waiting, &week), Plan::Append { bars: &[], history_from: day("2013-01-03") });

    let fetched = week.with(&[flat_bar("2013-01-07", "13")]);
    let expected =
        Plan::Append { bars: fetched.since(day("2013-01-07")), history_from: day("2013-01-03") };
    assert_eq!(plan(&waiting, &fetched), expected);
}

#[test]
fn the_stored_state_is_read_from_the_response_of_the_database() {
    let bar = serde_json::to_string(&flat_bar("2013-01-04", "12")).unwrap();
    let state = format!(
        r#"{{"symbol":"AAPL","version":3,"active":true,"refreshed_at":null,"reconciled_at":null,
            "waits_for_retry":false,"provider":"csv",
            "last_day":"2013-01-04","recent":[{bar}],
            "state":null,"is_benchmark":false,"benchmark_version":null,"beta_from":null}}"#
    );
    let expected = Stored { version: 3, ..stored(flat_bars(&WEEK[2..])) };
    assert_eq!(serde_json::from_str::<Stored>(&state).unwrap(), expected);
}

fn changed(bar: Bar, change: impl FnOnce(&mut RawBar)) -> Bar {
    let mut raw: RawBar = serde_json::from_str(&serde_json::to_string(&bar).unwrap()).unwrap();
    change(&mut raw);
    raw.try_into().unwrap()
}

/// The stored bars after the plan is carried out; `provider` has every bar.
fn carry_out(bars: Bars, state: &Stored, provider: &Bars) -> Bars {
    let fetched = Bars::try_from(provider.since(state.fetch_from().unwrap()).to_vec()).unwrap();
    match plan(state, &fetched) {
        Plan::NoChange => bars,
        Plan::FetchAll => provider.clone(),
        Plan::Append { bars: newer, .. } => bars.with(newer),
    }
}

/// The state the database reports for `bars`.
fn state_of(bars: &Bars) -> Stored {
    let since = bars.last_day().map(|day| day.days_before(OVERLAP_DAYS));
    let recent = since.map_or(&[][..], |day| bars.since(day)).to_vec();
    Stored { last_day: bars.last_day(), ..stored(recent.try_into().unwrap()) }
}

/// Bars of single days within a month; a price is one of few, so that some agree.
fn some_bars() -> impl Strategy<Value = Bars> {
    let first: jiff::civil::Date = "2013-01-01".parse().unwrap();
    proptest::collection::btree_map(0..30_i32, 10..12_i64, 1..25).prop_map(move |days| {
        let bars = days.into_iter().map(|(after, cents)| {
            let day = Day::from(first.saturating_add(jiff::Span::new().days(after)));
            flat_bar(&day.to_string(), &Decimal::new(cents, 2).to_string())
        });
        bars.collect::<Vec<_>>().try_into().unwrap()
    })
}

proptest! {
    #[test]
    fn a_second_refresh_changes_nothing(before in some_bars(), provider in some_bars()) {
        let after = carry_out(before.clone(), &state_of(&before), &provider);
        prop_assert_eq!(carry_out(after.clone(), &state_of(&after), &provider), after);
    }

    #[test]
    fn a_refresh_makes_the_overlap_equal_to_the_providers(
        before in some_bars(), provider in some_bars(),
    ) {
        let state = state_of(&before);
        let after = carry_out(before.clone(), &state, &provider);
        let last = provider.last_day().unwrap();
        let first = before.last_day().unwrap().days_before(OVERLAP_DAYS);
        let compared = first.max(state.recent.first_day().unwrap());
        let overlap: Vec<_> =
            after.since(compared).iter().filter(|bar| bar.day() <= last).copied().collect();
        prop_assert_eq!(&overlap[..], provider.since(compared));
    }
}
