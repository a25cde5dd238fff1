//! The connections that `hf-hub` and we use: whose certificates are trusted, how long to wait, and which redirects are
//! followed.

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Certificate, Response, Url};

use super::answers::{self, Outcome};
use super::client::{LONGEST_PAUSE, Metadata, PAUSE, TRIES};
use crate::error::HubCause;

/// Redirects that are followed: from a repository's old name to its new one, and to where large files are.
const REDIRECTS: usize = 8;
/// The longest wait for a connection, and for an answer that does not go on.
const CONNECT: Duration = Duration::from_secs(20);
const SILENCE: Duration = Duration::from_secs(60);

/// Two clients of one kind.
pub(super) struct Connections {
    /// Goes where the hub sends it, but never from a protected address to an unprotected one.
    pub following: reqwest::Client,
    /// Goes nowhere but to the hub.
    staying: reqwest::Client,
}

impl Connections {
    pub(super) fn new(endpoint: &Url, roots: Vec<Certificate>) -> Outcome<Self> {
        let hub = endpoint.origin();
        let stay = move |attempt: Attempt<'_>| match attempt.url().origin() == hub {
            true => follow(attempt),
            // What another server says about a large file is not what the hub calls it.
            false => attempt.stop(),
        };
        Ok(Connections {
            following: client(Policy::custom(follow), roots.clone())?,
            staying: client(Policy::custom(stay), roots)?,
        })
    }

    /// Size and checksum of the file at an address, by the hub's own answer.
    pub(super) async fn metadata(&self, address: Url, token: Option<&str>, revision: &str) -> Outcome<Metadata> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let request = self.staying.head(address.clone());
            let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
            let (cause, asked) = match request.send().await {
                Ok(answer) if answer.status().is_success() || answer.status().is_redirection() => {
                    return metadata_of(answer.headers());
                }
                Ok(answer) => {
                    let asked = header(answer.headers(), "retry-after").and_then(|seconds| seconds.parse().ok());
                    (refusal(&answer, revision), asked.map(Duration::from_secs))
                }
                Err(error) => (answers::no_answer(&error), None),
            };
            let passing = match &cause {
                HubCause::Status { status, .. } => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
                HubCause::NoNetwork(_) => true,
                _ => false,
            };
            if attempt == TRIES || !passing {
                return Err(cause);
            }
            let pause = asked.unwrap_or_default().max(PAUSE * (1 << attempt));
            tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
        }
    }
}

fn client(redirects: Policy, roots: Vec<Certificate>) -> Outcome<reqwest::Client> {
    // No compression: the length of a compressed answer is not the file's.
    let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
    let builder = reqwest::Client::builder().redirect(redirects).tls_certs_only(roots).default_headers(headers);
    let builder = builder.connect_timeout(CONNECT).read_timeout(SILENCE);
    let client = builder.user_agent(concat!("hooked-transformer/", env!("CARGO_PKG_VERSION"))).build();
    client.map_err(|e| HubCause::Other(answers::chain(&e)))
}

fn follow(attempt: Attempt<'_>) -> Action {
    let was_protected = attempt.previous().last().is_some_and(|from| from.scheme() == "https");
    if attempt.previous().len() > REDIRECTS {
        return attempt.error(format!("the hub redirects more than {REDIRECTS} times"));
    }
    if was_protected && attempt.url().scheme() != "https" {
        let to = format!("the hub redirects to an unprotected address, {}", attempt.url());
        return attempt.error(to);
    }
    attempt.follow()
}

/// What an answer without success means.
fn refusal(answer: &Response, revision: &str) -> HubCause {
    let said = ["x-error-message", "x-error-code"].iter().find_map(|name| header(answer.headers(), name));
    answers::refused(answer.status(), said, revision)
}

/// Size and checksum: of the large file that is stored elsewhere if the headers name one, else of the answer itself.
fn metadata_of(headers: &HeaderMap) -> Outcome<Metadata> {
    let either = |linked, own| header(headers, linked).or_else(|| header(headers, own));
    let size = either("x-linked-size", "content-length").and_then(|size| size.parse().ok());
    let etag = either("x-linked-etag", "etag").map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_string());
    match (size, etag) {
        (Some(size), Some(etag)) => Ok(Metadata { size, etag }),
        (None, _) => Err(HubCause::Other("the hub does not say how long the file is".to_string())),
        (_, None) => Err(HubCause::Other("the hub gives the file no etag".to_string())),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_string)
}

/// The authorities that vouch for the hub: Mozilla's list, unless `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE` name another, as
/// Python's client reads them. Networks that look into what passes through them need that.
pub(super) fn trusted_roots(variable: impl Fn(&str) -> Option<String>) -> Outcome<Vec<Certificate>> {
    let named = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"].iter().find_map(|name| Some((name, variable(name)?)));
    let Some((name, file)) = named else {
        let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root));
        return mozilla.collect::<Result<_, _>>().map_err(|e| HubCause::Other(answers::chain(&e)));
    };
    let unusable = |why: String| HubCause::Other(format!("{name} names {file}, which cannot be used: {why}"));
    let text = std::fs::read(&file).map_err(|e| unusable(e.to_string()))?;
    let roots = Certificate::from_pem_bundle(&text).map_err(|e| unusable(answers::chain(&e)))?;
    if roots.is_empty() {
        return Err(unusable("it holds no certificate".to_string()));
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_roots_that_cannot_be_used_is_named() {
        assert!(trusted_roots(|_| None).unwrap().len() > 100, "Mozilla vouches for more than that");
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("roots.pem").display().to_string();
        let problem = || trusted_roots(|name| (name == "SSL_CERT_FILE").then(|| file.clone())).unwrap_err().to_string();
        assert!(problem().contains("SSL_CERT_FILE") && problem().contains("roots.pem"), "{}", problem());
        std::fs::write(&file, "no certificate at all").unwrap();
        assert!(problem().contains("no certificate"), "{}", problem());
    }

    #[test]
    fn an_etag_is_that_of_the_large_file_where_one_is_named() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
        };
        let own = [("etag", "W/\"abc\""), ("content-length", "7")];
        let of = |pairs: &[_]| metadata_of(&headers(pairs)).unwrap();
        assert_eq!(of(&own), Metadata { size: 7, etag: "abc".to_string() });
        let linked = [own[0], own[1], ("x-linked-etag", "\"def\""), ("x-linked-size", "900")];
        assert_eq!(of(&linked), Metadata { size: 900, etag: "def".to_string() });
        assert!(metadata_of(&headers(&own[..1])).is_err() && metadata_of(&headers(&own[1..])).is_err());
    }
}
