//! A server that answers by a script: one answer for each request, byte for byte, whatever was asked.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What happens to one request.
#[derive(Clone)]
pub(crate) struct Then {
    answer: Vec<u8>,
    after: After,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Keep,
    Close,
    Hang,
    Unasked,
}

impl Then {
    /// Answers and keeps the connection.
    pub(crate) fn keep(answer: &str) -> Self {
        Self { answer: answer.into(), after: After::Keep }
    }

    /// Answers and closes the connection.
    pub(crate) fn close(answer: &str) -> Self {
        Self { answer: answer.into(), after: After::Close }
    }

    /// Speaks before anything was asked, and closes the connection.
    pub(crate) fn unasked(answer: &str) -> Self {
        Self { answer: answer.into(), after: After::Unasked }
    }

    /// Begins to answer and says nothing more.
    pub(crate) fn hang(answer: &str) -> Self {
        Self { answer: answer.into(), after: After::Hang }
    }
}

#[derive(Default)]
struct State {
    seen: Mutex<Vec<String>>,
    connections: AtomicUsize,
    over: AtomicBool,
}

/// A listener on a free port of this machine, gone when it is dropped or its script is at an end and empty from the start.
pub(crate) struct Listener {
    address: SocketAddr,
    state: Arc<State>,
    worker: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens and answers in the clear. With no script at all nobody listens any more.
    pub(crate) fn start(script: impl IntoIterator<Item = Then>) -> Self {
        Self::listen(script.into_iter().collect(), None)
    }

    /// Listens and answers over TLS.
    pub(crate) fn secure(script: impl IntoIterator<Item = Then>, tls: Arc<ServerConfig>) -> Self {
        Self::listen(script.into_iter().collect(), Some(tls))
    }

    fn listen(script: Vec<Then>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let worker = (!script.is_empty()).then(|| {
            std::thread::spawn(move || {
                let mut script = script.into_iter().peekable();
                for stream in listener.incoming() {
                    if shared.over.load(Ordering::SeqCst) {
                        return;
                    }
                    shared.connections.fetch_add(1, Ordering::SeqCst);
                    let mut stream = stream.unwrap();
                    if let Some(then) = script.next_if(|t| t.after == After::Unasked) {
                        let _ = stream.write_all(&then.answer);
                        continue;
                    }
                    match &tls {
                        None => serve(stream, &mut script, &shared),
                        Some(tls) => {
                            let session = ServerConnection::new(Arc::clone(tls)).unwrap();
                            serve(StreamOwned::new(session, stream), &mut script, &shared);
                        }
                    }
                }
            })
        });
        Self { address, state, worker }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// By name, since a certificate names hosts.
    pub(crate) fn secure_url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.address.port())
    }

    /// The requests that came, whole.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.state.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.state.over.store(true, Ordering::SeqCst);
        // Wakes the listener; it may be reading from a client that is still there, so it is not waited for.
        let _ = TcpStream::connect(self.address);
        drop(self.worker.take());
    }
}

/// Reads requests and answers them, until the connection or the script ends. A handshake that fails is no request.
fn serve<S: Read + Write>(mut stream: S, script: &mut impl Iterator<Item = Then>, state: &State) {
    while let Some(request) = read_request(&mut stream) {
        let Some(then) = script.next() else { return };
        state.seen.lock().unwrap().push(request);
        if stream.write_all(&then.answer).and_then(|()| stream.flush()).is_err() || then.after == After::Close {
            return;
        }
        if then.after == After::Hang {
            // Until the other side gives up.
            let _ = stream.read(&mut [0; 1]);
            return;
        }
    }
}

/// A head and as much body as it says.
fn read_request(stream: &mut impl Read) -> Option<String> {
    let (mut got, mut byte) = (Vec::new(), [0; 1]);
    while !got.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        got.push(byte[0]);
    }
    let head = String::from_utf8(got).unwrap();
    let length = head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(head + &String::from_utf8(body).unwrap())
}
