//! Prints the models that have a name: `cargo run --example list_models [PART OF A NAME]`.

use std::io::{self, ErrorKind, Write};

use hooked_transformer::list_models;

fn main() -> io::Result<()> {
    let wanted = std::env::args().nth(1).unwrap_or_default().to_ascii_lowercase();
    match list(&wanted, &mut io::stdout().lock()) {
        // The reader has seen enough, `head` for one.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

fn list(wanted: &str, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{:<28} {:>6}  {:<30} {:<52} also", "name", "size", "architecture", "repository")?;
    for model in list_models() {
        let names = std::iter::once(model.name).chain(model.aliases.iter().copied()).chain([model.repo]);
        if names.clone().any(|name| name.to_ascii_lowercase().contains(wanted)) {
            let aliases = model.aliases.join(", ");
            writeln!(
                out,
                "{:<28} {:>6}  {:<30} {:<52} {aliases}",
                model.name, model.size, model.architecture, model.repo
            )?;
        }
    }
    Ok(())
}
