//! Debian packages, when we are root on a Debian machine; otherwise a sentence that names the package.

use std::path::Path;
use std::process::Command;

use crate::failure::{Outcome, unavailable};
use crate::process;
use crate::workspace::Lock;

/// Are we root? Debian packages, device nodes, mounts and chroot need it.
pub(crate) fn is_root() -> bool {
    let answer = process::capture(Command::new("id").arg("-u"));
    answer.is_ok_and(|run| run.ok && run.text.trim() == "0")
}

/// Installs a package whose program is missing. `why` ends the sentence "PROGRAM is missing (WHY)".
pub(crate) fn install(cache: &Path, package: &str, why: &str) -> Outcome<()> {
    let by_hand = format!("install it with: apt-get install {package}");
    if process::on_path("apt-get").is_none() {
        return unavailable(format!("{why}; this is no Debian machine, so install {package} by its own means"));
    }
    if !is_root() {
        return unavailable(format!("{why}; only root can install it: {by_hand}"));
    }
    // apt has a lock of its own, but gives up at once when it is taken.
    let _lock = Lock::take(cache, "apt")?;
    eprintln!("setup: apt-get install {package}");
    for arguments in [&["update", "-q"][..], &["install", "-y", "-q", "--no-install-recommends", package][..]] {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        let run = process::capture(&mut command)?;
        if !run.ok {
            let (call, said) = (arguments.join(" "), process::last_lines(&run.text, 5));
            return unavailable(format!("{why}, and `apt-get {call}` failed: {said}"));
        }
    }
    Ok(())
}

/// The machine's own Debian mirror, from apt's sources.
pub(crate) fn mirror() -> Option<String> {
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--format", "$(REPO_URI) $(LABEL)"]);
    let run = process::capture(&mut command).ok().filter(|run| run.ok)?;
    choose_mirror(&run.text)
}

/// The first archive labelled "Debian", else the first that is not a security archive.
fn choose_mirror(targets: &str) -> Option<String> {
    let lines = || targets.lines().filter_map(|line| line.split_once(' '));
    let labelled = lines().find(|(_, label)| label.trim() == "Debian");
    let other = || lines().find(|(uri, label)| !uri.contains("security") && !label.contains("Security"));
    labelled.or_else(other).map(|(uri, _)| uri.to_owned())
}

#[cfg(test)]
mod tests {
    use super::choose_mirror;

    #[test]
    fn the_mirror_is_the_archive_and_not_the_security_archive() {
        let targets = "http://a.example/debian-security/ Debian-Security\nhttp://a.example/debian/ Debian\n";
        assert_eq!(choose_mirror(targets).as_deref(), Some("http://a.example/debian/"));
        let unlabelled = "http://a.example/debian-security/ Debian-Security\nhttp://b.example/copy/ Own\n";
        assert_eq!(choose_mirror(unlabelled).as_deref(), Some("http://b.example/copy/"));
        assert_eq!(choose_mirror(""), None);
    }
}
