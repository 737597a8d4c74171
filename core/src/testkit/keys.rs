//! Keys that everybody knows: for golden vectors and tests, never for anything else.
//!
//! The private key of each is SHA-256 of `daka test ` and its name: a scalar for P-256, a seed for Ed25519. The public halves were
//! worked out by OpenSSL, so that ring, which compares them, is checked as well.

#![allow(clippy::expect_used, reason = "the keys are constants; a test that cannot have them should stop")]

use crate::adapters::crypto::{Ring, SoftwareKey};
use crate::domain::crypto::{Algorithm, Crypto as _};
use crate::domain::ids::parse_hex;

/// The tenant root; Ed25519.
pub fn root() -> SoftwareKey {
    ed25519("root", "328e23bc57daa3f896453a4aa74d55ee3f84e2ce3f520a54b8daa21bb05b8884")
}

/// Another tenant's root; Ed25519.
pub fn other_root() -> SoftwareKey {
    ed25519("other root", "8f3bede3ea3a8183fe9e861e7ffcd7fc491604dbd61837656e5956e51151e9fc")
}

/// Signs checkpoints; Ed25519.
pub fn log() -> SoftwareKey {
    ed25519("log", "32d7ae996457f6a4ba88fc74e7a08e8d2ff138f8a7004377e215ea7120a3d133")
}

/// Signs time tokens; Ed25519.
pub fn time() -> SoftwareKey {
    ed25519("time", "357f4bb4cd2cb3020b2a09089d7470a5ce3737e8c22ec1a0917a2ff185ee5cfa")
}

/// Signs no-network passes; Ed25519.
pub fn pass() -> SoftwareKey {
    ed25519("pass", "dbb77501762d48caee3b8d8333864e99a93098c5be1fc32c2c53613313c9bd7a")
}

/// The device CA; P-256.
pub fn device_ca() -> SoftwareKey {
    p256(
        "device CA",
        "33d2c959d5c9acfebb1ffd63beb8f44241269ebc0b7d3d3f6919f2d6439891ae",
        "b82b17e8368d659b8f9196d8ff7029e9c6a50dd2275a539b96a4570710d316f6",
    )
}

/// A phone; P-256.
pub fn device() -> SoftwareKey {
    p256(
        "device",
        "f70e265327c44b15f38dfbf31b3163eb1c21bd54c3478d753685642af5e73881",
        "89ea2b137db1e9d0b19fe9b8e11f793bc18079abd06e70e40d4a2af01244feeb",
    )
}

/// The phone that the same person had before; P-256.
pub fn former_device() -> SoftwareKey {
    p256(
        "former device",
        "e7bc322730a591e821075ccae3a67103d8b2f75a096cd748dda0343d9b35c77c",
        "ce4fae60dc9db65666dd75433b9fc1385d873971e519db7edc8ae435cfae2ba6",
    )
}

fn private(name: &str) -> [u8; 32] {
    Ring.sha256(&[b"daka test ", name.as_bytes()]).0
}

/// RFC 8410's `OneAsymmetricKey` with its public key, as ring reads it.
fn ed25519(name: &str, public: &'static str) -> SoftwareKey {
    let public: [u8; 32] = parse_hex("public key", public).expect("32 bytes");
    let head = [0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let pkcs8 = [&head[..], &private(name), &[0x81, 0x21, 0], &public].concat();
    SoftwareKey::from_pkcs8(Algorithm::Ed25519, &pkcs8).expect("a key of Ed25519")
}

/// RFC 5958's `PrivateKeyInfo` around RFC 5915's `ECPrivateKey`.
fn p256(name: &str, x: &'static str, y: &'static str) -> SoftwareKey {
    let [x, y]: [[u8; 32]; 2] = [x, y].map(|half| parse_hex("public key", half).expect("32 bytes"));
    let head: [u8; 36] = [
        0x30, 0x81, 0x87, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce,
        0x3d, 3, 1, 7, 4, 0x6d, 0x30, 0x6b, 2, 1, 1, 4, 0x20,
    ];
    let middle = [0xa1, 0x44, 3, 0x42, 0, 4];
    let pkcs8 = [&head[..], &private(name), &middle, &x, &y].concat();
    SoftwareKey::from_pkcs8(Algorithm::Es256, &pkcs8).expect("a key of P-256")
}
