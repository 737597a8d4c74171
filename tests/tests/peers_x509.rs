//! Certificates and requests as OpenSSL sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

use std::path::Path;
use std::process::Command;

use daka_core::adapters::crypto::{Ring, SoftwareKey};
use daka_core::domain::crypto::{Algorithm, PublicKey, Signer as _};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{DeviceCertificate, issue_certificate, make_request};
use daka_core::testkit::keys;

/// 2026-03-02T00:00:00Z.
const ISSUED: WallMs = WallMs::new(1_772_409_600_000);

/// What a program says on standard output and standard error, if it is there and content.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let out = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    assert!(out.status.success(), "{program} {arguments:?}: {said}");
    Some(said)
}

/// Where there is no OpenSSL, the judge of the vectors says the same of the same bytes by another library.
fn or_by_python() {
    #[allow(clippy::disallowed_methods, reason = "a test chooses its judge by the environment")]
    let python = std::env::var("DAKA_JUDGE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("judges/check_vectors.py");
    let said = run(&python, &[script.to_str().unwrap()]);
    assert!(said.is_some(), "neither openssl nor the judges' Python; run `cargo xtask setup judges`");
}

fn pem(key: &PublicKey) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(key.spki());
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

#[test]
fn openssl_reads_and_verifies_a_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.der");
    for _ in 0..20 {
        // Signatures are random: shorter and longer integers come by.
        std::fs::write(&file, make_request(&keys::device()).unwrap()).unwrap();
        let arguments =
            ["req", "-inform", "DER", "-in", file.to_str().unwrap(), "-noout", "-verify", "-pubkey", "-text"];
        let Some(said) = run("openssl", &arguments) else { return or_by_python() };
        assert!(said.contains("verify OK"), "{said}");
        assert!(said.contains("Subject: \n") && said.contains("ecdsa-with-SHA256"), "{said}");
        let spki = pem(keys::device().public_key()).replace('\n', "");
        assert!(said.replace('\n', "").contains(&spki), "{said}");
    }
}

#[test]
fn openssl_reads_and_verifies_a_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (ca, device) = (keys::device_ca(), keys::device());
    std::fs::write(path("ca.pem"), pem(ca.public_key())).unwrap();
    for n in 0..20 {
        let der = issue_certificate(&Ring, &ca, device.public_key(), [n * 13; 16], ISSUED).unwrap();
        std::fs::write(path("c.der"), &der).unwrap();
        let arguments = ["x509", "-inform", "DER", "-in", &path("c.der"), "-noout", "-text"];
        let Some(said) = run("openssl", &arguments) else { return or_by_python() };
        for line in [
            "Version: 3 (0x2)",
            "Signature Algorithm: ecdsa-with-SHA256",
            "Not Before: Mar  2 00:00:00 2026 GMT",
            "Not After : Mar  1 00:00:00 2031 GMT",
            "X509v3 Key Usage: critical\n                Digital Signature\n",
            "X509v3 Basic Constraints: critical\n                CA:FALSE\n",
            "E-mail Protection, 1.3.6.1.4.1.62558.2.1",
            "ASN1 OID: prime256v1",
            "NIST CURVE: P-256",
        ] {
            assert!(said.contains(line), "{line:?} is not in {said}");
        }
        // The signature over the bytes between the outer sequence's head and the algorithm.
        let tree = run("openssl", &["asn1parse", "-inform", "DER", "-in", &path("c.der")]).unwrap();
        let offset = |line: &str| line.split(':').next().unwrap().trim().to_owned();
        let tbs = tree.lines().nth(1).map(offset).unwrap();
        let signature = tree.lines().rfind(|line| line.contains("BIT STRING")).map(offset).unwrap();
        for (at, out) in [(&tbs, "tbs"), (&signature, "signature")] {
            let (from, to) = (path("c.der"), path(out));
            run("openssl", &["asn1parse", "-inform", "DER", "-in", &from, "-strparse", at, "-noout", "-out", &to]);
        }
        let arguments = ["dgst", "-sha256", "-verify", &path("ca.pem"), "-signature", &path("signature"), &path("tbs")];
        assert!(run("openssl", &arguments).unwrap().contains("Verified OK"));
    }
}

/// A certificate of another CA, another kind or another day is none of ours.
#[test]
fn only_our_own_certificates_are_taken() {
    let (ca, device) = (keys::device_ca(), keys::device());
    let der = issue_certificate(&Ring, &ca, device.public_key(), [1; 16], ISSUED).unwrap();
    let open = |der: &[u8]| DeviceCertificate::open(&Ring, ca.public_key(), der);
    let certificate = open(&der).unwrap();
    assert_eq!(&certificate.key, device.public_key());
    let other = SoftwareKey::ephemeral(Algorithm::Es256).unwrap();
    assert!(DeviceCertificate::open(&Ring, other.public_key(), &der).is_err());
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 1;
        assert!(open(&changed).is_err(), "byte {at}");
    }
    assert!(open(&[&der[..], &[0]].concat()).is_err());
    let day = 86_400_000;
    let at = |ms: i64| certificate.valid_at(WallMs::new(ms)).is_ok();
    assert!(at(ISSUED.get()) && at(ISSUED.get() + 1_825 * day));
    assert!(!at(ISSUED.get() - 1) && !at(ISSUED.get() + 1_825 * day + 1_000));

    // Certificates that rcgen makes for a server and for a CA, signed by the same key type, have another profile.
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let issuer = PublicKey::from_raw(Algorithm::Es256, key.public_key_raw()).unwrap();
    let mut foreign = rcgen::CertificateParams::new(vec!["time.example".to_owned()]).unwrap();
    let server = foreign.self_signed(&key).unwrap();
    foreign.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    foreign.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    foreign.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::EmailProtection];
    let authority = foreign.self_signed(&key).unwrap();
    for foreign in [server, authority] {
        assert!(DeviceCertificate::open(&Ring, &issuer, foreign.der()).is_err());
    }
}
