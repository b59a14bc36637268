//! The guide: Markdown as HTML, in one frame.

use std::{error::Error, fs};

use pulldown_cmark::{Options, Parser, html};

/// Name and title of each page of the guide, in reading order.
pub(crate) const PAGES: [(&str, &str); 6] = [
    ("quick-start", "Quick start"),
    ("authentication", "Authentication"),
    ("paging", "Lists and paging"),
    ("errors", "Errors"),
    ("webhooks", "Webhooks"),
    ("versioning", "Versions"),
];

const FRAME: &str = include_str!("page.html");
const REFERENCE: &str = r#"<main id="reference"><noscript>The reference needs JavaScript; <a href="/openapi.json">the contract</a>
does not.</noscript></main>"#;

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
        let style = |path: &String| format!(r#"<link rel="stylesheet" href="{path}">"#);
        let styles: Vec<String> =
            [&self.style].into_iter().chain(further_styles).map(style).collect();
        let link = |(name, text): (&str, &str)| {
            let here = if text == title { r#" aria-current="page""# } else { "" };
            format!(r#"<a href="/docs{name}"{here}>{text}</a>"#)
        };
        let guide = PAGES.map(|(name, text)| link((&format!("/{name}"), text)));
        let links = link(("", "Reference")) + &guide.concat();
        let filled = FRAME
            .replace("{title}", title)
            .replace("{styles}", &styles.concat())
            .replace("{links}", &links);
        filled.replace("{body}", body)
    }
}

/// Code and text of each problem: the sections of `problems.md`.
pub(crate) fn problems(markdown: &str) -> Vec<(String, String)> {
    let section = |part: &str| {
        let (code, text) = part.split_once('\n').unwrap_or((part, ""));
        (
            code.trim().to_owned(),
            format!("# `{}`\n{text}\n\n[All problems](/docs/errors)\n", code.trim()),
        )
    };
    markdown.split("\n## ").skip(1).map(section).collect()
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
