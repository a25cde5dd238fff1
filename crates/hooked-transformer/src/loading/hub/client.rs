//! What is asked of the hub, and by whom: the listing of a repository and the content of its files by `hf-hub`, size and
//! checksum of a file by a request of our own, which has to stop at a redirect.
//!
//! `HEAD OWNER/NAME/resolve/REVISION/FILE` names commit, checksum and size; for a large file it is a redirect, and the server
//! behind it does not know them. `hf-hub` 1.0 follows it and reports that server's etag. This folder's `README.md` lists
//! what else is checked around `hf-hub`, and why.

use std::future::{Future, poll_fn};
use std::ops::Range;
use std::pin::Pin;
use std::time::Duration;

use futures_util::Stream;
use hf_hub::repository::RepoTypeModel;
use hf_hub::repository::download::HFByteStream;
use hf_hub::{HFClient, HFError, HFRepository, HFResult};
use reqwest::Url;
use tokio::runtime::{Builder, Runtime};

use super::answers::{self, Outcome};
use super::connections::{self, Connections};
use super::environment;
use super::repo::Repo;
use crate::error::HubCause;

/// Where the hub is, unless `HF_ENDPOINT` says otherwise.
const ENDPOINT: &str = "https://huggingface.co";
/// Tries of a request that gets no proper answer.
pub(super) const TRIES: u32 = 5;
/// How long to wait after the first of them; it doubles each time.
pub(super) const PAUSE: Duration = Duration::from_millis(100);
/// The longest wait that the hub may ask for.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// `hf-hub` looks for a token of its own where it is given none, in other places than Python does. What cannot be in a
/// header is left out of the request.
const NO_TOKEN: &str = "\n";

/// Speaks with the hub about one repository.
pub(super) struct Client {
    model: HFRepository<RepoTypeModel>,
    connections: Connections,
    endpoint: Url,
    token: Option<String>,
    repo: String,
    revision: String,
    /// Given up when the client is dropped, which may be inside another runtime.
    runtime: Option<Runtime>,
}

/// What the hub says about a file before it sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    pub size: u64,
    /// SHA-256 of a large file, git's hash of a small one.
    pub etag: String,
}

/// Why one request for content failed.
pub(super) enum Failure {
    /// It can be taken up again.
    Broken(String),
    Final(HubCause),
}

impl Client {
    /// # Errors
    /// The endpoint is not an address, the token cannot be sent, or the trusted certificates cannot be read.
    pub(super) fn new(repo: &Repo) -> Outcome<Self> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint =
            repo.endpoint.clone().or_else(|| variable("HF_ENDPOINT")).unwrap_or_else(|| ENDPOINT.to_string());
        if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
            return Err(HubCause::Other(format!("HF_ENDPOINT should begin with https://, got {endpoint:?}")));
        }
        let not_an_address = |e| HubCause::Other(format!("HF_ENDPOINT is not an address ({e}): {endpoint:?}"));
        let url = Url::parse(&endpoint).map_err(not_an_address)?;
        let token = repo.token.clone().or_else(environment::token_of_the_user);
        if token.as_ref().is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(HubCause::Other("the token holds characters that no token has".to_string()));
        }
        let connections = Connections::new(&url, connections::trusted_roots(variable)?)?;
        let hub = HFClient::builder()
            .client(connections.following.clone())
            .endpoint(endpoint.trim_end_matches('/'))
            .token(token.as_deref().unwrap_or(NO_TOKEN))
            .cache_enabled(false)
            .retry_max_attempts(TRIES as usize - 1)
            .retry_base_delay(PAUSE)
            .build()
            .map_err(|error| answers::cause(error, &repo.revision))?;
        let (owner, name) = hf_hub::split_id(&repo.id);
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Client {
            model: hub.model(owner, name),
            connections,
            endpoint: url,
            token,
            repo: repo.id.clone(),
            revision: repo.revision.clone(),
            runtime: Some(runtime.map_err(|e| HubCause::Other(format!("no connection can be waited for: {e}")))?),
        })
    }

    /// Waits for an answer on a thread of its own: the caller's may belong to another runtime, where waiting panics.
    fn wait<T: Send>(&self, answer: impl Future<Output = T> + Send) -> T {
        let runtime = self.runtime.as_ref().expect("it is there until the client is dropped");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| runtime.block_on(answer));
            waiting.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The commit that the revision stands for, and the names of its files.
    pub(super) fn listing(&self) -> Outcome<(String, Vec<String>)> {
        let info = self.wait(patiently(|| self.model.info().revision(self.revision.as_str()).send()));
        let info = info.map_err(|error| answers::cause(error, &self.revision))?;
        let commit = info.sha.ok_or_else(|| HubCause::Other("the hub names no commit".to_string()))?;
        let names = info.siblings.unwrap_or_default().into_iter().map(|file| file.rfilename).collect();
        Ok((commit, names))
    }

    /// Size and checksum of a file.
    pub(super) fn metadata(&self, commit: &str, file: &str) -> Outcome<Metadata> {
        let mut address = self.endpoint.clone();
        let mut segments =
            address.path_segments_mut().map_err(|()| HubCause::Other("the endpoint has no path".to_string()))?;
        segments.pop_if_empty().extend(self.repo.split('/')).extend(["resolve", commit, file]);
        drop(segments);
        self.wait(self.connections.metadata(address, self.token.as_deref(), &self.revision))
    }

    /// The missing part of a file, piece by piece, each with the place of its first byte. It may come from the beginning
    /// nevertheless, if the server knows no ranges.
    pub(super) fn content(
        &self,
        commit: &str,
        file: &str,
        missing: Range<u64>,
        receive: impl FnMut(u64, &[u8]) -> Outcome<()> + Send,
    ) -> Result<(), Failure> {
        self.wait(async {
            let (start, content) = self.begin(commit, file, missing).await.map_err(Failure::Final)?;
            pass_on(content, start, receive).await
        })
    }

    /// The first byte that comes, and the bytes. `hf-hub` does not say whether the server kept to the range. The length
    /// does: that of the part, or that of the whole. Where it is neither, the file is asked for without a range.
    async fn begin(&self, commit: &str, file: &str, missing: Range<u64>) -> Outcome<(u64, HFByteStream)> {
        let content = |range: Option<Range<u64>>| {
            let request = self.model.download_file_stream().filename(file).revision(commit);
            request.maybe_range(range).send()
        };
        let failed = |error| answers::cause(error, &self.revision);
        if missing.start > 0 && !missing.is_empty() {
            let (length, bytes) = patiently(|| content(Some(missing.clone()))).await.map_err(failed)?;
            if length == Some(missing.end - missing.start) {
                return Ok((missing.start, bytes));
            }
            if length == Some(missing.end) {
                return Ok((0, bytes));
            }
        }
        let (_, bytes) = patiently(|| content(None)).await.map_err(failed)?;
        Ok((0, bytes))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// `hf-hub` repeats what fails for a moment, after pauses of its own. A hub that says how long to wait is asked again
/// after that time.
async fn patiently<T, F: Future<Output = HFResult<T>>>(request: impl Fn() -> F) -> HFResult<T> {
    for _ in 1..TRIES {
        match request().await {
            Err(HFError::RateLimited { retry_after: Some(pause), .. }) if !pause.is_zero() => {
                tokio::time::sleep(pause.min(LONGEST_PAUSE)).await;
            }
            outcome => return outcome,
        }
    }
    request().await
}

/// Hands on what comes until it ends.
async fn pass_on(
    mut content: HFByteStream,
    mut at: u64,
    mut receive: impl FnMut(u64, &[u8]) -> Outcome<()>,
) -> Result<(), Failure> {
    while let Some(bytes) = poll_fn(|context| Pin::new(&mut content).poll_next(context)).await {
        let bytes = bytes.map_err(|error| Failure::Broken(answers::chain(&error)))?;
        receive(at, &bytes).map_err(Failure::Final)?;
        at += bytes.len() as u64;
    }
    Ok(())
}
