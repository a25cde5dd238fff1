//! The page around the modules: as a site of several files, or as one file with everything in it.

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::link::{Module, imported_from, link};
use super::module::MODULE;
use crate::reads::workspace::Workspace;

const FOLDER: &str = "crates/playground/page";
const PARTS_FOLDER: &str = "crates/circuit-vis/assets";
const MODELS: [&str; 2] = ["gpt2-tales", "attn-only-2l-tales"];
const MODEL_FILES: [&str; 3] = ["config.json", "model.safetensors", "tokenizer.json"];

/// What the page takes of circuit-vis, in the order in which it builds on each other.
const PARTS: [&str; 12] = [
    "dom.js",
    "data.js",
    "color.js",
    "theme.js",
    "tooltip.js",
    "focus.js",
    "controls.js",
    "token.js",
    "matrix.js",
    "lines.js",
    "live_plot.js",
    "frame.js",
];
const PARTS_STYLES: [&str; 4] = ["page.css", "token.css", "attention.css", "plot.css"];

/// The page's modules, each after those that it imports.
const MODULES: [&str; 17] = [
    "tokens.js",
    "presets.js",
    "state.js",
    "settings.js",
    "challenges.js",
    "client.js",
    "files.js",
    "text_panel.js",
    "tiles.js",
    "heads.js",
    "stream.js",
    "steering.js",
    "find.js",
    "growing_run.js",
    "grow.js",
    "take.js",
    "main.js",
];

/// What may run and load on the site: its own files.
const SITE_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; \
                           style-src 'self'; img-src data: blob:; base-uri 'none'; form-action 'none'";

/// Writes the page that is one file where the book looks for it, if it is not there as it should be: mdBook takes a file
/// that is written for one that changed.
///
/// # Errors
/// As [`write_site`].
pub(crate) fn write_for_book(workspace: &Workspace, out: &Path) -> Result<(), String> {
    let page = single(workspace)?;
    if fs::read(out).is_ok_and(|there| there == page.as_bytes()) { Ok(()) } else { write(out, page.as_bytes()) }
}

/// Writes the site.
///
/// # Errors
/// A source cannot be read, or a file not be written.
pub(super) fn write_site(workspace: &Workspace, out: &Path) -> Result<(), String> {
    let modules = modules(workspace)?;
    let head = format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{SITE_POLICY}\">\n<link rel=\"stylesheet\" href=\"style.css\">\n\
         <script type=\"module\" src=\"main.js\"></script>\n"
    );
    write(&out.join("index.html"), document(workspace, &head, "")?.as_bytes())?;
    write(&out.join("style.css"), styles(workspace)?.as_bytes())?;
    for (name, source) in &modules {
        write(&out.join(name), source.as_bytes())?;
    }
    for name in ["worker.js", MODULE] {
        copy(workspace, &format!("crates/playground/{}", place_of(name)), &out.join(name))?;
    }
    for (model, file) in model_files() {
        let path = format!("models/{model}/{file}");
        copy(workspace, &format!("reference_data/{path}"), &out.join(&path))?;
    }
    Ok(())
}

/// Writes the page that is one file. The same sources give the same file.
///
/// # Errors
/// As [`write_site`].
pub(crate) fn write_single(workspace: &Workspace, out: &Path) -> Result<(), String> {
    write(out, single(workspace)?.as_bytes())
}

/// The page that is one file. It may run the one script and use the one style that it carries, known by their checksums,
/// and load nothing.
fn single(workspace: &Workspace) -> Result<String, String> {
    let style = format!("\n{}", styles(workspace)?);
    let script = format!("\n{}", link(&modules(workspace)?)?);
    let policy = format!(
        "default-src 'none'; script-src '{}' 'wasm-unsafe-eval' blob:; worker-src blob:; style-src '{}'; img-src data: blob:; \
         base-uri 'none'; form-action 'none'",
        checksum(&script),
        checksum(&style)
    );
    let head = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n<style>{style}</style>\n");
    let mut files = String::new();
    let worker = read(workspace, &format!("crates/playground/{}", place_of("worker.js")))?;
    files.push_str(&format!("<script type=\"text/plain\" id=\"file:worker.js\">\n{worker}</script>\n"));
    let mut embed = |name: &str, path: &str| -> Result<(), String> {
        let base64 = STANDARD.encode(read_bytes(workspace, path)?);
        files.push_str(&format!("<script type=\"application/octet-stream\" id=\"file:{name}\">{base64}</script>\n"));
        Ok(())
    };
    embed(MODULE, &format!("crates/playground/{}", place_of(MODULE)))?;
    for (model, file) in model_files() {
        let path = format!("models/{model}/{file}");
        embed(&path, &format!("reference_data/{path}"))?;
    }
    files.push_str(&format!("<script>{script}</script>\n"));
    document(workspace, &head, &files)
}

/// A script or style as a content security policy names it.
fn checksum(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn document(workspace: &Workspace, head: &str, end: &str) -> Result<String, String> {
    let body = read(workspace, &format!("{FOLDER}/page.html"))?;
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Playground: a live model under the microscope</title>\n{head}</head>\n<body>\n{body}{end}</body>\n</html>\n"
    ))
}

/// The page's modules, and before them `parts.js`: what they import of circuit-vis's scripts, as a module.
fn modules(workspace: &Workspace) -> Result<Vec<Module>, String> {
    let source = |folder: &str, name: &str| read(workspace, &format!("{folder}/{name}"));
    let own = MODULES.iter().map(|name| Ok((name.to_string(), source(FOLDER, name)?)));
    let own = own.collect::<Result<Vec<Module>, String>>()?;
    let parts = PARTS.iter().map(|name| source(PARTS_FOLDER, name)).collect::<Result<Vec<_>, String>>()?.concat();
    // One line for each, in the form that a declaration is exported in.
    let exports = imported_from(&own, "parts.js").into_iter();
    let exports: String = exports.map(|name| format!("export const {name} = parts.{name};\n")).collect();
    let names = imported_from(&own, "parts.js").join(", ");
    let parts = format!("const parts = (() => {{\n{parts}\nreturn {{ {names} }};\n}})();\n{exports}");
    Ok([vec![("parts.js".to_string(), parts)], own].concat())
}

fn styles(workspace: &Workspace) -> Result<String, String> {
    let parts = PARTS_STYLES.iter().map(|name| read(workspace, &format!("{PARTS_FOLDER}/{name}")));
    let parts = parts.collect::<Result<Vec<_>, String>>()?.concat();
    Ok(parts + &read(workspace, &format!("{FOLDER}/style.css"))?)
}

fn model_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    MODELS.into_iter().flat_map(|model| MODEL_FILES.into_iter().map(move |file| (model, file)))
}

/// Where a file of the site is in the crate.
fn place_of(name: &str) -> String {
    if name == MODULE { format!("module/{name}") } else { format!("page/{name}") }
}

/// A text that goes into the page; it must not be able to end the element around it.
fn read(workspace: &Workspace, file: &str) -> Result<String, String> {
    let text = workspace.read(file)?;
    let is_script = file.ends_with(".js") || file.ends_with(".css");
    if is_script && text.contains("</") {
        Err(format!("{file} could end its own element in the page"))
    } else {
        Ok(text)
    }
}

fn read_bytes(workspace: &Workspace, file: &str) -> Result<Vec<u8>, String> {
    fs::read(workspace.path(file)).map_err(|error| format!("{file}: {error}"))
}

fn copy(workspace: &Workspace, from: &str, to: &Path) -> Result<(), String> {
    write(to, &read_bytes(workspace, from)?)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    fs::write(path, bytes).map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> Workspace {
        Workspace::find().unwrap()
    }

    #[test]
    fn one_file_holds_everything_and_asks_for_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/playground.html");
        write_single(&course(), &out).unwrap();
        let html = fs::read_to_string(&out).unwrap();
        for inside in ["file:playground.wasm.gz", "file:worker.js", "file:models/gpt2-tales/model.safetensors"] {
            assert!(html.contains(&format!("id=\"{inside}\"")), "{inside}");
        }
        assert!(!html.contains("src=\"") && !html.contains("href=\"") && !html.contains("\nimport "));
        assert!(!html.contains("connect-src") && html.contains("default-src 'none'"));
        assert!(html.contains("script-src 'sha256-") && !html.contains("unsafe-inline"));
        assert_eq!(html, single(&course()).unwrap(), "the same sources give the same page");
    }

    #[test]
    fn the_site_has_every_file_that_it_names() {
        let folder = tempfile::tempdir().unwrap();
        write_site(&course(), folder.path()).unwrap();
        let has = |name: &str| folder.path().join(name).is_file();
        for (_, source) in modules(&course()).unwrap() {
            for line in source.lines().filter(|line| line.starts_with("import ")) {
                let name = line.rsplit("\"./").next().and_then(|rest| rest.strip_suffix("\";")).unwrap();
                assert!(has(name), "{line}");
            }
        }
        assert!(["index.html", "style.css", "worker.js", "playground.wasm.gz"].into_iter().all(has));
    }

    /// Text is only ever set as text, and nothing is asked of anyone else.
    #[test]
    fn the_pages_scripts_parse_no_markup() {
        for (name, source) in modules(&course()).unwrap() {
            for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
            {
                assert!(!source.contains(forbidden), "{name}: {forbidden}");
            }
            let outside = source.split("http").skip(1).filter(|rest| !rest.starts_with("://www.w3.org/2000/svg"));
            assert_eq!(outside.count(), 0, "{name}");
        }
    }
}
