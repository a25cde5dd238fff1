//! What commands are given and what they return.

/// Whether all is well, which becomes the exit code; or what stopped the command.
pub(crate) type Done = Result<bool, String>;

/// Refuses arguments, for a command that takes none.
pub(crate) fn no_arguments(name: &str, arguments: &[&str]) -> Result<(), String> {
    if arguments.is_empty() {
        Ok(())
    } else {
        Err(format!("`{name}` takes no arguments, not `{}`.", arguments.join(" ")))
    }
}

/// Reads the arguments of a command that takes nothing but, perhaps, `--check`.
pub(crate) fn only_check_flag(arguments: &[&str]) -> Result<bool, String> {
    match arguments {
        [] => Ok(false),
        ["--check"] => Ok(true),
        other => Err(format!("The only argument here is --check, not `{}`.", other.join(" "))),
    }
}
