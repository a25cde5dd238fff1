//! What the environment says about the hub: where its cache is, and whether the network may be used.

use std::path::PathBuf;

/// `HF_HUB_CACHE`, or `hub` in [`home`].
pub(super) fn default_dir() -> PathBuf {
    directory(variable)
}

/// `HF_HOME`, or `huggingface` in the user's cache.
#[cfg(feature = "hub")]
pub(super) fn home() -> PathBuf {
    home_by(variable)
}

pub(super) fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn home_by(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let home = variable("HF_HOME").or_else(|| Some(variable("XDG_CACHE_HOME")?.join("huggingface")));
    home.unwrap_or_else(|| {
        let user = variable("HOME").or_else(|| variable("USERPROFILE")).unwrap_or_else(std::env::temp_dir);
        user.join(".cache").join("huggingface")
    })
}

fn directory(variable: impl Fn(&str) -> Option<PathBuf>) -> PathBuf {
    let hub = variable("HF_HUB_CACHE").or_else(|| variable("HUGGINGFACE_HUB_CACHE"));
    hub.unwrap_or_else(|| home_by(variable).join("hub"))
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

    #[test]
    fn the_directory_is_the_one_that_python_uses() {
        let with = |set: &[(&str, &str)]| {
            let set: Vec<(String, PathBuf)> = set.iter().map(|(k, v)| (k.to_string(), v.into())).collect();
            directory(|name| set.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()))
        };
        let home = ("HOME", "/u");
        assert_eq!(with(&[home]), Path::new("/u/.cache/huggingface/hub"));
        assert_eq!(with(&[home, ("XDG_CACHE_HOME", "/x")]), Path::new("/x/huggingface/hub"));
        assert_eq!(with(&[home, ("XDG_CACHE_HOME", "/x"), ("HF_HOME", "/h")]), Path::new("/h/hub"));
        assert_eq!(with(&[home, ("HF_HOME", "/h"), ("HF_HUB_CACHE", "/c")]), Path::new("/c"));
    }
}
