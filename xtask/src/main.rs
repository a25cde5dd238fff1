//! The companion of the course.

fn main() {}
