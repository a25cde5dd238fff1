//! The functions of a submission by their names: which of them an answer changes, and answers mixed from several.

/// Functions of a learner's, as `fn` pointers with names. [`functions!`](crate::functions) implements it.
pub trait Functions: Copy {
    /// The names of all functions.
    const NAMES: &'static [&'static str];

    /// The names of those that are not the functions of another submission. One that does the same may be among them, and one
    /// that does something else always is.
    fn changed_from(&self, other: &Self) -> Vec<&'static str>;

    /// Takes the function of this name from another submission.
    fn take(&mut self, name: &str, other: &Self);
}

/// Names the functions of a submission, all of them: one that is left out is an error of the compiler.
#[macro_export]
macro_rules! functions {
    ($submission:ident: $($function:ident),* $(,)?) => {
        impl $crate::proof::Functions for $submission {
            const NAMES: &'static [&'static str] = &[$(stringify!($function)),*];

            fn changed_from(&self, other: &Self) -> Vec<&'static str> {
                let Self { $($function),* } = *self;
                let is_same = [$(::std::ptr::fn_addr_eq($function, other.$function)),*];
                let names = Self::NAMES.iter().zip(is_same);
                names.filter(|(_, is_same)| !is_same).map(|(name, _)| *name).collect()
            }

            fn take(&mut self, name: &str, other: &Self) {
                match name {
                    $(stringify!($function) => self.$function = other.$function,)*
                    _ => {}
                }
            }
        }
    };
}
