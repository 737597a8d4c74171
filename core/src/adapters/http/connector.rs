//! One transport per kind of trust, kept: connections and TLS sessions outlive a round of the sync.

use super::{HttpLimits, HttpTransport, Trust};
use crate::domain::ids::Hash32;
use crate::ports::{Connector, Transport, TransportError};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// [`Connector`] over [`HttpTransport`].
#[derive(Default)]
pub struct HttpConnector {
    limits: HttpLimits,
    made: Mutex<HashMap<Option<Hash32>, Arc<HttpTransport>>>,
}

impl HttpConnector {
    /// A connector whose transports keep to `limits`.
    pub fn new(limits: HttpLimits) -> Self {
        Self { limits, made: Mutex::default() }
    }
}

impl Connector for HttpConnector {
    fn connect(&self, pin: Option<Hash32>) -> Result<Arc<dyn Transport>, TransportError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let trust = || pin.map_or(Trust::Platform, Trust::Pinned);
        let transport = made.entry(pin).or_insert_with(|| Arc::new(HttpTransport::new(trust(), self.limits)));
        Ok(Arc::clone(transport) as Arc<dyn Transport>)
    }
}

impl std::fmt::Debug for HttpConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HttpConnector({:?})", self.limits)
    }
}
