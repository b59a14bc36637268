//! Single flight: of many who want the same at the same time, one does the work.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What has been begun, by key. The lock of a flight is held by the one who does the work.
pub(super) struct Flights<T>(Mutex<HashMap<String, Flight<T>>>);

type Flight<T> = Arc<tokio::sync::Mutex<Option<T>>>;

impl<T> Default for Flights<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Flights<T> {
    /// Does the work, or waits for whoever does it. When that one goes away, the next of those who wait does it.
    pub(super) async fn share<Fut>(&self, key: &str, work: impl FnOnce() -> Fut) -> T
    where
        Fut: Future<Output = T>,
    {
        let flight = self.board(key);
        let mut landed = flight.lock().await;
        if let Some(landed) = &*landed {
            return landed.clone();
        }
        let outcome = work().await;
        // Whoever comes now begins anew; those who wait find the outcome.
        self.flights().remove(key);
        *landed = Some(outcome.clone());
        outcome
    }

    fn board(&self, key: &str) -> Flight<T> {
        let mut flights = self.flights();
        // Those who were the only ones on a flight may have gone away.
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        Arc::clone(flights.entry(key.to_owned()).or_default())
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<String, Flight<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::pending, pin::pin, task::Poll};

    use super::*;

    #[tokio::test]
    async fn many_share_one_flight() {
        let (flights, begun) = (Flights::default(), Cell::new(0));
        let work = || async {
            begun.set(begun.get() + 1);
            tokio::task::yield_now().await;
            begun.get()
        };
        let outcomes = tokio::join!(flights.share("a", work), flights.share("a", work), flights.share("a", work));
        assert_eq!((outcomes, begun.get()), ((1, 1, 1), 1));
        assert_eq!(flights.share("a", work).await, 2, "a landed flight is over");
    }

    #[tokio::test]
    async fn when_one_goes_away_the_next_does_the_work() {
        let flights = Flights::default();
        let mut second = pin!(flights.share("a", || async { 2 }));
        {
            let mut first = pin!(flights.share("a", pending));
            std::future::poll_fn(|context| {
                assert!(first.as_mut().poll(context).is_pending());
                assert!(second.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
        }
        assert_eq!(second.await, 2);
    }

    #[tokio::test]
    async fn what_everybody_left_is_forgotten() {
        let flights = Flights::<u8>::default();
        {
            let mut alone = pin!(flights.share("a", pending));
            std::future::poll_fn(|context| Poll::Ready(alone.as_mut().poll(context).is_pending())).await;
        }
        assert_eq!(flights.share("b", || async { 1 }).await, 1);
        assert!(flights.flights().is_empty());
    }
}
