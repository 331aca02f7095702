//! moto as an account, and the AWS CLI as far as the renderings use it: `aws.py` takes the CLI's words and calls boto3, so that the
//! rendered steps are run as they are. One of it serves all tests.

use crate::tool;
use serde_json::Value;
use sightline_aws::{Aws, Emulated};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// The socket of `aws.py`, which ends with this process: it reads its standard input until then.
fn cli(python: &Path) -> &'static PathBuf {
    static CLI: OnceLock<(PathBuf, tempfile::TempDir, Child)> = OnceLock::new();
    let (socket, ..) = CLI.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("cli");
        let child = Command::new(python).arg(here("aws.py")).arg(&socket).stdin(Stdio::piped()).spawn().unwrap();
        let up = (0..300).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            UnixStream::connect(&socket).is_ok()
        });
        assert!(up, "aws.py did not start");
        (socket, folder, child)
    });
    socket
}

fn here(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(name)
}

pub(crate) struct Moto {
    server: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Moto {
    pub(crate) fn start() -> Option<Self> {
        let (server, python) = (tool("moto_server")?, tool("python")?);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new(server)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS", "false")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let aws = folder.path().join("aws");
        let (ask, socket) = (here("ask.py"), cli(&python));
        let words = [&python, &ask, socket].map(|path| format!("'{}'", path.display()));
        let [python, ask, socket] = &words;
        std::fs::write(&aws, format!("#!/bin/sh\nexec {python} -SE {ask} {socket} \"$@\"\n")).unwrap();
        assert!(Command::new("chmod").arg("+x").arg(&aws).status().unwrap().success());
        let moto = Self { server, url: format!("http://127.0.0.1:{port}"), folder };
        let up = (0..300).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(up, "moto did not start");
        Some(moto)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Runs a shell script whose `aws` is this account's.
    pub(crate) fn run(&self, script: &str) -> String {
        let Output { status, stdout, stderr } = self.shell(script);
        assert!(status.success(), "{script}\n{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    fn shell(&self, script: &str) -> Output {
        let mut shell = Command::new("sh")
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.folder.path().display()))
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "emulated")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        shell.wait_with_output().unwrap()
    }

    /// One command's answer.
    pub(crate) fn aws(&self, words: &str) -> Value {
        serde_json::from_str(&self.run(&format!("aws {words}"))).unwrap()
    }

    /// The account as Sightline sees it, some services elsewhere.
    pub(crate) fn connect(&self, access_key_id: &str, elsewhere: &[(&str, &str)]) -> Aws {
        let services: BTreeMap<String, String> =
            elsewhere.iter().map(|(name, url)| ((*name).into(), (*url).into())).collect();
        Aws::emulated(Emulated {
            endpoint: self.url.clone(),
            services,
            access_key_id: access_key_id.to_owned(),
            region: "us-east-1".to_owned(),
        })
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// ministack: the account of what moto has not, such as EKS access entries and Pod Identity.
pub(crate) struct Ministack {
    server: Child,
    url: String,
}

impl Ministack {
    pub(crate) fn start() -> Option<Self> {
        let program = tool("ministack")?;
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (port, clusters) = (free(), free());
        let server = Command::new(program)
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            .env("EKS_BASE_PORT", clusters.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let ministack = Self { server, url: format!("http://127.0.0.1:{port}") };
        let up = (0..300).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
        assert!(up, "ministack did not start");
        Some(ministack)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Ministack {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
