//! Ctrl-C, and SIGTERM: the first asks the running stage to stop where nothing is lost, the second ends the process at once.

use tokio_util::sync::CancellationToken;

/// A token that the first Ctrl-C or SIGTERM cancels.
pub(crate) fn token() -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        if !asked().await {
            return;
        }
        crate::print::note("stopping: what was read is being kept; press Ctrl-C again to stop at once");
        cancelled.cancel();
        if asked().await {
            end_now();
        }
    });
    token
}

/// Waits for either; whether one came, and not that none can be waited for.
#[cfg(unix)]
async fn asked() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return tokio::signal::ctrl_c().await.is_ok() };
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.is_ok(),
        came = terminated.recv() => came.is_some(),
    }
}

#[cfg(not(unix))]
async fn asked() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}

#[expect(clippy::disallowed_methods, reason = "the user asked twice")]
fn end_now() -> ! {
    // As a shell reports a process that Ctrl-C ended: 128 + SIGINT.
    std::process::exit(130)
}
