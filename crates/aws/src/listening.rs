//! How to listen to models: they may think for long, they may say much, and whoever keeps the account's logs should see who asked.

use crate::patience::Patience;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

/// No connection takes longer to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How a connection listens to models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listening {
    /// what the user agent of each call names beside this product, such as `sightline-probe/RUN`
    pub product: String,
    /// how long nothing may come before the answer is given up
    pub silence: Duration,
    /// how long an answer may take in all, and a call with its retries
    pub longest: Duration,
    /// bytes of an answer that are read; a larger one is given up
    pub largest: u64,
}

impl Listening {
    /// The product, in the characters that a user agent may have.
    pub(crate) fn product(&self) -> String {
        let plain = |c: &char| c.is_ascii_alphanumeric() || "-._/+".contains(*c);
        self.product.chars().filter(plain).take(100).collect()
    }

    pub(crate) fn patience(&self, before: &Patience) -> Patience {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .read_timeout(self.silence)
            .operation_timeout(self.longest)
            .build();
        Patience {
            retries: before.retries.clone(),
            object_timeouts: timeouts.clone(),
            timeouts,
            stalled: self.silence,
            largest: self.largest,
        }
    }
}
