//! What the hub's refusals and broken connections mean, in this library's words.

use std::error::Error as StdError;

use hf_hub::HFError;
use reqwest::StatusCode;

use crate::error::HubCause;

pub(super) type Outcome<T> = std::result::Result<T, HubCause>;

/// What to do where the hub's certificate is not trusted.
const DISTRUST: &str =
    "if your network looks into what passes through it, set SSL_CERT_FILE to the file of its authority";

/// What an error of `hf-hub` means, for a request at a revision.
pub(super) fn cause(error: HFError, revision: &str) -> HubCause {
    match &error {
        HFError::AuthRequired { context }
        | HFError::Forbidden { context }
        | HFError::Conflict { context }
        | HFError::RateLimited { context, .. }
        | HFError::Http { context } => {
            let said = [&context.server_message, &context.error_code].into_iter().find_map(Clone::clone);
            refused(context.status, said, revision)
        }
        HFError::RepoNotFound { .. } | HFError::RevisionNotFound { .. } | HFError::EntryNotFound { .. } => {
            HubCause::NotFound { revision: revision.to_string() }
        }
        HFError::Request { source, .. } => no_answer(source),
        other => HubCause::Other(chain(other)),
    }
}

/// What a status without success means.
pub(super) fn refused(status: StatusCode, said: Option<String>, revision: &str) -> HubCause {
    let message = said.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_string());
    match status.as_u16() {
        status @ (401 | 403) => HubCause::NoAccess { status, message },
        404 => HubCause::NotFound { revision: revision.to_string() },
        status => HubCause::Status { status, message },
    }
}

/// Why a request has no answer.
pub(super) fn no_answer(error: &reqwest::Error) -> HubCause {
    if error.is_builder() || error.is_redirect() {
        return HubCause::Other(chain(error));
    }
    if error.is_decode() {
        return HubCause::Other(format!("the hub's listing cannot be read: {}", chain(error)));
    }
    match is_distrust(error) {
        true => HubCause::NoNetwork(format!("{}; {DISTRUST}", chain(error))),
        false => HubCause::NoNetwork(chain(error)),
    }
}

/// Whether the other side's certificate, or what it says over TLS, is not to be trusted: this is the kind of error in which
/// rustls hands up what went wrong in the handshake.
fn is_distrust(error: &(dyn StdError + 'static)) -> bool {
    let in_handshake = |e: &std::io::Error| e.kind() == std::io::ErrorKind::InvalidData;
    causes(error).any(|error| error.downcast_ref().is_some_and(in_handshake))
}

/// An error, what caused it, and so on. What an `io::Error` was made of is not its `source`.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let this = next?;
        next = match this.downcast_ref().and_then(std::io::Error::get_ref) {
            Some(inside) => Some(inside),
            None => this.source(),
        };
        Some(this)
    })
}

/// An error with what caused it, which is where the news is.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    causes(error).map(ToString::to_string).fold(String::new(), |text, more| match () {
        () if text.is_empty() => more,
        () if text.contains(&more) => text,
        () => format!("{text}: {more}"),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn what_is_wrong_with_a_certificate_is_found_inside_other_errors() {
        let certificate = || Error::new(ErrorKind::InvalidData, "invalid peer certificate");
        let wrapped = Error::other(Error::other(certificate()));
        assert!(is_distrust(&certificate()) && is_distrust(&wrapped) && !is_distrust(&Error::other("refused")));
        assert_eq!(chain(&wrapped), "invalid peer certificate");
    }
}
