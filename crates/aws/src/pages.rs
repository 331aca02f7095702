//! Answers page by page.

use crate::aws::Aws;
use crate::error::{About, CallError};
use crate::kind::CallErrorKind;
use crate::models;
use futures::Stream;
use futures::stream::try_unfold;
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// No list that people keep in an account has more pages; a service that never ends does.
const MAX_PAGES: usize = 20_000;

impl Aws {
    /// The pages of an operation, each as [`Aws::call`] gives it; nothing is merged. An operation that does not page has one. The
    /// stream ends with the last page or with the first error. An answer that hands out a token that led to it is an error:
    /// following it would never end, and stopping would hide what is missing.
    pub fn pages(
        &self,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> impl Stream<Item = Result<Value, CallError>> + Send + 'static {
        let walk = Walk {
            aws: self.clone(),
            region: region.to_owned(),
            service: service.to_owned(),
            operation: operation.to_owned(),
        };
        let start = Some(Step { input, token: None, page: 1, seen: HashSet::new() });
        try_unfold((walk, start), |(walk, step)| async move {
            let Some(step) = step else { return Ok(None) };
            let (page, next) = walk.page(step).await?;
            Ok(Some((page, (walk, next))))
        })
    }
}

struct Walk {
    aws: Aws,
    region: String,
    service: String,
    operation: String,
}

struct Step {
    input: Value,
    token: Option<Map<String, Value>>,
    page: usize,
    /// hashes of the tokens that led here
    seen: HashSet<u64>,
}

impl Walk {
    async fn page(&self, step: Step) -> Result<(Value, Option<Step>), CallError> {
        let Step { mut input, token, page, mut seen } = step;
        if let (Some(object), Some(token)) = (input.as_object_mut(), &token) {
            object.extend(token.clone());
        }
        let answer = self.aws.call(&self.region, &self.service, &self.operation, input.clone()).await?;
        let model = models::model(&self.service).ok().and_then(|service| service.operation(&self.operation));
        let next = model.and_then(|operation| operation.paginator()).and_then(|paginator| paginator.next(&answer));
        if next.as_ref().is_some_and(|next| !seen.insert(hash(next))) {
            return Err(self.endless("the answer hands out a page token that led to it"));
        }
        if next.is_some() && page >= MAX_PAGES {
            return Err(self.endless(&format!("more than {MAX_PAGES} pages")));
        }
        Ok((answer, next.map(|token| Step { input, token: Some(token), page: page + 1, seen })))
    }

    fn endless(&self, why: &str) -> CallError {
        let about = About { service: &self.service, operation: &self.operation, region: &self.region };
        about.error(CallErrorKind::Unreadable, "EndlessPages", why)
    }
}

fn hash(token: &Map<String, Value>) -> u64 {
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    hasher.finish()
}
