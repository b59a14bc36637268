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
        self.frame(title, &[&self.style], &article)
    }

    /// The reference, which its scripts fill.
    pub(crate) fn reference(&self) -> String {
        let styles: Vec<&String> = [&self.style].into_iter().chain(&self.reference_styles).collect();
        let scripts = self.reference_scripts.each_ref().map(|path| format!(r#"<script src="{path}" defer></script>"#));
        let body = format!(
            r#"<main id="reference"><noscript>The reference needs JavaScript; <a href="/openapi.json">the contract</a> does not.</noscript></main>{}"#,
            scripts.concat()
        );
        self.frame("Reference", &styles, &body)
    }

    fn frame(&self, title: &str, styles: &[&String], body: &str) -> String {
        let styles: String = styles.iter().map(|path| format!(r#"<link rel="stylesheet" href="{path}">"#)).collect();
        let link = |(name, text): (&str, &str)| {
            let here = if text == title { r#" aria-current="page""# } else { "" };
            format!(r#"<a href="/docs{name}"{here}>{text}</a>"#)
        };
        let guide = PAGES.map(|(name, text)| link((&format!("/{name}"), text))).concat();
        let reference = link(("", "Reference"));
        format!(
            r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title} - Bellwether</title><link rel="icon" href="data:,">{styles}</head><body><header><strong>Bellwether</strong><nav aria-label="Documentation">{reference}{guide}</nav></header>{body}</body></html>"#
        )
    }
}

/// Code and text of each problem: the sections of `problems.md`.
pub(crate) fn problems(markdown: &str) -> Vec<(String, String)> {
    let section = |part: &str| {
        let (code, text) = part.split_once('\n').unwrap_or((part, ""));
        (code.trim().to_owned(), format!("# `{}`\n{text}\n\n[All problems](/docs/errors)\n", code.trim()))
    };
    markdown.split("\n## ").skip(1).map(section).collect()
}

/// Puts files (`{{snippets/verify.py}}`) and the list of problems (`{{problems}}`) where a page names them.
pub(crate) fn filled(markdown: &str, problems: &[(String, String)]) -> Result<String, Box<dyn Error>> {
    let mut parts = markdown.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").ok_or("a {{ is not closed")?;
        match name {
            "problems" => text.extend(problems.iter().map(|(code, _)| format!("- [`{code}`](/docs/problems/{code})\n"))),
            path => text.push_str(fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?.trim_end()),
        }
        text.push_str(rest);
    }
    Ok(text)
}
