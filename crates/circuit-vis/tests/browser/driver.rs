//! A headless Chromium, driven through chromedriver by the WebDriver protocol: JSON over HTTP, which the standard library
//! speaks well enough to save a tree of dependencies.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The browser that all tests share, one after the other. It ends with the last test that holds it.
static SHARED: Mutex<Weak<Mutex<Browser>>> = Mutex::new(Weak::new());

/// Run a test with the browser, or say visibly that it is skipped. Without a browser, a learner's tests stay green;
/// `REQUIRE_BROWSER=1` makes its absence an error.
pub fn with_browser(test: impl FnOnce(&Page)) {
    let browser = match shared() {
        Ok(browser) => browser,
        Err(reason) if std::env::var_os("REQUIRE_BROWSER").is_some_and(|v| v == "1") => {
            panic!("REQUIRE_BROWSER=1, but {reason}")
        }
        Err(reason) => {
            let name = std::thread::current().name().unwrap_or("test").to_owned();
            // Not println!, which the test runner keeps to itself when a test passes.
            let _ = writeln!(io::stderr(), "SKIPPED {name}: {reason}");
            return;
        }
    };
    let page = Page { browser: lock(&browser) };
    page.reset();
    test(&page);
    let messages = page.console();
    assert!(messages.is_empty(), "the console is not empty: {messages:?}");
}

fn shared() -> Result<Arc<Mutex<Browser>>, String> {
    let mut slot = lock(&SHARED);
    if let Some(browser) = slot.upgrade() {
        return Ok(browser);
    }
    let browser = Arc::new(Mutex::new(Browser::start()?));
    *slot = Arc::downgrade(&browser);
    Ok(browser)
}

/// A test that failed leaves the browser usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Browser {
    driver: Child,
    port: u16,
    session: String,
    folder: TempDir,
}

impl Browser {
    fn start() -> Result<Self, String> {
        let chromium = find(&["chromium", "chromium-browser", "google-chrome"])?;
        let chromedriver = find(&["chromedriver"])?;
        let mut driver = Command::new(chromedriver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("chromedriver did not start: {error}"))?;
        let port = announced_port(&mut driver)?;
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let mut browser = Self { driver, port, session: String::new(), folder };
        let answer = browser.request("POST", "/session", &capabilities(&chromium, &browser.folder))?;
        browser.session = answer["sessionId"].as_str().ok_or("no session")?.to_owned();
        Ok(browser)
    }

    fn request(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let answer =
            http(self.port, method, path, &body.to_string()).map_err(|error| format!("{method} {path}: {error}"))?;
        let answer: Value =
            serde_json::from_str(&answer).map_err(|error| format!("{method} {path}: {error}: {answer}"))?;
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{method} {path}: {error}: {}", answer["value"]["message"])),
            None => Ok(answer["value"].clone()),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Best effort: Chromium first, then its driver.
        let _ = self.request("DELETE", &format!("/session/{}", self.session), &json!({}));
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

fn find(names: &[&str]) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|candidate| candidate.is_file()).ok_or_else(|| format!("no {} is installed", names[0]))
}

/// chromedriver chooses a free port and prints it.
fn announced_port(driver: &mut Child) -> Result<u16, String> {
    let output = driver.stdout.take().ok_or("chromedriver has no output")?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let line = lines.find(|line| line.contains("started successfully on port")).ok_or("chromedriver ended at once")?;
    let port = line.trim_end_matches('.').rsplit(' ').next().and_then(|port| port.parse().ok());
    // Its later output must be read, or its pipe would fill up.
    std::thread::spawn(move || lines.for_each(drop));
    port.ok_or(format!("chromedriver named no port: {line}"))
}

fn capabilities(chromium: &PathBuf, folder: &TempDir) -> Value {
    let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
    let arguments = json!([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--window-size=1200,1400",
        profile,
    ]);
    json!({ "capabilities": { "alwaysMatch": {
        "goog:chromeOptions": { "binary": chromium, "args": arguments },
        "goog:loggingPrefs": { "browser": "ALL" },
    } } })
}

fn http(port: u16, method: &str, path: &str, body: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {length}"
    );
    stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n{body}").as_bytes())?;
    let mut reader = BufReader::new(stream);
    let mut answer_length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            answer_length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut answer = vec![0; answer_length];
    reader.read_exact(&mut answer)?;
    String::from_utf8(answer).map_err(io::Error::other)
}

/// What a test does with the browser. Any failure of the browser itself ends the test.
pub struct Page<'a> {
    browser: MutexGuard<'a, Browser>,
}

impl Page<'_> {
    fn post(&self, path: &str, body: &Value) -> Value {
        let path = format!("/session/{}{path}", self.browser.session);
        self.browser.request("POST", &path, body).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What one test leaves behind must not be seen by the next.
    fn reset(&self) {
        self.post("/url", &json!({ "url": "about:blank" }));
        self.console();
        self.prefer("light");
    }

    /// Show a page from a file, as a person would.
    pub fn open(&self, html: &str) {
        let file = self.browser.folder.path().join("page.html");
        std::fs::write(&file, html).unwrap();
        self.post("/url", &json!({ "url": format!("file://{}", file.display()) }));
        assert_eq!(self.run("return document.documentElement.dataset.ready ?? 'host'"), self.expected_ready(html));
        self.settle();
    }

    /// A page of ours says when its views are drawn; a page around our fragments says nothing.
    fn expected_ready(&self, html: &str) -> Value {
        if html.contains("<iframe class=\"circuit-vis\"") { json!("host") } else { json!("true") }
    }

    /// Run a script and return its value.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Run a script inside a frame, also one that the page itself may not look into.
    pub fn run_in_frame(&self, index: usize, script: &str) -> Value {
        self.post("/frame", &json!({ "id": index }));
        let value = self.run(script);
        self.post("/frame", &json!({ "id": null }));
        value
    }

    /// Run a script that calls its last argument, `arguments[0]`, with the result.
    pub fn run_async(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({ "script": script, "args": [] }))
    }

    /// Wait until what was asked for is drawn.
    pub fn settle(&self) {
        self.run_async("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))");
    }

    /// The text of every element that matches.
    pub fn texts(&self, css: &str) -> Vec<String> {
        let found =
            self.run(&format!("return [...document.querySelectorAll({})].map((e) => e.textContent)", json!(css)));
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// The text of the first element that matches.
    pub fn text(&self, css: &str) -> String {
        self.texts(css).into_iter().next().unwrap_or_else(|| panic!("nothing matches {css}"))
    }

    /// The tooltip's lines, `name: value`; empty if it is hidden.
    pub fn tooltip(&self) -> Vec<String> {
        let script = "const box = document.querySelector('.tooltip'); if (box.hidden) return '';
            return [...box.children].map((e) => e.textContent + (e.className === 'name' ? ': ' : '\\n')).join('')";
        self.run(script).as_str().unwrap().lines().map(str::to_owned).collect()
    }

    /// An attribute of every element that matches.
    pub fn attributes(&self, css: &str, name: &str) -> Vec<String> {
        let script = "return [...document.querySelectorAll(CSS)].map((e) => e.getAttribute(NAME) ?? '')";
        let found = self.run(&script.replace("CSS", &json!(css).to_string()).replace("NAME", &json!(name).to_string()));
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// The elements with `aria-pressed="true"`, by their number among all that match.
    pub fn pressed(&self, css: &str) -> Vec<usize> {
        let states = self.attributes(css, "aria-pressed");
        states.iter().enumerate().filter(|(_, state)| *state == "true").map(|(index, _)| index).collect()
    }

    /// Move the pointer to the middle of the first element that matches.
    pub fn hover(&self, css: &str) {
        self.hover_at(css, 0.5, 0.5);
    }

    /// Move the pointer to a place in an element: shares of its width and height.
    pub fn hover_at(&self, css: &str, x: f64, y: f64) {
        let script = "const e = document.querySelector(CSS); e.scrollIntoView({ block: 'center' });
            const box = e.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]";
        let found = self.run(&script.replace("CSS", &json!(css).to_string()));
        let side = |index: usize| found[index].as_f64().unwrap();
        let (left, top) = (side(0) + x * side(2), side(1) + y * side(3));
        self.pointer(&[json!({ "type": "pointerMove", "duration": 0, "x": left as i64, "y": top as i64 })]);
    }

    /// Move the pointer away from everything.
    pub fn leave(&self) {
        self.pointer(&[json!({ "type": "pointerMove", "duration": 0, "x": 2, "y": 2 })]);
    }

    /// Move to the middle of an element and click.
    pub fn click(&self, css: &str) {
        self.hover(css);
        let button = |kind: &str| json!({ "type": kind, "button": 0 });
        self.pointer(&[button("pointerDown"), button("pointerUp")]);
    }

    fn pointer(&self, actions: &[Value]) {
        let source =
            json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": actions });
        self.post("/actions", &json!({ "actions": [source] }));
        self.settle();
    }

    /// Press keys one after the other: letters, or the code points that WebDriver gives to the others.
    pub fn press(&self, keys: &[char]) {
        let actions = keys
            .iter()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() })));
        let source = json!({ "type": "key", "id": "keyboard", "actions": actions.collect::<Vec<_>>() });
        self.post("/actions", &json!({ "actions": [source] }));
        self.settle();
    }

    /// Set a form control as a person would, and tell the page.
    pub fn set(&self, css: &str, value: &str) {
        let script = "const e = document.querySelector(CSS); e.value = VALUE;
            e.dispatchEvent(new Event('input', { bubbles: true })); e.dispatchEvent(new Event('change', { bubbles: true }))";
        self.run(&script.replace("CSS", &json!(css).to_string()).replace("VALUE", &json!(value).to_string()));
        self.settle();
    }

    /// Texts whose contrast with what is behind them is below 4.5 to 1. What is behind a word of a figure is the last
    /// rectangle or circle that was drawn there before it.
    pub fn faint(&self) -> Vec<String> {
        let script = r"
            const numbers = (css) => css.match(/[\d.]+/g).map(Number);
            const luminance = (rgb) => rgb.slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const over = (color, opacity, behind) => behind.slice(0, 3).map((c, i) => opacity * color[i] + (1 - opacity) * c);
            const paper = (e) => {
                if (!e) return [255, 255, 255];
                const b = numbers(getComputedStyle(e).backgroundColor);
                return (b[3] ?? 1) === 1 ? b : over(b, b[3], paper(e.parentElement));
            };
            const behind = (e) => {
                const figure = e instanceof SVGElement && e.closest('svg');
                if (!figure) return paper(e);
                const at = e.getBoundingClientRect(), [x, y] = [at.x + at.width / 2, at.y + at.height / 2];
                return [...figure.querySelectorAll('rect, circle')].reduce((below, shape) => {
                    const box = shape.getBoundingClientRect(), { fill, fillOpacity } = getComputedStyle(shape);
                    const isThere = box.left <= x && x <= box.right && box.top <= y && y <= box.bottom && fill !== 'none';
                    const isBefore = shape.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING;
                    return isThere && isBefore ? over(numbers(fill), fillOpacity * (numbers(fill)[3] ?? 1), below) : below;
                }, paper(figure));
            };
            const opacity = (e) => (e ? getComputedStyle(e).opacity * opacity(e.parentElement) : 1);
            const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            const faint = [];
            for (let node = texts.nextNode(); node; node = texts.nextNode()) {
                const e = node.parentElement, style = getComputedStyle(e);
                if (!node.data.trim() || ['SCRIPT', 'NOSCRIPT', 'OPTION', 'STYLE'].includes(e.tagName) || e.closest('[hidden], :disabled')) continue;
                if (e.getClientRects().length === 0 || style.visibility === 'hidden') continue;
                const color = numbers(e instanceof SVGElement ? style.fill : style.color), back = behind(e);
                const [a, b] = [luminance(over(color, (color[3] ?? 1) * opacity(e), back)), luminance(back)];
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (!(ratio >= 4.5)) faint.push(`${node.data.trim()}: ${ratio.toFixed(2)}`);
            }
            return faint";
        self.run(script).as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// Pretend that the system prefers a theme.
    pub fn prefer(&self, theme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// A command of Chromium's DevTools protocol.
    pub fn devtools(&self, command: &str, params: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    /// What the page wrote to the console since it was last asked: errors, refused loads, stray messages.
    pub fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" }));
        entries.as_array().unwrap().iter().map(|entry| entry["message"].to_string()).collect()
    }
}

/// Keys that are no letters.
pub mod keys {
    pub const TAB: char = '\u{e004}';
    pub const ENTER: char = '\u{e007}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const LEFT: char = '\u{e012}';
    pub const RIGHT: char = '\u{e014}';
    pub const DOWN: char = '\u{e015}';
}
