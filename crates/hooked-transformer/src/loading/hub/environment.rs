//! What the environment says about the hub: where its cache is, and whether the network may be used.

use std::path::PathBuf;

/// `HF_HUB_CACHE`, or `hub` in `HF_HOME`, or in `huggingface` in the user's cache.
pub(super) fn default_dir() -> PathBuf {
    directory(variable)
}

/// `HF_TOKEN`, or what is in the file where Python's `hf auth login` leaves it.
#[cfg(feature = "hub")]
pub(super) fn token_of_the_user() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if variable("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some() {
        return None;
    }
    let clean = |token: String| Some(token.trim().to_string()).filter(|token| !token.is_empty());
    let from_file = || std::fs::read_to_string(token_file()).ok().and_then(clean);
    variable("HF_TOKEN").and_then(clean).or_else(from_file)
}

/// `HF_TOKEN_PATH`, or the file where Python's `hf auth login` leaves the token.
#[cfg(feature = "hub")]
fn token_file() -> PathBuf {
    token_file_by(variable)
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// A path that a variable names. As in Python, a `~` in front is the user's folder, and `$NAME` is replaced: a shell does
/// that only to words of its own, so a `.env` file, a service or a notebook passes them on as they are.
fn path_in(name: &str, variable: &impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let path = variable(name)?;
    // What is not UTF-8 is left as it is.
    let Some(text) = path.to_str() else { return Some(path) };
    let value = |path: PathBuf| path.into_os_string().into_string().ok();
    let home = || user_home(variable).and_then(value);
    Some(shellexpand::full_with_context_no_errors(text, home, |name| variable(name).and_then(value)).as_ref().into())
}

fn user_home(variable: &impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    variable("HOME").or_else(|| variable("USERPROFILE"))
}

fn home_by(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let home = path_in("HF_HOME", &variable);
    let home = home.or_else(|| Some(path_in("XDG_CACHE_HOME", &variable)?.join("huggingface")));
    home.unwrap_or_else(|| {
        let user = user_home(&variable).unwrap_or_else(std::env::temp_dir);
        user.join(".cache").join("huggingface")
    })
}

fn directory(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let hub = path_in("HF_HUB_CACHE", &variable).or_else(|| path_in("HUGGINGFACE_HUB_CACHE", &variable));
    hub.unwrap_or_else(|| home_by(variable).join("hub"))
}

#[cfg(feature = "hub")]
fn token_file_by(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    path_in("HF_TOKEN_PATH", &variable).unwrap_or_else(|| home_by(variable).join("token"))
}

/// Whether `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE` says so, in the ways that Python accepts.
pub(super) fn offline_by_environment() -> bool {
    let on = |value: String| matches!(value.to_ascii_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE");
    ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"].iter().any(|name| std::env::var(name).is_ok_and(on))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// An environment of these variables and no others.
    fn environment(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<PathBuf> + use<> {
        let set: Vec<(String, PathBuf)> = set.iter().map(|(k, v)| (k.to_string(), v.into())).collect();
        move |name| set.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    #[test]
    fn the_directory_is_the_one_that_python_uses() {
        let with = |set: &[(&str, &str)]| directory(environment(set));
        let home = ("HOME", "/u");
        assert_eq!(with(&[home]), Path::new("/u/.cache/huggingface/hub"));
        assert_eq!(with(&[home, ("XDG_CACHE_HOME", "/x")]), Path::new("/x/huggingface/hub"));
        assert_eq!(with(&[home, ("XDG_CACHE_HOME", "/x"), ("HF_HOME", "/h")]), Path::new("/h/hub"));
        assert_eq!(with(&[home, ("HF_HOME", "/h"), ("HF_HUB_CACHE", "/c")]), Path::new("/c"));
    }

    /// The values are those of `huggingface_hub.constants` with the same variables set.
    #[test]
    fn a_tilde_and_variables_in_a_path_are_expanded() {
        let home = ("HOME", "/u");
        let with = |set: &[(&str, &str)]| directory(environment(&[&[home], set].concat()));
        assert_eq!(with(&[("HF_HOME", "~/x")]), Path::new("/u/x/hub"));
        assert_eq!(with(&[("HF_HOME", "~")]), Path::new("/u/hub"));
        assert_eq!(with(&[("HF_HUB_CACHE", "~/c")]), Path::new("/u/c"));
        assert_eq!(with(&[("HUGGINGFACE_HUB_CACHE", "~/c")]), Path::new("/u/c"));
        assert_eq!(with(&[("XDG_CACHE_HOME", "~/.c")]), Path::new("/u/.c/huggingface/hub"));
        assert_eq!(with(&[("HF_HUB_CACHE", "$DATA/${DATA}"), ("DATA", "d")]), Path::new("d/d"));
        assert_eq!(with(&[("HF_HUB_CACHE", "/a/$UNSET/~/b")]), Path::new("/a/$UNSET/~/b"));
    }

    #[cfg(feature = "hub")]
    #[test]
    fn the_file_of_the_token_is_the_one_that_python_uses() {
        let with = |set: &[(&str, &str)]| token_file_by(environment(set));
        assert_eq!(with(&[("HOME", "/u"), ("HF_TOKEN_PATH", "~/t")]), Path::new("/u/t"));
        assert_eq!(with(&[("HOME", "/u"), ("HF_HOME", "~/x")]), Path::new("/u/x/token"));
    }
}
