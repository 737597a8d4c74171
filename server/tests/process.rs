//! The program itself: commands, exit codes, signals, kills, TLS, and what it writes about people (nothing).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::Asked;
use daka_core::domain::log::{ItemStatus, UploadAnswer};
use daka_core::domain::trust::QrText;
use daka_server::testing::{Http, Phone};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

const NAME: &str = "Chan Tai Man";
const EMPLOYEE: &str = "staff-70031";

fn run(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_daka-server")).args(args).arg("--data").arg(dir).output().unwrap()
}

fn ok(dir: &Path, args: &[&str]) -> String {
    let output = run(dir, args);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn json(dir: &Path, args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ok(dir, &[args, &["--json"]].concat())).unwrap()
}

/// A serving process; killed when dropped.
struct Served {
    child: Child,
    url: String,
    log: PathBuf,
}

impl Served {
    fn start(dir: &Path, listen: &str, more: &[&str]) -> Self {
        let log = dir.join("..").join("serve.log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_daka-server"))
            .args(["serve", "--listen", listen, "--data"])
            .arg(dir)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, url, log }
    }

    fn http(&self) -> Http {
        Http::new(&self.url)
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    fn address(&self) -> &str {
        self.url.split_once("://").unwrap().1
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with a tenant, an employee and a site, made by the commands.
fn set_up(dir: &Path) {
    ok(dir, &["init"]);
    ok(dir, &["tenant", "add", "acme", "--name", "Acme Ltd"]);
    ok(dir, &["employee", "add", EMPLOYEE, "--name", NAME]);
    ok(dir, &["site", "add", "Door", "--lat", "22.2793", "--lon", "114.1628", "--radius", "80"]);
}

fn enrol(dir: &Path, http: &Http) -> Phone {
    let code = json(dir, &["code", "new", "--employee", EMPLOYEE, "--url", http.url()]);
    let mut phone = Phone::enrol(http.clone(), &QrText::parse(code["text"].as_str().unwrap()).unwrap()).unwrap();
    phone.login().unwrap();
    phone
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let temporary = tempfile::tempdir().unwrap();
    let dir = temporary.path().join("data");
    (temporary, dir)
}

#[test]
fn commands_say_what_they_did_and_what_to_do() {
    let (_temporary, dir) = folder();
    let error = |args: &[&str]| String::from_utf8(run(&dir, args).stderr).unwrap();
    assert!(error(&["tenant", "list"]).contains("daka-server init"));
    set_up(&dir);
    let gcj = error(&["site", "add", "X", "--lat", "22", "--lon", "114", "--radius", "50", "--datum", "gcj02"]);
    assert!(gcj.contains("convert them to wgs84"), "{gcj}");
    assert!(error(&["serve", "--listen", "0.0.0.0:0"]).contains("loopback"));

    // Nothing is imported unless all of it can be read.
    let file = dir.join("../sites.csv");
    std::fs::write(&file, "name,lat,lon,radius_m\nA,22,114,50\nB,99,114,50\n").unwrap();
    let failed = error(&["site", "import", file.to_str().unwrap()]);
    assert!(failed.contains("line 3: lat 99"), "{failed}");
    std::fs::write(&file, "name,lat,lon,radius_m\nA,22,114,50\nB,-33.5,-70.25,1500\n").unwrap();
    ok(&dir, &["site", "import", file.to_str().unwrap()]);
    let sites = json(&dir, &["site", "list"]);
    let got: Vec<_> =
        sites.as_array().unwrap().iter().map(|s| (s["name"].as_str().unwrap(), s["lat"].as_f64())).collect();
    assert_eq!(got, [("Door", Some(22.2793)), ("A", Some(22.0)), ("B", Some(-33.5))]);
    ok(&dir, &["policy", "set", "--p-in", "900000", "--zone", "Asia/Shanghai"]);
    let policy = json(&dir, &["policy", "show"]);
    assert_eq!((policy["policy"]["p_in"].as_u64(), policy["zone"].as_str()), (Some(900_000), Some("Asia/Shanghai")));
    assert_eq!(policy["policy"]["c_out"], 50_000, "what is not named stays");

    let root = json(&dir, &["tenant", "root", "acme"]);
    let pem = std::fs::read_to_string(dir.join("keys/acme/root.pem")).unwrap();
    assert_eq!(root["pem"].as_str(), Some(pem.as_str()));
    // A second tenant: then one has to be named.
    ok(&dir, &["tenant", "add", "beta", "--name", "Beta"]);
    assert!(error(&["employee", "list"]).contains("--tenant"));
    assert_eq!(json(&dir, &["employee", "list", "--tenant", "beta"]), serde_json::json!([]));
    let code = ok(
        &dir,
        &["code", "new", "--tenant", "acme", "--employee", EMPLOYEE, "--url", "https://daka.example", "--short"],
    );
    assert!(code.contains("daka:1?u=") && code.contains("to type: "));
}

/// What is done, its exit code, and code and field of its error.
type Refusal<'a> = (&'a [&'a str], i32, &'a str, Option<&'a str>);

/// The shape is that of `daka --json`, and the exit codes mean what they mean there.
#[test]
fn errors_have_the_shape_and_the_exit_codes_of_daka() {
    let (_temporary, dir) = folder();
    let refused = |(args, exit, code, field): &Refusal<'_>| {
        let output = run(&dir, &[*args, &["--json"]].concat());
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(*exit), "{args:?}: {out}{err}");
        let value: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|e| panic!("{args:?}: {e}: {out:?}"));
        assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), ["error"]);
        let error = value["error"].as_object().unwrap();
        assert_eq!(error.keys().collect::<Vec<_>>(), ["code", "field", "message", "next"], "{args:?}");
        assert_eq!((error["code"].as_str(), error["field"].as_str()), (Some(*code), *field), "{args:?}: {out}");
        let message = error["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.ends_with('.') && !message.contains("; "), "{args:?}: {message}");
        assert!(error["next"].is_null() || error["next"].as_str().is_some_and(|n| !n.is_empty()));
        if *code != "usage" {
            assert!(err.ends_with('\n') && err.contains(&format!("daka-server: {message}.\n")), "{args:?}: {err}");
        }
    };
    refused(&(&["tenant", "list"], 3, "not_initialised", None));
    refused(&(&["serve"], 3, "not_initialised", None));
    refused(&(&["restore", "--confirm-loss"], 3, "not_initialised", None));
    assert!(!dir.exists(), "an error makes no folder");
    set_up(&dir);
    let missing = dir.join("none.csv").to_str().unwrap().to_owned();
    let url = "https://daka.example";
    let new = ["code", "new", "--employee", EMPLOYEE, "--url"];
    let site = ["site", "add", "X", "--lon", "114", "--radius", "50"];
    let serve = ["serve", "--listen", "0.0.0.0:0"];
    let cases: [Refusal<'_>; 26] = [
        (&["frobnicate"], 2, "usage", None),
        (&["tenant", "add", "Not An Id", "--name", "x"], 2, "usage", None),
        (&["restore"], 2, "usage", None),
        (&[&new[..], &[url, "--short", "--tls-pin", "00"]].concat(), 2, "usage", None),
        (&["init"], 1, "exists", None),
        (&["tenant", "add", "acme", "--name", "x"], 1, "exists", None),
        (&["tenant", "root", "beta"], 2, "unknown", Some("tenant")),
        (&["employee", "add", EMPLOYEE, "--name", "x"], 1, "exists", None),
        (&["employee", "add", "e2", "--name", ""], 2, "bad_value", Some("name")),
        (&["employee", "leave", "nobody"], 2, "unknown", Some("employee")),
        (&["code", "new", "--employee", "nobody", "--url", url], 2, "unknown", Some("employee")),
        (&[&new[..], &["http://daka.example"]].concat(), 2, "bad_value", Some("server URL")),
        (&[&new[..], &[url, "--hours", "25"]].concat(), 2, "bad_value", Some("hours")),
        (&[&new[..], &[url, "--tls-pin", "00"]].concat(), 2, "bad_value", Some("tls-pin")),
        (&[&new[..], &[url, "--tls-cert", &missing]].concat(), 2, "unreadable_file", Some("tls-cert")),
        (&["policy", "set", "--c-out", "960000"], 2, "bad_value", Some("p-in")),
        (&["policy", "set", "--zone", "Hong Kong"], 2, "bad_value", Some("zone")),
        (&[&site[..], &["--lat", "91"]].concat(), 2, "bad_value", Some("lat")),
        (&[&site[..], &["--lat", "22", "--datum", "gcj02"]].concat(), 2, "bad_value", Some("datum")),
        (&["site", "import", &missing], 2, "unreadable_file", Some("file")),
        (&["device", "approve", "00000000"], 2, "unknown", Some("device")),
        (&["results", "--to", "soon"], 2, "bad_value", Some("to")),
        (&["restore", "--confirm-loss"], 1, "not_done", None),
        (&["restore", &missing], 2, "bad_value", Some("from")),
        (&serve, 2, "bad_value", Some("listen")),
        (&["serve", "--log", "x=y=z"], 2, "bad_value", Some("log")),
    ];
    for case in &cases {
        refused(case);
    }
    let next = run(&dir, &["device", "approve", "00000000", "--json"]).stdout;
    let next: serde_json::Value = serde_json::from_slice(&next).unwrap();
    assert_eq!(next["error"]["next"], "see `daka-server device list`");
    let _served = Served::start(&dir, "127.0.0.1:0", &[]);
    refused(&(&["serve", "--listen", "127.0.0.1:0"], 5, "in_use", None));
    // Help documents what scripts see, and without --json there is nothing on standard output.
    let help = ok(&dir, &["--help"]);
    assert!(["0", "1", "2", "3", "5"].iter().all(|code| help.contains(&format!("\n  {code}  "))), "{help}");
    assert!(run(&dir, &["device", "approve", "00000000"]).stdout.is_empty());
}

/// Names of the IANA database, canonical and linked; and what looks like one.
#[test]
fn a_time_zone_is_one_of_the_iana_database() {
    let (_temporary, dir) = folder();
    ok(&dir, &["init"]);
    let long = "A".repeat(5_000);
    for zone in
        ["Asia/Hong-Kong", "asia/hong_kong", "Mars/Olympus", "HKT", "UTC+8", "", " Asia/Hong_Kong", "../etc", &long]
    {
        let output = run(&dir, &["tenant", "add", "acme", "--name", "Acme", "--json", "--zone", zone]);
        assert_eq!(output.status.code(), Some(2), "{zone:.40}");
        let error: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (&error["error"]["code"], &error["error"]["field"]),
            (&"bad_value".into(), &"zone".into()),
            "{zone:.40}"
        );
        assert!(error["error"]["next"].as_str().is_some_and(|n| n.contains("Asia/Hong_Kong")), "{error:.200}");
        assert!(error.to_string().len() < 400);
        assert!(!dir.join("keys/acme").exists(), "no keys for a tenant that is not there");
    }
    assert_eq!(json(&dir, &["tenant", "list"]), serde_json::json!([]));
    for (id, zone) in
        [("a", "Asia/Hong_Kong"), ("b", "Asia/Urumqi"), ("c", "Hongkong"), ("d", "Etc/GMT-8"), ("e", "UTC")]
    {
        ok(&dir, &["tenant", "add", id, "--name", "Acme", "--zone", zone]);
        let bad = run(&dir, &["policy", "set", "--tenant", id, "--zone", "Asia/Nowhere"]);
        assert_eq!(bad.status.code(), Some(2));
        assert_eq!(json(&dir, &["policy", "show", "--tenant", id])["zone"], zone);
    }
}

#[test]
fn results_come_as_json_and_csv() {
    let (_temporary, dir) = folder();
    set_up(&dir);
    let served = Served::start(&dir, "127.0.0.1:0", &[]);
    let mut phone = enrol(&dir, &served.http());
    phone.load_rules();
    phone.consent_to_location();
    phone.anchor(100);
    let seq = phone.punch_at(Asked::In, 22.2793, 114.1628);
    phone.upload(1, seq);
    let all = json(&dir, &["results"]);
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["place"]["verdict"], "inside");
    PunchId::parse("punch", all[0]["punch"].as_str().unwrap()).unwrap();
    let csv = ok(&dir, &["results", "--csv", "--employee", EMPLOYEE]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("employee,punch,asked,field,earliest,"));
    assert!(lines[1].starts_with(EMPLOYEE) && lines[1].contains(",verified,") && lines[1].contains(",inside,"));
    assert_eq!(json(&dir, &["results", "--to", "2020-01-01"]), serde_json::json!([]));
    assert_eq!(json(&dir, &["results", "--employee", "other"]), serde_json::json!([]));
    assert_eq!(run(&dir, &["results", "--from", "soon"]).status.code(), Some(2));
}

#[test]
fn nothing_acknowledged_is_lost_when_it_is_killed() {
    let (_temporary, dir) = folder();
    set_up(&dir);
    let served = Served::start(&dir, "127.0.0.1:0", &[]);
    let address = served.address().to_owned();
    let mut phone = enrol(&dir, &served.http());
    drop(served);
    let mut acknowledged: Vec<(u64, u64)> = Vec::new();
    for round in 0..5_u64 {
        let mut served = Served::start(&dir, &address, &[]);
        phone.login().unwrap();
        // Whatever was on its way when it was killed.
        let behind = phone.head().seq;
        if behind > acknowledged.last().map_or(0, |a| a.0) {
            let answer = phone.upload(acknowledged.last().map_or(1, |a| a.0 + 1), behind);
            acknowledged.extend(answer.items.iter().map(|i| (i.receipt.to, i.receipt.index)));
        }
        let killer = {
            let pid = served.child.id().to_string();
            let ms = 60 + round * 35;
            std::thread::spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(ms));
                assert!(Command::new("kill").args(["-KILL", &pid]).status().unwrap().success());
            })
        };
        loop {
            phone.punch(Asked::Auto);
            let seq = phone.head().seq;
            let body = phone.upload_of(seq, seq).encode().unwrap();
            let bearer = format!("Bearer {}", phone.token);
            let headers = [("Content-Type", "application/cbor"), ("Authorization", bearer.as_str())];
            match phone.http.try_send("POST", "/v0/segments", &headers, &body) {
                Ok(reply) if reply.status == 200 => {
                    let answer = UploadAnswer::decode(&reply.body).unwrap();
                    acknowledged.push((seq, answer.items[0].receipt.index));
                }
                _ => break,
            }
        }
        killer.join().unwrap();
        served.child.wait().unwrap();
    }
    assert!(acknowledged.len() > 5, "{acknowledged:?}");
    let _served = Served::start(&dir, &address, &[]);
    phone.login().unwrap();
    let last = phone.head().seq;
    let answer = phone.upload(1, last.min(500));
    for (to, index) in acknowledged {
        let item = answer.items.iter().find(|i| i.receipt.to == to).unwrap_or_else(|| panic!("{to} is lost"));
        assert_eq!((item.status, item.receipt.index), (ItemStatus::Duplicate, index), "its first receipt");
    }
}

#[test]
fn a_signal_lets_running_requests_end() {
    let (_temporary, dir) = folder();
    set_up(&dir);
    let mut served = Served::start(&dir, "127.0.0.1:0", &[]);
    let mut phone = enrol(&dir, &served.http());
    phone.punch(Asked::In);
    let body = phone.upload_of(1, 1).encode().unwrap();
    // A request whose body is on its way, and a connection that has not asked for anything yet.
    let mut slow = std::net::TcpStream::connect(served.address()).unwrap();
    let head = format!(
        "POST /v0/segments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/cbor\r\nContent-Length: {}\r\n\r\n",
        phone.token,
        body.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    slow.write_all(&body[..10]).unwrap();
    // The server has begun with it when a request sent later is answered.
    assert_eq!(phone.http.get("/healthz", None).status, 200);
    std::thread::sleep(std::time::Duration::from_millis(100));
    served.signal("-TERM");
    while phone.http.try_send("GET", "/healthz", &[], &[]).is_ok_and(|r| r.status == 200) {}
    slow.write_all(&body[10..]).unwrap();
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(served.child.wait().unwrap().code(), Some(0));
    let wal = std::fs::metadata(dir.join("daka.db-wal")).map_or(0, |m| m.len());
    assert_eq!(wal, 0, "written back");
    // And it is there.
    let results = json(&dir, &["results"]);
    assert_eq!(results.as_array().unwrap().len(), 1);
}

#[test]
fn one_process_serves_a_folder() {
    let (_temporary, dir) = folder();
    set_up(&dir);
    let served = Served::start(&dir, "127.0.0.1:0", &[]);
    let second = run(&dir, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(5));
    assert!(String::from_utf8(second.stderr).unwrap().contains("in use"));
    drop(served);
    // A killed one leaves no lock behind.
    Served::start(&dir, "127.0.0.1:0", &[]);
}

#[test]
fn a_backup_can_be_taken_while_serving() {
    let (temporary, dir) = folder();
    set_up(&dir);
    let served = Served::start(&dir, "127.0.0.1:0", &[]);
    let mut phone = enrol(&dir, &served.http());
    let file = temporary.path().join("copy.db");
    std::thread::scope(|scope| {
        let backup = scope.spawn(|| ok(&dir, &["backup", file.to_str().unwrap()]));
        for _ in 0..20 {
            phone.punch(Asked::Auto);
            let seq = phone.head().seq;
            phone.upload(seq, seq);
        }
        assert!(backup.join().unwrap().contains("keys"), "it says where the keys are");
    });
    assert_eq!(run(&dir, &["backup", file.to_str().unwrap()]).status.code(), Some(1), "never over another");
    drop(served);
    let said = ok(&dir, &["restore", file.to_str().unwrap()]);
    assert!(said.contains("acme/2"), "{said}");
    let served = Served::start(&dir, "127.0.0.1:0", &[]);
    assert_eq!(served.http().post("/v0/login/challenge", None, &[]).status, 423);
    ok(&dir, &["restore", "--confirm-loss"]);
    assert_eq!(served.http().post("/v0/login/challenge", None, &[]).status, 200);
}

#[test]
fn tls_with_a_certificate_of_ones_own() {
    let (temporary, dir) = folder();
    set_up(&dir);
    let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let (cert, key) = (temporary.path().join("cert.pem"), temporary.path().join("key.pem"));
    std::fs::write(&cert, pair.cert.pem()).unwrap();
    std::fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let (cert, key) = (cert.to_str().unwrap(), key.to_str().unwrap());
    let wrong = run(&dir, &["serve", "--listen", "127.0.0.1:0", "--tls-cert", key, "--tls-key", cert]);
    assert_eq!(wrong.status.code(), Some(2));
    // TLS may listen anywhere; here it listens on loopback all the same.
    let served = Served::start(&dir, "127.0.0.1:0", &["--tls-cert", cert, "--tls-key", key]);
    let url = served.url.replace("127.0.0.1", "localhost");
    assert!(url.starts_with("https://localhost:"));
    let mut roots = rustls::RootCertStore::empty();
    roots.add(pair.cert.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let http = Http::with_tls(&url, Arc::new(config));
    let code = json(&dir, &["code", "new", "--employee", EMPLOYEE, "--url", &url, "--tls-cert", cert]);
    let qr = QrText::parse(code["text"].as_str().unwrap()).unwrap();
    // The pin is the digest of the certificate's own key, as another library gives it.
    use daka_core::domain::crypto::Crypto as _;
    use rcgen::PublicKeyData as _;
    assert_eq!(qr.tls_pin, Some(Ring.sha256(&[&pair.signing_key.subject_public_key_info()])));
    let mut phone = Phone::enrol(http, &qr).unwrap();
    phone.login().unwrap();
    phone.punch(Asked::In);
    assert_eq!(phone.upload(1, 1).items[0].status, ItemStatus::Stored);
    // Plain HTTP to the same port is no HTTP answer of ours.
    let plain = Http::new(&served.url.replace("https", "http"));
    assert!(plain.try_send("GET", "/healthz", &[], &[]).is_err());
}

#[test]
fn logs_are_json_and_say_nothing_about_people() {
    let (_temporary, dir) = folder();
    set_up(&dir);
    let served = Served::start(&dir, "127.0.0.1:0", &["--log", "debug"]);
    let mut phone = enrol(&dir, &served.http());
    phone.load_rules();
    phone.consent_to_location();
    phone.anchor(20);
    phone.punch_at(Asked::In, 22.2793, 114.1628);
    let meta = phone.punch_with_photo(b"photo");
    let last = phone.head().seq;
    phone.upload(1, last);
    let auth = format!("Bearer {}", phone.token);
    let headers = [
        ("Authorization", auth.as_str()),
        ("Tus-Resumable", "1.0.0"),
        ("Upload-Length", "5"),
        ("Upload-Metadata", &meta.header()),
    ];
    let url = phone.http.send("POST", "/v0/photos", &headers, &[]).header("location").unwrap().to_owned();
    phone.http.send("HEAD", &url, &headers[..2], &[]);
    phone.http.get(&format!("/v0/{EMPLOYEE}?name={}", NAME.replace(' ', "%20")), Some(&phone.token));
    phone.http.post("/v0/segments", Some(&phone.token), NAME.as_bytes());
    served.signal("-TERM");
    let mut served = served;
    served.child.wait().unwrap();
    let log = std::fs::read_to_string(&served.log).unwrap();
    let mut requests = 0;
    for line in log.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        if entry["target"] == "daka_server::request" {
            requests += 1;
            let f = &entry["fields"];
            assert!(f["id"].is_string() && f["status"].is_u64() && f["ms"].is_number(), "{line}");
            let route = f["route"].as_str().unwrap();
            assert!(route == "other" || daka_server::http::routes().any(|(_, r)| r == route), "{route}");
        }
    }
    assert!(requests >= 10, "{log}");
    let punch = meta.punch.to_string();
    let journal = phone.journal.0.hex();
    let upload = url.rsplit('/').next().unwrap();
    let personal =
        [NAME, "Chan", EMPLOYEE, "22.279", "222793", "114.16", &punch, &journal, upload, &phone.token, "daka:1"];
    for secret in personal {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
