//! The functions of `functions/analyses`.

mod create_analysis;
mod decisions;
mod dispatch_analysis;
mod expire_analyses;
mod get_analysis;
mod receive_callback;
