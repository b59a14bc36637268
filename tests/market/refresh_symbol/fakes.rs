//! Stocks, their bars and the market in memory.

use std::sync::{Arc, Mutex};

use market::{Bars, Day, RejectedRows, Symbol};
use refresh_symbol::{
    Wanted,
    ended::Ended,
    plan::Stored,
    ports::{
        ApplyRefresh, Change, EndItem, Fetched, MarketData, MarketDataError, PostponeRefresh,
        ReadRefreshState, RecordRefreshError, Retry,
    },
};
use shared::{deadline::Deadline, store::StoreError};
use uuid::Uuid;

/// The arguments of one `apply`, with the numbers of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    pub version: i64,
    pub provider: &'static str,
    pub replace: bool,
    pub force: bool,
    pub bars: usize,
    pub history: usize,
}

/// One stock.
#[derive(Debug, Clone, Default)]
pub struct MemoryStock {
    pub stored: Option<Stored>,
    pub bars: Bars,
    /// Whether every change finds a newer version.
    pub stale: bool,
    /// The code with which every `apply` is rejected.
    pub refused: Option<&'static str>,
    pub applied: Arc<Mutex<Vec<Applied>>>,
    pub errors: Arc<Mutex<Vec<(String, String)>>>,
    pub postponed: Arc<Mutex<Vec<Retry>>>,
    pub ended: Arc<Mutex<Vec<(Uuid, Ended)>>>,
}

impl ReadRefreshState for MemoryStock {
    async fn state(&self, _symbol: &Symbol, _: Deadline) -> Result<Option<Stored>, StoreError> {
        Ok(self.stored.clone())
    }

    async fn stored_bars(&self, _symbol: &Symbol, _: Deadline) -> Result<Bars, StoreError> {
        Ok(self.bars.clone())
    }

    async fn last_bars(
        &self,
        _symbol: &Symbol,
        until: Day,
        count: usize,
        _: Deadline,
    ) -> Result<Bars, StoreError> {
        let known = self.bars.partition_point(|bar| bar.day() <= until);
        Ok(self.bars[known.saturating_sub(count)..].to_vec().try_into().unwrap())
    }

    async fn benchmark_closes(
        &self,
        _version: i64,
        _since: Day,
        _: Deadline,
    ) -> Result<Arc<[(Day, f64)]>, StoreError> {
        Ok(Arc::default())
    }
}

impl ApplyRefresh for MemoryStock {
    async fn apply(&self, change: Change<'_>, _: Deadline) -> Result<(), StoreError> {
        if self.stale {
            return Err(StoreError::Stale);
        }
        if let Some(code) = self.refused {
            return Err(StoreError::Refused {
                code: code.to_owned(),
                detail: "Not these.".to_owned(),
            });
        }
        let Change { version, provider, replace, force, bars, history, .. } = change;
        let (bars, history) = (bars.len(), history.len());
        let applied = Applied { version, provider, replace, force, bars, history };
        self.applied.lock().unwrap().push(applied);
        Ok(())
    }
}

impl RecordRefreshError for MemoryStock {
    async fn record_error(
        &self,
        _symbol: &Symbol,
        version: i64,
        code: &str,
        detail: &str,
        _: Deadline,
    ) -> Result<(), StoreError> {
        assert_eq!(self.stored.as_ref().map(|stored| stored.version), Some(version));
        if self.stale {
            return Err(StoreError::Stale);
        }
        self.errors.lock().unwrap().push((code.to_owned(), detail.to_owned()));
        Ok(())
    }
}

impl PostponeRefresh for MemoryStock {
    async fn postpone(
        &self,
        _symbol: &Symbol,
        retry: Retry,
        _: Deadline,
    ) -> Result<(), StoreError> {
        self.postponed.lock().unwrap().push(retry);
        Ok(())
    }
}

impl EndItem for MemoryStock {
    async fn end_item(
        &self,
        refresh: Uuid,
        _symbol: &Symbol,
        ended: &Ended,
        _: Deadline,
    ) -> Result<(), StoreError> {
        self.ended.lock().unwrap().push((refresh, ended.clone()));
        Ok(())
    }
}

/// A market with these bars or this error, and whether it is a fallback.
#[derive(Debug)]
pub struct Market(pub Result<Bars, MarketDataError>, pub bool);

/// A market with these bars, whose row of this day was set aside.
#[derive(Debug)]
pub struct SetAside(pub Bars, pub Day);

impl MarketData for SetAside {
    async fn bars(
        &self,
        symbol: &Symbol,
        wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Fetched, MarketDataError> {
        let fetched = Market(Ok(self.0.clone()), false).bars(symbol, wanted, deadline).await?;
        let rejected =
            RejectedRows { count: 1, clipped: 0, reasons: Vec::new(), days: vec![self.1] };
        Ok(Fetched { rejected: Some(rejected), ..fetched })
    }
}

/// A market that fails with the time that is left for its response.
#[derive(Debug)]
pub struct Clock;

impl MarketData for Clock {
    async fn bars(
        &self,
        _symbol: &Symbol,
        _wanted: Wanted,
        deadline: Deadline,
    ) -> Result<Fetched, MarketDataError> {
        Err(MarketDataError::Unavailable(format!("{:?}", deadline.remaining())))
    }
}

impl MarketData for Market {
    async fn bars(
        &self,
        _symbol: &Symbol,
        wanted: Wanted,
        _: Deadline,
    ) -> Result<Fetched, MarketDataError> {
        let all = self.0.clone()?;
        let bars = wanted.since.map_or(all.to_vec(), |day| all.since(day).to_vec());
        let (bars, is_fallback) = (Bars::try_from(bars).unwrap(), self.1);
        Ok(Fetched { bars, rejected: None, provider: "memory", is_fallback })
    }
}
