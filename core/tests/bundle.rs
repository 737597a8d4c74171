//! A whole proof bundle against everything that can be done to it.
//!
//! The story that it tells is written down in `testkit::tiny_story`; what it must show is written down here by hand.

#![cfg(feature = "testkit")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{Bundle, JournalPart, Part, PartKind, Report, Shown, Trust, verify, verify_showing};
use daka_core::domain::crypto::{PublicKey, Signer as _};
use daka_core::domain::ids::{Hash32, PunchId};
use daka_core::domain::journal::GroupId;
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::Withheld;
use daka_core::testkit::tiny_story::{AFTER_REBOOT, MORNING, TinyStory};

fn root() -> PublicKey {
    keys::root().public_key().clone()
}

fn check(bytes: &[u8]) -> Report {
    verify(&Ring, bytes, Some(&root()))
}

/// What holds for each punch.
fn held(report: &Report) -> BTreeMap<PunchId, BTreeSet<&'static str>> {
    report.punches.iter().map(|p| (p.id, p.holds.iter().map(|c| c.code()).collect())).collect()
}

/// Nothing is claimed in `now` that was not in `before`; also no time or place that was not.
fn claims_no_more(before: &Report, now: &Report, what: &str) {
    let was = held(before);
    for punch in &now.punches {
        let Some(old) = before.punches.iter().find(|p| p.id == punch.id) else {
            assert!(punch.holds.is_empty(), "{what}: a punch that was not there holds {:?}", punch.holds);
            continue;
        };
        for claim in &punch.holds {
            assert!(was[&punch.id].contains(claim.code()), "{what}: {} was not held before", claim.code());
        }
        let words = (old.time.map(|t| t.word), punch.time.map(|t| t.word));
        if let (Some(before), Some(now)) = words {
            assert!(now >= before, "{what}: a better word than before");
        }
    }
}

fn codes(claims: &[daka_core::domain::bundle::Claim]) -> BTreeSet<&'static str> {
    claims.iter().map(|c| c.code()).collect()
}

/// Parts are counted twice, as index and by their own check; a journal's twice more, for the times and the reports.
#[test]
fn whoever_waits_sees_how_far_the_verification_is() {
    let bytes = TinyStory::new().bundle();
    let (bundle, _) = Bundle::decode(&Ring, &bytes).unwrap();
    let size = |of: Option<PartKind>| -> u64 {
        bundle.parts.iter().filter(|p| of.is_none_or(|k| p.kind == k)).map(|p| p.bytes.len() as u64).sum()
    };
    let (all, journals) = (size(None), size(Some(PartKind::Journal)));
    let whole = 2 * all + 2 * journals;
    let mut told = Vec::new();
    let report = verify_showing(&Ring, &bytes, Some(&root()), &mut |done, total| told.push((done, total)));
    assert_eq!(report, check(&bytes));
    assert!(told.iter().all(|(_, total)| *total == whole), "{told:?}");
    assert!(told.is_sorted_by(|a, b| a.0 < b.0), "{told:?}");
    assert_eq!(told.last().unwrap().0, whole);
    // Entry by entry in each of the three passes over the journals: nobody looks at a bar that stands still.
    let entries: usize = bundle
        .parts
        .iter()
        .filter(|p| p.kind == PartKind::Journal)
        .map(|p| JournalPart::decode(&p.bytes).unwrap().entries.len())
        .sum();
    assert!(told.iter().filter(|(done, _)| *done > all).count() > 3 * entries, "{entries}: {told:?}");
    // What is passed over is counted too; what is no bundle has no length.
    let mut changed = bundle.clone();
    for part in changed.parts.iter_mut().filter(|p| p.kind == PartKind::Journal) {
        part.bytes.truncate(9);
    }
    let mut last = None;
    verify_showing(&Ring, &changed.encode(&Ring), None, &mut |done, total| last = Some((done, total)));
    assert!(last.is_some_and(|(done, total)| done == total));
    verify_showing(&Ring, b"no bundle", None, &mut |_, _| panic!("nothing is to be done"));
}

/// What the README of the formats promises of a whole bundle, by hand from the story.
#[test]
fn a_whole_bundle_shows_what_it_should() {
    let story = TinyStory::new();
    let report = check(&story.bundle());
    assert!(report.ok, "{report:#?}");
    assert_eq!(report.trust, Trust::Given);
    assert_eq!(report.root.unwrap(), root().kid(&Ring));
    assert_eq!(report.punches.iter().map(|p| p.id).collect::<Vec<_>>(), story.punches);
    let common =
        ["chain", "signature", "device", "enrolment", "name", "receipt", "time", "rules", "place", "all_evidence"];
    let with = |more: &[&'static str]| common.iter().chain(more).copied().collect::<BTreeSet<_>>();
    for (punch, more) in report.punches.iter().zip([&["note"][..], &["note", "photo"], &[]]) {
        assert_eq!(codes(&punch.holds), with(more), "{punch:#?}");
        assert!(punch.missing.is_empty() && punch.redacted.is_empty() && punch.fails.is_empty(), "{punch:#?}");
        assert_eq!(punch.employee.as_deref(), Some("e-17"));
        assert_eq!(punch.name.as_deref(), Some("Kim Lee"));
    }

    // The tap at 60,000 by the anchor (3,000, 3,200, +3,100 ± 500): at least 2,600 + 56,800 · 0.9998 = 59,388.64, so 59,388 − 2;
    // at most 3,600 + 57,000 · 1.0002 = 60,611.4, so 60,612 + 2. By the one at (100,000, 100,150, +100,080): at least
    // 99,580 − 40,150 · 1.0002 = 59,421.97 and at most 100,580 − 40,000 · 0.9998 = 60,588.
    let time = report.punches[0].time.unwrap();
    let ends = (time.interval.earliest.unwrap().at.get(), time.interval.latest.unwrap().at.get());
    assert_eq!(ends, (MORNING + 59_421 - 2, MORNING + 60_588 + 2));
    assert_eq!(time.word.code(), "verified");
    let words: Vec<&str> = report.punches.iter().map(|p| p.time.unwrap().word.code()).collect();
    assert_eq!(words, ["verified"; 3], "the wall clock that was set back changes nothing");

    let places: Vec<_> = report.punches.iter().map(|p| p.place.as_ref().unwrap()).collect();
    assert_eq!(places.iter().map(|p| p.verdict.as_str()).collect::<Vec<_>>(), ["inside", "uncertain", "not_evaluated"]);
    assert_eq!(places[0].site.as_deref(), Some("Door"));
    assert_eq!(report.punches[1].field, Some("client_visit"));
}

#[test]
fn without_a_root_only_inner_consistency_is_shown() {
    let bytes = TinyStory::new().bundle();
    let report = verify(&Ring, &bytes, None);
    assert!(report.ok);
    assert_eq!(report.trust, Trust::NotGiven);
    assert_eq!(report.root.unwrap(), root().kid(&Ring), "a person can compare it");
    let other = keys::other_root().public_key().clone();
    let report = verify(&Ring, &bytes, Some(&other));
    assert!(!report.ok && report.punches.is_empty());
    assert!(report.fails.iter().any(|f| f.what == "trust"), "{:?}", report.fails);
}

/// Every byte, unless `DAKA_TEST_STRIDE` asks for every so many: on an emulator, where a signature takes long to verify.
#[expect(clippy::disallowed_methods, reason = "the only way to tell a test program what it runs on")]
fn stride() -> usize {
    std::env::var("DAKA_TEST_STRIDE").map_or(1, |text| text.parse().unwrap())
}

/// One bit of every byte of the file: the index or the container names it, and nothing new is claimed.
#[test]
fn any_changed_byte_of_the_file_is_named() {
    let bytes = TinyStory::new().bundle();
    let whole = check(&bytes);
    let mut random = 88_172_645_463_325_252_u64;
    for at in (0..bytes.len()).step_by(stride()) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (random % 8);
        let report = check(&changed);
        assert!(!report.ok, "byte {at} of {}", bytes.len());
        assert!(!report.fails.is_empty(), "byte {at} is not named");
        claims_no_more(&whole, &report, &format!("byte {at}"));
    }
    for len in (0..bytes.len()).step_by(stride()) {
        assert!(!check(&bytes[..len]).ok, "cut to {len}");
    }
    assert!(!check(&[&bytes[..], &[0]].concat()).ok, "a byte after the end");
}

/// The same in every byte of every part, with the index repaired to fit: then a signature, a digest or a proof names it.
#[test]
fn any_changed_byte_of_a_part_meets_a_signature_a_digest_or_the_log() {
    let parts = TinyStory::new().parts(&Withheld::default());
    let whole = check(&Bundle { parts: parts.clone() }.encode(&Ring));
    let without_root = verify(&Ring, &Bundle { parts: parts.clone() }.encode(&Ring), None);
    for (i, part) in parts.iter().enumerate() {
        for at in (0..part.bytes.len()).step_by(stride()) {
            let mut parts = parts.clone();
            parts[i].bytes[at] ^= 1 << (at % 8);
            let changed = Bundle { parts }.encode(&Ring);
            let what = format!("byte {at} of part {i}, {}", part.kind.code());
            let report = check(&changed);
            assert!(!report.ok, "{what}");
            claims_no_more(&whole, &report, &what);
            // Even with nothing to trust the parts bind each other.
            if at % 16 == 0 {
                let report = verify(&Ring, &changed, None);
                assert!(!report.ok, "{what}, without a root");
                claims_no_more(&without_root, &report, &what);
            }
        }
    }
}

/// A part that is left out takes its claims with it, and no other becomes true.
#[test]
fn a_part_left_out_is_missing_or_fails() {
    let story = TinyStory::new();
    let parts = story.parts(&Withheld::default());
    let whole = check(&Bundle { parts: parts.clone() }.encode(&Ring));
    for (i, left_out) in parts.iter().enumerate() {
        let mut fewer = parts.clone();
        fewer.remove(i);
        let report = check(&Bundle { parts: fewer }.encode(&Ring));
        let what = format!("without part {i}, {}", left_out.kind.code());
        claims_no_more(&whole, &report, &what);
        assert!(!report.ok || held(&report) != held(&whole), "{what}: nothing is said");
        // What is bound by nothing but itself may be left out; what others stand on may not.
        let may_go = [PartKind::Statement, PartKind::Name, PartKind::Photo];
        let receipts_may = left_out.kind == PartKind::Receipt;
        let journals_stand_alone = left_out.kind == PartKind::Journal;
        if !may_go.contains(&left_out.kind) && !receipts_may && !journals_stand_alone {
            assert!(!report.ok || left_out.kind == PartKind::Rules || left_out.kind == PartKind::Site, "{what}");
        }
    }
    for (i, twice) in parts.iter().enumerate() {
        let mut more = parts.clone();
        more.push(parts[i].clone());
        assert!(!check(&Bundle { parts: more }.encode(&Ring)).ok, "{} twice", twice.kind.code());
    }
    let mut more = parts.clone();
    more.push(Part::new(PartKind::Unknown(99), b"whatever".to_vec()));
    assert!(!check(&Bundle { parts: more }.encode(&Ring)).ok, "a part of an unknown kind");
}

fn groups(list: &[(u64, GroupId)]) -> Withheld {
    Withheld { groups: list.iter().copied().collect(), ..Withheld::default() }
}

fn entries(list: &[u64]) -> Withheld {
    Withheld { entries: list.iter().copied().collect(), ..Withheld::default() }
}

fn shown(story: &TinyStory, withheld: &Withheld) -> Report {
    check(&Bundle { parts: story.parts(withheld) }.encode(&Ring))
}

#[test]
fn withheld_groups_are_redacted_and_what_stands_holds() {
    let story = TinyStory::new();
    let whole = shown(&story, &Withheld::default());

    // Without the coordinates of both fixes the verdict still follows from its distance and doubt.
    let report = shown(&story, &groups(&[(5, GroupId::Place), (6, GroupId::Place)]));
    assert!(report.ok, "{report:#?}");
    claims_no_more_but(&whole, &report, "place_figures");
    let punch = &report.punches[0];
    assert_eq!(punch.redacted, ["place"]);
    assert!(codes(&punch.missing).contains("place") && codes(&punch.holds).contains("place_figures"), "{punch:#?}");
    assert_eq!(punch.place.as_ref().unwrap().verdict, "inside");

    // One of two fixes is as good as none.
    for seq in [5, 6] {
        let report = shown(&story, &groups(&[(seq, GroupId::Place)]));
        assert!(report.ok, "{report:#?}");
        assert!(!codes(&report.punches[0].holds).contains("place"), "the fixes of {seq} are not shown");
    }

    // The last verdict counts: an earlier one is not shown in its place.
    let report = shown(&story, &groups(&[(6, GroupId::Verdict)]));
    assert!(report.ok, "{report:#?}");
    assert!(report.punches[0].place.is_none() && codes(&report.punches[0].missing).contains("place"));

    // The field check-in was too coarse for a verdict: that is the record's word, the figures fit it.
    let report = shown(&story, &groups(&[(9, GroupId::Place), (9, GroupId::Note), (9, GroupId::Mark)]));
    assert!(report.ok, "{report:#?}");
    let punch = &report.punches[1];
    assert_eq!(punch.redacted, ["place", "note", "mark"]);
    assert!(!codes(&punch.holds).contains("note"));
    assert!(codes(&punch.holds).contains("photo"));

    // Evidence withheld: the photo is bound by nothing then, and has to go too.
    let withheld = groups(&[(9, GroupId::Evidence)]);
    assert!(!shown(&story, &withheld).ok);
    let mut parts = story.parts(&withheld);
    parts.retain(|p| p.kind != PartKind::Photo);
    let report = check(&Bundle { parts }.encode(&Ring));
    assert!(report.ok, "{report:#?}");
    assert_eq!(report.punches[1].redacted, ["evidence"]);
}

fn claims_no_more_but(before: &Report, now: &Report, but: &str) {
    let mut now = now.clone();
    now.punches.iter_mut().for_each(|p| p.holds.retain(|c| c.code() != but));
    claims_no_more(before, &now, but);
}

/// record.md: unless all anchors and all entries to 15 s after the punch are shown, the word is at most Bounded.
#[test]
fn withheld_entries_lower_the_word() {
    let story = TinyStory::new();
    let whole = shown(&story, &Withheld::default());
    for (withheld, why) in [
        (vec![6], "an entry eight seconds after the tap"),
        (vec![8], "an anchor of the session, after the punch"),
        (vec![4], "an anchor of the session, before the punch"),
    ] {
        let report = shown(&story, &entries(&withheld));
        assert!(report.ok, "{why}: {report:#?}");
        claims_no_more(&whole, &report, why);
        let punch = &report.punches[0];
        assert!(codes(&punch.missing).contains("all_evidence"), "{why}");
        assert_eq!(punch.time.unwrap().word.code(), "bounded", "{why}");
    }
    // Entries that cannot bear on the first punch: its word stays.
    let mut parts = story.parts(&entries(&[1, 2, 3, 9, 14]));
    parts.retain(|p| p.kind != PartKind::Photo);
    let report = check(&Bundle { parts }.encode(&Ring));
    assert!(report.ok, "{report:#?}");
    assert_eq!(report.punches.len(), 2, "a punch whose entry is withheld is not reported");
    assert_eq!(report.punches[0].time.unwrap().word.code(), "verified");
    // Nothing after 13 is shown that was written later: something may have been left out.
    assert!(codes(&report.punches[1].missing).contains("all_evidence"));
    assert_eq!(report.punches[1].time.unwrap().word.code(), "bounded");
}

/// The tail of an epoch can be left off where an earlier head was signed; then nothing says what came after.
#[test]
fn a_tail_that_was_left_off_lowers_the_word() {
    let mut story = TinyStory::new();
    let epoch = &mut story.phone.epochs[1];
    epoch.entries.truncate(3);
    epoch.hashes.truncate(4);
    story.phone.sign_head();
    let mut parts = story.parts(&Withheld::default());
    // The receipt speaks of more than is shown.
    assert!(!check(&Bundle { parts: parts.clone() }.encode(&Ring)).ok);
    let last = parts.iter().rposition(|p| p.kind == PartKind::Receipt).unwrap();
    parts.remove(last);
    let report = check(&Bundle { parts }.encode(&Ring));
    assert!(report.ok, "{report:#?}");
    let punch = &report.punches[2];
    assert_eq!(codes(&punch.missing), BTreeSet::from(["receipt", "device", "all_evidence"]));
    assert_eq!(punch.time.unwrap().word.code(), "bounded");

    // A segment that ended with the punch: its receipt holds, and still nothing says what came in the next 15 s.
    let (upload, before) = story.phone.upload(11);
    let status = daka_core::domain::log::SegmentStatus::Accepted;
    story.received[2] = story.server.receive(&upload, before, AFTER_REBOOT + 31_000, status);
    story.checkpoints[1] = story.server.leaves.len() as u64;
    let report = shown(&story, &Withheld::default());
    assert!(report.ok, "{report:#?}");
    let punch = &report.punches[2];
    assert_eq!(codes(&punch.missing), BTreeSet::from(["all_evidence"]));
    assert_eq!(punch.time.unwrap().word.code(), "bounded");
}

/// A head speaks for its epoch, and through h₀ for what that epoch stands on. Without any, an entry holds nothing.
#[test]
fn heads_speak_backwards_and_not_forwards() {
    let story = TinyStory::new();
    let parts = story.parts(&Withheld::default());
    let whole = check(&Bundle { parts: parts.clone() }.encode(&Ring));
    let places: Vec<usize> = (0..parts.len()).filter(|i| parts[*i].kind == PartKind::Journal).collect();
    let without = |epochs: &[usize]| {
        let mut parts = parts.clone();
        for epoch in epochs {
            let part = &mut parts[places[*epoch]];
            let mut journal = JournalPart::decode(&part.bytes).unwrap();
            journal.heads.clear();
            part.bytes = journal.encode();
        }
        check(&Bundle { parts }.encode(&Ring))
    };
    assert!(without(&[0]).ok, "the head of epoch 1 speaks for epoch 0");
    let report = without(&[1]);
    claims_no_more(&whole, &report, "no head in epoch 1");
    assert!(!report.ok);
    assert_eq!(held(&report)[&story.punches[0]], held(&whole)[&story.punches[0]]);
    let last = &report.punches[2];
    assert!(last.holds.is_empty() && last.time.is_none() && last.place.is_none(), "{last:#?}");
    let report = without(&[0, 1]);
    assert!(!report.ok && report.punches.iter().all(|p| p.holds.is_empty()), "{report:#?}");
}

/// A verdict, a note or a photo that is another than the entry's, with index and salts as they were.
#[test]
fn a_group_of_another_entry_does_not_pass() {
    let story = TinyStory::new();
    let parts = story.parts(&Withheld::default());
    let at = parts.iter().position(|p| p.kind == PartKind::Journal).unwrap();
    let journal = JournalPart::decode(&parts[at].bytes).unwrap();
    let swapped = |change: &dyn Fn(&mut JournalPart)| {
        let mut changed = journal.clone();
        change(&mut changed);
        let mut parts = parts.clone();
        parts[at].bytes = changed.encode();
        check(&Bundle { parts }.encode(&Ring))
    };
    assert!(swapped(&|_| {}).ok);
    let verdict_of_other = swapped(&|j| {
        let Shown::Entry { groups: other, .. } = j.entries[8].clone() else { panic!() };
        let Shown::Entry { groups, .. } = &mut j.entries[4] else { panic!() };
        groups.insert(GroupId::Verdict, other[&GroupId::Verdict].clone());
    });
    assert!(!verdict_of_other.ok);
    assert!(verdict_of_other.fails.iter().any(|f| f.what == "chain" && f.why.contains("entry 5")));
    // A group that the payload does not name, with a salt of its own.
    let added = swapped(&|j| {
        let Shown::Entry { groups, salts, .. } = &mut j.entries[0] else { panic!() };
        groups.insert(GroupId::Note, vec![0xa0]);
        salts.insert(GroupId::Note, [0; 16]);
    });
    assert!(!added.ok);
    let reordered = swapped(&|j| j.entries.swap(0, 1));
    assert!(!reordered.ok);
    let removed = swapped(&|j| drop(j.entries.remove(2)));
    assert!(!removed.ok);
    let digest_only = swapped(&|j| j.entries[0] = Shown::Digest(Hash32::ZERO));
    assert!(!digest_only.ok);
}

/// The whole bundle, bundles with things left out, and changed ones, by the verifier that shares no code with this one.
#[test]
fn the_other_verifier_agrees() {
    let story = TinyStory::new();
    let bytes = story.bundle();
    let parts = story.parts(&Withheld::default());
    let mut bundles = vec![bytes.clone()];
    for withheld in [
        groups(&[(5, GroupId::Place), (6, GroupId::Place), (9, GroupId::Place)]),
        groups(&[(5, GroupId::Place)]),
        groups(&[(6, GroupId::Verdict), (9, GroupId::Note)]),
        entries(&[1, 2, 3, 6]),
        entries(&[4, 14]),
        entries(&[8, 11]),
    ] {
        bundles.push(Bundle { parts: story.parts(&withheld) }.encode(&Ring));
    }
    for left_out in 0..parts.len() {
        let mut parts = parts.clone();
        parts.remove(left_out);
        bundles.push(Bundle { parts }.encode(&Ring));
    }
    // Bits of the file, spread over it; then bits of parts, with the index repaired.
    for n in 0..25 {
        let mut changed = bytes.clone();
        let at = n * bytes.len() / 25 + 7;
        changed[at] ^= 1 << (n % 8);
        bundles.push(changed);
    }
    for n in 0..50 {
        let mut parts = parts.clone();
        let part = n % parts.len();
        let bytes = &mut parts[part].bytes;
        let at = (n * 1_009) % bytes.len();
        bytes[at] ^= 1 << (n % 8);
        bundles.push(Bundle { parts }.encode(&Ring));
    }
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("bundles");
    std::fs::create_dir(&files).unwrap();
    for (n, bytes) in bundles.iter().enumerate() {
        std::fs::write(files.join(format!("{n:03}.daka")), bytes).unwrap();
    }
    let pem = folder.path().join("root.pem");
    std::fs::write(&pem, pem_of(&root())).unwrap();
    let reports = judged(&files, &pem);
    assert_eq!(reports.len(), bundles.len());
    let mut refused = 0;
    for (n, (bytes, theirs)) in bundles.iter().zip(&reports).enumerate() {
        let ours = serde_json::to_value(check(bytes)).unwrap();
        let (ours, theirs) = (comparable(&ours), comparable(theirs));
        assert_eq!(ours, theirs, "bundle {n}: ours is left");
        refused += usize::from(ours["ok"] == false);
    }
    assert_eq!(comparable(&reports[0])["ok"], true);
    assert!(refused >= 75, "only {refused} were refused");
}

/// A report without its sentences, and with the claims in one order.
fn comparable(report: &serde_json::Value) -> serde_json::Value {
    let mut report = report.clone();
    let sort = |list: &mut serde_json::Value| {
        if let Some(list) = list.as_array_mut() {
            list.sort_by_key(ToString::to_string);
            list.dedup();
        }
    };
    let bare = |fails: &mut serde_json::Value| {
        if let Some(fails) = fails.as_array_mut() {
            fails.iter_mut().for_each(|f| *f = f["what"].clone());
        }
        sort(fails);
    };
    bare(&mut report["fails"]);
    for punch in report["punches"].as_array_mut().unwrap() {
        ["holds", "missing", "redacted"].iter().for_each(|key| sort(&mut punch[*key]));
        bare(&mut punch["fails"]);
    }
    report
}

fn pem_of(key: &PublicKey) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(key.spki());
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

fn judged(files: &Path, pem: &Path) -> Vec<serde_json::Value> {
    #[allow(clippy::disallowed_methods, reason = "a test chooses its judge by the environment")]
    let python = std::env::var("DAKA_JUDGE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/judges/verify_bundle.py");
    let out = Command::new(&python).arg(script).arg(files).arg("--trust").arg(pem).arg("--json").output();
    let out = out.unwrap_or_else(|e| {
        panic!("the judge's Python `{python}` does not start ({e}); run `cargo xtask setup judges`")
    });
    let (said, complained) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8_lossy(&out.stderr));
    assert!(!said.is_empty(), "the judge said nothing: {complained}");
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
