//! `daka sync`: one round with the server. What could not be sent stays, and the next attempt is on the disk.

use super::status::{due_json, waiting};
use crate::args::Sync;
use crate::failure::{Exit, Failure};
use crate::home::{Home, runtime};
use crate::output::Done;
use crate::progress::Progress;
use crate::render::count;
use crate::{times, words};
use daka_core::app::{Queue, SyncOptions, SyncReport};
use daka_core::domain::retry::Reason;
use serde_json::json;

pub(crate) fn run(home: &Home, args: &Sync) -> Result<Done, Failure> {
    let engine = home.open()?;
    let options = SyncOptions { now: args.now, ..SyncOptions::default() };
    let report = {
        let _bar = Progress::new("sending what waits");
        runtime()?.block_on(engine.sync(options))?
    };
    let queue = engine.queue()?;
    let json = json!({
        "delivered": report.delivered,
        "put_aside": report.put_aside,
        "refused": report.refused,
        "photos": report.photos,
        "requests": report.requests,
        "anchored": report.anchored,
        "rules_changed": report.rules_changed,
        "refilled": report.refilled,
        "waiting": queue.waiting,
        "waiting_photos": queue.photos,
        "stopped": report.stopped.map(Reason::code),
        "due": due_json(report.due.as_ref(), home.offset_min()),
    });
    let done = Done::new(text(&report, &queue), &json)?;
    let kept =
        if queue.waiting + queue.photos > 0 { "what waits is kept on this phone" } else { "nothing waits to be sent" };
    Ok(match (report.stopped, &report.due) {
        (Some(reason), _) => {
            let (sentence, next) = words::stopped(reason.code());
            done.ended(exit(reason), format!("{sentence}; {kept}"), next)
        }
        (None, Some(due)) if queue.waiting + queue.photos > 0 => {
            let at = times::clock(due.wall_ms, home.offset_min());
            let sentence = format!(
                "not tried: {} before, so the next attempt is due at {at}; {kept}",
                words::stopped(&due.reason).0
            );
            done.ended(Exit::Away, sentence, Some("daka sync --now goes at once"))
        }
        _ if report.refused > 0 => {
            let sentence = "the server would not take some entries; they are kept on this phone";
            done.ended(Exit::Failed, sentence, Some("ask the employer"))
        }
        _ => done,
    })
}

/// A server that is away is another matter than one that refuses.
fn exit(reason: Reason) -> Exit {
    use Reason as R;
    match reason {
        R::Unreachable | R::TimedOut | R::ConnectionBroken | R::CaptivePortal | R::UploadLost => Exit::Away,
        R::Restored | R::SlowDown | R::Unavailable | R::AskedToWait | R::ServerFault => Exit::Away,
        R::Untrusted | R::ReceiptUnproven | R::BadAnswer | R::LoginRefused | R::Revoked | R::NotApproved => {
            Exit::Failed
        }
        R::Forbidden | R::Conflict | R::NotFound | R::Refused | R::UpgradeNeeded => Exit::Failed,
        R::KeyRefused | R::PlatformNotInitialised => Exit::Failed,
    }
}

fn text(report: &SyncReport, queue: &Queue) -> String {
    let mut did = Vec::new();
    if report.delivered > 0 {
        did.push(format!("Received: {}", count(report.delivered, "entry", "entries")));
    }
    if report.photos > 0 {
        did.push(format!("Received: {}", count(report.photos, "photo", "photos")));
    }
    if report.put_aside > 0 {
        did.push(format!("Received, being checked by a person: {}", count(report.put_aside, "entry", "entries")));
    }
    if report.refused > 0 {
        did.push(format!("Not taken by the server: {}", count(report.refused, "entry", "entries")));
    }
    if report.anchored {
        did.push("Time: fetched from the server".to_owned());
    }
    if report.rules_changed {
        did.push("Rules and sites: new ones are in force".to_owned());
    }
    if report.refilled {
        did.push("The server was restored from a backup and has everything again".to_owned());
    }
    did.push(format!("Waiting to be sent: {}", waiting(queue)));
    did.join("\n")
}
