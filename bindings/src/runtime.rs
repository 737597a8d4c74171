//! The core's own small runtime.
//!
//! An exported asynchronous function hands its work to this runtime and waits for it. The waiting belongs to the caller and ends
//! with it; the work belongs to the runtime and is finished. One runtime serves the whole process and is never shut down: its
//! threads sleep when there is nothing to do.
//!
//! A call on the journal blocks for one transaction, so it runs on a blocking thread; what talks to the server is asynchronous.
//! A panic in either ends that work alone and comes back as [`FailureCode::Internal`](crate::FailureCode::Internal).

use crate::failure::DakaFailure;
use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Threads for what is asynchronous.
const WORKERS: usize = 2;

/// Most threads for what blocks: a punch must find one although a slow key store signs, a check reads and an export writes.
const BLOCKING: usize = 8;

static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();

fn runtime() -> Result<&'static Runtime, DakaFailure> {
    let built = RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(BLOCKING)
            .thread_name("daka-ffi")
            .enable_all()
            .build()
            .map_err(|e| e.kind().to_string())
    });
    built.as_ref().map_err(|e| DakaFailure::internal(format!("the system gives no threads: {e}")))
}

/// What the caller waits with. Boxed, and the work with it: the runtime then has one kind of task instead of one for each exported
/// function, which is a quarter of a megabyte of the phone's library.
pub(crate) type Answer<T> = Pin<Box<dyn Future<Output = Result<T, DakaFailure>> + Send>>;

/// Runs blocking work to its end, whether or not the caller goes on waiting. Begins when it is first polled.
pub(crate) fn blocking<T, F>(work: F) -> Answer<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, DakaFailure> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let work: Box<dyn FnOnce() + Send> = Box::new(move || drop(tell.send(work())));
    Box::pin(async move {
        runtime()?.spawn_blocking(work);
        ended(told).await
    })
}

/// Runs asynchronous work to its end, whether or not the caller goes on waiting. Begins when it is first polled.
pub(crate) fn spawned<T, F>(work: F) -> Answer<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T, DakaFailure>> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move { drop(tell.send(work.await)) });
    Box::pin(async move {
        runtime()?.spawn(work);
        ended(told).await
    })
}

/// Starts asynchronous work that nobody waits for.
pub(crate) fn detached<F>(work: F) -> Result<JoinHandle<()>, DakaFailure>
where
    F: Future<Output = ()> + Send + 'static,
{
    Ok(runtime()?.spawn(work))
}

async fn ended<T>(told: oneshot::Receiver<Result<T, DakaFailure>>) -> Result<T, DakaFailure> {
    // Work that panics lets go of its sender. The panic's own text stays on this side: nobody knows what it holds.
    told.await
        .unwrap_or_else(|_| Err(DakaFailure::internal("a task of the core broke off; what was committed is kept")))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codes::FailureCode;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
        runtime().unwrap().block_on(future)
    }

    #[test]
    fn a_panic_becomes_an_internal_failure_and_the_next_call_works() {
        let broken: Result<(), _> = wait(blocking(|| panic!("a secret")));
        let Err(DakaFailure::Failed { code, detail, .. }) = broken else { unreachable!() };
        assert_eq!(code, FailureCode::Internal);
        assert!(!detail.contains("secret"));
        let broken: Result<(), _> = wait(spawned(async { panic!("a secret") }));
        assert!(matches!(broken, Err(DakaFailure::Failed { code: FailureCode::Internal, .. })));
        assert_eq!(wait(blocking(|| Ok(1))), Ok(1));
    }

    #[test]
    fn work_whose_caller_went_away_is_finished() {
        let (goes, go) = mpsc::channel::<()>();
        let (done, is_done) = mpsc::channel();
        let mut call = Box::pin(blocking(move || {
            go.recv().unwrap();
            done.send("finished").unwrap();
            Ok(())
        }));
        assert!(matches!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        drop(call);
        goes.send(()).unwrap();
        assert_eq!(is_done.recv(), Ok("finished"));
    }

    #[test]
    fn a_call_that_was_never_polled_never_starts() {
        let (done, is_done) = mpsc::channel::<()>();
        drop(blocking(move || {
            done.send(()).unwrap();
            Ok(())
        }));
        assert!(is_done.recv().is_err());
    }
}
