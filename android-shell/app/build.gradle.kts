plugins {
    alias(libs.plugins.android.application)
    alias(libs.plugins.kotlin.android)
    alias(libs.plugins.kotlin.compose)
}

android {
    namespace = libs.versions.applicationId.get()
    compileSdk = libs.versions.compileSdk.get().toInt()

    defaultConfig {
        applicationId = libs.versions.applicationId.get()
        minSdk = libs.versions.minSdk.get().toInt()
        targetSdk = libs.versions.targetSdk.get().toInt()
        versionCode = libs.versions.versionCode.get().toInt()
        versionName = libs.versions.versionName.get()
    }

    sourceSets["main"].kotlin.srcDir("src/main/kotlin")
    sourceSets["test"].kotlin.srcDir("src/test/kotlin")
    // The real server, which the façade's tests use, too.
    sourceSets["test"].kotlin.srcDir("../../bindings/kotlin/src/support/kotlin")

    // A language that is chosen in the app has to be on the phone.
    bundle { language { enableSplit = false } }

    buildTypes {
        release {
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(
                getDefaultProguardFile("proguard-android-optimize.txt"),
                "proguard-rules.pro",
                "../../bindings/kotlin/consumer-rules.pro",
            )
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }

    buildFeatures {
        compose = true
    }

    // One library per processor, made by `cargo xtask targets` when an NDK is there.
    sourceSets["main"].jniLibs.srcDir("src/main/jniLibs")

    testOptions.unitTests {
        isIncludeAndroidResources = true
        all {
            it.systemProperty("jna.library.path", rootDir.resolve("../target/debug").path)
            it.systemProperty("daka.server", rootDir.resolve("../target/debug/daka-server").path)
            it.systemProperty("daka.shell", rootDir.path)
        }
    }
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    implementation(project(":core"))
    implementation(libs.bundles.main) {
        exclude(group = "net.java.dev.jna", module = "jna")
    }
    implementation("net.java.dev.jna:jna:${libs.versions.jna.get()}@aar")
    implementation(libs.rustls.platform.verifier)
    testImplementation(libs.bundles.test)
    testImplementation(libs.jna)
}
