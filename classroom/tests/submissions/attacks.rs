//! What a submission may try instead of solving the exercise. Each attempt ends in a verdict on it alone: nothing passes,
//! nothing is read, written or reached, and the others are graded as if nothing had been.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::process::Output;
use std::thread;
use std::time::Duration;

use crate::class::{Class, EXERCISE, Verdicts, course, only_state, solution, stub, verdicts, with_body};

/// Says what an attempt gave. A test below wants `Err` for each.
const TELL: &str = "\nfn tell(what: &[(&str, String)]) -> ! {\n    panic!(\"{}\", what.iter().map(|(name, got)| \
                    format!(\"{name}={}\", &got[..got.len().min(60)])).collect::<Vec<_>>().join(\"\\n\"))\n}\n";

#[test]
fn no_attack_gains_anything() {
    attack(|class| class.grade("out", &["--jobs", "2"]), None);
}

/// By the namespaces and Landlock alone.
#[cfg(target_os = "linux")]
#[test]
fn no_attack_gains_anything_without_bubblewrap() {
    attack(|class| class.grade_without_bubblewrap("out", &["--jobs", "2"]), Some("by namespaces and Landlock"));
}

fn attack(grade: impl Fn(&Class) -> Output, means: Option<&str>) {
    let class = Class::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let outside = class.out("written-by-a-submission");
    fs::write(class.out("private"), "private").unwrap();
    // A service of the system, such as a container engine's.
    #[cfg(unix)]
    let _service = std::os::unix::net::UnixListener::bind(class.out("service")).unwrap();
    hand_in(&class, port);
    let output = grade(&class);
    if no_sandbox(&output) {
        return;
    }
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(means.is_none_or(|means| told.contains(means)), "{told}");
    let all = verdicts(&class.out("out"));
    assert_eq!(only_state(&all["honest"]), "passed");
    while_running(&all["greedy"]);
    // Where its folder is in memory, there is no more room; elsewhere it is ended when it has written too much.
    let (state, _, text) = &all["filling"]["c02"];
    assert!((state == "panicked" && text.contains("No space left")) || state == "ended", "{state}: {text}");
    reaching(&all["curious"]);
    refused(&all);
    // It changed tests, grader, data, manifest and build script, and wrote nothing itself.
    assert_eq!(only_state(&all["changed-tests"]), "not_started");
    assert!(!outside.exists());
    listener.set_nonblocking(true).unwrap();
    thread::sleep(Duration::from_millis(50));
    assert!(listener.accept().is_err(), "a submission reached the network");
    assert!(!class.out("out/.work").exists(), "the work of a run was left behind");
}

/// What is stopped before it runs.
fn refused(all: &BTreeMap<String, Verdicts>) {
    for name in ["include", "include-bytes", "relative", "environment", "dependency", "no-lib"] {
        assert_eq!(only_state(&all[name]), "does_not_compile", "{name}");
    }
    for (name, (_, _, text)) in &all["include"] {
        assert!(text.contains("couldn't read"), "{name}: {text}");
    }
    for name in ["unsafe", "assembly", "script", "included", "deep", "endless"] {
        assert_eq!(only_state(&all[name]), "does_not_compile", "{name}");
    }
    for (name, part) in [("unsafe", "unsafe"), ("assembly", "global_asm"), ("script", "unsafe"), ("included", "unsafe")]
    {
        assert!(all[name]["c01"].2.contains(part), "{name}: {}", all[name]["c01"].2);
    }
}

/// Where nothing can shut a submission in, it says so and grades nothing.
pub(crate) fn no_sandbox(output: &Output) -> bool {
    let told = String::from_utf8_lossy(&output.stderr);
    let refused = output.status.code() == Some(2);
    assert!(!refused || told.contains("--trust"), "{told}");
    if refused {
        eprintln!("there is no sandbox here: nothing is tested");
    }
    refused
}

fn hand_in(class: &Class, port: u16) {
    class.hands_in("honest", &solution());
    class.hands_in("greedy", &greedy());
    class.hands_in("curious", &curious(class, port));
    let fill = "for n in 0.. { if let Err(e) = std::fs::write(std::env::temp_dir().join(n.to_string()), vec![1; 32 << 20]) { panic!(\"{e}\") } } vec![]";
    class.hands_in("filling", &with_body(&stub(), "current_attn_detector", fill));
    let root = course();
    let of_solution = format!("{}/solutions/{EXERCISE}/src/lib.rs", root.display());
    let stored = format!("{}/reference_data/activations/exercise_02.json", root.display());
    class.hands_in("include", &format!("include!(\"{of_solution}\");"));
    class.hands_in("include-bytes", &format!("{}\nconst A: &[u8] = include_bytes!(\"{stored}\");", stub()));
    class.hands_in(
        "relative",
        &format!("{}\nconst A: &str = include_str!(\"{}etc/passwd\");", stub(), "../".repeat(20)),
    );
    class.hands_in("environment", &format!("{}\nconst A: &str = env!(\"SECRET_OF_THE_TEACHER\");", stub()));
    class.hands_in("dependency", &format!("extern crate serde;\n{}", stub()));
    class.has("no-lib", &format!("exercises/{EXERCISE}/src/other.rs"), &solution());
    let before_main = "#[used]\n#[unsafe(link_section = \".init_array\")]\nstatic A: extern \"C\" fn() = { extern \"C\" fn a() {} a };";
    class.hands_in("unsafe", &format!("#![allow(unsafe_code)]\n{}\n{before_main}", solution()));
    // It takes the place of the function by which the test program gives up files.
    let assembly = "::core::arch::r#global_asm!(\".globl syscall\", \"syscall:\", \"ret\");";
    class.hands_in("assembly", &format!("{}\n{assembly}", solution()));
    // To the compiler, the first line is that of a script; to others, a comment begins in it.
    let fork = "pub fn fork() { unsafe extern \"C\" { fn fork() -> i32; } unsafe { fork() }; }";
    class.hands_in("script", &format!("#!/*\n{}\n{fork}\n// */", solution()));
    class.hands_in("included", &format!("{}\nmod other {{ include!(\"other.rs\"); }}", solution()));
    class.has("included", &format!("exercises/{EXERCISE}/src/other.rs"), fork);
    class.hands_in("deep", &format!("{}\nfn f() {{ {}{} }}", stub(), "(".repeat(100_000), ")".repeat(100_000)));
    class.hands_in("endless", &format!("{}\nconst A: &[u8] = include_bytes!(\"/dev/zero\");", stub()));
    class.hands_in("changed-tests", &stub());
    let checks = "#[test]\nfn c01_attention_views() {}\n";
    class.has("changed-tests", &format!("exercises/{EXERCISE}/tests/checks.rs"), checks);
    class.has("changed-tests", &format!("exercises/{EXERCISE}/build.rs"), "fn main() { panic!() }");
    class.has("changed-tests", &format!("exercises/{EXERCISE}/Cargo.toml"), "[package]\nbuild = \"build.rs\"");
    class.has("changed-tests", "crates/grading/src/lib.rs", "pub fn nothing() {}");
    class.has("changed-tests", "reference_data/activations/exercise_02.json", "{}");
}

/// Uses up what there is.
fn greedy() -> String {
    let fake = "println!(\"test checks::c05_generate_repeated_tokens ... ok\\n\\ntest result: ok. 1 passed\"); \
                println!(\"{{\\\"exercise\\\":\\\"02-induction\\\",\\\"check\\\":\\\"c05_generate_repeated_tokens\\\",\\\"state\\\":\
                \\\"passed\\\"}}\"); std::process::exit(0)";
    let attacks = [
        ("current_attn_detector", "loop { std::hint::black_box(cache); }"),
        (
            "prev_attn_detector",
            "let mut all: Vec<Vec<u8>> = Vec::new(); loop { all.push(Vec::with_capacity(1 << 28)); std::hint::black_box(&all); }",
        ),
        (
            "first_attn_detector",
            "loop { let _ = std::thread::Builder::new().stack_size(1 << 16).spawn(|| loop { std::thread::park() }); }",
        ),
        (
            "induction_attn_detector",
            "loop { std::process::Command::new(std::env::args().next().unwrap()).args([\"c08\", \"--nocapture\"]).spawn().unwrap(); }",
        ),
        ("generate_repeated_tokens", fake),
        (
            "attention_views",
            "let path = std::env::temp_dir().join(\"large\"); loop { use std::io::Write; let mut file = \
             std::fs::OpenOptions::new().append(true).create(true).open(&path).unwrap(); file.write_all(&vec![1; 1 << 22]).unwrap(); }",
        ),
        ("repeated_loss_by_half", "std::process::abort()"),
    ];
    attacks.iter().fold(stub(), |source, (function, body)| with_body(&source, function, body))
}

fn while_running(verdicts: &Verdicts) {
    let state = |check: &str| verdicts[check].0.as_str();
    assert_eq!(state("c02"), "too_long");
    assert_eq!(state("c03"), "ended", "{}", verdicts["c03"].2);
    for check in ["c04", "c01"] {
        assert!(["ended", "too_long"].contains(&state(check)), "{check}: {:?}", verdicts[check]);
    }
    // Too many of itself; or not one of them, where nothing can be started.
    assert!(["ended", "panicked"].contains(&state("c08")), "{:?}", verdicts["c08"]);
    for check in ["c05", "c06"] {
        assert_eq!(state(check), "ended");
        assert!(verdicts[check].2.contains("exit code 0"), "{}", verdicts[check].2);
    }
    assert_eq!(state("c07"), "ended");
    assert!(verdicts["c07"].2.contains("aborted"), "{}", verdicts["c07"].2);
}

/// Reaches for what is not its own. Each attempt that fails says `Err`.
fn curious(class: &Class, port: u16) -> String {
    let root = course();
    let root = root.display();
    let private = class.out("private");
    let (private, outside) = (private.display(), class.out("written-by-a-submission"));
    let outside = outside.display();
    let service = class.out("service");
    let service = service.display();
    let text = "|r: std::io::Result<String>| format!(\"{r:?}\")";
    let reads = |paths: &[String]| {
        let reads = paths
            .iter()
            .enumerate()
            .map(|(n, path)| format!("(\"read {n}\", text(std::fs::read_to_string(\"{path}\")))"));
        format!("let text = {text}; tell(&[{}])", reads.collect::<Vec<_>>().join(", "))
    };
    let stored = format!("{root}/reference_data/activations/exercise_02.json");
    let attacks = [
        ("current_attn_detector", reads(&[stored.clone(), format!("{root}/reference_data/fingerprints/02.json")])),
        (
            "prev_attn_detector",
            reads(&[format!("{root}/solutions/{EXERCISE}/src/lib.rs"), format!("{root}/Cargo.toml"), private.to_string()]),
        ),
        ("first_attn_detector", reads(&["/etc/passwd".into(), "/proc/self/maps".into(), "/proc/self/environ".into()])),
        (
            "induction_attn_detector",
            format!(
                "let done = |r: std::io::Result<()>| format!(\"{{r:?}}\"); tell(&[(\"write\", done(std::fs::write(\"{outside}\", \"\"))), \
                 (\"root\", done(std::fs::write(\"/written\", \"\"))), (\"stored\", done(std::fs::write(\"{stored}\", \"\"))), \
                 (\"answers\", done(std::fs::write(std::env::var(\"GRADING_ANSWERS\").unwrap(), \"\"))), \
                 (\"program\", done(std::fs::write(std::env::args().next().unwrap(), \"\")))])"
            ),
        ),
        (
            "attention_views",
            format!(
                "let tcp = format!(\"{{:?}}\", std::net::TcpStream::connect((\"127.0.0.1\", {port})).map(|_| ())); \
                 let far = format!(\"{{:?}}\", std::net::TcpStream::connect_timeout(&\"1.1.1.1:80\".parse().unwrap(), \
                 std::time::Duration::from_secs(1)).map(|_| ())); \
                 let udp = format!(\"{{:?}}\", std::net::UdpSocket::bind(\"0.0.0.0:0\").and_then(|s| s.send_to(b\"x\", \"1.1.1.1:53\"))); \
                 let service = format!(\"{{:?}}\", std::os::unix::net::UnixStream::connect(\"{service}\").map(|_| ())); \
                 tell(&[(\"tcp\", tcp), (\"far\", far), (\"udp\", udp), (\"service\", service)])"
            ),
        ),
        (
            "repeated_loss_by_half",
            "let run = |name: &str| format!(\"{:?}\", std::process::Command::new(name).arg(\"-c\").arg(\"true\").status().map(|_| ())); \
             tell(&[(\"sh\", run(\"/bin/sh\")), (\"cc\", run(\"/usr/bin/cc\")), (\"secret\", format!(\"{:?}\", \
             std::env::var(\"SECRET_OF_THE_TEACHER\").map_err(|_| ()))), (\"home\", format!(\"{:?}\", std::env::var(\"HOME\")))])"
                .to_string(),
        ),
    ];
    attacks.iter().fold(stub(), |source, (function, body)| with_body(&source, function, body)) + TELL
}

fn reaching(verdicts: &Verdicts) {
    for check in ["c01", "c02", "c03", "c04", "c07", "c08"] {
        let (state, _, text) = &verdicts[check];
        assert_eq!(state, "panicked", "{check}: {text}");
        let attempts: Vec<&str> = text.lines().filter(|line| line.contains('=')).collect();
        assert!(attempts.len() >= 2, "{check}: {text}");
        for attempt in attempts {
            assert!(attempt.contains("=Err("), "{check}: {attempt}");
        }
    }
}
