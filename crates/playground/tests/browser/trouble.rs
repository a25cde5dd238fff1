//! What goes wrong, and who reads the page in another way: hostile texts and links, broken files, a panic, both themes, a
//! narrow window, the keyboard.

use std::time::Instant;

use serde_json::json;

use crate::driver::{Page, keys, with_browser};
use crate::{TEXT, and_drawn, wait_for, with_playground};

const TABS: [&str; 7] = ["heads", "stream", "steering", "find", "grow", "take", "challenges"];

#[test]
fn hostile_text_is_text() {
    with_playground("", |page| {
        let elements = "return document.querySelectorAll('#text script, #text img, #text b').length";
        let text = "<script>window.hurt = 1</script> \"'&amp; <img src=x onerror=hurt()> \u{202e}abc\u{202c} שלום \u{7} \u{feff}\n\t end";
        and_drawn(page, || page.set("#text textarea", text));
        assert_eq!(page.run(elements), 0);
        assert_eq!(page.run("return window.hurt ?? null"), json!(null));
        let shown = page.texts("#text .token .text").concat();
        assert!(
            shown.contains('<') && shown.contains("script") && shown.contains('⏎') && shown.contains('␇'),
            "{shown}"
        );
        // The text goes on; nothing of it is reordered or hidden.
        for hidden in ['\u{202e}', '\u{202c}', '\u{feff}', '\u{7}'] {
            assert!(!shown.contains(hidden), "{shown:?}");
        }
    });
}

#[test]
fn a_broken_link_is_a_message() {
    for (hash, said) in [
        ("#model=no-such-model&text=a", "“no-such-model” is not here"),
        ("#text=abc&edits=99.0z", "no layer 99"),
        ("#text=abc&edits=0.4p", "second text"),
    ] {
        with_playground(hash, |page| {
            wait_for(page, "!document.getElementById('notice').hidden");
            assert!(page.text("#notice").contains(said), "{hash}: {}", page.text("#notice"));
        });
    }
    // What makes no sense is left out.
    with_playground("#text=%00%ff%3Cb%3E&pos=-3&head=a.b&tab=nothing&edits=,,x,9.9&second", |page| {
        assert_eq!(page.run("return window.playground.state()")["tab"], "heads");
        assert_eq!(page.run("return window.playground.state()")["edits"], json!([]));
        assert_eq!(page.run("return document.querySelectorAll('#text b').length"), 0);
    });
}

fn drop_files(page: &Page, files: &str) {
    let script = format!(
        "const data = new DataTransfer(); for (const [name, content] of {files}) data.items.add(new File([content], name));
         document.dispatchEvent(new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }}))"
    );
    page.run(&script);
}

#[test]
fn a_broken_model_file_is_a_message_and_a_whole_one_loads() {
    with_playground("", |page| {
        for (files, said) in [
            ("[['photo.jpg', 'x']]", "needs config.json"),
            ("[['config.json', '{']]", "config.json"),
            ("[['config.json', '{}'], ['model.safetensors', 'short'], ['tokenizer.json', '{}']]", "config.json"),
        ] {
            drop_files(page, files);
            wait_for(page, "!document.getElementById('notice').hidden");
            assert!(page.text("#notice").contains(said), "{files}: {}", page.text("#notice"));
            and_drawn(page, || page.set("#text textarea", &format!("{TEXT} {}", files.len())));
        }
        // The embedded model once more, as files of one's own.
        let script = "(async () => {
            const bytes = (name) => Uint8Array.from(atob(document.getElementById(`file:models/attn-only-2l-tales/${name}`).textContent), (c) => c.charCodeAt(0));
            const data = new DataTransfer();
            for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) data.items.add(new File([bytes(name)], name));
            document.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        })().then(() => arguments[0](1))";
        and_drawn(page, || drop(page.run_async(script)));
        assert_eq!(page.run("return window.playground.state().model"), "your own");
        assert_eq!(page.texts(".layers .head .name").len(), 16);
    });
}

#[test]
fn a_panic_restarts_the_worker_and_says_so() {
    with_playground("", |page| {
        page.run("window.playground.ask({ do: 'panic' }).catch(() => {})");
        wait_for(page, "document.documentElement.dataset.restarts === '1'");
        let notice = page.text("#notice");
        assert!(notice.contains("this was asked for") && notice.contains("started again"), "{notice}");
        and_drawn(page, || page.set("#text textarea", "It works again."));
        assert!(page.text(".loss").contains("nats per token"));
    });
}

/// Controls that a screen reader has no name for.
fn nameless(page: &Page) -> Vec<String> {
    let script = "return [...document.querySelectorAll('button, select, input, textarea, canvas[tabindex], [role=tab]')]
        .filter((e) => !e.closest('[hidden]') && !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML)";
    page.run(script).as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn both_themes_are_readable_and_every_control_has_a_name() {
    with_playground("#text=A+king+and+a+king&edits=0.4z&head=0.4&tab=heads", |page| {
        for theme in ["light", "dark"] {
            page.prefer(theme);
            wait_for(page, &format!("document.documentElement.dataset.theme === '{theme}'"));
            for tab in TABS {
                page.click(&format!("#tab-{tab}"));
                if tab == "stream" {
                    wait_for(page, "document.querySelector('.lens td') || !document.getElementById('notice').hidden");
                }
                assert_eq!(page.faint(), [""; 0], "{theme}, {tab}");
                assert_eq!(nameless(page), [""; 0], "{tab}");
                assert_eq!(page.text("#notice"), "", "{tab}");
            }
        }
    });
}

#[test]
fn tabs_and_tokens_follow_the_arrow_keys() {
    with_playground("", |page| {
        page.run("document.getElementById('tab-heads').focus()");
        page.press(&[keys::RIGHT]);
        wait_for(page, "document.querySelector('.lens td')");
        assert_eq!(
            page.attributes("[role=tab]", "aria-selected"),
            ["false", "true", "false", "false", "false", "false", "false"]
        );
        page.run("document.querySelector('#text .token[tabindex=\"0\"]').focus()");
        page.press(&[keys::RIGHT, keys::ENTER]);
        assert_eq!(page.pressed("#text .token"), [13]);
        // The row is drawn again, and the keyboard is where it was.
        assert_eq!(page.run("return document.activeElement.dataset.index"), "13");
    });
}

#[test]
fn a_narrow_window_shows_all_without_scrolling_sideways() {
    with_browser(|page| {
        // A frame as narrow as a phone, in a page that may have frames.
        let address = format!("file://{}#tab=heads", crate::page_file().display());
        page.open(&format!(
            "<!doctype html><html data-ready=\"true\"><link rel=\"icon\" href=\"data:,\"><iframe style=\"width:400px;height:800px\" src=\"{address}\"></iframe>"
        ));
        let until = |what: &str, script: &str| {
            let began = Instant::now();
            while page.run_in_frame(0, script) != true {
                assert!(began.elapsed().as_secs() < 60, "still not: {what}");
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        };
        until("a picture in the frame", "return document.documentElement.dataset.ready === 'true'");
        for tab in TABS {
            page.run_in_frame(0, &format!("document.getElementById('tab-{tab}').click()"));
            // Some tabs have to ask for their numbers first.
            let there = match tab {
                "stream" => "document.querySelector('.lens td')",
                "take" => "document.querySelector('pre')?.textContent.includes('fn main')",
                _ => "true",
            };
            until(&format!("{tab} is drawn"), &format!("return Boolean({there})"));
            // What is computed meanwhile may be shown at another width for a moment.
            until(&format!("{tab} fits"), "return document.documentElement.scrollWidth <= 400");
        }
    });
}
