//! Single flight: of concurrent requests for the same key, one does the work.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The running work, by key. The request that does the work locks its slot.
pub(super) struct SingleFlight<T>(Mutex<HashMap<String, Slot<T>>>);

type Slot<T> = Arc<tokio::sync::Mutex<Option<T>>>;

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> SingleFlight<T> {
    /// Does the work, or waits for the request that does it. If that request is dropped, the next
    /// waiting one does the work.
    pub(super) async fn run<Fut>(&self, key: &str, work: impl FnOnce() -> Fut) -> T
    where
        Fut: Future<Output = T>,
    {
        let slot = self.slot(key);
        let mut done = slot.lock().await;
        if let Some(outcome) = &*done {
            return outcome.clone();
        }
        let outcome = work().await;
        // Later requests do the work again. Those that wait for this slot get the outcome.
        self.slots().remove(key);
        *done = Some(outcome.clone());
        outcome
    }

    fn slot(&self, key: &str) -> Slot<T> {
        let mut slots = self.slots();
        // Removes slots whose requests were all dropped.
        slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        Arc::clone(slots.entry(key.to_owned()).or_default())
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<String, Slot<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::pending, pin::pin, task::Poll};

    use super::*;

    #[tokio::test]
    async fn concurrent_requests_share_one_run() {
        let (flights, begun) = (SingleFlight::default(), Cell::new(0));
        let outcomes = tokio::join!(
            flights.run("a", || count(&begun)),
            flights.run("a", || count(&begun)),
            flights.run("a", || count(&begun)),
        );
        assert_eq!((outcomes, begun.get()), ((1, 1, 1), 1));
        assert_eq!(flights.run("a", || count(&begun)).await, 2, "a finished run is not reused");
    }

    async fn count(begun: &Cell<u32>) -> u32 {
        begun.set(begun.get() + 1);
        tokio::task::yield_now().await;
        begun.get()
    }

    #[tokio::test]
    async fn when_a_request_is_dropped_the_next_does_the_work() {
        let flights = SingleFlight::default();
        let mut second = pin!(flights.run("a", || async { 2 }));
        {
            let mut first = pin!(flights.run("a", pending));
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
    async fn a_slot_without_requests_is_removed() {
        let flights = SingleFlight::<u8>::default();
        {
            let mut alone = pin!(flights.run("a", pending));
            std::future::poll_fn(|context| Poll::Ready(alone.as_mut().poll(context).is_pending()))
                .await;
        }
        assert_eq!(flights.run("b", || async { 1 }).await, 1);
        assert!(flights.slots().is_empty());
    }
}
