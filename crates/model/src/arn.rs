//! Amazon Resource Names: `arn:partition:service:region:account-id:resource`.
//!
//! Format: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.

use std::fmt;
use std::str::FromStr;

/// A parsed ARN. The text is kept as it came; the parts are views into it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    text: String,
    /// Byte offsets of the five colons that separate the six parts.
    colons: [usize; 5],
}

/// Why a text is not an ARN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// The text does not begin with `arn:`.
    #[error("`{0}` does not begin with `arn:`")]
    Prefix(String),
    /// Fewer than six parts separated by colons.
    #[error("`{0}` has fewer than six parts separated by colons")]
    Parts(String),
}

impl Arn {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub fn partition(&self) -> &str {
        self.part(0)
    }

    /// The service's namespace, such as `bedrock`.
    pub fn service(&self) -> &str {
        self.part(1)
    }

    /// The region; empty for global resources.
    pub fn region(&self) -> &str {
        self.part(2)
    }

    /// The account's twelve digits; empty for resources that AWS owns, such as foundation models.
    pub fn account_id(&self) -> &str {
        self.part(3)
    }

    /// Everything behind the fifth colon, such as `role/path/name`.
    pub fn resource(&self) -> &str {
        self.part(4)
    }

    /// The resource's type: what stands before the first `/` or `:` of [`Arn::resource`], or nothing.
    pub fn resource_type(&self) -> &str {
        self.resource().split_once(['/', ':']).map_or("", |(kind, _)| kind)
    }

    /// The last segment of the resource: the name that people know it by.
    pub fn name(&self) -> &str {
        let resource = self.resource();
        resource.rsplit(['/', ':']).next().unwrap_or(resource)
    }

    /// The ARN as it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn part(&self, index: usize) -> &str {
        let start = self.colons.get(index).map_or(0, |colon| colon + 1);
        let end = self.colons.get(index + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || crate::untrusted::shortened(text, 200);
        if !text.starts_with("arn:") {
            return Err(ArnError::Prefix(shown()));
        }
        let mut found = text.match_indices(':').map(|(offset, _)| offset);
        let colons: [Option<usize>; 5] = std::array::from_fn(|_| found.next());
        match colons {
            [Some(a), Some(b), Some(c), Some(d), Some(e)] => {
                Ok(Self { text: text.to_owned(), colons: [a, b, c, d, e] })
            }
            _ => Err(ArnError::Parts(shown())),
        }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_role() {
        let arn: Arn = "arn:aws:iam::123456789012:role/service-role/Invoker".parse().unwrap();
        assert_eq!(
            (arn.partition(), arn.service(), arn.region(), arn.account_id(), arn.resource()),
            ("aws", "iam", "", "123456789012", "role/service-role/Invoker")
        );
        assert_eq!((arn.resource_type(), arn.name()), ("role", "Invoker"));
    }

    #[test]
    fn a_resource_may_hold_colons() {
        let arn: Arn = "arn:aws:lambda:eu-west-1:123456789012:function:f:1".parse().unwrap();
        assert_eq!((arn.resource(), arn.resource_type(), arn.name()), ("function:f:1", "function", "1"));
    }

    #[test]
    fn what_is_no_arn_is_refused() {
        assert!("i-0abc".parse::<Arn>().is_err());
        assert!("arn:aws:iam".parse::<Arn>().is_err());
    }
}
