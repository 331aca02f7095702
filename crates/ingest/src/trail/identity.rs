//! Who made a call: `userIdentity`, in all its types.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html>.

use super::cursor::{Cursor, Step};
use super::text::Span;
use std::borrow::Cow;

/// What is kept of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Identity {
    pub(crate) kind: Span,
    pub(crate) arn: Span,
    pub(crate) account_id: Span,
    pub(crate) principal_id: Span,
    pub(crate) access_key_id: Span,
    pub(crate) invoked_by: Span,
    pub(crate) issued_to: Span,
    pub(crate) session: Session,
    user_name: Span,
    on_behalf_of: Span,
}

/// What is kept of `sessionContext`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Session {
    pub(crate) role_delivery: Span,
    issuer: Issuer,
}

#[derive(Debug, Clone, Copy, Default)]
struct Issuer {
    arn: Span,
    user_name: Span,
}

impl Identity {
    /// Passes over the identity.
    pub(crate) fn passed(cursor: &mut Cursor<'_>) -> Step<Self> {
        let mut identity = Self::default();
        cursor.object(|cursor, name| {
            match &*name.of(cursor.record()).whole() {
                "type" => identity.kind = cursor.text()?,
                "arn" => identity.arn = cursor.text()?,
                "accountId" => identity.account_id = cursor.text()?,
                "principalId" => identity.principal_id = cursor.text()?,
                "accessKeyId" => identity.access_key_id = cursor.text()?,
                "invokedBy" => identity.invoked_by = cursor.text()?,
                "userName" => identity.user_name = cursor.text()?,
                "inScopeOf" => identity.issued_to = cursor.only("credentialsIssuedTo")?,
                "sessionContext" => identity.session = Session::passed(cursor)?,
                "onBehalfOf" => identity.on_behalf_of = cursor.only("userId")?,
                _ => cursor.skip()?,
            }
            Some(())
        })?;
        Some(identity)
    }

    /// The role behind a session.
    pub(crate) fn issuer_arn(&self) -> Span {
        self.session.issuer.arn
    }

    /// In this order: the user itself, the role behind the session, the person of IAM Identity Center.
    pub(crate) fn user_name<'r>(&self, record: &'r str) -> Cow<'r, str> {
        let names = [self.user_name, self.session.issuer.user_name, self.on_behalf_of];
        names.into_iter().map(|name| name.of(record).kept()).find(|name| !name.is_empty()).unwrap_or_default()
    }
}

impl Session {
    fn passed(cursor: &mut Cursor<'_>) -> Step<Self> {
        let mut session = Self::default();
        cursor.object(|cursor, name| {
            match &*name.of(cursor.record()).whole() {
                "ec2RoleDelivery" => session.role_delivery = cursor.text()?,
                "sessionIssuer" => session.issuer = Issuer::passed(cursor)?,
                _ => cursor.skip()?,
            }
            Some(())
        })?;
        Some(session)
    }
}

impl Issuer {
    fn passed(cursor: &mut Cursor<'_>) -> Step<Self> {
        let mut issuer = Self::default();
        cursor.object(|cursor, name| {
            match &*name.of(cursor.record()).whole() {
                "arn" => issuer.arn = cursor.text()?,
                "userName" => issuer.user_name = cursor.text()?,
                _ => cursor.skip()?,
            }
            Some(())
        })?;
        Some(issuer)
    }
}

/// The session's name: behind the role's name in `assumed-role/<role>/<session>`, or behind the colon of the principal id.
pub(crate) fn session_name<'t>(arn: &'t str, principal_id: &'t str, kind: &str) -> &'t str {
    let resource = memchr::memchr_iter(b':', arn.as_bytes()).nth(4).and_then(|colon| arn.get(colon + 1..));
    let role = resource.and_then(|resource| resource.strip_prefix("assumed-role/"));
    let of_arn = role.and_then(|role| role.rsplit_once('/'));
    let of_principal = || principal_id.split_once(':').filter(|_| kind == "AssumedRole");
    of_arn.or_else(of_principal).map_or("", |(_, session)| session)
}
