//! The clusters that a kubeconfig names.

use super::access::Access;
use super::cluster::{Cluster, server};
use super::tls::Identity;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kube::config::{AuthInfo, ExecConfig, KubeConfigOptions, Kubeconfig};
use rustls::pki_types::CertificateDer;
use sightline_model::Arn;
use sightline_model::untrusted::shortened;
use std::path::{Path, PathBuf};

/// Why a kubeconfig cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// The file, or what it names, cannot be read.
    #[error("cannot read the kubeconfig `{}`: {reason}", path.display())]
    Unreadable {
        /// the file
        path: PathBuf,
        /// what was said
        reason: String,
    },
    /// It names no current context, and none was asked for.
    #[error("the kubeconfig `{}` has no current context: name one with `--context`", .0.display())]
    NoContext(PathBuf),
    /// A context cannot be used.
    #[error("context `{context}` of the kubeconfig cannot be used: {reason}")]
    Context {
        /// its name
        context: String,
        /// what is in the way, and what helps
        reason: String,
    },
}

/// The clusters of these contexts, or of the current one where none is named. `run_programs` lets programs that the file names run.
///
/// # Errors
/// See [`KubeconfigError`].
pub(super) async fn clusters(
    path: &Path,
    contexts: &[String],
    run_programs: bool,
) -> Result<Vec<Cluster>, KubeconfigError> {
    let unreadable = |error: &dyn std::fmt::Display| KubeconfigError::Unreadable {
        path: path.to_owned(),
        reason: shortened(&error.to_string(), 400),
    };
    let file = Kubeconfig::read_from(path).map_err(|error| unreadable(&error))?;
    let contexts = match contexts {
        [] => vec![file.current_context.clone().ok_or_else(|| KubeconfigError::NoContext(path.to_owned()))?],
        named => named.to_vec(),
    };
    let mut clusters = Vec::new();
    for context in contexts {
        let cluster = cluster(&file, &context, run_programs).await;
        clusters
            .push(cluster.map_err(|reason| KubeconfigError::Context { context: shortened(&context, 100), reason })?);
    }
    Ok(clusters)
}

async fn cluster(file: &Kubeconfig, context: &str, run_programs: bool) -> Result<Cluster, String> {
    let options = KubeConfigOptions { context: Some(context.to_owned()), ..KubeConfigOptions::default() };
    let config = kube::Config::from_custom_kubeconfig(file.clone(), &options).await;
    let config = config.map_err(|error| shortened(&error.to_string(), 400))?;
    if config.accept_invalid_certs {
        return Err("it skips the check of the server's certificate, and would show a token to anyone: \
                    set `certificate-authority` and remove `insecure-skip-tls-verify`"
            .to_owned());
    }
    let named = file.contexts.iter().find(|named| named.name == context);
    let name = named.and_then(|named| Some(named.context.as_ref()?.cluster.clone())).unwrap_or_default();
    let server = server(&config.cluster_url.to_string())?;
    let eks = name.parse::<Arn>().ok().filter(|arn| arn.service() == "eks");
    let region = eks.as_ref().map(|arn| arn.region().to_owned()).or_else(|| region_of_host(server.host_str()?));
    Ok(Cluster {
        arn: if eks.is_some() { name } else { format!("arn:aws:kubernetes:::cluster/{}", shortened(&name, 200)) },
        region,
        server,
        authority: config.root_cert.unwrap_or_default().into_iter().map(CertificateDer::from).collect(),
        server_name: config.tls_server_name,
        proxy: config.proxy_url.map(|url| url.to_string()),
        identity: identity(&config.auth_info).await?,
        access: access(&config.auth_info, run_programs)?,
    })
}

/// `ABC.gr7.eu-west-1.eks.amazonaws.com` is in `eu-west-1`.
fn region_of_host(host: &str) -> Option<String> {
    let host = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".eks.amazonaws.com")?;
    Some(host.rsplit('.').next()?.to_owned())
}

fn access(user: &AuthInfo, run_programs: bool) -> Result<Access, String> {
    if user.impersonate.is_some() || user.auth_provider.is_some() || user.username.is_some() {
        return Err(
            "it uses impersonation, a password or `auth-provider`, which are not supported: give it a token, a \
                    certificate or a program"
                .to_owned(),
        );
    }
    if let Some(token) = &user.token {
        use secrecy::ExposeSecret as _;
        return Ok(Access::Token(token.expose_secret().to_owned()));
    }
    match (&user.token_file, &user.exec) {
        (Some(path), _) => Ok(Access::TokenFile(path.into())),
        (None, Some(program)) => match eks(program) {
            Some(access) => Ok(access),
            None if run_programs => Ok(Access::Exec(Box::new(program.clone()))),
            None => Err(format!(
                "it asks the program `{}` for a token: allow that with `--kubeconfig-exec`",
                shortened(program.command.as_deref().unwrap_or_default(), 200)
            )),
        },
        (None, None) => Ok(Access::Anonymous),
    }
}

/// `aws eks get-token` for the caller's own credentials needs no program: the token is made here.
fn eks(program: &ExecConfig) -> Option<Access> {
    let command = Path::new(program.command.as_deref()?).file_name()?;
    let words: Vec<&str> = program.args.iter().flatten().map(String::as_str).collect();
    let after = |flag: &str| words.iter().skip_while(|word| **word != flag).nth(1).map(|word| (*word).to_owned());
    let is_get_token = command == "aws" && words.windows(2).any(|pair| pair == ["eks", "get-token"]);
    let foreign = words.iter().any(|word| ["--profile", "--role-arn", "--role", "--endpoint-url"].contains(word))
        || program.env.iter().flatten().next().is_some();
    if !is_get_token || foreign {
        return None;
    }
    Some(Access::Eks { region: after("--region")?, name: after("--cluster-name")? })
}

async fn identity(user: &AuthInfo) -> Result<Option<Identity>, String> {
    use secrecy::ExposeSecret as _;
    let key = user.client_key_data.as_ref().map(|key| key.expose_secret());
    let certificate =
        pem("client-certificate", user.client_certificate_data.as_deref(), user.client_certificate.as_deref());
    let key = pem("client-key", key, user.client_key.as_deref());
    match (certificate.await?, key.await?) {
        (Some(certificate), Some(key)) => Ok(Some(Identity { certificate, key })),
        (None, None) => Ok(None),
        _ => Err("it has a client certificate without a key, or a key without a certificate".to_owned()),
    }
}

async fn pem(what: &str, data: Option<&str>, path: Option<&str>) -> Result<Option<Vec<u8>>, String> {
    match (data, path) {
        (Some(data), _) => STANDARD.decode(data).map(Some).map_err(|_| format!("`{what}-data` is not base64")),
        (None, Some(path)) => {
            tokio::fs::read(path).await.map(Some).map_err(|error| format!("`{what}` `{path}`: {error}"))
        }
        (None, None) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r"
apiVersion: v1
kind: Config
current-context: proxy
clusters:
- {name: local, cluster: {server: 'http://127.0.0.1:8001'}}
- {name: 'arn:aws:eks:eu-west-1:123456789012:cluster/main', cluster: {server: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com'}}
- {name: far, cluster: {server: 'http://192.0.2.1'}}
- {name: careless, cluster: {server: 'https://192.0.2.1', insecure-skip-tls-verify: true}}
users:
- {name: none, user: {}}
- {name: token, user: {token: secret-token}}
- {name: aws, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, args: [--region, eu-west-1, eks, get-token, --cluster-name, main, --output, json]}}}
- {name: other, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: get-token, args: [x]}}}
- {name: password, user: {username: a, password: b}}
contexts:
- {name: proxy, context: {cluster: local, user: none}}
- {name: eks, context: {cluster: 'arn:aws:eks:eu-west-1:123456789012:cluster/main', user: aws}}
- {name: far, context: {cluster: far, user: none}}
- {name: careless, context: {cluster: careless, user: token}}
- {name: program, context: {cluster: local, user: other}}
- {name: password, context: {cluster: local, user: password}}
- {name: token, context: {cluster: local, user: token}}
";

    async fn read(context: &str, run_programs: bool) -> Result<Cluster, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        std::fs::write(&path, FILE).unwrap();
        let contexts: Vec<String> = Some(context.to_owned()).into_iter().filter(|name| !name.is_empty()).collect();
        let clusters = clusters(&path, &contexts, run_programs).await.map_err(|error| error.to_string())?;
        Ok(clusters.into_iter().next().unwrap())
    }

    #[tokio::test]
    async fn what_is_shown_to_whom() {
        let current = read("", false).await.unwrap();
        assert_eq!((current.arn.as_str(), current.region), ("arn:aws:kubernetes:::cluster/local", None));
        assert!(matches!(current.access, Access::Anonymous));

        let eks = read("eks", false).await.unwrap();
        assert_eq!(eks.arn, "arn:aws:eks:eu-west-1:123456789012:cluster/main");
        assert_eq!(eks.region.as_deref(), Some("eu-west-1"));
        assert!(matches!(eks.access, Access::Eks { region, name } if region == "eu-west-1" && name == "main"));

        let token = read("token", false).await.unwrap();
        assert_eq!(format!("{:?}", token.access), "Token");
        assert!(matches!(read("program", true).await.unwrap().access, Access::Exec(_)));
    }

    #[tokio::test]
    async fn what_is_refused() {
        for (context, said) in [
            ("far", "is not `https`"),
            ("careless", "insecure-skip-tls-verify"),
            ("program", "`--kubeconfig-exec`"),
            ("password", "not supported"),
            ("nowhere", "context `nowhere`"),
        ] {
            let refused = read(context, false).await.map(|_| ()).unwrap_err();
            assert!(refused.contains(said), "{context}: {refused}");
        }
    }

    #[test]
    fn regions_of_hosts() {
        assert_eq!(region_of_host("ABC.gr7.eu-west-1.eks.amazonaws.com").as_deref(), Some("eu-west-1"));
        assert_eq!(region_of_host("ABC.sk1.cn-north-1.eks.amazonaws.com.cn").as_deref(), Some("cn-north-1"));
        assert_eq!(region_of_host("kubernetes.example.com"), None);
    }
}
