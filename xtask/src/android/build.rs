//! Archives → merged manifests → resources → R classes → Kotlin: the façade, the app, its tests.

use std::path::PathBuf;
use std::time::Instant;

use super::kotlin::{self, Module};
use super::libraries::{Libraries, libraries};
use super::resources::{self, Linked};
use super::{App, apt};
use crate::failure::Outcome;

/// What was built.
pub(super) struct Built {
    pub(super) main: Libraries,
    pub(super) test: Libraries,
    pub(super) linked: Linked,
    pub(super) linked_test: Linked,
    /// Compiled: R classes of the app, the façade over the core, the app.
    pub(super) classes: [PathBuf; 3],
    pub(super) test_r: PathBuf,
    pub(super) test_classes: PathBuf,
}

/// Builds the app, and its tests if they are wanted.
pub(super) fn build(app: &App<'_>, with_tests: bool) -> Outcome<Built> {
    apt(&app.ws.cache, &[("aapt2", "aapt")])?;
    let step = Steps::begin();
    app.locked.fetch(&app.store, &["app", "sdk", "merger"])?;
    let main = libraries(app.ws, &app.store, &app.locked, "app.main")?;
    let test = libraries(app.ws, &app.store, &app.locked, "app.test")?;
    step.done("libraries");
    resources::check_folders(app)?;
    let mut all = main.aars.clone();
    all.extend(test.aars.iter().filter(|aar| !main.aars.contains(aar)).cloned());
    let linked = resources::link(app, "main", &main.aars)?;
    let linked_test = resources::link(app, "test", &all)?;
    let (r, test_r) = (app.out.join("r-main"), app.out.join("r-test"));
    resources::r_classes(app, &linked, &main.aars, &r)?;
    resources::r_classes(app, &linked_test, &all, &test_r)?;
    step.done("manifests, resources and R classes");
    let version = app.number("kotlin")?.to_owned();
    let platform = app.file("sdk.compile")?;
    let [facade, own, test_classes] = ["facade", "app", "app-test"].map(|name| app.out.join(name));
    let path = |first: &[&PathBuf], libraries: &[&Libraries]| -> Vec<PathBuf> {
        let jars = libraries.iter().flat_map(|l| l.jars.clone());
        first.iter().map(|part| (*part).clone()).chain(jars).chain([platform.clone()]).collect()
    };
    let module = Module {
        name: "facade",
        sources: vec![app.ws.path("bindings/kotlin/src/main/kotlin")],
        class_path: path(&[], &[&main]),
        friend: None,
        compose: false,
        out: facade.clone(),
    };
    kotlin::compile(app.ws, &version, &module)?;
    step.done("Kotlin of the façade");
    let module = Module {
        name: "app",
        sources: vec![app.main("kotlin")],
        class_path: path(&[&r, &facade], &[&main]),
        friend: None,
        compose: true,
        out: own.clone(),
    };
    kotlin::compile(app.ws, &version, &module)?;
    step.done("Kotlin of the app");
    if with_tests {
        let module = Module {
            name: "app-test",
            sources: vec![app.folder.join("app/src/test/kotlin"), app.ws.path("bindings/kotlin/src/support/kotlin")],
            class_path: path(&[&own, &facade, &test_r], &[&main, &test]),
            friend: Some(&own),
            compose: true,
            out: test_classes.clone(),
        };
        kotlin::compile(app.ws, &version, &module)?;
        step.done("Kotlin of the tests");
    }
    Ok(Built { main, test, linked, linked_test, classes: [r, facade, own], test_r, test_classes })
}

/// Says how long each step took.
pub(super) struct Steps(std::cell::Cell<Instant>);

impl Steps {
    pub(super) fn begin() -> Self {
        Self(std::cell::Cell::new(Instant::now()))
    }

    pub(super) fn done(&self, what: &str) {
        let now = Instant::now();
        println!("android: {what}, {:.1} s", now.duration_since(self.0.replace(now)).as_secs_f64());
    }
}
