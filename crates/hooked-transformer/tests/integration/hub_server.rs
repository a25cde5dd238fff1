//! A small server on this machine that speaks the hub's protocol, with faults on demand.
//!
//! It serves one repository `tiny/llama` at one commit from a folder of `reference_data/families`. `config.json` and the
//! index come from the hub itself, with git's hash as etag; the weights are redirected to another host, as large files
//! are, and have their SHA-256. Its threads end with the test, and no request is ever sent elsewhere.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use sha1::Sha1;
use sha2::{Digest, Sha256};

pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What goes wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Requests whose path ends so are answered with this status, so many times.
    Status { path: &'static str, method: &'static str, status: u16, times: usize },
    /// The connection is closed after so many bytes of content, so many times.
    Cut { path: &'static str, after: usize, times: usize },
    /// Ranges are ignored: the whole file comes with 200.
    NoRanges,
    /// The header says so many bytes more than the file has.
    Announce { path: &'static str, more: i64 },
    /// A byte of the content is another.
    Corrupt { path: &'static str },
    /// The etag leads outside the cache.
    EvilEtag,
    /// The repository has another name by now.
    Renamed,
    /// Large files are to be fetched without TLS.
    #[cfg(feature = "test-tls")]
    Unprotected,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
}

struct State {
    files: BTreeMap<String, Vec<u8>>,
    faults: Mutex<Vec<Fault>>,
    requests: Mutex<Vec<Request>>,
    stop: AtomicBool,
    address: SocketAddr,
    content_address: SocketAddr,
    tls: Option<Tls>,
}

/// How connections are encrypted.
#[cfg(feature = "test-tls")]
pub type Tls = Arc<rustls::ServerConfig>;
/// They are not: what that takes was not built.
#[cfg(not(feature = "test-tls"))]
pub type Tls = std::convert::Infallible;

/// The hub, and the host where it keeps large files.
pub struct Server {
    state: Arc<State>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl Server {
    pub fn new(folder: &std::path::Path, faults: &[Fault]) -> Self {
        Self::start(folder, faults, None)
    }

    /// The same over TLS.
    #[cfg(feature = "test-tls")]
    pub fn with_tls(folder: &std::path::Path, faults: &[Fault], tls: Tls) -> Self {
        Self::start(folder, faults, Some(tls))
    }

    fn start(folder: &std::path::Path, faults: &[Fault], tls: Option<Tls>) -> Self {
        let read =
            |entry: std::fs::DirEntry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap());
        let files = std::fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap())).collect();
        let [hub, content] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let state = Arc::new(State {
            files,
            faults: Mutex::new(faults.to_vec()),
            requests: Mutex::new(Vec::new()),
            stop: AtomicBool::new(false),
            address: hub.local_addr().unwrap(),
            content_address: content.local_addr().unwrap(),
            tls,
        });
        let serve = |listener: TcpListener| {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if state.stop.load(Ordering::SeqCst) {
                        return;
                    }
                    // One request a connection keeps the server simple; a client that goes away is no failure of it.
                    let _ = stream.and_then(|stream| state.answer(stream));
                }
            })
        };
        let threads = vec![serve(hub), serve(content)];
        Server { state, threads }
    }

    pub fn endpoint(&self) -> String {
        format!("{}://{}", self.state.scheme(), self.state.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.state.requests.lock().unwrap().clone()
    }

    /// The requests for one file's content.
    pub fn gets(&self, file: &str) -> Vec<Request> {
        let is = |request: &Request| request.method == "GET" && request.path.ends_with(file);
        self.requests().into_iter().filter(is).collect()
    }

    pub fn set_faults(&self, faults: &[Fault]) {
        *self.state.faults.lock().unwrap() = faults.to_vec();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stop.store(true, Ordering::SeqCst);
        for address in [self.state.address, self.state.content_address] {
            let _ = TcpStream::connect(address);
        }
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
    }
}

impl State {
    fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    fn answer(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(std::time::Duration::from_secs(5)))?;
        let from_content_host = stream.local_addr()? == self.content_address;
        match &self.tls {
            None => self.converse(stream, from_content_host),
            #[cfg(feature = "test-tls")]
            Some(tls) => {
                let connection = rustls::ServerConnection::new(Arc::clone(tls)).map_err(std::io::Error::other)?;
                let mut stream = rustls::StreamOwned::new(connection, stream);
                self.converse(&mut stream, from_content_host)?;
                stream.conn.send_close_notify();
                stream.flush()
            }
            #[cfg(not(feature = "test-tls"))]
            Some(never) => match *never {},
        }
    }

    fn converse(&self, mut stream: impl Read + Write, from_content_host: bool) -> std::io::Result<()> {
        let mut reader = BufReader::new(&mut stream);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap_or("").to_string(), words.next().unwrap_or("").to_string());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if (&mut reader).take(1 << 16).read_line(&mut line)? == 0 || line == "\r\n" {
                break;
            }
            if let Some((name, value)) = line.trim_end().split_once(':') {
                headers.insert(name.to_ascii_lowercase(), value.trim().to_string());
            }
        }
        let request = Request { method, path, headers };
        self.requests.lock().unwrap().push(request.clone());
        let answer = self.respond(&request, from_content_host);
        answer.write_to(stream, request.method == "HEAD")
    }

    /// A fault that concerns the request, used up once.
    fn fault(&self, concerns: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        let at = faults.iter().position(concerns)?;
        let fault = faults[at].clone();
        match &mut faults[at] {
            Fault::Status { times, .. } | Fault::Cut { times, .. } if *times <= 1 => drop(faults.remove(at)),
            Fault::Status { times, .. } | Fault::Cut { times, .. } => *times -= 1,
            _ => {}
        }
        Some(fault)
    }

    fn respond(&self, request: &Request, from_content_host: bool) -> Answer {
        let (path, method) = (request.path.as_str(), request.method.as_str());
        let refused = self.fault(
            |fault| matches!(fault, Fault::Status { path: p, method: m, .. } if path.ends_with(p) && method == *m),
        );
        if let Some(Fault::Status { status, .. }) = refused {
            return Answer::status(status)
                .with("x-error-message", "the server was told to say so")
                .with("retry-after", "0")
                .body(b"this is an error page, not a file".to_vec());
        }
        if path == "/api/models/tiny/llama/revision/main" || path == format!("/api/models/tiny/llama/revision/{COMMIT}")
        {
            let siblings: Vec<_> = self.files.keys().map(|name| serde_json::json!({"rfilename": name})).collect();
            let listing = serde_json::json!({"id": "tiny/llama", "sha": COMMIT, "siblings": siblings});
            return Answer::status(200).body(listing.to_string().into_bytes());
        }
        let prefix = format!("/tiny/llama/resolve/{COMMIT}/");
        let renamed = format!("/tiny/renamed/resolve/{COMMIT}/");
        let has_new_name = path.starts_with(&renamed);
        let name = path.strip_prefix(&prefix).or(path.strip_prefix(&renamed)).or(path.strip_prefix("/content/"));
        let Some((name, content)) = name.and_then(|name| self.files.get_key_value(name)) else {
            return Answer::status(404).with("x-error-code", "EntryNotFound");
        };
        if !from_content_host && !has_new_name && self.fault(|fault| *fault == Fault::Renamed).is_some() {
            return Answer::status(307).with("location", &path.replace("/tiny/llama/", "/tiny/renamed/"));
        }
        self.file(request, name, content, from_content_host)
    }

    fn file(&self, request: &Request, name: &str, content: &[u8], from_content_host: bool) -> Answer {
        let hex = |hash: &[u8]| hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let large = name.ends_with("safetensors") || name.ends_with(".bin");
        let more = match self.fault(|fault| matches!(fault, Fault::Announce { path, .. } if name == *path)) {
            Some(Fault::Announce { more, .. }) => more,
            _ => 0,
        };
        let size = (content.len() as i64 + more).to_string();
        if large && !from_content_host {
            let etag = match self.fault(|fault| *fault == Fault::EvilEtag) {
                Some(_) => "../../../../tmp/evil".to_string(),
                None => hex(&Sha256::digest(content)),
            };
            let scheme = self.scheme();
            #[cfg(feature = "test-tls")]
            let scheme = self.fault(|fault| *fault == Fault::Unprotected).map_or(scheme, |_| "http");
            return Answer::status(302)
                .with("location", &format!("{scheme}://{}/content/{name}", self.content_address))
                .with("x-linked-etag", &format!("\"{etag}\""))
                .with("x-linked-size", &size)
                .with("x-repo-commit", COMMIT)
                // The hub offers its own protocol for large files, too.
                .with("x-xet-hash", &hex(&Sha256::digest(b"not to be used")))
                .with("etag", "\"of the redirect\"");
        }
        let mut content = content.to_vec();
        if self.fault(|fault| matches!(fault, Fault::Corrupt { path } if name == *path)).is_some() {
            content[0] ^= 1;
        }
        let git = Sha1::new_with_prefix(format!("blob {}\0", content.len())).chain_update(&content).finalize();
        let whole = content.len();
        let range = request.headers.get("range").and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let start: usize = range.and_then(|(start, _)| start.parse().ok()).unwrap_or(0);
        let ignored = self.fault(|fault| *fault == Fault::NoRanges).is_some();
        let mut answer = if start > 0 && !ignored {
            Answer::status(206)
                .with("content-range", &format!("bytes {start}-{}/{whole}", whole - 1))
                .body(content.split_off(start))
        } else {
            Answer::status(200).body(content)
        };
        answer = answer.with("etag", &format!("W/\"{}\"", hex(&git))).with("x-repo-commit", COMMIT);
        if more != 0 && request.method == "HEAD" {
            answer = answer.with("content-length", &size);
        }
        if request.method == "GET"
            && let Some(Fault::Cut { after, .. }) =
                self.fault(|fault| matches!(fault, Fault::Cut { path, .. } if name == *path))
        {
            answer.cut = Some(after);
        }
        answer
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    cut: Option<usize>,
}

impl Answer {
    fn status(status: u16) -> Self {
        Answer { status, headers: Vec::new(), body: Vec::new(), cut: None }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_string(), value.to_string()));
        self
    }

    fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    fn write_to(mut self, mut stream: impl Write, head: bool) -> std::io::Result<()> {
        if !self.headers.iter().any(|(name, _)| name == "content-length") {
            self.headers.push(("content-length".to_string(), self.body.len().to_string()));
        }
        let mut text = format!("HTTP/1.1 {} told\r\nconnection: close\r\n", self.status);
        self.headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\r\n")));
        stream.write_all(format!("{text}\r\n").as_bytes())?;
        if !head {
            let end = self.cut.unwrap_or(self.body.len()).min(self.body.len());
            stream.write_all(&self.body[..end])?;
        }
        stream.flush()
    }
}
