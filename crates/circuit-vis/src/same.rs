//! Does a page that was written earlier still show this picture?
//!
//! Numbers are compared with a tolerance, everything else exactly: another machine adds up in another order, so the last
//! bits of an activation, and with them the bytes of the page, differ without anything having changed.

use ndarray::ArrayD;
use serde_json::Value;

use crate::array;

const BEGIN: &str = "<script type=\"application/json\">";
const END: &str = "</script>";

/// What differs first between two pages of one view each, or nothing.
///
/// The tolerance counts for numbers up to one as it is, for larger ones in proportion.
pub(crate) fn first_difference(old: &str, new: &str, tolerance: f32) -> Option<String> {
    let (Some(old), Some(new)) = (parts(old), parts(new)) else {
        return Some("one of the pages holds no data of a view".into());
    };
    if (old.0, old.2) != (new.0, new.2) {
        return Some("the page around the data is another".into());
    }
    difference("data", &old.1, &new.1, tolerance)
}

/// Whether two pages have the same HTML around their data.
pub(crate) fn share_a_frame(a: &str, b: &str) -> bool {
    matches!((parts(a), parts(b)), (Some(a), Some(b)) if (a.0, a.2) == (b.0, b.2))
}

/// The HTML before the data, the data, and the HTML after it.
fn parts(page: &str) -> Option<(&str, Value, &str)> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (data, after) = rest.split_once(END)?;
    Some((before, serde_json::from_str(data).ok()?, after))
}

fn difference(path: &str, old: &Value, new: &Value, tolerance: f32) -> Option<String> {
    if let (Some(old), Some(new)) = (array::decode(old), array::decode(new)) {
        return array_difference(path, &old, &new, tolerance);
    }
    match (old, new) {
        (Value::Object(o), Value::Object(n)) if o.len() == n.len() => o
            .iter()
            .find_map(|(key, value)| difference(&format!("{path}.{key}"), value, n.get(key)?, tolerance))
            .or_else(|| o.keys().find(|key| !n.contains_key(*key)).map(|key| format!("{path}.{key} is gone"))),
        (Value::Array(o), Value::Array(n)) if o.len() == n.len() => o
            .iter()
            .zip(n)
            .enumerate()
            .find_map(|(index, (o, n))| difference(&format!("{path}[{index}]"), o, n, tolerance)),
        (Value::Number(o), Value::Number(n)) => {
            let (o, n) = (o.as_f64()? as f32, n.as_f64()? as f32);
            (!close(o, n, tolerance)).then(|| format!("{path} was {o} and is {n}"))
        }
        _ => (old != new).then(|| format!("{path} was {} and is {}", short(old), short(new))),
    }
}

fn array_difference(path: &str, old: &ArrayD<f32>, new: &ArrayD<f32>, tolerance: f32) -> Option<String> {
    if old.shape() != new.shape() {
        return Some(format!("{path} had shape {:?} and has {:?}", old.shape(), new.shape()));
    }
    let mut pairs = old.iter().zip(new);
    let (o, n) = pairs.find(|(o, n)| !close(**o, **n, tolerance))?;
    Some(format!("{path} held {o} where it holds {n}"))
}

fn close(old: f32, new: f32, tolerance: f32) -> bool {
    old == new || (old.is_nan() && new.is_nan()) || (old - new).abs() <= tolerance * old.abs().max(1.0)
}

/// Enough of a value to recognize it.
fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 60 { text } else { text.chars().take(60).chain("...".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use crate::{PlotOptions, View, heatmap};
    use ndarray::array;

    fn picture(value: f32, label: &str) -> View {
        let options = PlotOptions::new().range(0.0, 2.0);
        heatmap(array![[0.5, value], [f32::NAN, 0.25]].view(), &["a", label], &["x", "y"], options).unwrap()
    }

    #[test]
    fn the_last_bits_make_no_difference_and_the_third_digit_does() {
        let page = picture(1.0, "b").to_html();
        assert_eq!(picture(1.0 + 1e-5, "b").differs_from(&page, 1e-3), None);
        let words = picture(1.01, "b").differs_from(&page, 1e-3).unwrap();
        assert_eq!(words, "data.values held 1 where it holds 1.01");
    }

    #[test]
    fn words_titles_ranges_and_the_page_itself_must_be_equal() {
        let page = picture(1.0, "b").to_html();
        let words = picture(1.0, "c").differs_from(&page, 1e-3).unwrap();
        assert_eq!(words, "data.row_labels[1] was \"b\" and is \"c\"");
        assert!(picture(1.0, "b").title("Other").differs_from(&page, 1e-3).is_some());
        let words = picture(1.0, "b").differs_from(&page.replace("<main>", "<main >"), 1e-3).unwrap();
        assert_eq!(words, "the page around the data is another");
        let words = picture(1.0, "b").differs_from(&page.replace("\"max\":2.0", "\"max\":3.0"), 1e-3).unwrap();
        assert_eq!(words, "data.max was 3 and is 2");
    }

    #[test]
    fn a_page_beside_its_assets_is_compared_in_the_same_way() {
        let page = picture(1.0, "b").to_html_beside_assets();
        assert_eq!(picture(1.0 + 1e-5, "b").differs_from(&page, 1e-3), None);
        assert!(picture(1.01, "b").differs_from(&page, 1e-3).unwrap().contains("data.values"));
    }

    #[test]
    fn what_is_no_page_of_a_view_differs() {
        let words = picture(1.0, "b").differs_from("<html></html>", 1e-3).unwrap();
        assert_eq!(words, "one of the pages holds no data of a view");
    }
}
