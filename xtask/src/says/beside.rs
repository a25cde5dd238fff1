//! Two texts, one beside the other where the screen is wide enough, or else one below the other.

/// Below this width, a column would cut most lines of code.
const NARROWEST_COLUMN: usize = 60;

const GAP: &str = " | ";

/// Two texts under their titles, on a screen of this width.
pub(crate) fn beside(titles: [&str; 2], texts: [&str; 2], width: usize) -> String {
    let column = width.saturating_sub(GAP.len()) / 2;
    let longest = texts[0].lines().map(|line| line.chars().count()).max().unwrap_or(0).max(titles[0].len());
    if column < NARROWEST_COLUMN {
        return format!("{}:\n\n{}\n\n{}:\n\n{}", titles[0], texts[0].trim_end(), titles[1], texts[1].trim_end());
    }
    // No wider than the text on the left needs, so that the one on the right gets the rest.
    let left_width = column.min(longest);
    let right_width = width - GAP.len() - left_width;
    let left = lines(titles[0], texts[0], left_width);
    let right = lines(titles[1], texts[1], right_width);
    let empty = String::new();
    let row = |at: usize| {
        let (left, right) = (left.get(at).unwrap_or(&empty), right.get(at).unwrap_or(&empty));
        format!("{left:<left_width$}{GAP}{right}").trim_end().to_string()
    };
    (0..left.len().max(right.len())).map(row).collect::<Vec<_>>().join("\n")
}

/// The lines of a column: its title, an empty line, and the text, of which long lines go on in the next.
fn lines(title: &str, text: &str, width: usize) -> Vec<String> {
    let wrapped = text.trim_end().lines().flat_map(|line| wrap(line, width));
    [title.to_string(), String::new()].into_iter().chain(wrapped).collect()
}

/// Cuts a line of code at its last space before the width; what is over goes on four columns further in.
fn wrap(line: &str, width: usize) -> Vec<String> {
    let indent = line.len() - line.trim_start().len();
    let mut lines = Vec::new();
    let mut rest: Vec<char> = line.chars().collect();
    while rest.len() > width {
        // A space behind the last column is a place to cut, too.
        let room = &rest[..=width];
        let cut = room.iter().rposition(|c| *c == ' ').filter(|at| *at > indent + 4).map_or(width, |at| at + 1);
        let tail: Vec<char> = rest.split_off(cut);
        lines.push(rest.iter().collect::<String>().trim_end().to_string());
        rest = " ".repeat((indent + 4).min(width / 2)).chars().chain(tail).collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_screen_shows_columns_and_a_narrow_one_does_not() {
        let texts = ["one\ntwo", "1"];
        assert_eq!(beside(["left", "right"], texts, 130), "left | right\n     |\none  | 1\ntwo  |");
        assert_eq!(beside(["left", "right"], texts, 80), "left:\n\none\ntwo\n\nright:\n\n1");
    }

    #[test]
    fn a_long_line_goes_on_in_the_next_and_nothing_of_it_is_lost() {
        assert_eq!(wrap("    let answer = first + second;", 24), ["    let answer = first +", "        second;"]);
        let endless = "x".repeat(50);
        assert_eq!(wrap(&endless, 20).concat().replace(' ', ""), endless);
        assert!(wrap(&endless, 20).iter().all(|line| line.chars().count() <= 20));
    }
}
