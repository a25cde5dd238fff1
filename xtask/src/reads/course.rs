//! The table of exercises, `exercises/course.toml`: every exercise in order, with the numbers that must hold for it.

use super::workspace::Workspace;
use super::{rust, stub};

const TABLE: &str = "exercises/course.toml";

/// Where the student edition, which has no solutions to derive them from, keeps the stubs.
const STUBS: &str = "exercises/stubs/";

/// An exercise.
#[derive(Clone, Debug)]
pub(crate) struct Exercise {
    /// The folder under `exercises/` and `solutions/`.
    pub(crate) slug: String,
    /// Its title.
    pub(crate) title: String,
    /// About how long it takes.
    pub(crate) minutes: usize,
    /// How many checks it has.
    pub(crate) checks: usize,
    /// How many wrong answers must be rejected with their explanation.
    pub(crate) wrong_answers: usize,
    /// How many correct answers, written in other ways than the solution, must pass.
    pub(crate) right_answers: usize,
    /// The model that its pictures are of.
    pub(crate) model: String,
    /// The text that its pictures show the model on.
    pub(crate) text: String,
    /// Whether its solution is here: not in the student edition.
    pub(crate) is_solved: bool,
}

/// The course: its exercises, and where its files are.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) workspace: Workspace,
    pub(crate) exercises: Vec<Exercise>,
}

impl Course {
    /// The course that the command is run in.
    ///
    /// # Errors
    /// There is none, or its table of exercises is damaged.
    pub(crate) fn find() -> Result<Self, String> {
        Self::of(Workspace::find()?)
    }

    /// The course in a folder.
    ///
    /// # Errors
    /// Its table of exercises is damaged.
    pub(crate) fn of(workspace: Workspace) -> Result<Self, String> {
        let mut exercises = exercises_in(&workspace.read(TABLE)?).map_err(|why| {
            format!("{TABLE} {why}\nTo get the file of the last commit back: git checkout -- {TABLE}")
        })?;
        for exercise in &mut exercises {
            exercise.is_solved = workspace.path(&exercise.solution()).is_file();
        }
        Ok(Course { workspace, exercises })
    }

    /// Whether this is the student edition.
    pub(crate) fn is_for_students(&self) -> bool {
        !self.exercises.iter().any(|exercise| exercise.is_solved)
    }

    /// The exercise called by this number: `2`, `02` and `02-induction` are the same.
    ///
    /// # Errors
    /// The numbers that there are.
    pub(crate) fn exercise(&self, word: &str) -> Result<&Exercise, String> {
        let wanted = word.trim_start_matches('0');
        let is_it = |e: &&Exercise| e.slug == word || e.number().trim_start_matches('0') == wanted;
        self.exercises.iter().find(is_it).ok_or_else(|| {
            let known: Vec<&str> = self.exercises.iter().map(Exercise::number).collect();
            format!("There is no exercise `{word}`. There are: {}.", known.join(", "))
        })
    }
}

impl Exercise {
    /// The two digits that the exercise is called by.
    pub(crate) fn number(&self) -> &str {
        &self.slug[..2]
    }

    /// The package that the learner edits.
    pub(crate) fn package(&self) -> String {
        format!("exercise-{}", self.slug)
    }

    /// The package that holds the solution.
    pub(crate) fn solution_package(&self) -> String {
        format!("solution-{}", self.slug)
    }

    /// The folder of what the learner edits.
    pub(crate) fn source_folder(&self) -> String {
        format!("exercises/{}/src", self.slug)
    }

    /// The file that the learner edits.
    pub(crate) fn source(&self) -> String {
        format!("{}/lib.rs", self.source_folder())
    }

    /// The file that lists the checks.
    pub(crate) fn checks_file(&self) -> String {
        format!("exercises/{}/tests/checks.rs", self.slug)
    }

    /// The solution.
    pub(crate) fn solution(&self) -> String {
        format!("solutions/{}/src/lib.rs", self.slug)
    }

    /// The stub, as the student edition keeps it.
    pub(crate) fn stored_stub(&self) -> String {
        format!("{STUBS}{}.rs", self.slug)
    }

    /// The page of the guide.
    pub(crate) fn guide(&self) -> String {
        format!("exercises/guide/src/{}.md", self.slug)
    }

    /// The stub that the solution gives; in the student edition, the one that is stored.
    ///
    /// # Errors
    /// The solution cannot be read, or its marks are wrong.
    pub(crate) fn stub(&self, workspace: &Workspace) -> Result<String, String> {
        if !self.is_solved && workspace.path(&self.stored_stub()).is_file() {
            return workspace.read(&self.stored_stub());
        }
        let file = self.solution();
        stub::derive(&workspace.read(&file)?).map_err(|trouble| format!("{file}: {trouble}."))
    }

    /// The names of the functions to write, by the stub that the solution gives.
    ///
    /// # Errors
    /// Those of [`stub`](Self::stub).
    pub(crate) fn names(&self, workspace: &Workspace) -> Result<Vec<String>, String> {
        let stub = self.stub(workspace)?;
        Ok(rust::functions(&stub).iter().filter(|f| f.todos() > 0).map(|f| f.name.to_string()).collect())
    }

    /// The learner's file, as it is at the moment.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn written(&self, workspace: &Workspace) -> Result<String, String> {
        workspace
            .read_lossy(&self.source())
            .map_err(|trouble| format!("{trouble} To get the stubs back: cargo xtask reset {}", self.number()))
    }
}

/// # Errors
/// What is wrong with the table, as the rest of a sentence that begins with its name.
fn exercises_in(text: &str) -> Result<Vec<Exercise>, String> {
    let table: toml::Table = text.parse().map_err(|error| format!("is not valid TOML: {error}"))?;
    let entries = table.get("exercise").and_then(toml::Value::as_array).ok_or("has no [[exercise]].")?;
    entries.iter().map(|entry| exercise_in(entry).map_err(|why| format!("has an exercise {why}"))).collect()
}

fn exercise_in(entry: &toml::Value) -> Result<Exercise, String> {
    let text = |key: &str| {
        let value = entry.get(key).and_then(toml::Value::as_str);
        value.map(str::to_string).ok_or_else(|| format!("without a text `{key}`."))
    };
    let number = |key: &str| {
        let value = entry.get(key).and_then(toml::Value::as_integer).and_then(|number| usize::try_from(number).ok());
        value.ok_or_else(|| format!("without a number `{key}`."))
    };
    let slug = text("slug")?;
    if !matches!(slug.as_bytes(), [a, b, b'-', _, ..] if a.is_ascii_digit() && b.is_ascii_digit()) {
        return Err(format!("called `{slug}`: a slug is two digits, a hyphen and a name, such as `02-induction`."));
    }
    Ok(Exercise {
        slug,
        title: text("title")?,
        minutes: number("minutes")?,
        checks: number("checks")?,
        wrong_answers: number("wrong_answers")?,
        right_answers: number("right_answers")?,
        model: text("model")?,
        text: text("text")?,
        is_solved: false,
    })
}

/// A course of one exercise with one function, for tests.
#[cfg(test)]
pub(crate) mod fixture {
    use super::{Course, TABLE};
    use crate::reads::workspace::Scratch;

    pub(crate) const ENTRY: &str = "[[exercise]]\nslug = \"99-test\"\ntitle = \"A test\"\nminutes = 1\nchecks = 2\n\
                                    wrong_answers = 1\nright_answers = 1\nmodel = \"m\"\ntext = \"t\"\n";
    pub(crate) const SOLUTION: &str = "solutions/99-test/src/lib.rs";
    pub(crate) const SOLVED: &str = "pub fn f() {\n    // STUB todo!()\n    ()\n}\n";
    /// The file that the learner edits, and the stub that the solution gives.
    pub(crate) const LIB: &str = "exercises/99-test/src/lib.rs";
    pub(crate) const STUB: &str = "pub fn f() {\n    todo!()\n}\n";

    /// The course with this in the learner's file, or without the file. The folder is removed with the first of the pair.
    pub(crate) fn course(lib: Option<&str>) -> (Scratch, Course) {
        let mut files = vec![(TABLE, ENTRY), (SOLUTION, SOLVED)];
        files.extend(lib.map(|lib| (LIB, lib)));
        let scratch = Scratch::with(&files);
        let course = Course::of(scratch.workspace.clone()).unwrap();
        (scratch, course)
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::ENTRY;
    use super::*;

    #[test]
    fn an_exercise_answers_to_its_number_however_it_is_written() {
        let course = Course::find().unwrap();
        for word in ["2", "02", "02-induction"] {
            assert_eq!(course.exercise(word).map(|e| e.slug.as_str()), Ok("02-induction"));
        }
        assert!(course.exercise("99").unwrap_err().starts_with("There is no exercise `99`. There are: "));
    }

    #[test]
    fn a_damaged_table_is_described() {
        assert_eq!(exercises_in(ENTRY).unwrap()[0].checks, 2);
        let trouble = |from: &str, to: &str| exercises_in(&ENTRY.replace(from, to)).unwrap_err();
        assert_eq!(trouble("checks = 2\n", ""), "has an exercise without a number `checks`.");
        assert_eq!(trouble("checks = 2\n", "checks = -2\n"), "has an exercise without a number `checks`.");
        assert!(trouble("99-test", "x").contains("called `x`: a slug is two digits"));
        assert!(trouble("[[exercise]]", "[[exercise").starts_with("is not valid TOML: "));
        assert_eq!(exercises_in("").unwrap_err(), "has no [[exercise]].");
    }

    #[test]
    fn every_exercise_is_where_the_table_says() {
        let Course { workspace, exercises } = Course::find().unwrap();
        let summary = workspace.read("exercises/guide/src/SUMMARY.md").unwrap();
        for exercise in &exercises {
            let file = exercise.guide();
            assert!(workspace.path(&file).is_file(), "{file} is missing");
            assert!(summary.contains(&format!("./{}.md", exercise.slug)), "SUMMARY.md lacks {}", exercise.slug);
            assert!(
                workspace.path(&format!("reference_data/models/{}", exercise.model)).is_dir(),
                "{}",
                exercise.model
            );
            assert!(!exercise.names(&workspace).unwrap().is_empty(), "{}", exercise.slug);
        }
    }

    /// The minutes of the sections of a chapter, `· 10 minutes ·`, are those at its head, of the table and of the introduction.
    #[test]
    fn the_minutes_of_a_chapter_add_up() {
        let Course { workspace, exercises } = Course::find().unwrap();
        let introduction = workspace.read("exercises/guide/src/introduction.md").unwrap();
        for exercise in &exercises {
            let listed = format!("](./{}.md)** ({} minutes).", exercise.slug, exercise.minutes);
            assert!(introduction.contains(&listed), "introduction.md does not say \"{listed}\"");
            let chapter = workspace.read(&exercise.guide()).unwrap();
            let of_sections = chapter.lines().filter(|line| line.starts_with("*Difficulty"));
            let minutes =
                of_sections.filter_map(|line| line.split(" · ").find_map(|part| part.strip_suffix(" minutes")));
            let sum: usize = minutes.map(|number| number.parse::<usize>().unwrap()).sum();
            let head = format!("about {} minutes.", exercise.minutes);
            assert!(chapter.contains(&head), "{} does not say \"{head}\"", exercise.guide());
            assert_eq!(sum, exercise.minutes, "the sections of {}", exercise.guide());
        }
    }

    /// A folder that is not in the table would be graded by nothing.
    #[test]
    fn every_folder_of_an_exercise_is_in_the_table() {
        let Course { workspace, exercises } = Course::find().unwrap();
        for place in ["exercises", "solutions"] {
            for entry in std::fs::read_dir(workspace.path(place)).unwrap() {
                let name = entry.unwrap().file_name().to_string_lossy().into_owned();
                let known = exercises.iter().any(|exercise| exercise.slug == name);
                assert!(known || !name.starts_with(|c: char| c.is_ascii_digit()), "{TABLE} lacks {place}/{name}");
            }
        }
    }
}
