//! The phone's folder: two employers, crashes, damage, and what the disk refuses.

use super::*;
use crate::adapters::sqlite::SqliteStore;
use crate::app::registry::{Language, Theme};
use crate::domain::journal::Kind;
use crate::testkit::contract::{append, row};
use std::time::Duration;
use tempfile::TempDir;

const KEY: [u8; 32] = [7; 32];
const SETTINGS: AppSettings = AppSettings { language: Language::ZhHans, theme: Theme::Dark, data_saver: true };

fn phone() -> (TempDir, PhoneFolder) {
    let root = tempfile::tempdir().unwrap();
    let phone = PhoneFolder::open(root.path()).unwrap();
    (root, phone)
}

/// Makes it look as if it belonged to someone.
fn enrol(phone: &PhoneFolder, id: ProfileId) {
    fs::write(phone.folder_of(id).join("enrolment.sealed"), b"somebody").unwrap();
}

/// A phone with three employers, the one added last current, and settings of its own.
fn three() -> (TempDir, PhoneFolder, [ProfileId; 3]) {
    let (root, phone) = phone();
    let ids = [(); 3].map(|()| {
        let id = phone.add().unwrap();
        enrol(&phone, id);
        id
    });
    phone.set_settings(SETTINGS).unwrap();
    (root, phone, ids)
}

fn names(root: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(root).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_new_phone_has_one_empty_journal_which_is_reused() {
    let (root, phone) = phone();
    let first = phone.profiles().unwrap();
    assert_eq!(first.len(), 1);
    assert_eq!(phone.add().unwrap(), first[0]);
    assert_eq!(PhoneFolder::open(root.path()).unwrap().profiles().unwrap(), first);
    assert!(!phone.is_enrolled(first[0]));
    assert_eq!(phone.employer(first[0], &KEY), Ok(None));
    assert_eq!(phone.settings().unwrap(), AppSettings::default());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&phone.folder_of(first[0])), 0o700);
        assert_eq!(mode(&root.path().join(REGISTRY)), 0o600);
    }
}

#[test]
fn the_one_used_last_comes_first_also_after_a_restart() {
    let (root, phone, [a, b, c]) = three();
    assert_eq!(phone.profiles().unwrap(), [c, b, a]);
    phone.select(a).unwrap();
    assert_eq!(phone.profiles().unwrap(), [a, c, b]);
    phone.select(b).unwrap();
    let again = PhoneFolder::open(root.path()).unwrap();
    assert_eq!(again.profiles().unwrap(), [b, a, c]);
    assert_eq!(again.settings().unwrap(), SETTINGS);
    assert!(matches!(phone.select(ProfileId([0; 16])), Err(PhoneError::Unknown)));
    // Two at once see each other's changes.
    again.select(c).unwrap();
    assert_eq!(phone.profiles().unwrap(), [c, b, a]);
    // The current one again: nothing is written.
    let written = fs::metadata(root.path().join(REGISTRY)).unwrap().modified().unwrap();
    phone.select(c).unwrap();
    assert_eq!(fs::metadata(root.path().join(REGISTRY)).unwrap().modified().unwrap(), written);
}

#[test]
fn what_holds_a_journal_is_neither_removed_nor_reused() {
    let (_root, phone, [a, ..]) = three();
    assert!(matches!(phone.remove(a), Err(PhoneError::NotEmpty)));
    // Its enrolment was lost, its entries were not.
    fs::remove_file(phone.folder_of(a).join("enrolment.sealed")).unwrap();
    let path = phone.folder_of(a).join("journal.db");
    let (store, _) = SqliteStore::open(&path, &KEY).unwrap();
    append(&store, vec![row(0, 1, Kind::Punch)]);
    assert!(matches!(phone.remove(a), Err(PhoneError::InUse)));
    drop(store);
    assert!(matches!(phone.remove(a), Err(PhoneError::NotEmpty)));
    // A database that cannot be read may hold something, and so may one that was moved aside.
    fs::write(&path, [1; 8192]).unwrap();
    assert!(matches!(phone.remove(a), Err(PhoneError::NotEmpty)));
    fs::rename(&path, phone.folder_of(a).join("journal.db.damaged")).unwrap();
    assert!(matches!(phone.remove(a), Err(PhoneError::NotEmpty)));
    assert_ne!(phone.add().unwrap(), a);
    assert!(phone.profiles().unwrap().contains(&a));
}

#[test]
fn an_empty_journal_is_removed_unless_it_is_open() {
    let (root, phone, [_, _, c]) = three();
    let empty = phone.add().unwrap();
    let (store, _) = SqliteStore::open(&phone.folder_of(empty).join("journal.db"), &KEY).unwrap();
    assert!(matches!(phone.remove(empty), Err(PhoneError::InUse)));
    // Who has it open waits for a code: it is the one that is reused.
    phone.select(c).unwrap();
    assert_eq!(phone.add().unwrap(), empty);
    drop(store);
    fs::create_dir(phone.folder_of(empty).join("photos")).unwrap();
    phone.remove(empty).unwrap();
    assert_eq!(phone.profiles().unwrap()[0], c);
    assert_eq!(phone.profiles().unwrap().len(), 3);
    assert!(matches!(phone.remove(empty), Err(PhoneError::Unknown)));
    assert!(!names(root.path()).iter().any(|name| name.contains(&empty.to_string())));
}

#[test]
fn a_journal_that_was_left_is_nobodys_also_where_a_kill_cut_it_short() {
    let (_root, phone, [a, b, _]) = three();
    fs::write(phone.folder_of(a).join(LEFT), b"").unwrap();
    fs::write(phone.folder_of(a).join("journal.db.damaged"), b"x").unwrap();
    assert!(!phone.is_enrolled(a) && phone.is_enrolled(b));
    phone.remove(a).unwrap();
    crate::adapters::folder::leave(&phone.folder_of(b)).unwrap();
    assert_eq!(phone.add().unwrap(), b);
}

#[test]
fn where_the_last_one_is_removed_an_empty_one_takes_its_place() {
    let (_root, phone) = phone();
    let first = phone.profiles().unwrap()[0];
    phone.set_settings(SETTINGS).unwrap();
    phone.remove(first).unwrap();
    let now = phone.profiles().unwrap();
    assert!(now.len() == 1 && now[0] != first);
    assert_eq!(phone.settings().unwrap(), SETTINGS);
}

#[test]
fn a_kill_between_two_steps_leaves_the_old_or_the_new() {
    let (root, phone, [a, b, c]) = three();
    let registry = root.path().join(REGISTRY);
    let old = fs::read(&registry).unwrap();
    phone.select(a).unwrap();
    let new = fs::read(&registry).unwrap();
    // Killed while the new one was being written, or before it got its name.
    for beside in [&new[..0], &new[..20], &new[..]] {
        fs::write(&registry, &old).unwrap();
        fs::write(root.path().join("phone.json.new"), beside).unwrap();
        let again = PhoneFolder::open(root.path()).unwrap();
        assert_eq!((again.profiles().unwrap(), again.settings().unwrap()), (vec![c, b, a], SETTINGS));
        again.select(b).unwrap();
        assert_eq!(again.profiles().unwrap(), [b, c, a]);
        assert!(!names(root.path()).contains(&"phone.json.new".to_owned()));
    }
    // Killed after a folder was made, before the registry named it: it is there, not current, and the next to be used.
    let made = ProfileId([0xee; 16]);
    fs::create_dir(root.path().join(made.to_string())).unwrap();
    let again = PhoneFolder::open(root.path()).unwrap();
    assert_eq!(again.profiles().unwrap(), [b, c, a, made]);
    assert_eq!(again.add().unwrap(), made);
    // Killed after a folder was put away, before the registry forgot it.
    fs::rename(again.folder_of(made), root.path().join(format!("{made}{REMOVED}"))).unwrap();
    let again = PhoneFolder::open(root.path()).unwrap();
    assert_eq!(again.profiles().unwrap(), [b, c, a]);
    assert!(!names(root.path()).iter().any(|name| name.ends_with(REMOVED)));
    // Killed after a damaged registry was put aside, before another was written.
    fs::rename(&registry, root.path().join("phone.json.aside-1")).unwrap();
    assert_eq!(PhoneFolder::open(root.path()).unwrap().profiles().unwrap().len(), 3);
}

#[test]
fn a_registry_that_cannot_be_read_is_kept_and_made_anew_from_the_folders() {
    let (root, phone, [a, b, c]) = three();
    let registry = root.path().join(REGISTRY);
    // Their databases were changed in this order.
    for (id, second) in [(b, 3), (c, 2), (a, 1)] {
        let path = phone.folder_of(id).join("journal.db");
        fs::write(&path, b"x").unwrap();
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(second);
        File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
    }
    let empty = ProfileId([1; 16]);
    fs::create_dir(phone.folder_of(empty)).unwrap();
    let newer = br#"{"version":2,"profiles":{}}"#.to_vec();
    let long = vec![b' '; usize::try_from(MAX_REGISTRY).unwrap() + 1];
    for (n, damage) in [Vec::new(), vec![0; 100], newer, long].into_iter().enumerate() {
        fs::write(&registry, &damage).unwrap();
        let again = PhoneFolder::open(root.path()).unwrap();
        assert_eq!(again.profiles().unwrap(), [b, c, a, empty]);
        assert_eq!(again.settings().unwrap(), AppSettings::default());
        // Looking changes nothing; a change keeps what was there.
        assert_eq!(fs::read(&registry).unwrap(), damage);
        again.set_settings(SETTINGS).unwrap();
        assert_eq!(fs::read(root.path().join(format!("phone.json.aside-{}", n + 1))).unwrap(), damage);
        assert_eq!(again.profiles().unwrap(), [b, c, a, empty]);
        assert_eq!(again.settings().unwrap(), SETTINGS);
    }
    // Missing, or something else altogether.
    fs::remove_file(&registry).unwrap();
    assert_eq!(phone.profiles().unwrap(), [b, c, a, empty]);
    fs::create_dir(&registry).unwrap();
    assert_eq!(phone.profiles().unwrap(), [b, c, a, empty]);
    phone.select(a).unwrap();
    assert_eq!(phone.profiles().unwrap(), [a, b, c, empty]);
    assert!(root.path().join("phone.json.aside-5").is_dir());
    // The tenth takes the ninth's place.
    for n in 6..=10 {
        fs::write(&registry, [n]).unwrap();
        phone.set_settings(SETTINGS).unwrap();
    }
    assert_eq!(fs::read(root.path().join("phone.json.aside-8")).unwrap(), [8]);
    assert_eq!(fs::read(root.path().join("phone.json.aside-9")).unwrap(), [10]);
}

#[test]
fn folders_that_are_no_journals_are_left_alone() {
    let (root, phone, ids) = three();
    for name in ["lost+found", "0123", "0123456789ABCDEF0123456789ABCDEF", "not hexadecimal, but 32 letters"] {
        fs::create_dir(root.path().join(name)).unwrap();
    }
    fs::create_dir(root.path().join("somebody.removed")).unwrap();
    fs::write(root.path().join("01".repeat(16)), b"a file").unwrap();
    let again = PhoneFolder::open(root.path()).unwrap();
    assert_eq!(again.profiles().unwrap().len(), 3);
    assert_eq!(phone.profiles().unwrap()[0], ids[2]);
    assert!(root.path().join("somebody.removed").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_disk_refuses_is_an_error_with_its_reason() {
    // Where the kernel itself refuses, the administrator as well.
    let refused = PhoneFolder { root: PathBuf::from("/sys") };
    for error in [refused.add().map(drop).unwrap_err(), refused.set_settings(SETTINGS).unwrap_err()] {
        let PhoneError::File(e) = error else { panic!("{error}") };
        assert!(matches!(e.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem), "{e}");
    }
    let none = PhoneFolder::open(Path::new("/nowhere")).unwrap_err();
    assert!(matches!(none, PhoneError::File(e) if e.kind() == io::ErrorKind::NotFound));
}
