//! The page's modules as one script, for a page that is opened as a file: browsers load no module from another file there.
//!
//! Each module becomes a function that returns what it exports, and each import becomes names taken from there. The page's
//! modules keep to the two forms that are known here: `import { a, b } from "./module.js";` on one line, and `export` before
//! a declaration.

/// A module by its file name, with its source.
pub(super) type Module = (String, String);

/// One script of all modules, in an order in which each comes after those that it imports; the last one is run.
///
/// # Errors
/// An import or export has another form, or names a module that has not come yet.
pub(super) fn link(modules: &[Module]) -> Result<String, String> {
    let mut script = String::from("(async () => {\n\"use strict\";\n");
    for (at, (name, source)) in modules.iter().enumerate() {
        let last = at + 1 == modules.len();
        let mut exports = Vec::new();
        let mut body = String::new();
        for line in source.lines() {
            if line.starts_with("import ") {
                let (names, from) =
                    import(line).ok_or_else(|| format!("{name}: this import has another form: {line}"))?;
                if !modules[..at].iter().any(|(other, _)| other == from) {
                    return Err(format!("{name} imports {from}, which comes later or is not there"));
                }
                body.push_str(&format!("const {{ {names} }} = {};\n", variable(from)));
            } else if let Some(declaration) = line.strip_prefix("export ") {
                exports.push(
                    declared(declaration).ok_or_else(|| format!("{name}: this export has another form: {line}"))?,
                );
                body.push_str(declaration);
                body.push('\n');
            } else {
                body.push_str(line);
                body.push('\n');
            }
        }
        let exported = exports.join(", ");
        script.push_str(&match last {
            true => format!("await (async () => {{\n{body}}})();\n"),
            false => format!("const {} = (() => {{\n{body}return {{ {exported} }};\n}})();\n", variable(name)),
        });
    }
    script.push_str("})();\n");
    Ok(script)
}

/// The names that modules import from one of them, each once.
pub(super) fn imported_from(modules: &[Module], from: &str) -> Vec<String> {
    let imports = modules.iter().flat_map(|(_, source)| source.lines()).filter_map(import);
    let names = imports.filter(|(_, other)| *other == from).flat_map(|(names, _)| names.split(','));
    let mut names: Vec<String> = names.map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names
}

/// The names and the file of `import { a, b } from "./module.js";`.
fn import(line: &str) -> Option<(&str, &str)> {
    let (names, from) = line.strip_prefix("import {")?.strip_suffix("\";")?.split_once("} from \"./")?;
    Some((names.trim(), from))
}

/// What a declaration declares.
fn declared(declaration: &str) -> Option<&str> {
    let rest = ["async function ", "function ", "const ", "let ", "class "]
        .iter()
        .find_map(|keyword| declaration.strip_prefix(keyword))?;
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
    Some(&rest[..end])
}

/// The variable that holds what a module exports.
fn variable(file: &str) -> String {
    format!("m_{}", file.trim_end_matches(".js").replace(['-', '.'], "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(name: &str, source: &str) -> Module {
        (name.to_string(), source.to_string())
    }

    #[test]
    fn modules_become_functions_in_one_script() {
        let modules = [
            module("a.js", "export const one = 1;\nconst hidden = 2;\nexport async function two() {}\n"),
            module("b.js", "import { one, two } from \"./a.js\";\nconst hidden = one;\n"),
        ];
        let script = link(&modules).unwrap();
        assert!(script.contains(
            "const m_a = (() => {\nconst one = 1;\nconst hidden = 2;\nasync function two() {}\nreturn { one, two };"
        ));
        assert!(
            script.contains("await (async () => {\nconst { one, two } = m_a;\nconst hidden = one;\n})();"),
            "{script}"
        );
        assert_eq!(imported_from(&modules, "a.js"), ["one", "two"]);
    }

    #[test]
    fn other_forms_are_refused() {
        for source in
            ["import a from \"./a.js\";", "import { a } from \"./later.js\";", "export default 3;", "export { a };"]
        {
            assert!(link(&[module("a.js", ""), module("b.js", source)]).is_err(), "{source}");
        }
    }
}
