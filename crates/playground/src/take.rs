//! Taking it away: every activation of the edited run as an `.npz` archive, and lines of Rust that compute the same.

use std::io::{self, Write};

use hooked_transformer::{Error, Result};
use ndarray_npy::WriteNpyExt;
use rawzip::{CompressionMethod, ZipArchiveWriter};

use crate::answer::Answer;
use crate::edits::Edited;
use crate::loaded::Loaded;
use crate::request::{Component, Edit, Silence, State};

/// Answers [`Request::Take`](crate::Request::Take).
///
/// # Errors
/// A text or an edit does not suit the model.
pub(crate) fn take(loaded: &Loaded, state: &State) -> Result<Answer> {
    let edited = Edited::new(loaded, state)?;
    let (logits, cache) = edited.model.run(edited.run.ids.as_slice()).logits_and_cache()?;
    let ids: Vec<f32> = edited.run.ids.iter().map(|&id| id as f32).collect();
    let ids = ndarray::Array1::from(ids).into_dyn();
    let logits = logits.into_dyn();
    let arrays = [("tokens", ids.view()), ("logits", logits.view())].into_iter();
    let arrays = arrays.chain(cache.iter().map(|(name, activation)| (name, activation.view())));
    let file = archive(arrays)
        .map_err(|error| Error::Argument { name: "npz", problem: format!("the archive cannot be written: {error}") })?;
    Ok(Answer { file, ..Answer::default().with("rust", lines_of_rust(state)) })
}

/// An uncompressed zip archive with one `.npy` file for each array, as `numpy.savez` writes.
fn archive<'a>(arrays: impl Iterator<Item = (&'a str, ndarray::ArrayViewD<'a, f32>)>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, array) in arrays {
        let mut npy = Vec::new();
        array.as_standard_layout().write_npy(&mut npy).map_err(io::Error::other)?;
        let (mut entry, config) = archive
            .new_file(format!("{name}.npy"))
            .compression_method(CompressionMethod::STORE)
            .start()
            .map_err(io::Error::other)?;
        let mut writer = config.wrap(&mut entry);
        writer.write_all(&npy)?;
        let (_, descriptor) = writer.finish().map_err(io::Error::other)?;
        entry.finish(descriptor).map_err(io::Error::other)?;
    }
    archive.finish().map_err(io::Error::other)?;
    Ok(bytes)
}

/// Where a model is that the page has by this name: those of the course, one that grew (`cargo xtask grow` writes the same
/// there), or one of the reader's own.
fn folder_of(model: &str) -> String {
    match model {
        "grown" => "target/grow/model".to_string(),
        "your own" => "the folder of your model".to_string(),
        embedded => format!("reference_data/models/{embedded}"),
    }
}

/// A program that prints the losses of this state.
pub(crate) fn lines_of_rust(state: &State) -> String {
    let hooks: Vec<String> = state.edits.iter().map(|edit| format!("        .hook({})", hook(edit))).collect();
    // Only what is used, so that the compiler has nothing to say.
    let names: Vec<&str> = [("Axis", "Axis("), ("s", "s![")]
        .into_iter()
        .filter(|(_, used)| hooks.iter().any(|hook| hook.contains(used)))
        .map(|(name, _)| name)
        .collect();
    let mut lines = match hooks.is_empty() {
        true => vec!["use hooked_transformer::HookedTransformer;".to_string()],
        false => vec!["use hooked_transformer::{HookedTransformer, fwd_hook};".to_string()],
    };
    match names[..] {
        [] => (),
        [name] => lines.push(format!("use ndarray::{name};")),
        _ => lines.push(format!("use ndarray::{{{}}};", names.join(", "))),
    }
    lines.extend([
        String::new(),
        "fn main() -> hooked_transformer::Result<()> {".to_string(),
        format!("    let model = HookedTransformer::load({:?})?;", folder_of(&state.model)),
        format!("    let text = {:?};", state.text),
    ]);
    let uses = |silence: Silence| state.edits.iter().any(|edit| edit.silence == silence);
    if uses(Silence::Patch) {
        lines.push(format!(
            "    let (_, second) = model.run_with_cache({:?})?;",
            state.second.as_deref().unwrap_or_default()
        ));
    }
    if uses(Silence::Freeze) {
        lines.push("    let (_, unedited) = model.run_with_cache(text)?;".to_string());
    }
    if uses(Silence::Sample) {
        lines.push(format!("    let (_, sample) = model.run_with_cache({:?})?;", crate::loaded::SAMPLE));
    }
    lines.push("    let losses = model".to_string());
    lines.push("        .run(text)".to_string());
    lines.extend(hooks);
    lines.push("        .loss_per_token()?;".to_string());
    lines.push("    println!(\"{losses}\");".to_string());
    lines.push("    Ok(())".to_string());
    lines.push("}".to_string());
    lines.join("\n") + "\n"
}

fn hook(edit: &Edit) -> String {
    let layer = edit.layer;
    let Component::Head(head) = edit.component else {
        let body = match edit.silence {
            Silence::Mean => "{ let mean = out.mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)); out.assign(&mean) }",
            _ => "out.fill(0.0)",
        };
        return format!("fwd_hook((\"mlp_out\", {layer}), |mut out, _| {body})");
    };
    let of_head = format!("s![.., .., {head}, ..]");
    let body = match edit.silence {
        Silence::Zero => format!("z.slice_mut({of_head}).fill(0.0)"),
        Silence::Mean => format!(
            "{{ let mean = z.slice({of_head}).mean_axis(Axis(1)).unwrap().insert_axis(Axis(1)); z.slice_mut({of_head}).assign(&mean) }}"
        ),
        Silence::Sample => format!(
            "{{ let mean = sample[(\"z\", {layer})].slice(s![.., 1.., {head}, ..]).mean_axis(Axis(1)).unwrap(); z.slice_mut({of_head}).assign(&mean) }}"
        ),
        Silence::Patch => format!("z.slice_mut({of_head}).assign(&second[(\"z\", {layer})].slice({of_head}))"),
        Silence::Freeze => {
            let of_head = format!("s![.., {head}, .., ..]");
            return format!(
                "fwd_hook((\"pattern\", {layer}), |mut pattern, _| pattern.slice_mut({of_head}).assign(&unedited[(\"pattern\", {layer})].slice({of_head})))"
            );
        }
    };
    format!("fwd_hook((\"z\", {layer}), |mut z, _| {body})")
}
