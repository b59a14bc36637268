//! Prints the figures of the code (`make figures`); `tests/project/figures.rs` holds them.

#![expect(clippy::print_stdout, reason = "it is a report")]

use support::figures::Figures;

fn main() {
    print!("{}", Figures::count());
}
