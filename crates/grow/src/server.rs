//! The page and its frames, on 127.0.0.1: server-sent events, which every browser reads without a library.
//!
//! A browser that connects late, or again, gets every frame from the first on.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// More of a request than this is not read: browsers send less.
const LONGEST_REQUEST: u64 = 16 << 10;

/// The messages so far, and who waits for them.
#[derive(Default)]
struct Channel {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    messages: Vec<Arc<str>>,
    closed: bool,
    /// Streams that have been opened, and how many of them have been sent everything.
    opened: usize,
    finished: usize,
}

impl Channel {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running server. It ends with the program.
pub(crate) struct Server {
    channel: Arc<Channel>,
    address: SocketAddr,
}

impl Server {
    /// Starts on a free port, reachable from this computer alone.
    ///
    /// # Errors
    /// There is no free port.
    pub(crate) fn start(page: String) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let channel = Arc::new(Channel::default());
        let (page, of_thread) = (Arc::new(page), Arc::clone(&channel));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (page, channel) = (Arc::clone(&page), Arc::clone(&of_thread));
                // A browser that goes away is no reason to stop.
                thread::spawn(move || drop(answer(stream, address, &page, &channel)));
            }
        });
        Ok(Server { channel, address })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Sends a message to everybody who is connected, and later to everybody who connects.
    pub(crate) fn send(&self, message: &str) {
        self.channel.lock().messages.push(message.into());
        self.channel.changed.notify_all();
    }

    /// No more messages come. Waits until every browser has the last one, up to `patience`; false if there was none.
    pub(crate) fn finish(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let mut state = self.channel.lock();
        state.closed = true;
        self.channel.changed.notify_all();
        while state.opened == 0 || state.finished < state.opened {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.channel.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.opened > 0
    }
}

fn answer(stream: TcpStream, address: SocketAddr, page: &str, channel: &Channel) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut request = BufReader::new((&stream).take(LONGEST_REQUEST)).lines();
    let first = request.next().transpose()?.unwrap_or_default();
    let mut host = String::new();
    for line in request {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("host")
        {
            host = value.trim().to_string();
        }
    }
    let port = address.port();
    // Another site could give its own name this address, and read the answer.
    if ![format!("127.0.0.1:{port}"), format!("localhost:{port}")].contains(&host) {
        return respond(&stream, "403 Forbidden", "text/plain", "This server answers on 127.0.0.1 only.\n");
    }
    match first.split(' ').collect::<Vec<_>>()[..] {
        ["GET", "/", _] => respond(&stream, "200 OK", "text/html; charset=utf-8", page),
        ["GET", "/events", _] => stream_events(&stream, channel),
        ["GET", ..] => respond(&stream, "404 Not Found", "text/plain", "There is nothing here.\n"),
        _ => respond(&stream, "405 Method Not Allowed", "text/plain", "Only GET.\n"),
    }
}

fn respond(mut stream: &TcpStream, status: &str, kind: &str, body: &str) -> io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn stream_events(mut stream: &TcpStream, channel: &Channel) -> io::Result<()> {
    channel.lock().opened += 1;
    let sent = send_all(&mut stream, channel);
    channel.lock().finished += 1;
    channel.changed.notify_all();
    sent
}

fn send_all(stream: &mut &TcpStream, channel: &Channel) -> io::Result<()> {
    stream.set_nodelay(true)?;
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )?;
    let mut sent = 0;
    loop {
        let mut state = channel.lock();
        while state.messages.len() == sent && !state.closed {
            state = channel.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let new: Vec<Arc<str>> = state.messages[sent..].to_vec();
        let closed = state.closed;
        drop(state);
        for message in &new {
            write!(stream, "data: {message}\n\n")?;
        }
        stream.flush()?;
        sent += new.len();
        if closed && sent == channel.lock().messages.len() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(server: &Server, request: &str) -> String {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let port = server.address.port();
        write!(stream, "{}", request.replace("PORT", &port.to_string())).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn a_browser_gets_the_page_and_every_frame() {
        let server = Server::start("<p>page</p>".to_string()).unwrap();
        let page = get(&server, "GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n");
        assert!(page.starts_with("HTTP/1.1 200 OK") && page.ends_with("<p>page</p>"), "{page}");
        server.send("{\"step\":1}");
        thread::scope(|scope| {
            let events = scope.spawn(|| get(&server, "GET /events HTTP/1.1\r\nhost: localhost:PORT\r\n\r\n"));
            server.send("{\"step\":2}");
            assert!(server.finish(Duration::from_secs(20)));
            let events = events.join().unwrap();
            assert!(events.contains("text/event-stream"), "{events}");
            assert!(events.ends_with("data: {\"step\":1}\n\ndata: {\"step\":2}\n\n"), "{events}");
        });
    }

    #[test]
    fn others_are_refused() {
        let server = Server::start(String::new()).unwrap();
        let status = |request: &str| get(&server, request).lines().next().unwrap().to_string();
        assert_eq!(status("GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n"), "HTTP/1.1 403 Forbidden");
        assert_eq!(status("GET /x HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n"), "HTTP/1.1 404 Not Found");
        assert_eq!(status("POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n"), "HTTP/1.1 405 Method Not Allowed");
        assert!(!server.finish(Duration::from_millis(1)), "no browser has opened a stream of events");
    }
}
