package org.daka.app.screens

/** What the app contains, and under which licence. */
val LICENCES: List<Pair<String, String>> = listOf(
    "AndroidX, Jetpack Compose, Material 3" to "Apache-2.0",
    "Kotlin, kotlinx.coroutines" to "Apache-2.0",
    "Java Native Access" to "Apache-2.0",
    "ZXing" to "Apache-2.0",
    "Guava listenablefuture" to "Apache-2.0",
    "SQLite" to "Public Domain",
    "rusqlite" to "MIT",
    "ring" to "Apache-2.0 AND ISC",
    "rustls, rustls-platform-verifier" to "Apache-2.0 OR MIT OR ISC",
    "uniffi" to "MPL-2.0",
    "tokio" to "MIT",
    "reqwest, hyper" to "Apache-2.0 OR MIT",
    "serde, chrono, geo, thiserror" to "Apache-2.0 OR MIT",
    "webpki-roots, Unicode data" to "CDLA-Permissive-2.0, Unicode-3.0",
    "zeroize, der, x509-cert" to "Apache-2.0 OR MIT",
)
