//! TLS to a cluster: the authority that its certificate must be of, and the certificate that a kubeconfig shows it.

use super::refusal::Refusal;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// A certificate and its key, in PEM.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

/// # Errors
/// Certificates or key cannot be read.
pub(crate) fn config(
    authority: &[CertificateDer<'static>],
    identity: Option<&Identity>,
) -> Result<ClientConfig, Refusal> {
    let fault = |what: &str, error: &dyn std::fmt::Display| Refusal::failed("Tls", format!("{what}: {error}"));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| fault("no version of TLS", &error))?
        .with_root_certificates(roots(authority)?);
    let Some(identity) = identity else { return Ok(builder.with_no_client_auth()) };
    let certificates = certificates(&identity.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(&identity.key)
        .map_err(|error| fault("the key of the client's certificate cannot be read", &error))?;
    builder
        .with_client_auth_cert(certificates, key)
        .map_err(|error| fault("the client's certificate cannot be used", &error))
}

/// The certificates of a PEM text.
///
/// # Errors
/// It is no PEM.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    read.map_err(|error| Refusal::failed("Tls", format!("a certificate cannot be read: {error}")))
}

/// The cluster's own authority alone, or those of the system where it names none.
fn roots(authority: &[CertificateDer<'static>]) -> Result<RootCertStore, Refusal> {
    let mut roots = RootCertStore::empty();
    if authority.is_empty() {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    } else {
        for certificate in authority {
            roots.add(certificate.clone()).map_err(|error| {
                Refusal::failed("Tls", format!("the certificate of the cluster's authority cannot be used: {error}"))
            })?;
        }
    }
    Ok(roots)
}
