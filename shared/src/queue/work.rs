//! Queue workers, declared once next to their handlers.

use std::{marker::PhantomData, time::Duration};

/// A queue of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueName {
    Analyses,
    AnalysesDeadLetter,
    Refreshes,
    RefreshesDeadLetter,
}

impl QueueName {
    /// The environment variable with the URL of the queue.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Analyses => "ANALYSES_QUEUE_URL",
            Self::AnalysesDeadLetter => "ANALYSES_DEAD_LETTER_QUEUE_URL",
            Self::Refreshes => "REFRESHES_QUEUE_URL",
            Self::RefreshesDeadLetter => "REFRESHES_DEAD_LETTER_QUEUE_URL",
        }
    }

    /// The logical id in the template.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Analyses => "AnalysesQueue",
            Self::AnalysesDeadLetter => "AnalysesDeadLetterQueue",
            Self::Refreshes => "RefreshesQueue",
            Self::RefreshesDeadLetter => "RefreshesDeadLetterQueue",
        }
    }

    /// The queue for its messages that could not be handled.
    #[must_use]
    pub const fn dead_letters(self) -> Self {
        match self {
            Self::Analyses | Self::AnalysesDeadLetter => Self::AnalysesDeadLetter,
            Self::Refreshes | Self::RefreshesDeadLetter => Self::RefreshesDeadLetter,
        }
    }
}

/// A worker for messages of the type `M`. A test compares it with the template.
#[derive(Debug)]
pub struct Work<M> {
    /// The name of the function.
    pub id: &'static str,
    pub queue: QueueName,
    /// The maximum number of messages of one invocation.
    pub batch: u32,
    /// Timeout of an invocation.
    pub timeout: Duration,
    message: PhantomData<fn() -> M>,
}

impl<M> Work<M> {
    pub const fn new(id: &'static str, queue: QueueName, batch: u32, timeout: Duration) -> Self {
        Self { id, queue, batch, timeout, message: PhantomData }
    }
}
