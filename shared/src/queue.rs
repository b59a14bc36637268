//! Queues: sending messages, and the edge of the workers that handle them.
//!
//! - A *worker* declares its queue, batch size and timeout ([`Work`]).
//! - Its *handler* gets one [`Delivery`] at a time and returns an [`Outcome`]: [`Outcome::Ack`]
//!   deletes the message, [`Outcome::RetryAfter`] changes its visibility. After an error, the
//!   message is redelivered when the visibility timeout of the queue has passed.
//! - SQS delivers at least once and in any order, so every handler is idempotent.
//!
//! A message whose body does not match the schema goes to the dead-letter queue at once: no later
//! delivery could be read. A message that keeps failing goes there after its last delivery.

#[cfg(feature = "sqs")]
mod aws;
mod ports;
#[cfg(feature = "sqs")]
mod serve;
#[cfg(feature = "sqs")]
mod sqs;
mod work;
mod worker;

pub use ports::{ChangeVisibility, DeadLetterQueue, Publish, QueueError, TIMEOUT};
#[cfg(feature = "sqs")]
pub use serve::serve;
#[cfg(feature = "sqs")]
pub use sqs::{Queue, SqsConfig};
pub use work::{QueueName, Work};
pub use worker::{Delivery, Outcome, WorkResult, Worker};
