//! Proof bundles with what a verifier must say of them.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{Bundle, PartKind, verify};
use daka_core::domain::crypto::Signer as _;
use daka_core::domain::journal::GroupId;
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::Withheld;
use daka_core::testkit::tiny_story::TinyStory;
use serde_json::{Value as Json, json};

use super::set::{File, Vector, bytes, cbor};

fn bundle(name: &str, story: &TinyStory, withheld: &Withheld, keep: impl Fn(PartKind) -> bool) -> Vector {
    let mut parts = story.parts(withheld);
    parts.retain(|p| keep(p.kind));
    let encoded = Bundle { parts }.encode(&Ring);
    let report = verify(&Ring, &encoded, Some(keys::root().public_key()));
    let punches: Vec<Json> = report
        .punches
        .iter()
        .map(|p| {
            let codes = |claims: &[daka_core::domain::bundle::Claim]| {
                let mut all: Vec<&str> = claims.iter().map(|c| c.code()).collect();
                all.sort_unstable();
                all
            };
            json!({
                "id": p.id.to_string(),
                "holds": codes(&p.holds),
                "missing": codes(&p.missing),
                "redacted": p.redacted,
                "fails": p.fails.iter().map(|f| &f.what).collect::<Vec<_>>(),
                "earliest_ms": p.time.and_then(|t| t.interval.earliest).map(|b| b.at.get()),
                "latest_ms": p.time.and_then(|t| t.interval.latest).map(|b| b.at.get()),
                "word": p.time.map(|t| t.word.code()),
                "verdict": p.place.as_ref().map(|p| p.verdict.clone()),
            })
        })
        .collect();
    bytes(name, "bundle", &encoded).with("report", json!({"ok": report.ok, "punches": punches})).with("root", "root")
}

pub(crate) fn file(story: &TinyStory) -> File {
    let groups = |list: &[(u64, GroupId)]| Withheld { groups: list.iter().copied().collect(), ..Withheld::default() };
    let entries = |list: &[u64]| Withheld { entries: list.iter().copied().collect(), ..Withheld::default() };
    let all = |_| true;
    let vectors = vec![
        bundle("everything", story, &Withheld::default(), all),
        bundle("without coordinates", story, &groups(&[5, 6, 9].map(|seq| (seq, GroupId::Place))), all),
        bundle("without the late verdict", story, &groups(&[(6, GroupId::Verdict)]), all),
        bundle("without the anchor behind the first punch", story, &entries(&[8]), all),
        bundle("without photo and name", story, &Withheld::default(), |k| {
            !matches!(k, PartKind::Photo | PartKind::Name)
        }),
        bundle("without the photo's digest", story, &groups(&[(9, GroupId::Evidence)]), all),
        bundle("without receipts", story, &Withheld::default(), |k| k != PartKind::Receipt),
        bundle("without rules", story, &Withheld::default(), |k| !matches!(k, PartKind::Rules | PartKind::Site)),
    ];
    let mut vectors = vectors;
    for (part, epoch) in story.parts(&entries(&[6])).iter().filter(|p| p.kind == PartKind::Journal).zip(0..) {
        vectors.push(cbor(&format!("journal part of epoch {epoch}"), "journal-part", &part.bytes));
    }
    let about = "Proof bundles under the test root, each with what a verifier must say of it.";
    File { name: "bundles", about, vectors }
}
