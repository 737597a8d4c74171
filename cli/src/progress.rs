//! A progress bar on standard error, for what takes longer than a second.
//!
//! The bar waits on a thread of its own, so that short work shows nothing and nobody needs a clock. indicatif draws nothing where
//! standard error is no terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Shorter work shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that goes away when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    waiter: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// A bar whose length is told later, or never: then it only shows that something goes on.
    pub(crate) fn new(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_message(what);
        set_style(&bar, "{spinner} {msg} … {elapsed}");
        let (done, waits) = channel();
        let shown = bar.clone();
        // Without a thread there is no bar, which is no reason to stop.
        let thread = std::thread::Builder::new().name("daka-progress".to_owned()).spawn(move || show(&shown, &waits));
        Self { bar, waiter: thread.ok().map(|t| (done, t)) }
    }

    /// `done` of `total` things.
    pub(crate) fn at(&self, done: u64, total: u64) {
        self.show(done, total, "{msg} [{bar:30}] {pos}/{len}");
    }

    /// `done` of a `total` whose unit says nothing to a person.
    pub(crate) fn share(&self, done: u64, total: u64) {
        self.show(done, total, "{msg} [{bar:30}] {percent}%");
    }

    fn show(&self, done: u64, total: u64, template: &'static str) {
        if self.bar.length() != Some(total) {
            self.bar.set_length(total);
            set_style(&self.bar, template);
        }
        self.bar.set_position(done);
    }
}

/// A template that does not parse would be a fault of this file; the style before it then stays.
fn set_style(bar: &ProgressBar, template: &'static str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

fn show(bar: &ProgressBar, done: &Receiver<()>) {
    if done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.enable_steady_tick(Duration::from_millis(200));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((done, thread)) = self.waiter.take() {
            drop(done);
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
