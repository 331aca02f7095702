//! Which object the bytes are from.

/// An object of a log. The URI is kept with the rows as evidence; the key is what AWS's layouts are recognised by.
#[derive(Debug, Clone, Copy)]
pub struct ObjectRef<'a> {
    /// `s3://bucket/key` or `file:///path`
    pub uri: &'a str,
    /// the key in the bucket, or the path below the folder, with forward slashes
    pub key: &'a str,
}

impl<'a> ObjectRef<'a> {
    /// The key's folder and file names.
    pub(crate) fn segments(&self) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        segments(self.key)
    }

    /// The key's segment behind the first that equals `name`: in `…/vpcflowlogs/eu-west-1/…` the region.
    pub(crate) fn segment_after(&self, name: &str) -> Option<&'a str> {
        self.segments().skip_while(|segment| *segment != name).nth(1)
    }

    /// The key's segment before the first that equals `name`: in `…/123456789012/vpcflowlogs/…` the account.
    pub(crate) fn segment_before(&self, name: &str) -> Option<&'a str> {
        let end = self.segments().position(|segment| segment == name)?;
        self.segments().nth(end.checked_sub(1)?)
    }
}

/// The folder and file names of a key.
pub(crate) fn segments(key: &str) -> impl DoubleEndedIterator<Item = &str> {
    key.split(['/', '\\']).filter(|segment| !segment.is_empty())
}
