//! Builds every page at build time: packed, and in a table by path.

mod contract;
mod guide;
mod site;

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write},
    path::Path,
};

use guide::Looks;
use site::Site;

const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

fn main() -> Result<(), Box<dyn Error>> {
    for source in ["assets", "build", "pages", "snippets", contract::PATH] {
        writeln!(io::stdout(), "cargo:rerun-if-changed={source}")?;
    }
    let mut site = Site::default();
    let looks = Looks {
        style: site.asset("guide.css", STYLE)?,
        script: site.asset("guide.js", SCRIPT)?,
        reference_styles: [
            site.asset("swagger-ui.css", STYLE)?,
            site.asset("reference.css", STYLE)?,
        ],
        reference_scripts: [
            site.asset("swagger-ui-bundle.js", SCRIPT)?,
            site.asset("reference.js", SCRIPT)?,
        ],
    };
    site.page("/openapi.json", JSON, &contract::json()?)?;
    site.page("/server.json", JSON, &contract::versioned(include_str!("server.json"))?)?;
    site.page("/docs", PAGE, &looks.reference())?;
    let problems = guide::problems(&fs::read_to_string("pages/problems.md")?);
    let start = looks.page("Start", &source("start.md", &problems)?, "/llms.txt");
    site.page("/", PAGE, &start)?;
    site.page("/llms.txt", TEXT, &source("llms.txt", &problems)?)?;
    let guide = guide::PAGES.into_iter().map(|(name, title, _)| {
        Ok((format!("/docs/{name}"), title, source(&format!("{name}.md"), &problems)?))
    });
    let guide: Result<Vec<_>, Box<dyn Error>> = guide.collect();
    let codes = problems
        .iter()
        .map(|(code, text)| (format!("/docs/problems/{code}"), code.as_str(), text.clone()));
    for (path, title, text) in guide?.into_iter().chain(codes) {
        let markdown = format!("{path}.md");
        site.page(&path, PAGE, &looks.page(title, &text, &markdown))?;
        site.page(&markdown, MARKDOWN, &text)?;
    }
    site.write(Path::new(&env::var("OUT_DIR")?))?;
    Ok(())
}

/// A file of `pages`, with what it names filled in.
fn source(name: &str, problems: &[(String, String)]) -> Result<String, Box<dyn Error>> {
    guide::filled(&fs::read_to_string(format!("pages/{name}"))?, problems)
}
