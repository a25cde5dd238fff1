//! The HTML around the data: one self-contained document, with the scripts and styles of `assets/` compiled in; or many
//! documents in a folder that share them.

use serde_json::Value;

/// In the order in which they build on each other; all run in one function scope.
const SCRIPTS: [&str; 24] = [
    include_str!("../assets/dom.js"),
    include_str!("../assets/data.js"),
    include_str!("../assets/color.js"),
    include_str!("../assets/theme.js"),
    include_str!("../assets/tooltip.js"),
    include_str!("../assets/focus.js"),
    include_str!("../assets/controls.js"),
    include_str!("../assets/exports.js"),
    include_str!("../assets/token.js"),
    include_str!("../assets/matrix.js"),
    include_str!("../assets/attention_tint.js"),
    include_str!("../assets/grid.js"),
    include_str!("../assets/attention_patterns.js"),
    include_str!("../assets/attention_heads.js"),
    include_str!("../assets/head_view.js"),
    include_str!("../assets/model_view.js"),
    include_str!("../assets/colored_tokens.js"),
    include_str!("../assets/text_neuron_activations.js"),
    include_str!("../assets/topk.js"),
    include_str!("../assets/token_log_probs.js"),
    include_str!("../assets/heatmap.js"),
    include_str!("../assets/lines.js"),
    include_str!("../assets/frame.js"),
    include_str!("../assets/main.js"),
];

/// What only a live page draws with, after the others.
const LIVE_SCRIPT: &str = include_str!("../assets/live_plot.js");

const STYLES: [&str; 4] = [
    include_str!("../assets/page.css"),
    include_str!("../assets/token.css"),
    include_str!("../assets/attention.css"),
    include_str!("../assets/plot.css"),
];

/// The page may run what it carries and load nothing: a second lock behind "text is only ever set as text".
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";

/// For a page beside its assets: a browser that opens it as a file takes `file:` for the folder that it is in.
const SHARED_POLICY: &str =
    "default-src 'none'; script-src 'self' file:; style-src 'unsafe-inline' 'self' file:; img-src data:";

/// The files that [`View::to_html_beside_assets`](crate::View::to_html_beside_assets) needs in the folder of its page: their
/// names and contents.
pub fn shared_assets() -> [(&'static str, String); 2] {
    [("circuit-vis.css", STYLES.concat()), ("circuit-vis.js", wrapped(&SCRIPTS.concat()))]
}

/// A whole page with `body` in it, for a folder that holds the [`shared_assets`].
pub(crate) fn document_beside_assets(title: &str, body: &str) -> String {
    let head = "<link rel=\"stylesheet\" href=\"circuit-vis.css\">\n<script src=\"circuit-vis.js\" defer></script>\n";
    frame(title, SHARED_POLICY, head, body, "")
}

/// A whole page with `body` in it.
pub(crate) fn document(title: &str, body: &str) -> String {
    document_with(title, body, "", POLICY)
}

/// A page that a script of the caller's keeps up to date, from the server that the page came from.
///
/// `script` runs after those of this crate, in the same function scope, so it may use what they define: `el`, `svg`,
/// `theme`, `matrix`, `livePlot` and the rest. `body` is HTML, trusted as the script is.
///
/// # Panics
/// If the script could end its own element.
pub fn live_page(title: &str, body: &str, script: &str) -> String {
    assert!(!script.contains("</"), "a script inside a page cannot hold `</`");
    // In a block, so that a name of the caller's may be one that is used here.
    document_with(title, body, &format!("{LIVE_SCRIPT}{{\n{script}}}\n"), &format!("{POLICY}; connect-src 'self'"))
}

fn document_with(title: &str, body: &str, script: &str, policy: &str) -> String {
    let styles = format!("<style>\n{}</style>\n", STYLES.concat());
    let scripts = format!("<script>\n{}</script>\n", wrapped(&format!("{}{script}", SCRIPTS.concat())));
    frame(title, policy, &styles, body, &scripts)
}

/// Scripts in a function scope of their own.
fn wrapped(scripts: &str) -> String {
    format!("(() => {{\n\"use strict\";\n{scripts}}})();\n")
}

fn frame(title: &str, policy: &str, head: &str, body: &str, end: &str) -> String {
    let title = escape(title);
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
{head}</head>
<body>
<main>
{body}</main>
{end}</body>
</html>
"#
    )
}

/// The place of one view in a page. Inside a script element only `<` can end the data early, and JSON can spell it.
pub(crate) fn section(data: &Value) -> String {
    let json = data.to_string().replace('<', "\\u003c");
    format!(
        "<section class=\"view\">\n<script type=\"application/json\">{json}</script>\n\
         <noscript>This view is drawn by a script, and scripts are switched off.</noscript>\n</section>\n"
    )
}

/// A page as one line of HTML. Without a line break, Markdown takes it for one block of HTML, whatever it holds.
pub(crate) fn iframe(title: &str, html: &str) -> String {
    let (title, srcdoc) = (escape(title), escape(html));
    format!(
        r#"<iframe class="circuit-vis" title="{title}" style="width:100%;height:600px;border:0" srcdoc="{srcdoc}"></iframe>"#
    )
}

/// Text as it can stand in an element or a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\n' => escaped += "&#10;",
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn data_cannot_end_its_script_element() {
        let html = section(&json!({"token": "</script><script>alert(1)</script><!--"}));
        assert_eq!(html.matches('<').count(), 6, "{html}"); // section, script and noscript, opened and closed
        assert!(html.contains(r"\u003c/script>"));
    }

    #[test]
    fn titles_are_escaped_and_a_frame_is_one_line() {
        let frame = iframe("a \"b\" <i>", "<p>\n\nx & 'y'</p>");
        assert!(!frame.contains('\n') && !frame.contains("<i>") && !frame.contains("<p>"), "{frame}");
        assert!(frame.contains("&lt;p&gt;&#10;&#10;x &amp; &#39;y&#39;"), "{frame}");
        assert!(document("</title><b>", "").contains("<title>&lt;/title&gt;&lt;b&gt;</title>"));
    }

    #[test]
    fn a_page_beside_its_assets_names_both_files_and_holds_neither() {
        let page = document_beside_assets("a", "<p>b</p>\n");
        for (name, content) in shared_assets() {
            assert!(page.contains(&format!("\"{name}\"")) && content.len() > 10_000, "{name}");
        }
        assert!(page.len() < 1000, "{page}");
    }

    #[test]
    fn scripts_and_styles_use_nothing_from_outside_and_parse_no_markup() {
        for forbidden in
            ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "import "]
        {
            assert!(!SCRIPTS.concat().contains(forbidden), "{forbidden}");
        }
        let assets = SCRIPTS.concat() + &STYLES.concat();
        assert!(!assets.contains("</"), "an asset could end its own element");
        let outside: Vec<&str> =
            assets.split("http").skip(1).filter(|s| !s.starts_with("://www.w3.org/2000/svg")).collect();
        assert!(outside.is_empty() && !assets.contains("url("), "{outside:?}");
    }
}
