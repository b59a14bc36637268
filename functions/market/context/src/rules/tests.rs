//! Tests of the market's types; those of the metrics are in `metrics/tests`.

mod bar;
pub(super) mod data;
mod day;
mod metric;
mod price;
mod rows;
mod series;

use super::*;
use crate::fakes::{day, flat_bar, flat_bars, price};
