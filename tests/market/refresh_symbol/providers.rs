//! The providers of bars, against a server that answers what it is told to.

mod csv;
mod order;
mod server;
mod tiingo;
