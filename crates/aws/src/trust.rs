//! Whom this machine trusts: the authorities whose certificates its system has, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use std::sync::LazyLock;

/// Whether there is a certificate of any authority. Small images have none. They are looked for once: that reads some hundred files.
pub(crate) fn anybody() -> bool {
    static KNOWN: LazyLock<bool> = LazyLock::new(|| !rustls_native_certs::load_native_certs().certs.is_empty());
    *KNOWN
}

/// What connections trust. The library asserts that there is somebody where it is told to ask the system; plain HTTP needs nobody.
pub(crate) fn context() -> TlsContext {
    TlsContext::builder()
        .with_trust_store(TrustStore::default().with_native_roots(anybody()))
        .build()
        .unwrap_or_default()
}
