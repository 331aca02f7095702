//! What discovery made of the logs of one day.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of `day_group`: a part of what the logs of a day tell, put together so that the logs need not be read again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayGroup {
    /// the discovery that made it
    pub run_id: String,
    /// midnight of the day, UTC
    pub day: Timestamp,
    /// `call`, `issued`, `applied`, `usage`, `link`
    pub kind: String,
    /// what the log objects of the day were when it was made
    pub digest: String,
    /// the part's place, the number of parts, and the rows: JSON, deflated, in base64
    pub content: String,
}
