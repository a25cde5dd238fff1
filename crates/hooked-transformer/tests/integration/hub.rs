//! Downloads, through the client that users have, from a server on this machine that misbehaves on demand.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hooked_transformer::{Error, HookedTransformer, HubCause, PretrainedOptions, Progress};
use tempfile::TempDir;

use crate::fixtures::{Arrays, largest_difference, reference};
use crate::hub_server::{COMMIT, Fault, Server};

/// One of the files of `families/llama`, which has several.
const SHARD: &str = "model-00002-of-00005.safetensors";

struct Hub {
    server: Server,
    cache: TempDir,
    notes: Arc<Mutex<Vec<String>>>,
}

impl Hub {
    fn new(faults: &[Fault]) -> Self {
        let server = Server::new(&reference("families/llama"), faults);
        assert!(reference("families/llama").join(SHARD).exists(), "the fixture has other shards");
        Hub { server, cache: tempfile::tempdir().unwrap(), notes: Arc::default() }
    }

    fn options(&self) -> PretrainedOptions {
        let notes = Arc::clone(&self.notes);
        let listen = move |progress: Progress<'_>| match progress {
            Progress::Note(note) => notes.lock().unwrap().push(note.to_string()),
            other => notes.lock().unwrap().push(format!("{other:?}")),
        };
        PretrainedOptions::new()
            .no_processing()
            .endpoint(self.server.endpoint())
            .cache_dir(self.cache.path())
            .token("the-token")
            .progress(listen)
    }

    fn load(&self) -> hooked_transformer::Result<HookedTransformer> {
        self.options().load("tiny/llama")
    }

    /// The cause, and the file that it is about.
    fn fails(&self) -> (HubCause, Option<String>) {
        match self.load() {
            Err(Error::Hub { repo, file, cause }) => {
                assert_eq!(repo, "tiny/llama");
                (cause, file)
            }
            Err(other) => panic!("another error: {other}"),
            Ok(_) => panic!("it loaded"),
        }
    }

    fn repo(&self) -> PathBuf {
        self.cache.path().join("models--tiny--llama")
    }

    fn blobs(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.repo().join("blobs")) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Whether every file that has its name is one of the repository's, whole.
    fn nothing_half_written_is_visible(&self) {
        let originals: Vec<Vec<u8>> = std::fs::read_dir(reference("families/llama"))
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect();
        let whole = |path: &Path| originals.contains(&std::fs::read(path).unwrap());
        for blob in self.blobs() {
            assert!(blob.to_string_lossy().ends_with(".incomplete") || whole(&blob), "{}", blob.display());
        }
        if let Ok(entries) = std::fs::read_dir(self.repo().join("snapshots").join(COMMIT)) {
            entries.for_each(|entry| assert!(whole(&entry.unwrap().path())));
        }
    }
}

fn check(model: &HookedTransformer) {
    let expected = Arrays::read("families/llama/expected.safetensors");
    let logits = model.forward(expected.tokens("one.tokens")).unwrap();
    assert!(largest_difference(logits.view().into_dyn(), expected.get("one.logits")) <= 1e-4);
}

#[test]
fn a_model_is_downloaded_once_and_then_read_from_the_cache() {
    let hub = Hub::new(&[]);
    check(&hub.load().unwrap());
    hub.nothing_half_written_is_visible();
    assert_eq!(std::fs::read_to_string(hub.repo().join("refs/main")).unwrap(), COMMIT);
    assert!(hub.notes.lock().unwrap().iter().any(|note| note.contains("Downloading") && note.contains(SHARD)));
    let downloads = hub.server.gets(SHARD).len();
    check(&hub.load().unwrap());
    check(&hub.options().revision(COMMIT).load("tiny/llama").unwrap());
    assert_eq!(hub.server.gets(SHARD).len(), downloads, "downloaded again");
}

#[test]
fn the_token_goes_to_the_hub_and_not_to_where_it_redirects() {
    let hub = Hub::new(&[]);
    hub.load().unwrap();
    for request in hub.server.requests() {
        let authorized = request.headers.get("authorization").map(String::as_str) == Some("Bearer the-token");
        assert_eq!(authorized, !request.path.starts_with("/content/"), "{request:?}");
    }
}

#[test]
fn inside_another_runtime() {
    let hub = Hub::new(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async { check(&hub.load().unwrap()) });
}

/// The environment is another process's, for the token that the user of this machine may have.
#[test]
fn without_a_token_none_is_sent() {
    const CHILD: &str = "HOOKED_TRANSFORMER_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        PretrainedOptions::new().no_processing().load("tiny/llama").unwrap();
        return;
    }
    let hub = Hub::new(&[]);
    // Python takes neither for a token: white space, and the file beside the one that a variable names.
    std::fs::write(hub.cache.path().join("token"), "not to be sent").unwrap();
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["hub::without_a_token_none_is_sent", "--exact"])
        .env(CHILD, "1")
        .env("HF_ENDPOINT", hub.server.endpoint())
        .env("HF_HOME", hub.cache.path())
        .env("HF_TOKEN", " ")
        .env("HF_TOKEN_PATH", hub.cache.path().join("no-such-file"))
        .env_remove("HF_HUB_OFFLINE")
        .env_remove("HF_HUB_DISABLE_IMPLICIT_TOKEN")
        .stdout(std::process::Stdio::null())
        .status();
    assert!(status.unwrap().success());
    assert!(hub.server.requests().len() > 5);
    assert!(hub.server.requests().iter().all(|request| !request.headers.contains_key("authorization")));
}

#[test]
fn offline_the_cache_is_enough_and_what_is_missing_is_named() {
    let hub = Hub::new(&[]);
    let offline = || hub.options().offline(true).load("tiny/llama");
    let text = offline().unwrap_err().to_string();
    assert!(text.contains("tiny/llama") && text.contains("not in the cache") && text.contains("offline"), "{text}");
    assert!(hub.server.requests().is_empty(), "the network was used");
    hub.load().unwrap();
    let before = hub.server.requests().len();
    check(&offline().unwrap());
    assert_eq!(hub.server.requests().len(), before, "the network was used");
    std::fs::remove_file(hub.repo().join("snapshots").join(COMMIT).join(SHARD)).unwrap();
    let text = offline().unwrap_err().to_string();
    assert!(text.contains(SHARD) && text.contains("tiny/llama"), "{text}");
    let text = hub.options().offline(true).revision("v2").load("tiny/llama").unwrap_err().to_string();
    assert!(text.contains("not in the cache"), "{text}");
}

#[test]
fn a_busy_hub_is_asked_again() {
    for status in [429, 500, 502, 503, 504] {
        let hub = Hub::new(&[
            Fault::Status { path: "/revision/main", method: "GET", status, times: 2 },
            Fault::Status { path: "config.json", method: "HEAD", status, times: 1 },
            Fault::Status { path: SHARD, method: "GET", status, times: 2 },
        ]);
        check(&hub.load().unwrap_or_else(|e| panic!("{status}: {e}")));
        hub.nothing_half_written_is_visible();
    }
}

#[test]
fn a_hub_that_stays_broken_is_reported_and_no_error_page_is_kept() {
    for status in [429, 503] {
        let hub = Hub::new(&[Fault::Status { path: SHARD, method: "GET", status, times: 99 }]);
        let (cause, file) = hub.fails();
        assert!(matches!(&cause, HubCause::Status { status: s, .. } if *s == status), "{cause}");
        assert_eq!(file.as_deref(), Some(SHARD));
        hub.nothing_half_written_is_visible();
    }
}

#[test]
fn missing_and_gated_say_which_file_and_why() {
    let hub = Hub::new(&[]);
    let text = hub.options().load("tiny/other").unwrap_err().to_string();
    assert!(text.contains("tiny/other") && text.contains("does not exist"), "{text}");
    let text = hub.options().revision("v9").load("tiny/llama").unwrap_err().to_string();
    assert!(text.contains("`v9`"), "{text}");
    for (status, hint) in [(401, "HF_TOKEN"), (403, "accept the model's terms")] {
        let hub = Hub::new(&[Fault::Status { path: "config.json", method: "HEAD", status, times: 99 }]);
        let text = hub.load().unwrap_err().to_string();
        assert!(text.contains("config.json") && text.contains("tiny/llama") && text.contains(hint), "{text}");
        assert!(hub.server.requests().len() <= 2, "a refusal is final");
    }
    let hub = Hub::new(&[Fault::Status { path: SHARD, method: "GET", status: 404, times: 99 }]);
    let (cause, file) = hub.fails();
    assert!(matches!(cause, HubCause::NotFound { .. }), "{cause}");
    assert_eq!(file.as_deref(), Some(SHARD));
}

#[test]
fn a_cut_connection_is_taken_up_where_it_broke() {
    let hub = Hub::new(&[Fault::Cut { path: SHARD, after: 3000, times: 2 }]);
    check(&hub.load().unwrap());
    hub.nothing_half_written_is_visible();
    let ranges: Vec<_> = hub.server.gets(&format!("/content/{SHARD}"));
    let ranges: Vec<_> = ranges.iter().map(|request| request.headers.get("range").cloned()).collect();
    let last = std::fs::metadata(reference("families/llama").join(SHARD)).unwrap().len() - 1;
    assert_eq!(ranges, [None, Some(format!("bytes=3000-{last}")), Some(format!("bytes=6000-{last}"))]);
}

#[test]
fn a_server_without_ranges_starts_again_cleanly() {
    let hub = Hub::new(&[Fault::Cut { path: SHARD, after: 3000, times: 1 }, Fault::NoRanges]);
    check(&hub.load().unwrap());
    hub.nothing_half_written_is_visible();
}

#[test]
fn an_interrupted_download_is_continued_by_the_next_program() {
    let hub =
        Hub::new(&[Fault::Cut { path: SHARD, after: 2000, times: 1 }, Fault::Cut { path: SHARD, after: 0, times: 99 }]);
    let (cause, file) = hub.fails();
    assert!(matches!(&cause, HubCause::Interrupted { got: 2000, .. }), "{cause}");
    assert_eq!(file.as_deref(), Some(SHARD));
    hub.nothing_half_written_is_visible();
    hub.server.set_faults(&[]);
    check(&hub.load().unwrap());
    let last = hub.server.gets(&format!("/content/{SHARD}")).pop().unwrap();
    assert!(last.headers["range"].starts_with("bytes=2000-"), "{last:?}");
    assert!(!hub.blobs().iter().any(|blob| blob.to_string_lossy().ends_with(".incomplete")));
}

#[test]
fn a_wrong_length_or_content_is_never_kept() {
    let hub = Hub::new(&[Fault::Announce { path: SHARD, more: -7 }]);
    let (cause, file) = hub.fails();
    assert!(matches!(cause, HubCause::WrongLength { .. }), "{cause}");
    assert_eq!(file.as_deref(), Some(SHARD));
    hub.nothing_half_written_is_visible();

    let hub = Hub::new(&[Fault::Announce { path: SHARD, more: 7 }]);
    let (cause, _) = hub.fails();
    assert!(matches!(cause, HubCause::Interrupted { .. } | HubCause::Status { status: 416, .. }), "{cause}");
    hub.nothing_half_written_is_visible();

    let hub = Hub::new(&[Fault::Corrupt { path: SHARD }]);
    let (cause, file) = hub.fails();
    assert!(matches!(cause, HubCause::WrongContent { .. }), "{cause}");
    assert_eq!(file.as_deref(), Some(SHARD));
    hub.nothing_half_written_is_visible();
    assert!(!hub.blobs().iter().any(|blob| blob.to_string_lossy().ends_with(".incomplete")), "it is thrown away");
    hub.server.set_faults(&[]);
    check(&hub.load().unwrap());
}

/// What an interruption left behind may be of another length than it should be: longer, or of wrong content.
#[test]
fn leftovers_of_another_program_do_no_harm() {
    let hub = Hub::new(&[]);
    hub.load().unwrap();
    let link = hub.repo().join("snapshots").join(COMMIT).join(SHARD);
    let blob = std::fs::canonicalize(&link).unwrap();
    let partial = PathBuf::from(format!("{}.incomplete", blob.display()));
    let whole = std::fs::read(&blob).unwrap();
    for leftover in [[whole.as_slice(), b"more"].concat(), vec![0; 100]] {
        std::fs::remove_file(&link).unwrap();
        std::fs::remove_file(&blob).unwrap();
        std::fs::write(&partial, &leftover).unwrap();
        // Wrong content is noticed by its checksum and thrown away; the next try succeeds.
        if hub.load().is_err() {
            hub.nothing_half_written_is_visible();
            hub.load().unwrap();
        }
        assert_eq!(std::fs::read(&blob).unwrap(), whole);
    }
    // A blob that another program left half-written under its final name is not taken for whole.
    std::fs::remove_file(&link).unwrap();
    std::fs::write(&blob, &whole[..50]).unwrap();
    check(&hub.load().unwrap());
    assert_eq!(std::fs::read(&blob).unwrap(), whole);
}

#[test]
fn an_etag_cannot_lead_outside_the_cache() {
    let hub = Hub::new(&[Fault::EvilEtag]);
    let (cause, _) = hub.fails();
    assert!(matches!(&cause, HubCause::Other(what) if what.contains("etag")), "{cause}");
}

#[test]
fn a_renamed_repository_is_followed() {
    let hub = Hub::new(&[Fault::Renamed]);
    check(&hub.load().unwrap());
}

#[test]
fn without_a_network_the_cache_is_used_and_otherwise_it_is_said() {
    let hub = Hub::new(&[]);
    hub.load().unwrap();
    // A port of this machine on which no server listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable = || hub.options().endpoint(format!("http://{closed}"));
    check(&unreachable().load("tiny/llama").unwrap());
    assert!(hub.notes.lock().unwrap().iter().any(|note| note.contains("going on with what is in the cache")));
    let text = unreachable().load("tiny/unknown").unwrap_err().to_string();
    assert!(text.contains("could not be reached"), "{text}");
}

/// The environment is read as Python reads it: this test runs itself in another process, with variables set.
#[test]
fn the_environment_names_hub_cache_token_and_offline_mode() {
    const CHILD: &str = "HOOKED_TRANSFORMER_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let outcome = PretrainedOptions::new().no_processing().load("tiny/llama");
        println!("outcome: {}", outcome.map_or_else(|e| e.to_string(), |model| model.cfg().model_name.clone()));
        return;
    }
    let hub = Hub::new(&[]);
    let child = |offline: &str| {
        let name = "hub::the_environment_names_hub_cache_token_and_offline_mode";
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--nocapture"])
            .env(CHILD, "1")
            .env("HF_ENDPOINT", hub.server.endpoint())
            .env("HF_HOME", hub.cache.path())
            .env("HF_TOKEN", "from-the-environment")
            .env("HF_HUB_OFFLINE", offline)
            .env_remove("HF_HUB_CACHE")
            .env_remove("HUGGINGFACE_HUB_CACHE")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let out = child("1");
    assert!(out.contains("outcome: model `tiny/llama`: it is not in the cache"), "{out}");
    assert!(hub.server.requests().is_empty());
    let out = child("0");
    assert!(out.contains("outcome: LlamaForCausalLM"), "{out}");
    assert!(hub.cache.path().join("hub/models--tiny--llama").is_dir());
    let token = hub.server.requests()[0].headers.get("authorization").cloned();
    assert_eq!(token.as_deref(), Some("Bearer from-the-environment"));
}
