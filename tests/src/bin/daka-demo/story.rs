//! The story, step by step.

use crate::programs::{Server, Terminal};
use crate::table::{self, Row};
use crate::{Outcome, Paths, Stop, at, basement, say, stop};
use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{self, Report};
use daka_core::domain::crypto::Crypto as _;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A real photograph; tests/assets/README.md says whose.
const PHOTO: &[u8] = include_bytes!("../../../assets/coffee.jpg");

/// The wall clock of the phone is set back by so much, ms.
const SET_BACK_MS: i64 = -3_600_000;

/// For 15 s after a tap a phone may add what it measured. Only an entry that is later than that shows that nothing was held back.
const EVIDENCE_WINDOW: Duration = Duration::from_millis(15_200);

/// The field check-in and the punches of the basement come this far apart, as a person's would.
const PAUSE: Duration = Duration::from_millis(1_100);

/// The names in the folder that are left to look at.
struct Files {
    bundle: PathBuf,
    root: PathBuf,
    photo: PathBuf,
    report: PathBuf,
    work: PathBuf,
}

impl Files {
    /// Makes the folder, and takes away what an earlier demo left in it.
    fn prepare(out: &Path) -> Outcome<Self> {
        let name = |n: &str| out.join(n);
        let files = Self {
            bundle: name("bundle.daka"),
            root: name("root.pem"),
            photo: name("photo.jpg"),
            report: name("report.json"),
            work: name("demo-work"),
        };
        at(out.display(), fs::create_dir_all(out))?;
        for old in [&files.bundle, &files.root, &files.photo, &files.report] {
            if old.exists() {
                at(old.display(), fs::remove_file(old))?;
            }
        }
        if files.work.exists() {
            at(files.work.display(), fs::remove_dir_all(&files.work))?;
        }
        at(files.work.display(), fs::create_dir(&files.work))?;
        Ok(files)
    }
}

/// Plays it and leaves the files.
pub(crate) fn play(paths: &Paths) -> Outcome<()> {
    let files = Files::prepare(&paths.out)?;
    let mut server = Server::new(&paths.server, &files.work.join("server"));
    let phone = Terminal::new(&paths.cli, &files.work.join("phone"));

    say("From tap to receipt, on this machine\n");
    employer(&mut server, &phone)?;
    let mut punches = with_a_network(&phone, &files)?;
    punches.extend(in_the_basement(&mut server, &phone)?);
    back_again(&mut server, &phone, &punches)?;
    let report = proof(&server, &phone, &files, &punches)?;
    show(&paths.out, &paths.cli, &files, &report)
}

fn step(n: u8, text: impl std::fmt::Display) {
    say(format!("{n:>2}  {text}"));
}

fn more(text: impl std::fmt::Display) {
    say(format!("    {text}"));
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn employer(server: &mut Server, phone: &Terminal) -> Outcome<()> {
    server.admin(&["init"])?;
    let tenant = server.admin(&["tenant", "add", "harbour", "--name", "Harbour Coffee", "--zone", "Asia/Hong_Kong"])?;
    server.admin(&["employee", "add", "e-17", "--name", "Kim Lee"])?;
    server.admin(&["site", "add", "Front door", "--lat", "22.2844681", "--lon", "114.1585124", "--radius", "60"])?;
    server.admin(&["site", "add", "Warehouse", "--lat", "22.3364", "--lon", "114.1508", "--radius", "150"])?;
    server.admin(&["policy", "set", "--field-photo-required", "true", "--sites-disjoint", "true"])?;
    let url = server.start()?;
    step(1, format!("The employer starts a server on {url}, with one employee, two sites and a policy."));

    let code = server.admin(&["code", "new", "--employee", "e-17", "--url", &url])?;
    let enrolled = phone.does(&["enrol", text(&code, "text"), "--consent", "location,photo"])?;
    if enrolled["root"] != tenant["root"] {
        return stop("the phone was enrolled under another root than the employer's");
    }
    step(
        2,
        format!("{}'s phone enrols by its code, and consents to location and photos.", text(&enrolled, "employee")),
    );
    more(format!("employer's root  {}", text(&enrolled, "root")));
    more(format!("the phone's key  {}", text(&enrolled, "device")));
    let again = phone.run(&["enrol", text(&code, "text")])?;
    if again.0 == 0 {
        return stop("a code was taken twice");
    }

    let synced = phone.does(&["sync"])?;
    if synced["anchored"] != true || synced["rules_changed"] != true {
        return stop("the first sync brought no time or no rules");
    }
    step(3, "The phone fetches the server's signed time, the rules and the sites.");
    Ok(())
}

fn with_a_network(phone: &Terminal, files: &Files) -> Outcome<Vec<String>> {
    let at_the_door = ["--lat", "22.2845100", "--lon", "114.1585600", "--accuracy", "12"];
    let before = phone.does(&[&["precheck"][..], &at_the_door].concat())?;
    let punch = phone.does(&[&["punch", "in"][..], &at_the_door].concat())?;
    if before["place"]["verdict"] != "inside" || punch["place"]["verdict"] != "inside" {
        return stop("the phone at the door is not at the site");
    }
    step(4, "Clock in at the front door.");
    let mut ids = vec![text(&punch, "id").to_owned()];
    std::thread::sleep(PAUSE);

    let camera = files.work.join("from-the-camera.jpg");
    at(camera.display(), fs::write(&camera, PHOTO))?;
    let camera = camera.to_string_lossy().into_owned();
    let mut visit = vec!["checkin", "--type", "client_visit", "--photo", &camera, "--visit", "V-204"];
    visit.extend([
        "--note",
        "Machine cleaned and set up.",
        "--lat",
        "22.2793",
        "--lon",
        "114.1725",
        "--accuracy",
        "20",
    ]);
    let checkin = phone.does(&visit)?;
    if checkin["field"] != "client_visit" || checkin["place"]["verdict"] != "outside" {
        return stop("the field check-in is not one, or is at a site of the employer");
    }
    step(
        5,
        format!(
            "Field check-in at a client's, with a photograph ({} kB), a visit reference and a note.",
            PHOTO.len() / 1000
        ),
    );
    ids.push(text(&checkin, "id").to_owned());
    Ok(ids)
}

fn in_the_basement(server: &mut Server, phone: &Terminal) -> Outcome<Vec<String>> {
    server.kill();
    let (exit, said) = phone.run(&["sync", "--now"])?;
    if exit != 4 || said["stopped"] != "unreachable" {
        return stop(format!("a sync without a server ended with {exit}"));
    }
    step(6, format!("The network goes away. {} entries and 1 photo are kept on this phone.", said["waiting"]));
    std::thread::sleep(PAUSE);

    let killed = basement::punch_and_be_killed(phone.home(), "break_start")?;
    step(7, "In a basement: Start break. The process is killed (kill -9) when punch() has returned.");
    let log = phone.does(&["log", "--limit", "1"])?;
    if text(&log["punches"][0], "id") != killed {
        return stop("the punch was lost by the kill");
    }
    more("Opened again: the punch is there.");
    std::thread::sleep(PAUSE);
    let mut ids = vec![killed];
    ids.extend(basement::punch_by_wrong_clock(phone.home(), SET_BACK_MS, &["break_end"])?);
    std::thread::sleep(PAUSE);
    ids.extend(basement::punch_by_wrong_clock(phone.home(), SET_BACK_MS, &["out"])?);
    step(8, "The phone's wall clock is set back by an hour: End break, Clock out. No position down here.");
    Ok(ids)
}

fn back_again(server: &mut Server, phone: &Terminal, punches: &[String]) -> Outcome<()> {
    server.start()?;
    step(9, "Back upstairs; the server, which was killed too, runs again over its folder.");
    more("Waiting 15 s: so long may a phone add positions to a punch; a later entry shows that none is held back.");
    std::thread::sleep(EVIDENCE_WINDOW);
    if let Some(last) = punches.last() {
        basement::add_note(phone.home(), last, "No position in the basement.")?;
    }
    more("A note is added to the last punch.");
    let synced = phone.does(&["sync", "--now"])?;
    if synced["waiting"] != 0 || synced["waiting_photos"] != 0 || synced["photos"] != 1 {
        return stop(format!("not everything was received: {synced}"));
    }
    step(10, format!("Sync: {} entries received, each by a verified receipt, and the photo.", synced["delivered"]));
    Ok(())
}

fn proof(server: &Server, phone: &Terminal, files: &Files, punches: &[String]) -> Outcome<Report> {
    let root = files.root.to_string_lossy().into_owned();
    server.admin(&["tenant", "root", "harbour", "--out", &root])?;
    let bundle = files.bundle.to_string_lossy().into_owned();
    phone.does(&["export", "--out", &bundle])?;
    // A stranger's check: another folder, no enrolment, the employer's root key and the file alone.
    let said = phone.does(&["verify", &bundle, "--trust", &root])?;
    let seen: Vec<&str> = said["punches"].as_array().into_iter().flatten().map(|p| text(p, "id")).collect();
    if said["ok"] != true || said["trust"] != "given" || seen != punches {
        return stop("the proof file does not show the five punches");
    }
    step(
        11,
        "The phone exports a proof file. daka verify, offline, with the employer's root key: everything in it holds.",
    );

    let bytes = at(&bundle, fs::read(&files.bundle))?;
    let mut changed = bytes.clone();
    let middle = changed.len() / 2;
    if let Some(byte) = changed.get_mut(middle) {
        *byte ^= 1;
    }
    let other = files.work.join("changed.daka");
    at(other.display(), fs::write(&other, &changed))?;
    let (exit, said) = phone.run(&["verify", &other.to_string_lossy(), "--trust", &root])?;
    if exit != 1 || said["ok"] != false {
        return stop("a changed proof file was accepted");
    }
    let why = text(&said["fails"][0], "why").split(';').next().unwrap_or_default();
    more(format!("With one bit of byte {middle} changed it is refused: {why}."));

    let photo = server.photo(&Ring.sha256(&[PHOTO]).hex())?;
    if photo != PHOTO {
        return stop("the photo that the server has is not the one that was taken");
    }
    at(files.photo.display(), fs::write(&files.photo, &photo))?;
    more("The server's photo is the camera's file, byte for byte.");

    let key = daka::root_key::read(&files.root)?;
    Ok(bundle::verify(&Ring, &bytes, Some(&key)))
}

fn show(out: &Path, cli: &Path, files: &Files, report: &Report) -> Outcome<()> {
    let rows: Vec<Row> = report.punches.iter().map(Row::of).collect();
    let value = json!({ "punches": rows, "ok": report.ok, "trust": report.trust, "root": report.root });
    let pretty = serde_json::to_string_pretty(&value).map_err(|e| Stop(e.to_string()))?;
    at(files.report.display(), fs::write(&files.report, pretty + "\n"))?;
    say(format!("\nWhat each punch proves (times in UTC+08:00)\n\n{}", table::text(&rows)));
    say("Not proven: that the phone was honest, or that its holder is the person it was given to.\n");
    say(format!("In {}:", out.display()));
    say("    bundle.daka   the proof file                  root.pem     the employer's root key");
    say("    photo.jpg     the photo as the server has it  report.json  this table for programs");
    say("    demo-work/    the folders of the server and of the phone");
    say("\nLook closer:");
    say(format!("    {} verify {} --trust {}", cli.display(), files.bundle.display(), files.root.display()));
    say(format!("    {} log --home {}", cli.display(), files.work.join("phone").display()));
    Ok(())
}
