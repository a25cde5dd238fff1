//! Setting text for a terminal.

/// The widest line of a verdict, so that it fits in a window beside an editor.
const WIDTH: usize = 96;

/// Breaks a paragraph into lines that each start with `indent`.
#[must_use]
pub(crate) fn wrap(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.chars().count();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

/// A number as a person reads it: short, but never rounded into looking equal to a neighbor.
#[must_use]
pub(crate) fn number(x: f64) -> String {
    if x == 0.0 || !x.is_finite() || (x.fract() == 0.0 && x.abs() < 1e9) {
        return format!("{x}");
    }
    if (1e-3..1e6).contains(&x.abs()) {
        let digits = 6_i32 - x.abs().log10().floor() as i32;
        let fixed = format!("{x:.*}", digits.clamp(1, 8) as usize);
        return fixed.trim_end_matches('0').trim_end_matches('.').to_string();
    }
    let scientific = format!("{x:.4e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) => {
            format!("{}e{exponent}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        None => scientific,
    }
}

/// Two different numbers, with enough digits to look different.
#[must_use]
pub(crate) fn unlike_numbers(a: f64, b: f64) -> (String, String) {
    let short = (number(a), number(b));
    if short.0 == short.1 && a != b { (format!("{a:?}"), format!("{b:?}")) } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_broken_between_words() {
        let text = "word ".repeat(40);
        let wrapped = wrap(&text, "    ");
        assert_eq!(wrapped.lines().count(), 3);
        assert!(wrapped.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(wrapped.lines().all(|line| line.starts_with("    word")));
    }

    #[test]
    fn numbers_are_short_and_do_not_hide_a_difference() {
        assert_eq!(number(0.5), "0.5");
        assert_eq!(number(3.0), "3");
        assert_eq!(number(-0.123_456_78), "-0.1234568");
        assert_eq!(number(1.5e-7), "1.5e-7");
        assert_eq!(number(3e-4), "3e-4");
        assert_eq!(number(f64::NAN), "NaN");
        assert_ne!(number(8.317_21), number(8.317_22));
        let (a, b) = unlike_numbers(1_234.567_890_1, 1_234.567_890_2);
        assert_ne!(a, b);
    }
}
