//! A submission in a zip archive. Nothing is unpacked: the files that are taken are read into memory, and no more of them
//! than is taken, whatever length the archive says that they have.

use std::fs::{self, File};
use std::io::{BufReader, Read as _};
use std::path::Path;

use chrono::{Local, NaiveDate};
use zip::ZipArchive;

use super::listing::{Entry, choose};
use super::{MOST_BYTES, Taken};
use crate::course::Exercise;

/// A larger archive is not opened. A clone of the course with its history has less than half.
const LARGEST: u64 = 256 << 20;
/// Nor one with more files.
const MOST_ENTRIES: usize = 100_000;

pub(super) fn take(path: &Path, exercises: &[Exercise]) -> Result<Taken, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("the archive cannot be read: {error}");
    let bytes = fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if bytes > LARGEST {
        return Err(format!("the archive has {} MB, more than {}", bytes >> 20, LARGEST >> 20));
    }
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| unreadable(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(format!("the archive has {} files, more than {MOST_ENTRIES}", archive.len()));
    }
    let mut entries = Vec::new();
    for number in 0..archive.len() {
        let entry = archive.by_index_raw(number).map_err(|error| unreadable(&error))?;
        // A name that cannot be read is not one of ours.
        let path = entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        let path = if entry.is_dir() { String::new() } else { path };
        entries.push(Entry { path, is_link: entry.is_symlink(), bytes: entry.size() });
    }
    let (chosen, notes) = choose(&entries, exercises);
    let mut taken = Taken { notes, ..Taken::default() };
    for file in chosen {
        let name = format!("exercises/{}/src/{}", file.exercise, file.file);
        let mut entry = match archive.by_index(file.entry) {
            Ok(entry) => entry,
            Err(error) => {
                taken.notes.push(format!("{name} cannot be unpacked: {error}"));
                continue;
            }
        };
        let changed = entry.last_modified().and_then(local_time);
        let mut bytes = Vec::new();
        match entry.by_ref().take(MOST_BYTES + 1).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > MOST_BYTES => {
                taken.notes.push(format!("{name} is longer than the archive says: not taken"));
                continue;
            }
            Ok(_) => {}
            Err(error) => {
                taken.notes.push(format!("{name} cannot be unpacked: {error}"));
                continue;
            }
        }
        let sources = taken.sources.entry(file.exercise).or_default();
        sources.files.insert(file.file, bytes);
        sources.changed = sources.changed.max(changed);
    }
    Ok(taken)
}

/// An archive says the time by a clock on the wall, and not where that hung: it is taken to be ours.
fn local_time(time: zip::DateTime) -> Option<i64> {
    let day = NaiveDate::from_ymd_opt(time.year().into(), time.month().into(), time.day().into())?;
    let time = day.and_hms_opt(time.hour().into(), time.minute().into(), time.second().into())?;
    time.and_local_timezone(Local).earliest().map(|time| time.timestamp())
}
