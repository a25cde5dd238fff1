//! Other answers than the solution, right and wrong ones. They are one program, since the tolerances lie between them: what
//! both need is compiled once, and run once.

mod other_right_answers;
mod wrong_answers;
