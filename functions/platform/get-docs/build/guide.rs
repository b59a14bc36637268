//! The guide: Markdown as HTML, in one frame.

use std::{error::Error, fs};

use pulldown_cmark::{Options, Parser, html};

/// Name, title and subject of each page of the guide, in reading order.
pub(crate) const PAGES: [(&str, &str, &str); 8] = [
    ("quick-start", "Quick start", "read metrics, request an analysis, generate a client"),
    ("authentication", "Authentication", "which routes need an access token, and how to get one"),
    ("agents", "AI agents", "connect Claude, ChatGPT, Cursor, VS Code or Gemini to the MCP server"),
    ("paging", "Lists and paging", "cursors, filters, sorting, CSV, many stocks by symbol"),
    ("errors", "Errors", "the shape of every error, retries, all codes"),
    ("webhooks", "Webhooks", "signed messages to and from n8n workflows"),
    ("supabase-js", "Straight from supabase-js", "the tables and functions behind the API"),
    ("versioning", "Versions", "what may change, and how a route is retired"),
];

/// What a filled page contains for the base URL of the deployment, which is known at run time only.
pub(crate) const BASE: &str = "{{base}}";

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
    pub(crate) script: String,
    pub(crate) reference_styles: [String; 2],
    pub(crate) reference_scripts: [String; 2],
}

impl Looks {
    /// A page of Markdown; `source` is the path of its text.
    pub(crate) fn page(&self, title: &str, markdown: &str, source: &str) -> String {
        let mut article = String::from(r#"<main class="guide">"#);
        html::push_html(&mut article, Parser::new_ext(markdown, Options::ENABLE_TABLES));
        article.push_str("</main>");
        article.push_str(&script(&self.script));
        self.frame(title, &[], &article)
            .replace("</head>", &format!("<link rel=\"alternate\" href=\"{source}\">\n</head>"))
    }

    /// The reference, which its scripts fill.
    pub(crate) fn reference(&self) -> String {
        let scripts = self.reference_scripts.each_ref().map(|path| script(path));
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

fn script(path: &str) -> String {
    format!(r#"<script src="{path}" defer></script>"#)
}

/// The links to all pages, with the current one marked.
fn links(current: &str) -> String {
    let guide = PAGES.map(|(name, title, _)| link(&format!("/docs/{name}"), title, current));
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

/// Puts files (`{{snippets/verify.py}}`), the list of pages (`{{guide}}`) and the list of problems
/// (`{{problems}}`) where a page names them.
pub(crate) fn filled(
    markdown: &str,
    problems: &[(String, String)],
) -> Result<String, Box<dyn Error>> {
    let mut parts = markdown.split("{{");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").ok_or("a {{ is not closed")?;
        match name {
            "base" => text.push_str(BASE),
            "guide" => text.extend(PAGES.iter().map(|(name, title, subject)| {
                format!("- [{title}]({BASE}/docs/{name}.md): {subject}\n")
            })),
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
