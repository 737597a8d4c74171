//! The real programs: the employer's server, and the terminal client in place of the phone.

use crate::{Outcome, Stop, at, stop};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The zone of the people in the story, as POSIX writes UTC+8: it needs no zone files.
const ZONE: &str = "HKT-8";

/// The employer's server and its folder.
pub(crate) struct Server {
    program: PathBuf,
    data: PathBuf,
    log: PathBuf,
    running: Option<Child>,
    /// The address it got at its first start, and keeps.
    address: Option<SocketAddr>,
}

impl Server {
    /// A server that does not run yet, over a folder that is not there yet.
    pub(crate) fn new(program: &Path, data: &Path) -> Self {
        let log = data.with_extension("log");
        Self { program: program.to_owned(), data: data.to_owned(), log, running: None, address: None }
    }

    /// An administrator's command; gives its JSON.
    pub(crate) fn admin(&self, arguments: &[&str]) -> Outcome<Value> {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--json").arg("--data").arg(&self.data);
        let run = at("daka-server does not start", command.stdin(Stdio::null()).output())?;
        if !run.status.success() {
            return stop(format!(
                "daka-server {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&run.stderr).trim()
            ));
        }
        json("daka-server", &run.stdout)
    }

    /// Starts it and waits until it listens; gives its URL.
    pub(crate) fn start(&mut self) -> Outcome<String> {
        let log = at("the server's log file", File::options().create(true).append(true).open(&self.log))?;
        let address = self.address.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 0)));
        let mut command = Command::new(&self.program);
        command.arg("serve").arg("--data").arg(&self.data).arg("--listen").arg(address.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).env_remove("DAKA_LOG");
        let child = at("daka-server does not start", command.spawn())?;
        // From here on it is stopped however this ends.
        let child = self.running.insert(child);
        let said = child.stdout.take().and_then(|out| BufReader::new(out).lines().next());
        let Some(Ok(line)) = said else {
            return stop(format!("daka-server did not say where it listens; see {}", self.log.display()));
        };
        let Some(url) = line.strip_prefix("listening on ") else { return stop(format!("daka-server said: {line}")) };
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        self.address = Some(host.parse().map_err(|_| Stop(format!("daka-server listens at {url}")))?);
        Ok(url.to_owned())
    }

    /// Kills it, as a power cut would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// The photo of that digest as the server keeps it.
    pub(crate) fn photo(&self, digest: &str) -> Outcome<Vec<u8>> {
        let mut folders = vec![self.data.join("photos")];
        while let Some(folder) = folders.pop() {
            for entry in at("the server's photos", std::fs::read_dir(&folder))? {
                let path = at("the server's photos", entry)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.file_stem().is_some_and(|name| name == digest) {
                    return at(path.display(), std::fs::read(&path));
                }
            }
        }
        stop("the server does not have the photo")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The phone, in a terminal.
pub(crate) struct Terminal {
    program: PathBuf,
    home: PathBuf,
}

impl Terminal {
    /// A phone that is not enrolled.
    pub(crate) fn new(program: &Path, home: &Path) -> Self {
        Self { program: program.to_owned(), home: home.to_owned() }
    }

    /// Runs a command; gives its exit code and its JSON.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome<(i32, Value)> {
        let mut command = Command::new(&self.program);
        command.args(arguments).arg("--json").arg("--home").arg(&self.home);
        command.env("TZ", ZONE).env_remove("DAKA_HOME").env_remove("DAKA_LOG").stdin(Stdio::null());
        let run = at("daka does not start", command.output())?;
        let Some(code) = run.status.code() else { return stop(format!("daka {} was killed", arguments.join(" "))) };
        Ok((code, json("daka", &run.stdout)?))
    }

    /// Runs a command that has to do what it is asked; gives its JSON.
    pub(crate) fn does(&self, arguments: &[&str]) -> Outcome<Value> {
        match self.run(arguments)? {
            (0, value) => Ok(value),
            (code, value) => {
                let why = value["error"]["message"].as_str().map_or_else(|| value.to_string(), str::to_owned);
                stop(format!("daka {} ended with {code}: {why}", arguments.first().unwrap_or(&"")))
            }
        }
    }

    /// The folder that stands for the phone.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }
}

fn json(program: &str, bytes: &[u8]) -> Outcome<Value> {
    serde_json::from_slice(bytes).map_err(|e| Stop(format!("{program} did not answer in JSON: {e}")))
}
