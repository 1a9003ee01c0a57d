//! Whom `https` connections trust.

use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// Whom `https` connections trust, in a few words.
///
/// # Errors
/// Why they can't be made.
pub fn trust() -> Result<String, String> {
    trusted()?;
    let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter(|name| std::env::var_os(name).is_some());
    let named: Vec<&str> = named.collect();
    Ok(if named.is_empty() {
        "those of the system".to_owned()
    } else {
        format!("those of {}", named.join(" and "))
    })
}

/// TLS that trusts whom the system trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others), read once.
pub(super) fn trusted() -> Result<Arc<ClientConfig>, String> {
    static TRUSTED: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let config = TRUSTED.get_or_init(|| {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .and_then(rustls::ConfigBuilder::with_platform_verifier);
        let mut config = builder.map_err(|error| error.to_string())?.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    });
    config.clone()
}

/// For clients that never speak TLS: trusts nobody and costs nothing.
pub(super) fn nobody() -> Result<ClientConfig, String> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
