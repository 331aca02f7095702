//! The forms of parameters: what is let in. Every form is a subset of letters, digits and `_+=,.@:/-`.

use crate::error::OnboardError;
use sightline_model::Arn;

/// One form.
pub(crate) struct Form {
    name: &'static str,
    expected: &'static str,
    length: std::ops::RangeInclusive<usize>,
    fits: fn(&str) -> bool,
}

pub(crate) const ACCOUNT: Form = Form {
    name: "account-id",
    expected: "twelve digits",
    length: 12..=12,
    fits: |text| all(text, |c| c.is_ascii_digit()),
};

pub(crate) const PARTITION: Form = Form {
    name: "partition",
    expected: "`aws`, `aws-cn`, `aws-us-gov` or another of AWS's partitions",
    length: 3..=20,
    fits: |text| (text == "aws" || text.starts_with("aws-")) && all(text, lower_or("-")),
};

pub(crate) const REGION: Form = Form {
    name: "region",
    expected: "a region's name such as `eu-west-1`",
    length: 6..=25,
    fits: |text| {
        let mut parts = text.rsplit('-');
        parts.next().is_some_and(|number| (1..=2).contains(&number.len()) && all(number, |c| c.is_ascii_digit()))
            && parts.clone().count() >= 2
            && parts.all(|word| word.len() >= 2 && all(word, |c| c.is_ascii_lowercase()))
    },
};

/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>.
pub(crate) const BUCKET: Form = Form {
    name: "bucket",
    expected: "3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends, and no address",
    length: 3..=63,
    fits: |text| {
        all(text, lower_digit_or(".-"))
            && framed(text)
            && !text.contains("..")
            && !text.contains(".-")
            && !text.contains("-.")
            && text.parse::<std::net::Ipv4Addr>().is_err()
    },
};

pub(crate) const PREFIX: Form = Form {
    name: "prefix",
    expected: "at most 200 letters, digits and `_./-`, not beginning with `/`, without `//` and `..`",
    length: 1..=200,
    fits: |text| all(text, word_or("./-")) && !text.starts_with('/') && !text.contains("//") && !text.contains(".."),
};

/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html>.
pub(crate) const TRAIL: Form = Form {
    name: "trail",
    expected: "3 to 128 letters, digits and `._-`, a letter or digit at both ends, no two of `._-` side by side",
    length: 3..=128,
    fits: |text| {
        let doubled = text.as_bytes().windows(2).any(|pair| pair.iter().all(|b| !b.is_ascii_alphanumeric()));
        all(text, word_or(".-")) && framed(text) && !doubled
    },
};

/// 40 characters, so that the names of its policies, which begin with it, stay within theirs.
pub(crate) const ROLE: Form = Form {
    name: "role",
    expected: "1 to 40 letters, digits and `_+=,.@-`",
    length: 1..=40,
    fits: |text| all(text, word_or("+=,.@-")),
};

pub(crate) const ORGANIZATION: Form = Form {
    name: "organization-id",
    expected: "`o-` and 10 to 32 lower-case letters and digits",
    length: 12..=34,
    fits: |text| text.strip_prefix("o-").is_some_and(|id| all(id, lower_digit_or(""))),
};

pub(crate) const PRINCIPAL: Form = Form {
    name: "principal",
    expected: "an account's twelve digits, or the ARN of one role or user",
    length: 20..=600,
    fits: |text| {
        arn(text, "iam").is_some_and(|arn| {
            let resource = arn.resource();
            arn.region().is_empty()
                && (resource == "root" || resource.starts_with("role/") || resource.starts_with("user/"))
                && all(resource, word_or("+=,.@/-"))
        })
    },
};

/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>. AWS lets two characters pass; eight is the least
/// that is worth asking for.
pub(crate) const EXTERNAL_ID: Form = Form {
    name: "scanner-external-id",
    expected: "8 to 1224 letters, digits and `_+=,.@:/-`",
    length: 8..=1224,
    fits: |text| all(text, word_or("+=,.@:/-")),
};

pub(crate) const KMS_KEY: Form = Form {
    name: "kms-key-arn",
    expected: "the ARN of a key (`arn:aws:kms:<region>:<account>:key/…`), not of an alias",
    length: 20..=200,
    fits: |text| {
        arn(text, "kms").is_some_and(|arn| {
            let id = arn.resource().strip_prefix("key/").unwrap_or_default();
            REGION.fits(arn.region()) && !id.is_empty() && all(id, |c| c.is_ascii_alphanumeric() || c == '-')
        })
    },
};

pub(crate) const VPC: Form = Form {
    name: "vpc-id",
    expected: "`vpc-` and 8 to 17 hexadecimal digits, a region and `/` before it where it is not in the first region",
    length: 12..=21,
    fits: |text| {
        text.strip_prefix("vpc-").is_some_and(|id| all(id, |c| c.is_ascii_hexdigit() && !c.is_ascii_uppercase()))
    },
};

/// What may be invoked: a model of Bedrock in any of its forms, what is made of models, or an endpoint of SageMaker.
pub(crate) const MODEL: Form = Form {
    name: "model",
    expected: "the ARN of a Bedrock model, inference profile, prompt router, deployment, agent alias, flow alias, knowledge base or guardrail, or of a SageMaker endpoint",
    length: 20..=2048,
    fits: |text| {
        const BEDROCK: [&str; 12] = [
            "foundation-model/",
            "inference-profile/",
            "application-inference-profile/",
            "provisioned-model/",
            "custom-model-deployment/",
            "custom-model/",
            "imported-model/",
            "default-prompt-router/",
            "prompt-router/",
            "agent-alias/",
            "knowledge-base/",
            "guardrail/",
        ];
        /// An agent or a flow is called by an alias.
        const FLOW: &str = "flow/";
        const ALIAS: &str = "/alias/";
        text.parse::<Arn>().is_ok_and(|arn| {
            let is_foundation = arn.resource().starts_with("foundation-model/");
            let begins = |kind: &str| arn.resource().len() > kind.len() && arn.resource().starts_with(kind);
            let known = match arn.service() {
                "bedrock" => BEDROCK.into_iter().any(begins) || (begins(FLOW) && arn.resource().contains(ALIAS)),
                "sagemaker" => begins("endpoint/"),
                _ => false,
            };
            known
                && PARTITION.fits(arn.partition())
                && (REGION.fits(arn.region()) || (is_foundation && arn.region().is_empty()))
                && (ACCOUNT.fits(arn.account_id()) || (is_foundation && arn.account_id().is_empty()))
                && all(arn.resource(), word_or(".:/-"))
        })
    },
};

pub(crate) const GUARDRAIL: Form = Form {
    name: "guardrail",
    expected: "the ARN of a guardrail, `:` and a version behind it if only that one counts",
    length: 20..=200,
    fits: |text| {
        arn(text, "bedrock").is_some_and(|arn| {
            let id = arn.resource().strip_prefix("guardrail/").unwrap_or_default();
            REGION.fits(arn.region()) && !id.is_empty() && all(id, |c| c.is_ascii_alphanumeric() || c == ':')
        })
    },
};

/// Source: <https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html>.
pub(crate) const CLUSTER: Form = Form {
    name: "cluster",
    expected: "an EKS cluster's name, its region and `/` before it where it is not in the first region",
    length: 1..=100,
    fits: |text| all(text, word_or("-")) && text.starts_with(|c: char| c.is_ascii_alphanumeric()),
};

pub(crate) const CIDR: Form = Form {
    name: "scanner-cidr",
    expected: "an address range such as `203.0.113.7/32`, not all addresses",
    length: 3..=43,
    fits: |text| {
        text.split_once('/').is_some_and(|(address, length)| {
            let bits = match address.parse::<std::net::IpAddr>() {
                Ok(std::net::IpAddr::V4(_)) => 32,
                Ok(std::net::IpAddr::V6(_)) => 128,
                Err(_) => return false,
            };
            all(length, |c| c.is_ascii_digit()) && length.parse::<u8>().is_ok_and(|length| (1..=bits).contains(&length))
        })
    },
};

/// Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/names/>.
pub(crate) const NAMESPACE: Form = Form {
    name: "namespace",
    expected: "1 to 63 lower-case letters, digits and hyphens, a letter or digit at both ends",
    length: 1..=63,
    fits: |text| all(text, lower_digit_or("-")) && framed(text),
};

pub(crate) const SERVICE_ACCOUNT: Form = Form {
    name: "service-account",
    expected: "1 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends",
    length: 1..=63,
    fits: |text| all(text, lower_digit_or(".-")) && framed(text),
};

pub(crate) const OIDC_PROVIDER: Form = Form {
    name: "oidc-provider",
    expected: "the issuer of the cluster's tokens without `https://`, such as `oidc.eks.eu-west-1.amazonaws.com/id/0123…`",
    length: 8..=255,
    fits: |text| all(text, word_or("./-")) && framed(text) && text.contains('.') && !text.contains(".."),
};

/// Source: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html>.
pub(crate) const ORGANIZATIONAL_UNIT: Form = Form {
    name: "organizational-unit",
    expected: "`ou-…-…`, or the root, `r-…`",
    length: 6..=68,
    fits: |text| (text.starts_with("ou-") || text.starts_with("r-")) && all(text, lower_digit_or("-")) && framed(text),
};

pub(crate) const ACTION: Form = Form {
    name: "action",
    expected: "one IAM action such as `bedrock:ListGuardrails`, without wildcards",
    length: 5..=128,
    fits: |text| {
        text.split_once(':').is_some_and(|(service, name)| {
            !service.is_empty()
                && !name.is_empty()
                && all(service, lower_digit_or("-"))
                && all(name, |c| c.is_ascii_alphanumeric())
        })
    },
};

impl Form {
    pub(crate) fn fits(&self, text: &str) -> bool {
        self.length.contains(&text.len()) && (self.fits)(text)
    }

    pub(crate) fn check(&self, text: String) -> Result<String, OnboardError> {
        if self.fits(&text) { Ok(text) } else { Err(OnboardError::parameter(self.name, &text, self.expected)) }
    }

    pub(crate) fn check_optional(&self, text: Option<String>) -> Result<Option<String>, OnboardError> {
        text.map(|text| self.check(text)).transpose()
    }

    /// Checks all, in their order, and drops what was given twice.
    pub(crate) fn check_all(&self, texts: impl IntoIterator<Item = String>) -> Result<Vec<String>, OnboardError> {
        let mut checked: Vec<String> = Vec::new();
        for text in texts {
            let text = self.check(text)?;
            if !checked.contains(&text) {
                checked.push(text);
            }
        }
        Ok(checked)
    }
}

fn all(text: &str, fits: impl Fn(char) -> bool) -> bool {
    text.chars().all(fits)
}

fn lower_or(more: &str) -> impl Fn(char) -> bool + '_ {
    move |c| c.is_ascii_lowercase() || more.contains(c)
}

fn lower_digit_or(more: &str) -> impl Fn(char) -> bool + '_ {
    move |c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c)
}

fn word_or(more: &str) -> impl Fn(char) -> bool + '_ {
    move |c| c.is_ascii_alphanumeric() || c == '_' || more.contains(c)
}

/// A letter or digit at both ends.
fn framed(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// An ARN of this service in an account.
fn arn(text: &str, service: &str) -> Option<Arn> {
    let arn: Arn = text.parse().ok()?;
    (arn.service() == service && ACCOUNT.fits(arn.account_id()) && PARTITION.fits(arn.partition())).then_some(arn)
}
