//! The hub's protocol: one listing, one `HEAD` and one `GET` a file, tried again where that makes sense.
//!
//! `HEAD OWNER/NAME/resolve/REVISION/FILE` says commit, checksum and size; for a large file it is a redirect, which is
//! not followed, since the server behind it does not know them. `GET` of the same address is followed, with a range
//! where part of the file is there already. The token goes to the hub itself and not to a server that it redirects to.
//!
//! This is written on a plain HTTP client rather than on the `hf-hub` crate: the reasons are in this folder's `README.md`.

use std::io::Read;
use std::time::Duration;

use ureq::http::{HeaderMap, Response};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::typestate::WithoutBody;
use ureq::{Agent, Body, RequestBuilder};

use super::environment;
use super::repo::Repo;
use crate::error::HubCause;

type Outcome<T> = std::result::Result<T, HubCause>;

/// Where the hub is, unless `HF_ENDPOINT` says otherwise.
const ENDPOINT: &str = "https://huggingface.co";
/// Tries of a request that gets no proper answer.
const TRIES: u32 = 5;
/// How long to wait after the first of them; it doubles each time.
const PAUSE: Duration = Duration::from_millis(200);
/// The longest wait that the hub may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Redirects that are followed: from a repository's old name to its new one, and to where large files are.
const REDIRECTS: usize = 8;
/// What to do where the hub's certificate is not trusted.
const DISTRUST: &str =
    "if your network looks into what passes through it, set SSL_CERT_FILE to the file of its authority";
/// The longest listing, and the longest message, that is read.
const LONGEST_ANSWER: u64 = 16 << 20;

/// Speaks with the hub about one repository.
pub(super) struct Client {
    agent: Agent,
    endpoint: String,
    token: Option<String>,
    repo: String,
    revision: String,
}

/// What the hub says about a file before it sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    pub size: u64,
    /// SHA-256 of a large file, git's hash of a small one.
    pub etag: String,
}

/// Content on its way.
pub(super) struct Content {
    /// The place of the first byte that comes.
    pub start: u64,
    pub reader: Box<dyn Read>,
}

impl Client {
    /// # Errors
    /// The endpoint is no address.
    pub(super) fn new(repo: &Repo) -> Outcome<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint =
            repo.endpoint.clone().or_else(|| variable("HF_ENDPOINT")).unwrap_or_else(|| ENDPOINT.to_string());
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            return Err(HubCause::Other(format!("HF_ENDPOINT should begin with https://, got {endpoint:?}")));
        }
        let agent = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(trusted_roots(variable)?).build())
            .http_status_as_error(false)
            // Redirects are followed here, since it matters which are, and who gets the token.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .user_agent(concat!("hooked-transformer/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Client {
            agent: agent.into(),
            endpoint: endpoint.trim_end_matches('/').to_string(),
            token: repo.token.clone().or_else(token_of_the_user),
            repo: repo.id.clone(),
            revision: repo.revision.clone(),
        })
    }

    /// The commit that the revision stands for, and the names of its files.
    pub(super) fn listing(&self) -> Outcome<(String, Vec<String>)> {
        let url = format!("{}/api/models/{}/revision/{}", self.endpoint, self.repo, encoded(&self.revision));
        let mut answer = self.follow(url, |_| true, |url| self.prepare(self.agent.get(url), url).call())?;
        let text = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_string();
        let text = text.map_err(|e| HubCause::NoNetwork(chain(&e)))?;
        let json: serde_json::Value =
            serde_json::from_str(&text).map_err(|e| HubCause::Other(format!("the hub's listing is not JSON: {e}")))?;
        let commit = json["sha"].as_str().ok_or_else(|| HubCause::Other("the hub names no commit".to_string()))?;
        let siblings = json["siblings"].as_array().map_or(&[][..], Vec::as_slice);
        let names = siblings.iter().filter_map(|file| file["rfilename"].as_str()).map(String::from).collect();
        Ok((commit.to_string(), names))
    }

    fn address(&self, commit: &str, file: &str) -> String {
        format!("{}/{}/resolve/{}/{}", self.endpoint, self.repo, encoded(commit), encoded(file))
    }

    /// Size and checksum of a file.
    pub(super) fn metadata(&self, commit: &str, file: &str) -> Outcome<Metadata> {
        // What another server says about a large file is not what the hub calls it.
        let inside = |location: &str| location.starts_with(origin(&self.endpoint));
        let answer =
            self.follow(self.address(commit, file), inside, |url| self.prepare(self.agent.head(url), url).call())?;
        metadata_of(answer.headers())
    }

    /// The content from byte `start` on. It may come from the beginning nevertheless, if the server knows no ranges.
    pub(super) fn content(&self, commit: &str, file: &str, start: u64) -> Outcome<Content> {
        let answer = self.follow(
            self.address(commit, file),
            |_| true,
            |url| {
                let request = self.prepare(self.agent.get(url), url);
                let request = if start > 0 { request.header("Range", format!("bytes={start}-")) } else { request };
                request.call()
            },
        )?;
        let start = match answer.status().as_u16() {
            206 => first_byte(answer.headers()).unwrap_or(start),
            _ => 0,
        };
        Ok(Content { start, reader: Box::new(answer.into_body().into_reader()) })
    }

    /// The token, for the hub alone; and no compression, since the length of a compressed answer is not the file's.
    fn prepare(&self, request: RequestBuilder<WithoutBody>, url: &str) -> RequestBuilder<WithoutBody> {
        let request = request.header("Accept-Encoding", "identity");
        match &self.token {
            Some(token) if origin(url) == origin(&self.endpoint) => {
                request.header("Authorization", format!("Bearer {token}"))
            }
            _ => request,
        }
    }

    /// Sends a request, and again to where it is redirected, as long as `wanted` wants to go there.
    fn follow(
        &self,
        mut url: String,
        wanted: impl Fn(&str) -> bool,
        request: impl Fn(&str) -> std::result::Result<Response<Body>, ureq::Error>,
    ) -> Outcome<Response<Body>> {
        for _ in 0..REDIRECTS {
            let answer = self.send(|| request(&url))?;
            let location = header(answer.headers(), "location").filter(|_| answer.status().is_redirection());
            let Some(location) = location.and_then(|location| absolute(&url, &location)).filter(|to| wanted(to)) else {
                return Ok(answer);
            };
            if url.starts_with("https://") && !location.starts_with("https://") {
                return Err(HubCause::Other(format!("the hub redirects to an unprotected address, {location}")));
            }
            url = location;
        }
        Err(HubCause::Other(format!("the hub redirects more than {REDIRECTS} times")))
    }

    /// Sends a request until it gets an answer that says something about it.
    fn send(&self, request: impl Fn() -> std::result::Result<Response<Body>, ureq::Error>) -> Outcome<Response<Body>> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (cause, pause) = match request() {
                Ok(answer) if answer.status().is_success() || answer.status().is_redirection() => return Ok(answer),
                Ok(answer) => {
                    let pause = header(answer.headers(), "retry-after").and_then(|seconds| seconds.parse().ok());
                    let cause = self.refusal(answer);
                    match cause {
                        HubCause::Status { status: 408 | 429 | 500 | 502 | 503 | 504, .. } => (cause, pause),
                        final_one => return Err(final_one),
                    }
                }
                Err(e) if is_distrust(&e) => return Err(HubCause::NoNetwork(format!("{}; {DISTRUST}", chain(&e)))),
                Err(e) if is_hopeless(&e) => return Err(HubCause::NoNetwork(chain(&e))),
                Err(e) => (HubCause::NoNetwork(chain(&e)), None),
            };
            if attempt == TRIES {
                return Err(cause);
            }
            let asked = pause.map(Duration::from_secs).unwrap_or_default();
            std::thread::sleep(asked.max(PAUSE * (1 << (attempt - 1))).min(LONGEST_PAUSE));
        }
    }

    /// What an answer that is no success means.
    fn refusal(&self, answer: Response<Body>) -> HubCause {
        let status = answer.status();
        let said = ["x-error-message", "x-error-code"].iter().find_map(|name| header(answer.headers(), name));
        let message = said.unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason given").to_string());
        match status.as_u16() {
            status @ (401 | 403) => HubCause::NoAccess { status, message },
            404 => HubCause::NotFound { revision: self.revision.clone() },
            status => HubCause::Status { status, message },
        }
    }
}

/// Whether the other side's certificate, or what it says over TLS, is not to be trusted.
fn is_distrust(error: &ureq::Error) -> bool {
    // This is the kind of error in which rustls hands up what went wrong in the handshake.
    let in_handshake = |e: &std::io::Error| e.kind() == std::io::ErrorKind::InvalidData;
    matches!(error, ureq::Error::Rustls(_) | ureq::Error::Tls(_))
        || matches!(error, ureq::Error::Io(e) if in_handshake(e))
}

/// Where another try will not help: the address itself is wrong.
fn is_hopeless(error: &ureq::Error) -> bool {
    matches!(error, ureq::Error::BadUri(_) | ureq::Error::HostNotFound)
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

/// The place where a partial answer begins: `bytes 5-9/10`.
fn first_byte(headers: &HeaderMap) -> Option<u64> {
    let range = header(headers, "content-range")?;
    range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok()
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_string)
}

/// Who vouches for the hub: Mozilla's list, unless `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE` name another, as Python's
/// client reads them. Networks that look into what passes through them need that.
fn trusted_roots(variable: impl Fn(&str) -> Option<String>) -> Outcome<RootCerts> {
    let named = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"].iter().find_map(|name| Some((name, variable(name)?)));
    let Some((name, file)) = named else { return Ok(RootCerts::WebPki) };
    let unusable = |why: String| HubCause::Other(format!("{name} names {file}, which cannot be used: {why}"));
    let text = std::fs::read(&file).map_err(|e| unusable(e.to_string()))?;
    let mut roots = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.map_err(|e| unusable(e.to_string()))? {
            roots.push(certificate);
        }
    }
    if roots.is_empty() {
        return Err(unusable("it holds no certificate".to_string()));
    }
    Ok(roots.into())
}

/// `HF_TOKEN`, or what is in the file where Python's `hf auth login` leaves it.
fn token_of_the_user() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if variable("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some() {
        return None;
    }
    let clean = |token: String| Some(token.trim().to_string()).filter(|token| !token.is_empty());
    let from_file = || std::fs::read_to_string(environment::token_file()).ok().and_then(clean);
    variable("HF_TOKEN").and_then(clean).or_else(from_file)
}

/// Everything but the unreserved characters as `%XX`, slashes too: a revision or a file is one segment of the address.
fn encoded(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// An address without its path.
fn origin(endpoint: &str) -> &str {
    let host = endpoint.find("://").map_or(0, |at| at + 3);
    endpoint[host..].find('/').map_or(endpoint, |path| &endpoint[..host + path])
}

/// Where a redirect leads; `None` for an address of another kind.
fn absolute(from: &str, location: &str) -> Option<String> {
    if location.starts_with("http://") || location.starts_with("https://") {
        Some(location.to_string())
    } else if location.starts_with('/') && !location.starts_with("//") {
        Some(format!("{}{location}", origin(from)))
    } else {
        None
    }
}

/// An error with what caused it, which is where the news is.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_one_segment_of_the_address() {
        assert_eq!(encoded("refs/pr/1"), "refs%2Fpr%2F1");
        assert_eq!(encoded("step 3#"), "step%203%23");
    }

    #[test]
    fn a_file_of_roots_that_cannot_be_used_is_named() {
        assert!(matches!(trusted_roots(|_| None).unwrap(), RootCerts::WebPki));
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("roots.pem").display().to_string();
        let problem = || trusted_roots(|name| (name == "SSL_CERT_FILE").then(|| file.clone())).unwrap_err().to_string();
        assert!(problem().contains("SSL_CERT_FILE") && problem().contains("roots.pem"), "{}", problem());
        std::fs::write(&file, "no certificate at all").unwrap();
        assert!(problem().contains("no certificate"), "{}", problem());
    }

    #[test]
    fn the_origin_is_without_path() {
        assert_eq!(origin("http://127.0.0.1:8080/mirror/x"), "http://127.0.0.1:8080");
        assert_eq!(origin("https://hub"), "https://hub");
        assert_eq!(absolute("https://hub/a/b", "/c").as_deref(), Some("https://hub/c"));
        assert_eq!(absolute("https://hub/a", "http://other/c").as_deref(), Some("http://other/c"));
        assert_eq!(absolute("https://hub/a", "ftp://other/c"), None);
    }
}
