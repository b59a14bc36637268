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

const PAGE: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

fn main() -> Result<(), Box<dyn Error>> {
    for source in ["assets", "build", "pages", "snippets", contract::PATH] {
        writeln!(io::stdout(), "cargo:rerun-if-changed={source}")?;
    }
    let mut site = Site::default();
    let looks = Looks {
        style: site.asset("guide.css", STYLE)?,
        reference_styles: [
            site.asset("swagger-ui.css", STYLE)?,
            site.asset("reference.css", STYLE)?,
        ],
        reference_scripts: [
            site.asset("swagger-ui-bundle.js", SCRIPT)?,
            site.asset("reference.js", SCRIPT)?,
        ],
    };
    site.page("/openapi.json", "application/json", &contract::json()?)?;
    site.page("/docs", PAGE, &looks.reference())?;
    let problems = guide::problems(&fs::read_to_string("pages/problems.md")?);
    for (name, title) in guide::PAGES {
        let text = guide::filled(&fs::read_to_string(format!("pages/{name}.md"))?, &problems)?;
        site.page(&format!("/docs/{name}"), PAGE, &looks.page(title, &text))?;
    }
    for (code, text) in &problems {
        site.page(&format!("/docs/problems/{code}"), PAGE, &looks.page(code, text))?;
    }
    site.write(Path::new(&env::var("OUT_DIR")?))?;
    Ok(())
}
