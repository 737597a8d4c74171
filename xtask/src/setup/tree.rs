//! A Swift toolchain for a Debian machine that has none: Debian trixie (Swift 6.0.3) in a folder of the cache.
//!
//! The folder is made by debootstrap as root from the machine's own mirror (about 2.6 GB and two minutes) and reused. A program
//! runs in it by chroot, inside a private mount and process namespace: the mounts vanish with the program, also when it is
//! killed, so nothing stays mounted and the folder can be removed. Of the outside only the folders that are asked for are
//! visible, at their own paths, so that a library path means the same inside and outside. `/proc` is mounted because
//! Swift finds its own libraries through `/proc/self/exe`. A library made outside (an older glibc) runs inside (a newer one).
//!
//! Killed while it is made: no stamp. What we started may go on for a while and keeps the lock so long; then the next run removes
//! the torn tree, but never while something is mounted below it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{AtPath, Outcome, unavailable};
use crate::process;
use crate::setup::apt;
use crate::workspace::Lock;

/// Change it and the tree is made anew.
const RECIPE: &str = "trixie swiftlang libc6-dev libstdc++-14-dev binutils 1";
const PACKAGES: [&str; 4] = ["swiftlang", "libc6-dev", "libstdc++-14-dev", "binutils"];
const STAMP: &str = ".daka-ready";

/// Installs the packages; `$1` is the tree, the others are packages.
const INSTALL: &str = r#"
root=$1; shift
mount -t proc proc "$root/proc"
exec chroot "$root" sh -euc '
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
  apt-get clean
  rm -rf /var/lib/apt/lists/*' sh "$@"
"#;

/// Runs a program inside; `$1` is the tree, then folders to bind, `--`, and the program with its arguments.
const ENTER: &str = r#"
root=$1; shift
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do mkdir -p "$root$1"; mount --bind "$1" "$root$1"; shift; done
shift
exec chroot "$root" "$@"
"#;

/// A tree that is ready to be entered.
#[derive(Debug)]
pub(crate) struct SwiftTree {
    root: PathBuf,
    home: PathBuf,
}

impl SwiftTree {
    /// The tree in this cache, made if it is not there yet.
    pub(crate) fn ready(cache: &Path) -> Outcome<Self> {
        let tree = Self { root: cache.join("swift-root"), home: cache.join("swift-home") };
        if !cfg!(target_os = "linux") {
            return unavailable("there is no `swift` on PATH; install Swift 6 from swift.org (on a Mac: Xcode)");
        }
        if !apt::is_root() {
            return unavailable(
                "there is no `swift` on PATH, and the Debian tree with one needs root (debootstrap and chroot); \
                 install Swift 6 or call this as root",
            );
        }
        fs::create_dir_all(&tree.home).at("make", &tree.home)?;
        if tree.is_made() {
            return Ok(tree);
        }
        let lock = Lock::take(cache, "swift-root")?;
        if !tree.is_made() {
            tree.make(cache, &lock)?;
        }
        Ok(tree)
    }

    fn is_made(&self) -> bool {
        fs::read_to_string(self.root.join(STAMP)).is_ok_and(|found| found.trim() == RECIPE)
    }

    fn make(&self, cache: &Path, lock: &Lock) -> Outcome<()> {
        for (program, package) in [("debootstrap", "debootstrap"), ("unshare", "util-linux")] {
            if process::on_path(program).is_none() {
                apt::install(cache, package, &format!("{program} is missing"))?;
            }
        }
        let Some(mirror) = apt::mirror() else {
            return unavailable("apt's sources name no Debian mirror to take Swift from; call apt-get update");
        };
        self.remove_torn()?;
        eprintln!("setup: making a Debian trixie tree with Swift (2.6 GB, about two minutes)");
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", "trixie"]).arg(&self.root).arg(mirror);
        logged(&mut debootstrap, lock, &cache.join("debootstrap.log"), "debootstrap")?;
        self.copy_network_settings()?;
        let mut install = in_namespace(INSTALL, &self.root);
        install.args(PACKAGES);
        logged(&mut install, lock, &cache.join("swift-apt.log"), "apt-get install swiftlang")?;
        let stamp = self.root.join(STAMP);
        fs::write(&stamp, format!("{RECIPE}\n")).at("write", &stamp)
    }

    /// Removing a tree below which something is mounted would empty the mounted folder.
    fn remove_torn(&self) -> Outcome<()> {
        if !self.root.exists() {
            return Ok(());
        }
        let mounts = fs::read_to_string("/proc/self/mountinfo").at("read", Path::new("/proc/self/mountinfo"))?;
        if has_mount_below(&mounts, &self.root) {
            let root = self.root.display();
            return unavailable(format!(
                "something is mounted below {root}, an unfinished Swift tree; unmount it first"
            ));
        }
        let removed = process::show(Command::new("rm").args(["-rf", "--one-file-system"]).arg(&self.root))?;
        if removed { Ok(()) } else { unavailable(format!("cannot remove the unfinished {}", self.root.display())) }
    }

    /// Name resolution, apt's proxy and the certificates that this machine trusts: what reaches its mirror from inside, too.
    fn copy_network_settings(&self) -> Outcome<()> {
        let mut files = vec![PathBuf::from("/etc/resolv.conf"), PathBuf::from("/etc/ssl/certs/ca-certificates.crt")];
        if let Ok(entries) = fs::read_dir("/etc/apt/apt.conf.d") {
            let is_proxy = |path: &PathBuf| path.to_string_lossy().contains("proxy");
            files.extend(entries.flatten().map(|entry| entry.path()).filter(is_proxy));
        }
        for file in files.iter().filter(|file| file.is_file()) {
            let copy = self.outer(file);
            if let Some(folder) = copy.parent() {
                fs::create_dir_all(folder).at("make", folder)?;
            }
            fs::copy(file, &copy).at("write", &copy)?;
        }
        Ok(())
    }

    /// An absolute path of the tree, seen from outside.
    fn outer(&self, inner: &Path) -> PathBuf {
        self.root.join(inner.strip_prefix("/").unwrap_or(inner))
    }

    /// `program` inside the tree: in `folder`, with these folders visible and these variables set, and no others.
    pub(crate) fn command(
        &self,
        program: &str,
        folder: &Path,
        bind: &[&Path],
        variables: &[(&str, String)],
    ) -> Command {
        let mut command = in_namespace(ENTER, &self.root);
        command.args(bind).arg(&self.home).arg("--");
        command.args(["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TERM=dumb"]);
        command.arg(format!("HOME={}", self.home.display()));
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}")));
        command.args(["sh", "-c", r#"cd "$0" && exec "$@""#]).arg(folder).arg(program);
        command
    }
}

/// `sh -c SCRIPT` in its own mount and process namespace; the first argument is the tree.
fn in_namespace(script: &str, root: &Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]);
    command.args(["sh", "-euc", script, "sh"]).arg(root);
    command
}

/// Runs a talkative program with its output in a file that is named if it fails. The program holds the lock, too.
fn logged(command: &mut Command, lock: &Lock, log: &Path, what: &str) -> Outcome<()> {
    let run = process::capture_with(command, lock.as_input()?)?;
    fs::write(log, &run.text).at("write", log)?;
    if run.ok {
        return Ok(());
    }
    let said = process::last_lines(&run.text, 3);
    unavailable(format!("{what} failed ({}): {said}", log.display()))
}

/// Is one of the mount points (fifth column of mountinfo) this folder or below it?
fn has_mount_below(mountinfo: &str, folder: &Path) -> bool {
    mountinfo.lines().filter_map(|line| line.split(' ').nth(4)).any(|point| Path::new(point).starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_below_the_tree_are_seen_and_neighbours_are_not() {
        let line = |point: &str| format!("36 35 98:0 / {point} rw,noatime master:1 - ext3 /dev/sda rw\n");
        let tree = Path::new("/cache/swift-root");
        assert!(has_mount_below(&line("/cache/swift-root/proc"), tree));
        assert!(has_mount_below(&line("/cache/swift-root"), tree));
        assert!(!has_mount_below(&line("/cache/swift-root-2"), tree));
        assert!(!has_mount_below(&line("/cache"), tree));
    }

    #[test]
    fn the_command_names_tree_folders_and_program_in_order() {
        let tree = SwiftTree { root: "/c/swift-root".into(), home: "/c/swift-home".into() };
        let command = tree.command("swift", Path::new("/p"), &[Path::new("/r")], &[("A", "1".to_owned())]);
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let after_script = arguments.iter().position(|argument| argument == "/c/swift-root").unwrap();
        assert_eq!(arguments[after_script + 1..after_script + 4], ["/r", "/c/swift-home", "--"]);
        assert!(arguments.contains(&"A=1".to_owned()));
        assert_eq!(arguments[arguments.len() - 2..], ["/p", "swift"]);
    }
}
