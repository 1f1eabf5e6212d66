//! A file counts as unchanged only if nothing that the disk says of it has changed, and only if a change would have shown.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;

use codeanatomy_cache::{Cache, ContentHash};
use codeanatomy_extract::file::{Globs, Stat, walk};
use codeanatomy_model::Languages;

const OLD: i64 = 1_000_000_000_000_000_000;

fn stat() -> Stat {
    Stat {
        device: 1,
        inode: 2,
        size: 3,
        modified: OLD,
        changed: OLD,
    }
}

#[test]
fn whatever_the_disk_says_otherwise_makes_a_file_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 30).unwrap();
    let known = cache.known_files(Path::new("/source"));
    let content = ContentHash::of(b"x = 1\n");
    known.note("a.py", stat(), content, known.moment().unwrap());
    known.save().unwrap();
    let again = Cache::open(folder.path(), 1 << 30).unwrap();
    let again = again.known_files(Path::new("/source"));
    assert_eq!(again.content("a.py", &stat()), Some(content));
    assert_eq!(again.content("b.py", &stat()), None);
    let changes: [fn(&mut Stat); 5] = [
        |s| s.device += 1,
        |s| s.inode += 1,
        |s| s.size += 1,
        |s| s.modified += 1,
        |s| s.changed += 1,
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut other = stat();
        change(&mut other);
        assert_eq!(again.content("a.py", &other), None, "change {i}");
    }
    let elsewhere = cache.known_files(Path::new("/other"));
    assert_eq!(elsewhere.content("a.py", &stat()), None);
}

#[test]
fn what_was_changed_just_before_it_was_read_is_not_noted() {
    let source = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), 1 << 30).unwrap();
    let known = cache.known_files(source.path());
    let path = source.path().join("a.py");
    fs::write(&path, "x = 1\n").unwrap();
    // Its times can be set back; when that was done, cannot.
    let year_2001 = std::time::UNIX_EPOCH + std::time::Duration::from_nanos(OLD as u64);
    fs::File::options()
        .append(true)
        .open(&path)
        .unwrap()
        .set_modified(year_2001)
        .unwrap();
    let files = walk(source.path(), &Globs::default(), Languages::PYTHON).unwrap();
    let moment = known.moment().unwrap();
    let (bytes, stat) = files.read_with_stat(&files.entries[0]).unwrap();
    let stat = stat.unwrap();
    assert_eq!(stat.modified, OLD);
    known.note("a.py", stat, ContentHash::of(&bytes), moment);
    assert_eq!(known.content("a.py", &stat), None);
}

#[test]
fn damaged_knowledge_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        Cache::open(folder.path(), 1 << 30)
            .unwrap()
            .known_files(Path::new("/source"))
    };
    let known = open();
    known.note("a.py", stat(), ContentHash::of(b""), known.moment().unwrap());
    known.save().unwrap();
    let version = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
    let file = fs::read_dir(version).unwrap().next().unwrap().unwrap().path();
    let bytes = fs::read(&file).unwrap();
    for i in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        fs::write(&file, changed).unwrap();
        assert_eq!(open().content("a.py", &stat()), None, "byte {i}");
        fs::write(&file, &bytes[..i]).unwrap();
        assert_eq!(open().content("a.py", &stat()), None, "cut to {i}");
    }
    fs::write(&file, &bytes).unwrap();
    assert!(open().content("a.py", &stat()).is_some());
}

#[test]
fn what_several_note_and_save_at_the_same_time_is_all_there() {
    for round in 0..100 {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let cache = Cache::open(folder.path(), 1 << 30).unwrap();
            cache.known_files(Path::new("/source"))
        };
        let (known, names) = (open(), ["a.py", "b.py", "c.py", "d.py"]);
        let moment = known.moment().unwrap();
        std::thread::scope(|scope| {
            for name in names {
                let known = &known;
                scope.spawn(move || {
                    known.note(name, stat(), ContentHash::of(b""), moment);
                    known.save().unwrap();
                });
            }
        });
        let again = open();
        for name in names {
            assert!(again.content(name, &stat()).is_some(), "{name} in round {round}");
        }
    }
}
