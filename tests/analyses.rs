//! The functions of `functions/analyses`.

mod create_analysis;
mod decisions;
mod dispatch_analysis;
mod get_analysis;
mod receive_callback;
