//! What leaves the page: the archive for numpy, as the button saves it, and the link.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hooked_transformer::fwd_hook;
use ndarray::s;
use serde_json::json;

use crate::{TEXT, assert_close, model, press_button, visit, wait_for, with_playground};

/// Waits until the browser has saved a file whole.
fn saved(path: &Path) -> Vec<u8> {
    let began = Instant::now();
    while !path.exists() {
        assert!(began.elapsed() < Duration::from_secs(60), "nothing was saved");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::fs::read(path).unwrap()
}

#[test]
fn the_archive_that_the_page_saves_is_read_by_numpy() {
    with_playground("#edits=2.1z&tab=take", |page| {
        wait_for(page, "document.querySelector('pre').textContent.includes('fn main')");
        let folder = tempfile::tempdir().unwrap();
        page.devtools("Browser.setDownloadBehavior", &json!({ "behavior": "allow", "downloadPath": folder.path() }));
        press_button(page, "Save the .npz");
        let path = folder.path().join("activations.npz");
        let bytes = saved(&path);
        let arrays = hooked_transformer::read_npz_from(std::io::Cursor::new(bytes)).unwrap();
        let silence = fwd_hook(("z", 2), |mut z, _| z.slice_mut(s![.., .., 1, ..]).fill(0.0));
        let model = model("gpt2-tales");
        let want = model.run(TEXT).hook(silence).logits().unwrap();
        let find = |name: &str| &arrays.iter().find(|(other, _)| other == name).unwrap().1;
        assert_close(find("logits").as_slice().unwrap(), &want);
        // Numbers that numpy itself reads: one sum per array, and one entry.
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_string());
        let has_numpy =
            Command::new(&python).args(["-c", "import numpy"]).output().is_ok_and(|out| out.status.success());
        if !has_numpy {
            println!("no numpy here: only the library has read the archive");
            return;
        }
        let sum: f64 = want.iter().map(|&x| f64::from(x)).sum();
        let program = format!(
            "import sys, numpy\n\
             f = numpy.load(sys.argv[1])\n\
             assert f.files[:2] == ['tokens', 'logits'] and len(f.files) == {}, f.files\n\
             assert all(f[name].dtype == numpy.float32 for name in f.files)\n\
             assert f['logits'].shape == {:?}, f['logits'].shape\n\
             assert abs(f['logits'].astype(float).sum() - {sum}) < 1e-5 * f['logits'].size\n\
             z = f['blocks.2.attn.hook_z']\n\
             assert (z[:, :, 1] == 0).all() and (z[:, :, 0] != 0).any()\n\
             assert abs(f['blocks.3.attn.hook_pattern'].sum(-1) - 1).max() < 1e-5\n",
            arrays.len(),
            want.dim(),
        );
        let out = Command::new(&python).args(["-c", &program]).arg(&path).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    });
}

/// What every tab's controls say comes back from the link; what makes no sense does not.
#[test]
fn the_link_holds_the_settings_of_every_tab() {
    with_playground("#tab=steering", |page| {
        page.set("[aria-label='Direction']", "winter");
        page.set("[aria-label='Coefficient']", "-2.5");
        page.set("[aria-label='Where']", "new");
        page.set("[aria-label='Prompt']", "It was <cold> & dark");
        page.set("[aria-label='Words to count']", "snow, ice");
        page.click("#tab-find");
        page.set("[aria-label='Pattern']", "previous");
        page.set("[aria-label='What is measured']", "logit");
        page.click("#tab-grow");
        page.set("[aria-label='Heads in a layer']", "4");
        page.set("[aria-label='Layers']", "3");
        page.click("#tab-stream");
        wait_for(page, "document.querySelector('.lens td')");
        let other = page.run("return document.querySelector('.panel select').options[1].value");
        page.set(".panel select", other.as_str().unwrap());
        wait_for(page, "location.hash.includes('target=')");
        let link = page.run("return location.hash");
        visit(page, "#tab=heads");
        visit(page, link.as_str().unwrap());
        let value = |label: &str| page.run(&format!("return document.querySelector(\"[aria-label='{label}']\").value"));
        wait_for(page, "document.querySelector('.lens td')");
        assert_eq!(page.run("return document.querySelector('.panel select').value"), other);
        page.click("#tab-steering");
        let shown = ["Direction", "Coefficient", "Where", "Prompt", "Words to count", "Before layer"].map(value);
        assert_eq!(shown, ["winter", "-2.5", "new", "It was <cold> & dark", "snow, ice", "3"]);
        assert!(
            page.run("return document.querySelector('.own textarea').value")
                .as_str()
                .unwrap()
                .contains("of the winter.")
        );
        page.click("#tab-find");
        assert_eq!(["Pattern", "What is measured"].map(value), ["previous", "logit"]);
        page.click("#tab-grow");
        assert_eq!(["Heads in a layer", "Layers"].map(value), ["4", "3"]);

        visit(page, "#tab=steering&steering.at=nowhere&steering.coefficient=many&steering.direction=up&grow.layers=99");
        let shown = ["Direction", "Where", "Coefficient"].map(value);
        assert_eq!(shown, ["food", "all", "1"]);
        page.click("#tab-grow");
        assert_eq!(value("Layers"), "both");
    });
}
