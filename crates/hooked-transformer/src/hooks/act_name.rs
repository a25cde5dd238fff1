//! Names of activations: the shorthand that people type, and the full names that hook points have.
//!
//! The rules are those of TransformerLens's `utils.get_act_name`: `("pattern", 0)` means `blocks.0.attn.hook_pattern`,
//! `"k6a"` means `blocks.6.attn.hook_k`, and a name with a dot, or one that begins with `hook_`, stands for itself.

/// The activations that live inside attention, whatever layer type was given with them.
const IN_ATTENTION: [&str; 9] = ["k", "v", "q", "z", "rot_k", "rot_q", "result", "pattern", "attn_scores"];

/// The activations that live inside the MLP.
const IN_MLP: [&str; 4] = ["pre", "post", "mid", "pre_linear"];

/// An activation as a caller names it: a full name, a shorthand, or a shorthand with its layer (and part of the layer).
///
/// Negative layers count from the end, once it is known how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActName {
    name: String,
    layer: Option<isize>,
    layer_type: Option<String>,
}

impl ActName {
    /// The full name, for a model or cache with `n_layers` layers.
    pub fn resolve(&self, n_layers: usize) -> String {
        let (name, layer) = self.parts(n_layers);
        full_name(name, layer, self.layer_type.as_deref())
    }

    /// The name as it was given, and its layer, counted from the start.
    pub(crate) fn parts(&self, n_layers: usize) -> (&str, Option<isize>) {
        let layer = self.layer.map(|layer| if layer < 0 { layer + n_layers as isize } else { layer });
        (&self.name, layer)
    }
}

impl From<&str> for ActName {
    fn from(name: &str) -> Self {
        ActName { name: name.to_string(), layer: None, layer_type: None }
    }
}

impl From<&String> for ActName {
    fn from(name: &String) -> Self {
        ActName::from(name.as_str())
    }
}

impl From<String> for ActName {
    fn from(name: String) -> Self {
        ActName { name, layer: None, layer_type: None }
    }
}

impl From<&ActName> for ActName {
    fn from(name: &ActName) -> Self {
        name.clone()
    }
}

/// `("pattern", 0)` and `("scale", 4, "ln1")` for each integer type that people count layers with. `i32` is here for
/// the sake of bare literals.
macro_rules! act_name_from_layer {
    ($($int:ty),*) => {$(
        impl From<(&str, $int)> for ActName {
            fn from((name, layer): (&str, $int)) -> Self {
                ActName { name: name.to_string(), layer: Some(layer as isize), layer_type: None }
            }
        }

        impl From<(&str, $int, &str)> for ActName {
            fn from((name, layer, layer_type): (&str, $int, &str)) -> Self {
                ActName { name: name.to_string(), layer: Some(layer as isize), layer_type: Some(layer_type.to_string()) }
            }
        }
    )*};
}
act_name_from_layer!(usize, isize, i32);

/// The full name of an activation, from its shorthand, layer, and part of the layer.
///
/// Like its model, this never fails: a misspelled shorthand becomes a name that no model has, and the lookup that follows
/// says so with the nearest names. Source: TransformerLens `utils.get_act_name`.
///
/// ```
/// use hooked_transformer::get_act_name;
/// assert_eq!(get_act_name("pattern", 0, None), "blocks.0.attn.hook_pattern");
/// assert_eq!(get_act_name("scale", 4, "ln1"), "blocks.4.ln1.hook_scale");
/// assert_eq!(get_act_name("k6a", None, None), "blocks.6.attn.hook_k");
/// ```
pub fn get_act_name<'a>(name: &str, layer: impl Into<Option<usize>>, layer_type: impl Into<Option<&'a str>>) -> String {
    full_name(name, layer.into().map(|layer| layer as isize), layer_type.into())
}

fn full_name(name: &str, layer: Option<isize>, layer_type: Option<&str>) -> String {
    if (name.contains('.') || name.starts_with("hook_")) && layer.is_none() && layer_type.is_none() {
        return name.to_string();
    }
    let (name, layer, layer_type) = match split_shorthand(name) {
        Some((letters, digits, rest)) => (letters, Some(digits.to_string()), Some(rest)),
        None => (name, layer.map(|layer| layer.to_string()), layer_type),
    };
    let name = expand_activation(name);
    let part = match layer_type {
        _ if IN_ATTENTION.contains(&name) => "attn",
        _ if IN_MLP.contains(&name) => "mlp",
        Some(layer_type) => expand_layer_type(layer_type),
        None => "",
    };
    let mut full = String::new();
    match &layer {
        Some(layer) => full.push_str(&format!("blocks.{layer}.")),
        None if matches!(name, "scale" | "normalized") => full.push_str("ln_final."),
        None => {}
    }
    if !part.is_empty() {
        full.push_str(part);
        full.push('.');
    }
    full + "hook_" + name
}

/// Splits `k6a` into letters, layer and rest; `None` where the name is not letters followed by digits.
fn split_shorthand(name: &str) -> Option<(&str, &str, &str)> {
    let letters = name.find(|c: char| !c.is_ascii_lowercase()).filter(|&end| end > 0)?;
    let (letters, tail) = name.split_at(letters);
    let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
    let (digits, rest) = tail.split_at(digits);
    (!digits.is_empty()).then_some((letters, digits, rest))
}

fn expand_activation(name: &str) -> &str {
    match name {
        "attn" => "pattern",
        "attn_logits" => "attn_scores",
        "key" => "k",
        "query" => "q",
        "value" => "v",
        "mlp_pre" => "pre",
        "mlp_mid" => "mid",
        "mlp_post" => "post",
        other => other,
    }
}

fn expand_layer_type(layer_type: &str) -> &str {
    match layer_type {
        "a" | "attention" => "attn",
        "m" => "mlp",
        "b" | "block" | "blocks" => "",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden table: the classic library's answers.
    #[test]
    fn names_are_those_of_the_classic_library() {
        let table: [(&str, Option<usize>, Option<&str>, &str); 27] = [
            ("embed", None, None, "hook_embed"),
            ("pos_embed", None, None, "hook_pos_embed"),
            ("k", Some(6), Some("a"), "blocks.6.attn.hook_k"),
            ("pre", Some(2), None, "blocks.2.mlp.hook_pre"),
            ("post", Some(2), None, "blocks.2.mlp.hook_post"),
            ("pattern", Some(0), None, "blocks.0.attn.hook_pattern"),
            ("attn", Some(3), None, "blocks.3.attn.hook_pattern"),
            ("attn_logits", Some(3), None, "blocks.3.attn.hook_attn_scores"),
            ("attn_scores", Some(3), None, "blocks.3.attn.hook_attn_scores"),
            ("query", Some(1), None, "blocks.1.attn.hook_q"),
            ("key", Some(1), None, "blocks.1.attn.hook_k"),
            ("value", Some(1), None, "blocks.1.attn.hook_v"),
            ("mlp_pre", Some(1), None, "blocks.1.mlp.hook_pre"),
            ("rot_q", Some(1), None, "blocks.1.attn.hook_rot_q"),
            ("attn_out", Some(3), None, "blocks.3.hook_attn_out"),
            ("mlp_out", Some(3), None, "blocks.3.hook_mlp_out"),
            ("resid_pre", Some(0), None, "blocks.0.hook_resid_pre"),
            ("resid_mid", Some(0), Some("b"), "blocks.0.hook_resid_mid"),
            ("scale", Some(4), Some("ln1"), "blocks.4.ln1.hook_scale"),
            ("normalized", Some(4), Some("ln2"), "blocks.4.ln2.hook_normalized"),
            ("scale", None, None, "ln_final.hook_scale"),
            ("normalized", None, None, "ln_final.hook_normalized"),
            ("k6a", None, None, "blocks.6.attn.hook_k"),
            ("scale4ln1", None, None, "blocks.4.ln1.hook_scale"),
            ("pre5", None, None, "blocks.5.mlp.hook_pre"),
            ("resid_pre5", None, None, "hook_resid_pre5"),
            ("hook_k", Some(0), None, "blocks.0.hook_hook_k"),
        ];
        for (name, layer, layer_type, want) in table {
            assert_eq!(get_act_name(name, layer, layer_type), want, "({name:?}, {layer:?}, {layer_type:?})");
        }
        assert_eq!(get_act_name("blocks.0.attn.hook_q", None, None), "blocks.0.attn.hook_q");
        assert_eq!(get_act_name("hook_embed", None, None), "hook_embed");
    }

    #[test]
    fn a_negative_layer_counts_from_the_end() {
        assert_eq!(ActName::from(("pattern", -1)).resolve(2), "blocks.1.attn.hook_pattern");
        assert_eq!(ActName::from(("pattern", 0)).resolve(2), "blocks.0.attn.hook_pattern");
    }
}
