//! Ctrl-C: the first asks the running stage to stop where nothing is lost, the second ends the process at once.

use tokio_util::sync::CancellationToken;

/// A token that the first Ctrl-C cancels.
pub(crate) fn token() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            return;
        }
        crate::print::note("stopping: what was read is being kept; press Ctrl-C again to stop at once");
        cancelled.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            end_now();
        }
    });
    token
}

#[expect(clippy::disallowed_methods, reason = "the user asked twice")]
fn end_now() -> ! {
    // As a shell reports a process that Ctrl-C ended: 128 + SIGINT.
    std::process::exit(130)
}
