//! The header line: which column holds which field.

use super::field::{DEFAULT, Field, Named, named};

/// The columns of the lines that follow a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    roles: Vec<Option<Field>>,
}

impl Columns {
    /// The default format, version 2.
    pub(crate) fn default_format() -> Self {
        Self { roles: DEFAULT.iter().copied().map(Some).collect() }
    }

    /// The columns that this line names, if it is a header: most of its words are fields that AWS documents. One word alone
    /// decides nothing, because the values of tag fields are whatever their writer likes.
    pub(crate) fn header(line: &str) -> Option<Self> {
        // Records begin with a digit in all but exotic formats: this spares them the look-up.
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let names: Vec<Named> = line.split_ascii_whitespace().map(named).collect();
        let known = names.iter().filter(|name| **name != Named::Unknown).count();
        if known < 2 || known * 2 <= names.len() {
            return None;
        }
        let roles = names.into_iter().map(|name| if let Named::Read(field) = name { Some(field) } else { None });
        Some(Self { roles: roles.collect() })
    }

    /// Why no row can be made of lines with these columns, if so.
    pub(crate) fn lacks(&self) -> Option<String> {
        let needs: [(&str, &[Field]); 3] = [
            ("srcaddr", &[Field::SrcAddr, Field::PktSrcAddr]),
            ("dstaddr", &[Field::DstAddr, Field::PktDstAddr]),
            ("start", &[Field::Start, Field::End]),
        ];
        let missing =
            needs.iter().find(|(_, any_of)| !any_of.iter().any(|field| self.roles.contains(&Some(*field))))?;
        Some(format!("the header lacks the field `{}`: add it to the flow log's format", missing.0))
    }

    /// How many columns there are.
    pub(crate) fn len(&self) -> usize {
        self.roles.len()
    }

    /// The field of each column; `None` where it is passed over.
    pub(crate) fn roles(&self) -> impl Iterator<Item = Option<Field>> + '_ {
        self.roles.iter().copied()
    }

    /// Whether the last field of a line shows that the line is whole: only few values are possible there.
    pub(crate) fn end_is_certain(&self) -> bool {
        matches!(self.roles.last(), Some(Some(Field::LogStatus | Field::Action)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_any_order_and_spelling() {
        let columns = Columns::header("srcaddr brand-new-field pkt_dst_aws_service END log_status").unwrap();
        let roles: Vec<_> = columns.roles().collect();
        assert_eq!(
            roles,
            [Some(Field::SrcAddr), None, Some(Field::PktDstAwsService), Some(Field::End), Some(Field::LogStatus)]
        );
        assert!(columns.lacks().unwrap().contains("`dstaddr`"));
        assert!(columns.end_is_certain());
    }

    #[test]
    fn values_that_look_like_names_make_no_header() {
        assert_eq!(Columns::header("- srcaddr 10.0.0.1 10.0.0.2 start 6 7"), None);
        assert_eq!(Columns::header("version"), None);
        assert_eq!(Columns::header(""), None);
    }
}
