//! The guide: Markdown as HTML, in one frame.

use std::{error::Error, fs};

use pulldown_cmark::{Options, Parser, html};

/// Name and title of each page of the guide, in reading order.
pub(crate) const PAGES: [(&str, &str); 7] = [
    ("quick-start", "Quick start"),
    ("authentication", "Authentication"),
    ("paging", "Lists and paging"),
    ("errors", "Errors"),
    ("webhooks", "Webhooks"),
    ("supabase-js", "Straight from supabase-js"),
    ("versioning", "Versions"),
];

const FRAME: &str = include_str!("page.html");
const REFERENCE: &str = concat!(
    r#"<main id="reference"><noscript>The reference needs JavaScript; "#,
    r#"<a href="/openapi.json">the contract</a>"#,
    "\ndoes not.</noscript></main>"
);

/// The addresses of style sheets and scripts.
#[derive(Debug)]
pub(crate) struct Looks {
    pub(crate) style: String,
    pub(crate) reference_styles: [String; 2],
    pub(crate) reference_scripts: [String; 2],
}

impl Looks {
    /// A page of Markdown.
    pub(crate) fn page(&self, title: &str, markdown: &str) -> String {
        let mut article = String::from(r#"<main class="guide">"#);
        html::push_html(&mut article, Parser::new_ext(markdown, Options::ENABLE_TABLES));
        article.push_str("</main>");
        self.frame(title, &[], &article)
    }

    /// The reference, which its scripts fill.
    pub(crate) fn reference(&self) -> String {
        let scripts = self
            .reference_scripts
            .each_ref()
            .map(|path| format!(r#"<script src="{path}" defer></script>"#));
        let body = format!("{REFERENCE}{}", scripts.concat());
        self.frame("Reference", &self.reference_styles, &body)
    }

    fn frame(&self, title: &str, further_styles: &[String], body: &str) -> String {
        let styles: Vec<String> = [&self.style]
            .into_iter()
            .chain(further_styles)
            .map(|path| format!(r#"<link rel="stylesheet" href="{path}">"#))
            .collect();
        let filled = FRAME
            .replace("{title}", title)
            .replace("{styles}", &styles.concat())
            .replace("{links}", &links(title));
        filled.replace("{body}", body)
    }
}

/// The links to all pages, with the current one marked.
fn links(current: &str) -> String {
    let guide = PAGES.map(|(name, title)| link(&format!("/docs/{name}"), title, current));
    link("/docs", "Reference", current) + &guide.concat()
}

fn link(path: &str, title: &str, current: &str) -> String {
    let here = if title == current { r#" aria-current="page""# } else { "" };
    format!(r#"<a href="{path}"{here}>{title}</a>"#)
}

/// Code and text of each problem: the sections of `problems.md`.
pub(crate) fn problems(markdown: &str) -> Vec<(String, String)> {
    markdown.split("\n## ").skip(1).map(problem).collect()
}

fn problem(section: &str) -> (String, String) {
    let (code, text) = section.split_once('\n').unwrap_or((section, ""));
    let code = code.trim();
    (code.to_owned(), format!("# `{code}`\n{text}\n\n[All problems](/docs/errors)\n"))
}

/// Puts files (`{{snippets/verify.py}}`) and the list of problems (`{{problems}}`) where a page
/// names them.
pub(crate) fn filled(
    markdown: &str,
    problems: &[(String, String)],
) -> Result<String, Box<dyn Error>> {
    let mut parts = markdown.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").ok_or("a {{ is not closed")?;
        match name {
            "problems" => {
                text.extend(
                    problems
                        .iter()
                        .map(|(code, _)| format!("- [`{code}`](/docs/problems/{code})\n")),
                );
            }
            path => text.push_str(
                fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?.trim_end(),
            ),
        }
        text.push_str(rest);
    }
    Ok(text)
}
