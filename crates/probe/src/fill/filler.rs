//! Plain prose of any length, for prompts that try to push the instructions out of sight.

const SENTENCES: &[&str] = &[
    "The ferry leaves the harbour at half past seven and reaches the island before nine.",
    "Two of the bridges were painted last spring, the third one waits for dry weather.",
    "On market days the square fills early, and the bakers sell out by ten.",
    "A gauge at the mill shows the level of the river in centimetres.",
    "The reading room keeps newspapers for a year and maps for good.",
    "Hikers are asked to close the gates behind them, for the sheep's sake.",
    "The tram depot stands where the rope works used to be.",
    "In winter the lamps along the pier are lit at four in the afternoon.",
    "Every household gets a calendar with the days on which paper is collected.",
    "The orchestra rehearses on Tuesdays, in the hall behind the fire station.",
    "A carpenter from the next valley repaired the roof of the boat house.",
    "School starts again on the second Monday after the harvest fair.",
];

/// So many words.
pub(super) fn words(count: usize) -> String {
    let all = SENTENCES.iter().cycle().flat_map(|sentence| sentence.split(' '));
    all.take(count).collect::<Vec<_>>().join(" ")
}
