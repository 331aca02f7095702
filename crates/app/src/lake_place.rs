//! From what `--lake` says to a lake's place: a folder, or a bucket that is reached with the credentials of the default AWS chain.

use crate::world;
use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use sightline_aws::{Aws, Connect, Keys};
use sightline_lake::{Lake, Lent, Place, S3Access};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The folder of what an S3 lake keeps on this machine.
const STATE: &str = ".sightline/state";

/// Names another one.
const STATE_VARIABLE: &str = "SIGHTLINE_STATE_FOLDER";

/// Names `path` or `virtual`, where the endpoint alone does not tell how buckets are addressed.
const STYLE_VARIABLE: &str = "SIGHTLINE_S3_ADDRESSING";

/// Keys that do not say when they run out are asked for again after this time: a file of them may have changed.
const ASK_AGAIN: Duration = Duration::from_secs(300);

/// So long before their end keys are asked for anew.
const BEFORE_THEIR_END: Duration = Duration::from_secs(300);

/// Whether this is the address of a bucket.
pub(crate) fn is_bucket(lake: &Path) -> bool {
    lake.to_str().is_some_and(|text| text.starts_with("s3://"))
}

/// The lake at this folder or address.
///
/// # Errors
/// There is none, or it cannot be read.
pub(crate) async fn open(lake: &Path) -> anyhow::Result<Lake> {
    if is_bucket(lake) { Ok(Lake::open_at(place(lake).await?).await?) } else { Ok(Lake::open(lake).await?) }
}

/// The same; where there is none, one is made.
///
/// # Errors
/// It cannot be made, read or written.
pub(crate) async fn create(lake: &Path) -> anyhow::Result<Lake> {
    if is_bucket(lake) { Ok(Lake::create_at(place(lake).await?).await?) } else { Ok(Lake::create(lake).await?) }
}

/// The place of a lake. Of a folder it must exist; of a bucket no call is made.
///
/// # Errors
/// It is no place for a lake.
pub(crate) async fn place(lake: &Path) -> anyhow::Result<Place> {
    if !is_bucket(lake) {
        return Ok(Place::folder(lake)?);
    }
    let address = lake.to_str().context("the lake's address is not UTF-8")?;
    let aws = Aws::connect(Connect::default()).await?;
    Ok(Place::bucket(address, &access(aws), &state_of(lake))?)
}

/// Where the state of this lake is kept: beside a folder's lake, and on this machine for one in a bucket.
pub(crate) fn state_folder(lake: &Path) -> PathBuf {
    if is_bucket(lake) { state_of(lake) } else { lake.parent().map(Path::to_owned).unwrap_or_default() }
}

/// A folder of its own for each address.
fn state_of(lake: &Path) -> PathBuf {
    if let Some(folder) = world::variable(STATE_VARIABLE) {
        return PathBuf::from(folder);
    }
    let address = lake.to_string_lossy();
    let address = address.trim_end_matches('/');
    let bucket = address.trim_start_matches("s3://").split('/').next().unwrap_or_default();
    let hash: String = Sha256::digest(address).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    PathBuf::from(STATE).join(format!("{bucket}-{hash}"))
}

fn access(aws: Aws) -> S3Access {
    let endpoint = aws.s3_endpoint();
    let path_style = match world::variable(STYLE_VARIABLE).as_deref() {
        Some("path") => true,
        Some("virtual") => false,
        // AWS takes the bucket in the host's name, most others in the path.
        _ => endpoint.is_some(),
    };
    let region = aws.default_region().to_owned();
    let lender = Arc::new(move || {
        let aws = aws.clone();
        let keys = async move { aws.keys().await.map(lent).map_err(|error| error.to_string()) };
        Box::pin(keys) as _
    });
    S3Access { lender, region, endpoint, path_style }
}

fn lent(keys: Keys) -> Lent {
    let now = SystemTime::from(world::now());
    let valid = keys.expires_at.map_or(ASK_AGAIN, |end| {
        end.duration_since(now).unwrap_or_default().saturating_sub(BEFORE_THEIR_END).max(Duration::from_secs(1))
    });
    let Keys { access_key_id, secret_access_key, session_token, .. } = keys;
    Lent { key_id: access_key_id, secret_key: secret_access_key, token: session_token, valid }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_own_state() {
        let of = |text: &str| state_of(Path::new(text));
        assert_ne!(of("s3://lake/a"), of("s3://lake/b"));
        assert_eq!(of("s3://lake/a"), of("s3://lake/a/"));
        assert!(of("s3://lake/a").starts_with(".sightline/state"));
        assert_eq!(state_folder(Path::new("here/lake")), Path::new("here"));
        assert!(is_bucket(Path::new("s3://lake")) && !is_bucket(Path::new("s3/lake")));
    }

    #[test]
    fn keys_are_asked_for_before_their_end() {
        let keys = |expires_at| Keys {
            access_key_id: "a".to_owned(),
            secret_access_key: "b".to_owned(),
            session_token: None,
            expires_at,
        };
        let now = SystemTime::from(world::now());
        assert_eq!(lent(keys(None)).valid, ASK_AGAIN);
        let hour = lent(keys(Some(now + Duration::from_secs(3600)))).valid.as_secs();
        assert!((3200..=3300).contains(&hour), "{hour}");
        assert_eq!(lent(keys(Some(now))).valid.as_secs(), 1);
    }
}
