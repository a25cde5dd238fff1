//! `playground`: the live page. Alone it opens; `--out DIR` writes a static site, `--out FILE.html` one page that also
//! works when it is opened as a file, with both models in it.
//!
//! The WebAssembly module is in the repository, so this needs no other toolchain. `--build` makes it again, `--check` says
//! whether its sources have changed since.

mod link;
mod module;
pub(super) mod page;

use std::path::Path;

use super::arguments::Done;
use crate::reads::course::Course;
use crate::reads::workspace::Workspace;
use crate::says::screen::say;

/// Where the page is put that opens.
const OPENED: &str = "target/playground/playground.html";

/// `playground [--out DIR | --out FILE.html | --check | --build]`
pub(crate) fn run(course: &Course, arguments: &[&str]) -> Done {
    let workspace = &course.workspace;
    match arguments {
        [] => open(workspace),
        ["--check"] => module::check(workspace),
        ["--build"] => module::build(workspace),
        ["--out", out] => {
            let out = Path::new(out);
            if out.extension().is_some_and(|kind| kind == "html") {
                page::write_single(workspace, out)?;
                say!("The playground is {}, one file that opens in any browser.", out.display());
            } else {
                page::write_site(workspace, out)?;
                say!("The playground's site is in {}. A browser needs a server for it:", out.display());
                say!("  python3 -m http.server --directory {}", out.display());
            }
            Ok(true)
        }
        other => Err(format!(
            "`playground` is followed by --out DIR, --out FILE.html, --check or --build, not `{}`.",
            other.join(" ")
        )),
    }
}

fn open(workspace: &Workspace) -> Done {
    let path = workspace.path(OPENED);
    page::write_single(workspace, &path)?;
    match open::that_detached(&path) {
        Ok(()) => say!("The playground opens in your browser: {OPENED}"),
        Err(error) => say!("No browser could be started ({error}). The playground is {OPENED}: open it yourself."),
    }
    Ok(true)
}
