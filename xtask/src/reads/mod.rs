//! What is read: the files of the course.

pub(crate) mod chapter;
pub(crate) mod checks;
pub(crate) mod course;
pub(crate) mod links;
pub(crate) mod page;
pub(crate) mod rust;
pub(crate) mod stub;
pub(crate) mod workspace;
