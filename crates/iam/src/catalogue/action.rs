//! Actions and the types of resource that they are for.

/// One action, as the Service Authorization Reference has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action {
    /// The service's prefix, `bedrock`.
    pub service: &'static str,
    /// The name within the service, `InvokeModel`.
    pub name: &'static str,
    /// What kind of access it gives, in AWS's judgement: `bedrock:InvokeModel` is [`Level::Read`].
    pub level: Level,
    resources: &'static str,
    keys: &'static str,
}

/// AWS's access levels, weakest first.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Sees that resources exist.
    List,
    /// Reads what is in them.
    Read,
    /// Changes their tags, which conditions may rest on.
    Tagging,
    /// Creates, changes or deletes them.
    Write,
    /// Changes who may do what.
    Permissions,
}

/// That an action is for a type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceUse {
    /// The type's name within the service; [`super::Catalogue::resource_type`] has its ARN.
    pub name: &'static str,
    /// Whether the reference marks it as required. Where an action has several required types, the request may well need only
    /// one of them: `bedrock:InvokeModel` marks twelve.
    pub required: bool,
}

/// A type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceType {
    /// The prefix of the service that lists it; the ARN may be another service's.
    pub service: &'static str,
    /// Its name, `inference-profile`.
    pub name: &'static str,
    /// Its ARN with variables, `arn:${Partition}:bedrock:${Region}:${Account}:inference-profile/${ResourceId}`.
    pub arn: &'static str,
    keys: &'static str,
}

impl Action {
    pub(super) fn of([service, name, level, resources, keys]: [&'static str; 5]) -> Option<Self> {
        let level = match level {
            "L" => Level::List,
            "R" => Level::Read,
            "W" => Level::Write,
            "T" => Level::Tagging,
            "P" => Level::Permissions,
            _ => return None,
        };
        Some(Self { service, name, level, resources, keys })
    }

    /// `service:Name`.
    pub fn full_name(&self) -> String {
        format!("{}:{}", self.service, self.name)
    }

    /// Whether the action has no resource types: a policy must then name the resource `*` to give it.
    pub fn wildcard_only(&self) -> bool {
        self.resources.is_empty()
    }

    /// The types of resource that it is for, by name.
    pub fn resources(&self) -> impl Iterator<Item = ResourceUse> + use<> {
        items(self.resources).map(|item| match item.strip_suffix('*') {
            Some(name) => ResourceUse { name, required: true },
            None => ResourceUse { name: item, required: false },
        })
    }

    /// The service's own and tag condition keys that its requests may carry, those of single resource types too, as templates:
    /// `bedrock:GuardrailIdentifier`, `aws:RequestTag/${TagKey}`. Other global keys are not listed.
    pub fn keys(&self) -> impl Iterator<Item = String> + use<> {
        full_keys(self.service, self.keys)
    }
}

impl ResourceType {
    pub(super) fn of([service, name, arn, keys]: [&'static str; 4]) -> Self {
        Self { service, name, arn, keys }
    }

    /// The condition keys that speak of the resource itself, as templates: `aws:ResourceTag/${TagKey}`.
    pub fn keys(&self) -> impl Iterator<Item = String> + use<> {
        full_keys(self.service, self.keys)
    }
}

fn items(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(',').filter(|item| !item.is_empty())
}

/// The tables leave out the prefix of a key that is the service's own.
fn full_keys(service: &'static str, keys: &'static str) -> impl Iterator<Item = String> {
    items(keys).map(move |key| if key.starts_with(':') { format!("{service}{key}") } else { key.to_owned() })
}
