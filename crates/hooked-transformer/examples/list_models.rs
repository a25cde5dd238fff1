//! Prints the models that have a name: `cargo run -p hooked-transformer --example list_models [PART OF A NAME]`.

use hooked_transformer::list_models;

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default().to_ascii_lowercase();
    println!("{:<28} {:>6}  {:<30} {:<52} also", "name", "size", "architecture", "repository");
    for model in list_models() {
        let names = std::iter::once(model.name).chain(model.aliases.iter().copied()).chain([model.repo]);
        if names.clone().any(|name| name.to_ascii_lowercase().contains(&wanted)) {
            let aliases = model.aliases.join(", ");
            println!("{:<28} {:>6}  {:<30} {:<52} {aliases}", model.name, model.size, model.architecture, model.repo);
        }
    }
}
