//! `daka enrol`: from the text of a QR code, or a typed one, to a journal of one's own.
//!
//! The text is read before anything is made. A folder that this command made is taken away again if the employer's server does not
//! enrol it: a wrong, used or expired code leaves nothing behind.

use super::consent;
use crate::args::Enrol;
use crate::failure::Failure;
use crate::home::{Home, runtime};
use crate::output::Done;
use crate::progress::Progress;
use crate::render::{fingerprint, pairs};
use daka_core::app::{Employer, Engine, JoinRequest};
use serde_json::json;

pub(crate) fn run(home: &Home, args: &Enrol) -> Result<Done, Failure> {
    let request = JoinRequest::parse(args.text.join(" ").trim())?;
    let named = request.text.root().is_some();
    let (engine, made) = home.create()?;
    let enrolled = join(&engine, request);
    let employer = match enrolled {
        Ok(employer) => employer,
        Err(e) => {
            drop(engine);
            made.take_away();
            return Err(e);
        }
    };
    consent::change(&engine, &args.consent, &[])?;
    let consent = engine.consent()?;
    let mut text = format!("This phone is enrolled with {}.\n\n", employer.employer);
    text.push_str(&pairs(&[
        ("Employee", employer.employee.clone()),
        ("Server", employer.server.as_str().to_owned()),
        ("Employer's root", fingerprint(&employer.root)),
        ("This phone's key", fingerprint(&employer.device)),
        ("Key kept", "in a file of this folder (key level: software)".to_owned()),
        ("Standing", standing(employer.active).to_owned()),
        ("Consent", consent::in_words(&consent)),
    ]));
    text.push_str(if named {
        "\nCompare the root with the one that your employer shows you.\n"
    } else {
        "\nA typed code does not name the employer's root: this one came from the server. Compare it with the one that your employer \
         shows you before you go on, and let the employer compare this phone's key.\n"
    });
    if args.consent.is_empty() {
        text.push_str("Position, radio and photos are used only after you consent to them:\n");
        text.push_str("  daka consent --grant location,radio,photo\n");
    }
    let json = json!({
        "employer": employer.employer,
        "tenant": employer.tenant,
        "employee": employer.employee,
        "server": employer.server,
        "root": employer.root,
        "root_named": named,
        "device": employer.device,
        "journal": employer.journal,
        "active": employer.active,
        "key_level": daka_core::adapters::system::DeviceKeyFile::KEY_LEVEL,
        "consent": consent::as_json(&consent),
    });
    Done::new(text, &json)
}

fn join(engine: &Engine, request: JoinRequest) -> Result<Employer, Failure> {
    let _bar = Progress::new("asking the employer's server");
    Ok(runtime()?.block_on(engine.enrol(request))?)
}

/// Whether the phone may punch for the server already.
pub(super) fn standing(active: bool) -> &'static str {
    if active { "enrolled" } else { "enrolled, waiting for the employer's approval; punches are kept until then" }
}
