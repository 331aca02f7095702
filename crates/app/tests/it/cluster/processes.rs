//! A scheduler and executors in processes of their own.

use assert_cmd::cargo::CommandCargoExt as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Ends with the value.
pub(super) struct Cluster {
    pub(super) url: String,
    scheduler: Child,
    executors: Vec<Child>,
}

impl Cluster {
    /// A scheduler and so many executors of one core, over the lakes in this folder.
    pub(super) fn start(folder: &TempDir, executors: usize) -> Self {
        let mut scheduler =
            command(folder).args(["scheduler", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(scheduler.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let mut cluster = Self { url: line.trim().to_owned(), scheduler, executors: vec![] };
        for _ in 0..executors {
            cluster.add_executor(folder);
        }
        cluster
    }

    /// One more, and waits until the scheduler has it.
    pub(super) fn add_executor(&mut self, folder: &TempDir) {
        let arguments = ["executor", "--scheduler", &self.url, "--port", "0", "--cores", "1"];
        self.executors.push(command(folder).args(arguments).spawn().unwrap());
        let wanted = format!(": {} executors", self.executors.len());
        let started = Instant::now();
        while !self.ready().contains(&wanted) {
            assert!(started.elapsed() < Duration::from_secs(60), "no executor came: {}", self.ready());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn ready(&self) -> String {
        let mut answer = String::new();
        if let Ok(mut stream) = TcpStream::connect(self.url.trim_start_matches("http://")) {
            stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
            stream.read_to_string(&mut answer).unwrap();
        }
        answer
    }

    /// Without a word to anybody.
    pub(super) fn kill_executor(&mut self, number: usize) {
        self.executors[number].kill().unwrap();
    }

    /// It holds its connections and answers nobody.
    pub(super) fn freeze_executor(&mut self, number: usize) {
        let id = self.executors[number].id().to_string();
        assert!(Command::new("kill").args(["-STOP", &id]).status().unwrap().success());
    }

    /// Asks all to end; whether they did, cleanly.
    pub(super) fn stop(&mut self) -> bool {
        let (scheduler, executors) = (&mut self.scheduler, &mut self.executors);
        executors.iter_mut().chain([scheduler]).all(ended)
    }
}

fn ended(child: &mut Child) -> bool {
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.success();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in self.executors.iter_mut().chain([&mut self.scheduler]) {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

fn command(folder: &TempDir) -> Command {
    let mut command = Command::cargo_bin("sightline").unwrap();
    command.env_clear().env("HOME", folder.path()).env("TMPDIR", folder.path()).current_dir(folder.path());
    // Copies of a lake lie side by side: the executor serves them all.
    command.arg("--lake").arg(folder.path()).arg("cluster");
    command
}
