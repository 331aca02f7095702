//! The header line: which column holds which field.

use super::field::{DEFAULT, Field, Named, named};

/// The columns of the lines that follow a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    names: Vec<Named>,
}

impl Columns {
    /// The default format, version 2.
    pub(crate) fn default_format() -> Self {
        Self { names: DEFAULT.iter().copied().map(Named::Read).collect() }
    }

    /// The columns of these names.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self { names: names.into_iter().map(named).collect() }
    }

    /// The columns that this line names, if it is a header: most of its words are fields that AWS documents. One word alone
    /// decides nothing, because the values of tag fields are whatever their writer likes.
    pub(crate) fn header(line: &str) -> Option<Self> {
        // Records begin with a digit in all but exotic formats: this spares them the look-up.
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let columns = Self::new(line.split_ascii_whitespace());
        let known = columns.names.iter().filter(|name| **name != Named::Unknown).count();
        (known >= 2 && known * 2 > columns.names.len()).then_some(columns)
    }

    /// Why no row can be made of lines with these columns, if so.
    pub(crate) fn lacks(&self) -> Option<String> {
        let needs: [(&str, &[Field]); 3] = [
            ("srcaddr", &[Field::SrcAddr, Field::PktSrcAddr]),
            ("dstaddr", &[Field::DstAddr, Field::PktDstAddr]),
            ("start", &[Field::Start, Field::End]),
        ];
        let missing = needs.iter().find(|(_, any_of)| !any_of.iter().any(|field| self.has(*field)))?;
        Some(format!("the header lacks the field `{}`: add it to the flow log's format", missing.0))
    }

    /// Whether there is a column of this field.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.names.contains(&Named::Read(field))
    }

    /// Whether these are the records of a transit gateway.
    pub(crate) fn of_transit_gateway(&self) -> bool {
        [Field::TgwId, Field::TgwAttachmentId, Field::TgwPairAttachmentId, Field::TgwSrcVpcId, Field::TgwDstVpcId]
            .iter()
            .any(|field| self.has(*field))
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// What each column holds.
    pub(crate) fn names(&self) -> &[Named] {
        &self.names
    }

    /// Whether the last field of a line shows that the line is whole: only few values are possible there.
    pub(crate) fn end_is_certain(&self) -> bool {
        matches!(self.names.last(), Some(Named::Read(Field::LogStatus | Field::Action)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_any_order_and_spelling() {
        let columns = Columns::header("srcaddr brand-new-field pkt_dst_aws_service END log_status").unwrap();
        let fields: Vec<_> = columns.names().iter().map(|name| name.field()).collect();
        assert_eq!(
            fields,
            [Some(Field::SrcAddr), None, Some(Field::PktDstAwsService), Some(Field::End), Some(Field::LogStatus)]
        );
        assert!(columns.lacks().unwrap().contains("`dstaddr`"));
        assert!(columns.end_is_certain());
        assert!(!columns.of_transit_gateway());
    }

    #[test]
    fn values_that_look_like_names_make_no_header() {
        assert_eq!(Columns::header("- srcaddr 10.0.0.1 10.0.0.2 start 6 7"), None);
        assert_eq!(Columns::header("version"), None);
        assert_eq!(Columns::header(""), None);
    }
}
