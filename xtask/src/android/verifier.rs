//! The Kotlin half of the certificate verifier, which no registry serves.
//!
//! Its makers keep a Maven repository of their own beside their sources, and Gradle takes it from there. This runner reaches registries
//! alone, so an APK takes the archive from `app/libs`, as it takes the phone library from `app/src/main/jniLibs`: each is nothing without
//! the other, and an APK with the library and without this class would refuse every server.

use std::path::PathBuf;

use super::App;
use super::coordinates::Artifact;
use super::libraries::{jars_in, unpacked};
use super::lock::{Entry, sha256};
use crate::failure::Outcome;

/// What the native half finds by its name, with the types it calls it with: `verification/android.rs` of the crate.
pub(super) const CALLED: [&str; 3] = [
    "org.rustls.platformverifier.CertificateVerifier.verifyCertificateChain(Landroid/content/Context;Ljava/lang/String;Ljava/lang/String;\
     [Ljava/lang/String;[BJ[[B)Lorg/rustls/platformverifier/VerificationResult;",
    "org.rustls.platformverifier.VerificationResult.code:I",
    "org.rustls.platformverifier.VerificationResult.message:Ljava/lang/String;",
];

/// Where the archive is wanted.
pub(super) fn archive(app: &App<'_>) -> Outcome<PathBuf> {
    let name = format!("app/libs/rustls-platform-verifier-{}.aar", app.number("verifier")?);
    Ok(app.folder.join(name))
}

/// Its classes; none if the archive is not there.
pub(super) fn jars(app: &App<'_>) -> Outcome<Vec<PathBuf>> {
    let file = archive(app)?;
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = format!("org.rustls:rustls-platform-verifier:{}:aar", app.number("verifier")?);
    let entry =
        Entry { scopes: Default::default(), artifact: Artifact::parse(&text)?, sha256: sha256(&file)?, bytes: 0 };
    jars_in(&unpacked(app.ws, &entry, &file)?)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogue;
    use crate::workspace::Workspace;

    #[test]
    fn both_halves_of_the_verifier_have_one_version() {
        let ws = Workspace::load().unwrap();
        let lock = ws.read("Cargo.lock").unwrap();
        let after = lock.split_once("name = \"rustls-platform-verifier-android\"\nversion = \"").unwrap().1;
        let rust = after.split_once('"').unwrap().0;
        assert_eq!(Catalogue::load(&ws).unwrap().version("verifier").unwrap(), rust);
    }
}
