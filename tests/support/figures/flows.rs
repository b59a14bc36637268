//! The files of each flow, as `architecture.md` lists them.

use crate::template::text;

const BEGIN: &str = "<!-- files: ";
const END: &str = "<!-- end -->";

/// A flow and the files that one opens to follow it.
#[derive(Debug)]
pub struct Flow {
    pub name: String,
    pub files: Vec<String>,
}

pub(super) fn read() -> Vec<Flow> {
    let text = text("infra/docs/architecture.md");
    let lists = text.split(BEGIN).skip(1).filter_map(|rest| rest.split_once(END));
    lists.filter_map(|(list, _)| flow(list)).collect()
}

fn flow(list: &str) -> Option<Flow> {
    let (name, list) = list.split_once(" -->")?;
    let items = list.lines().filter_map(|line| line.strip_prefix("- `")?.strip_suffix('`'));
    Some(Flow { name: name.to_owned(), files: items.map(str::to_owned).collect() })
}
