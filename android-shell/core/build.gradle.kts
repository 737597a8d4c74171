// The façade and the generated bindings, compiled from where they are kept. JNA comes with the app, as its Android archive.
plugins {
    alias(libs.plugins.kotlin.jvm)
}

kotlin {
    jvmToolchain(17)
    sourceSets["main"].kotlin.srcDir("../../bindings/kotlin/src/main/kotlin")
}

dependencies {
    compileOnly(libs.jna)
    implementation(libs.coroutines.android)
}
