//! Every declared operation, member, location, paginator and endpoint is botocore's.

use crate::{description, python};
use std::io::Write;

#[test]
fn models_say_what_botocore_says() {
    let Some(mut script) = python::script("compare_models.py", "models_say_what_botocore_says") else { return };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(description::everything().to_string().as_bytes()).unwrap();
    let output = script.arg(file.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}
