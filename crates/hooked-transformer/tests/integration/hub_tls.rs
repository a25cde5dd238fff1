//! Downloads over TLS, from the same server with a certificate that is made for the test.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use hooked_transformer::PretrainedOptions;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

use crate::fixtures::reference;
use crate::hub_server::{Fault, Server, Tls};

/// A root in PEM, and a server that the root vouches for as 127.0.0.1.
fn certified() -> (String, Tls) {
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = root.self_signed(&root_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(vec!["127.0.0.1".to_string()]).unwrap();
    let chain = vec![server.signed_by(&key, &Issuer::new(root, root_key)).unwrap().der().clone()];
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (pem, Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

/// Loads in another process, since which roots are trusted is read from the environment.
fn load(server: &Server, cache: &Path, roots: Option<&Path>) -> String {
    let name = "hub_tls::over_tls_a_model_comes_from_a_hub_that_is_trusted_and_from_no_other";
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([name, "--exact", "--nocapture"]).env(CHILD, "1");
    command.env("HF_ENDPOINT", server.endpoint()).env("HF_HUB_CACHE", cache);
    command.env_remove("HF_HUB_OFFLINE").env_remove("REQUESTS_CA_BUNDLE").env_remove("SSL_CERT_FILE");
    if let Some(roots) = roots {
        command.env("SSL_CERT_FILE", roots);
    }
    String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
}

const CHILD: &str = "HOOKED_TRANSFORMER_TEST_CHILD";

#[test]
fn over_tls_a_model_comes_from_a_hub_that_is_trusted_and_from_no_other() {
    if std::env::var_os(CHILD).is_some() {
        let outcome = PretrainedOptions::new().no_processing().load("tiny/llama");
        println!("outcome: {}", outcome.map_or_else(|e| e.to_string(), |model| model.cfg().model_name.clone()));
        return;
    }
    let (pem, tls) = certified();
    let dir = tempfile::tempdir().unwrap();
    let roots = dir.path().join("roots.pem");
    std::fs::write(&roots, pem).unwrap();
    let server = Server::with_tls(&reference("families/llama"), &[], tls);
    let cache = dir.path().join("cache");

    let out = load(&server, &cache, None);
    assert!(
        out.contains("could not be reached") && out.contains("certificate") && out.contains("SSL_CERT_FILE"),
        "{out}"
    );
    assert!(server.requests().is_empty(), "a request was sent to a server that no authority vouches for");

    server.set_faults(&[Fault::Unprotected]);
    let out = load(&server, &cache, Some(&roots));
    assert!(out.contains("redirects to an unprotected address"), "{out}");

    server.set_faults(&[]);
    let out = load(&server, &cache, Some(&roots));
    assert!(out.contains("outcome: LlamaForCausalLM"), "{out}");
}
