//! What fulfils the ports. Only these modules name a vendor.

#[cfg(feature = "sqs")]
mod aws;
pub mod http_client;
pub mod market_data;
pub mod n8n;
pub mod postgrest;
#[cfg(feature = "sqs")]
pub mod sqs;
pub mod supabase_auth;
