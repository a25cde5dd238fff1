//! The commands, and the line of help for each.

mod arguments;
mod check;
mod check_all;
mod check_solutions;
mod explore;
mod fingerprints;
mod grade;
mod grow;
mod guide;
mod hint;
mod mdbook;
mod next;
mod playground;
mod progress;
mod reference;
mod reset;
mod solution;
mod status;
mod stubs;
mod student_edition;
mod timetable;
mod tolerances;
mod view;
mod watch;
mod words;

use self::arguments::Done;
use crate::reads::course::Course;
use crate::says::nearest::did_you_mean;
use crate::says::screen::{say, table};

struct Command {
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    for_authors: bool,
    run: fn(&Course, &[&str]) -> Done,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "check",
        arguments: "[NN [FUNCTION]] [--json]",
        help: "grade an exercise or one function: all checks, and the first to fix",
        for_authors: false,
        run: check::run,
    },
    Command {
        name: "watch",
        arguments: "[NN]",
        help: "grade again whenever you save",
        for_authors: false,
        run: watch::run,
    },
    Command {
        name: "hint",
        arguments: "[NN [FUNCTION]]",
        help: "a hint about the function that failed last, clearer each time",
        for_authors: false,
        run: hint::run,
    },
    Command { name: "next", arguments: "", help: "the next thing to do", for_authors: false, run: next::run },
    Command {
        name: "progress",
        arguments: "",
        help: "how far you are, and how many minutes are left",
        for_authors: false,
        run: progress::run,
    },
    Command {
        name: "check-all",
        arguments: "",
        help: "grade everything again",
        for_authors: false,
        run: check_all::run,
    },
    Command {
        name: "solution",
        arguments: "NN [FUNCTION] [--spoil]",
        help: "the solution beside yours, once you have passed",
        for_authors: false,
        run: solution::run,
    },
    Command {
        name: "reset",
        arguments: "NN",
        help: "back to the stubs; your file is kept",
        for_authors: false,
        run: reset::run,
    },
    Command {
        name: "view",
        arguments: "NN [--model M] [--out FILE]",
        help: "the pictures of an exercise, made with your functions where they pass",
        for_authors: false,
        run: view::run,
    },
    Command {
        name: "explore",
        arguments: "\"TEXT\" [--model M] [--out FILE]",
        help: "pictures of a model on any text",
        for_authors: false,
        run: explore::run,
    },
    Command {
        name: "playground",
        arguments: "[--out DIR|FILE.html]",
        help: "a live model in your browser: type, look inside, silence heads",
        for_authors: false,
        run: playground::run,
    },
    Command {
        name: "grow",
        arguments: "[OPTIONS]",
        help: "train a small model while you watch its induction head form",
        for_authors: false,
        run: grow::run,
    },
    Command {
        name: "timetable",
        arguments: "",
        help: "the exercises with their deadlines and points",
        for_authors: false,
        run: timetable::run,
    },
    Command {
        name: "grade",
        arguments: "FOLDER... --out DIR",
        help: "grade the submissions of a class, each in a sandbox",
        for_authors: true,
        run: grade::run,
    },
    Command {
        name: "student-edition",
        arguments: "--out DIR",
        help: "write the course without solutions and wrong answers",
        for_authors: true,
        run: student_edition::run,
    },
    Command {
        name: "check-solutions",
        arguments: "[NN]",
        help: "prove the course: stubs not started, solutions right, wrong answers rejected",
        for_authors: true,
        run: check_solutions::run,
    },
    Command {
        name: "stubs",
        arguments: "[--check]",
        help: "derive the exercises from the solutions",
        for_authors: true,
        run: stubs::run,
    },
    Command {
        name: "fingerprints",
        arguments: "[--check]",
        help: "store what the wrong answers return, so that they are recognized",
        for_authors: true,
        run: fingerprints::run,
    },
    Command {
        name: "reference",
        arguments: "[--check]",
        help: "make the reference data again with the oracle, which is Python; or check it",
        for_authors: true,
        run: reference::run,
    },
    Command {
        name: "tolerances",
        arguments: "",
        help: "measure the tolerances: correct answers below, wrong ones above",
        for_authors: true,
        run: tolerances::run,
    },
    Command {
        name: "guide",
        arguments: "[--check]",
        help: "write the guide's live views and pages of mistakes; follow all its links",
        for_authors: true,
        run: guide::run,
    },
    Command {
        name: "words",
        arguments: "",
        help: "find habits of wording that the course has dropped; none may be left",
        for_authors: true,
        run: words::run,
    },
    Command {
        name: "mdbook",
        arguments: "",
        help: "what mdBook calls to put functions of the solutions into the pages",
        for_authors: true,
        run: mdbook::run,
    },
];

/// Runs the command that the words ask for; without words, says where the learner is.
pub(crate) fn run(words: &[&str]) -> Done {
    let Some((&name, arguments)) = words.split_first() else {
        return status::run(&Course::find()?);
    };
    if ["help", "--help", "-h"].contains(&name) {
        say!("{}", help(Course::find().is_ok_and(|course| course.is_for_students())));
        return Ok(true);
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        // These know their options themselves.
        Some(command)
            if !["grow", "grade"].contains(&name) && arguments.iter().any(|word| ["--help", "-h"].contains(word)) =>
        {
            let usage = format!("cargo xtask {} {}", command.name, command.arguments);
            say!("{}\n  {}", usage.trim_end(), command.help);
            Ok(true)
        }
        Some(command) => {
            let course = Course::find()?;
            // mdBook calls its command in every edition.
            if command.for_authors && name != "mdbook" && course.is_for_students() {
                return Err(format!("`{name}` needs the solutions, which the student edition does not have."));
            }
            (command.run)(&course, arguments)
        }
        None => Err(unknown(name)),
    }
}

fn unknown(name: &str) -> String {
    let names = COMMANDS.iter().map(|command| command.name);
    format!("There is no command `{name}`.{} All of them: cargo xtask help", did_you_mean(name, names))
}

/// What the commands do; for students, those that need no solutions.
fn help(is_for_students: bool) -> String {
    let rows = |for_authors: bool| {
        let is_shown = move |command: &&Command| {
            command.for_authors == for_authors && !(is_for_students && command.name == "solution")
        };
        let commands = COMMANDS.iter().filter(is_shown);
        commands.map(|c| vec![format!("{} {}", c.name, c.arguments), c.help.to_string()]).collect::<Vec<_>>()
    };
    let mut help = format!(
        "cargo xtask, alone, says where you are and what is next. cargo xtask followed by:\n\n{}\n\n",
        table(&rows(false))
    );
    if !is_for_students {
        help += &format!("For authors of exercises and teachers:\n\n{}\n\n", table(&rows(true)));
    }
    help + "NN is the number of an exercise. If you leave it out, it is the exercise that you are at."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_command_is_told_the_nearest_in_one_line() {
        let told = run(&["chek"]).unwrap_err();
        assert!(told.contains("`check`") && told.lines().count() == 1, "{told}");
    }

    #[test]
    fn help_is_this() {
        insta::assert_snapshot!(help(false));
    }

    #[test]
    fn students_are_told_of_no_command_that_needs_the_solutions() {
        let told = help(true);
        for command in COMMANDS {
            let is_told = told.contains(&format!("\n  {} ", command.name));
            assert_eq!(is_told, !command.for_authors && command.name != "solution", "{}", command.name);
        }
    }

    #[test]
    fn help_fits_a_window_beside_an_editor() {
        let widest = help(false).lines().map(|line| line.chars().count()).max();
        assert!(widest.is_some_and(|width| width <= 112), "{widest:?}");
    }

    #[test]
    fn a_command_explains_itself() {
        assert_eq!(run(&["reset", "--help"]), Ok(true));
    }
}
