//! Publications.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::rules::{Policy, RulesPublication};
use daka_core::testkit::tiny_story::{TinyStory, door, rules, warehouse};

use super::set::{File, cbor};

pub(crate) fn file(story: &TinyStory) -> File {
    let mut vectors = Vec::new();
    for site in [door(), warehouse()] {
        vectors.push(cbor(&format!("site: {}", site.name), "site", &site.encode()));
    }
    vectors.push(cbor("rules", "rules", &rules().encode()).with("rules_rev", rules().rev(&Ring).0.hex()));
    let policy = Policy {
        p_in: 1_000_000,
        c_out: 0,
        verified_width_ms: 30_000,
        record_coordinates: false,
        field_photo_required: false,
        gallery_allowed: true,
        photos_on_wifi_only: true,
        sites_disjoint: true,
    };
    let bare = RulesPublication { policy, sites: Vec::new(), serial: 2, ..rules() };
    vectors.push(cbor("rules without sites", "rules", &bare.encode()));
    let [_, size] = story.checkpoints;
    let server = &story.server;
    let all = [
        ("published key set", "published-key-set", &server.key_set, 2_u64),
        ("published rules", "published-rules", &story.rules, 3),
        ("published site", "published-site", &story.sites[0], 4),
    ];
    for (name, rule, document, leaf) in all {
        let published = server.published(document, size).value().encode();
        vectors.push(
            cbor(name, rule, &published).with("leaf_kind", leaf).with("root", server.checkpoint(size).root.hex()),
        );
        vectors.push(cbor(&format!("{name}, as any document"), "published", &published));
    }
    let about = "Rule sets and sites, and published documents with their proof to a root.";
    File { name: "rules", about, vectors }
}
