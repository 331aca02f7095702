//! One CloudFormation template of several.

use super::Part;
use crate::render::cloudformation::region_condition;
use crate::render::comment;

/// Resources that AWS refuses while another is not there, though nothing in their properties says so: their types, and what has to come
/// first.
const WAITS: [(&[&str], &str); 2] = [
    (
        &["AWS::CloudTrail::Trail", "AWS::EC2::FlowLog", "AWS::Route53Resolver::ResolverQueryLoggingConfig"],
        "LogBucketPolicy",
    ),
    (&["AWS::EKS::AccessEntry"], "ScannerRole"),
];
/// Sections in the order in which they are written.
const SECTIONS: [&str; 6] = ["Metadata", "Parameters", "Mappings", "Conditions", "Resources", "Outputs"];
/// Resources that a stack holds, and bytes of a template that is passed as it is. Source:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
const RESOURCES: usize = 500;
const BODY: usize = 51_200;

/// A section's entry: its name, and its lines.
struct Member {
    section: String,
    name: String,
    text: String,
}

/// The parts as one template, or how many resources are too many. Where a part tells regions apart, everything else is made in the home
/// region alone, so that one template serves every region.
pub(crate) fn template(head: &str, description: &str, home: &str, parts: &[Part]) -> Result<String, (usize, usize)> {
    let mut members: Vec<Member> = Vec::new();
    for member in parts.iter().flat_map(members_of) {
        let is_known = |known: &Member| known.section == member.section && known.text == member.text;
        if !members.iter().any(is_known) {
            members.push(member);
        }
    }
    let resources = members.iter().filter(|member| member.section == "Resources").count();
    if resources > RESOURCES {
        return Err((resources, RESOURCES));
    }
    let here = region_condition(home);
    if members.iter().any(|member| member.section == "Conditions") {
        in_home(&mut members, &here, home);
    }
    for (kinds, first) in WAITS {
        if members.iter().any(|member| member.section == "Resources" && member.name == first) {
            members.iter_mut().for_each(|member| member.wait(kinds, first, &here));
        }
    }
    let mut body = format!("AWSTemplateFormatVersion: \"2010-09-09\"\nDescription: \"{description}\"\n");
    for section in SECTIONS {
        let mut own = members.iter().filter(|member| member.section == section).peekable();
        if own.peek().is_some() {
            body.push_str(&format!("{section}:\n"));
        }
        own.for_each(|member| body.push_str(&member.text));
    }
    let large = format!(
        "\nLarger than the {BODY} bytes that are passed with --template-body: upload it, and give its address as --template-url (at most 1 MB)."
    );
    let more = if head.len() + body.len() > BODY { large.as_str() } else { "" };
    Ok(comment(&format!("{head}{more}"), "#", 0) + &body)
}

/// The entries of a template's sections, each with its comments.
fn members_of(part: &Part) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    let (mut section, mut comments) = ("", String::new());
    for line in part.text.lines() {
        let indent = line.len() - line.trim_start().len();
        let is_comment = line.trim_start().starts_with('#');
        match (indent, is_comment) {
            (0, false) if !line.is_empty() => section = line.split(':').next().unwrap_or_default(),
            (2, true) => comments.push_str(&format!("{line}\n")),
            (2, false) if SECTIONS.contains(&section) => {
                let name = line.trim_start().split(':').next().unwrap_or_default().to_owned();
                let text = std::mem::take(&mut comments) + line + "\n";
                members.push(Member { section: section.to_owned(), name, text });
            }
            _ => {
                if let Some(last) = members.last_mut().filter(|last| last.section == section) {
                    last.text.push_str(&format!("{line}\n"));
                }
            }
        }
    }
    members
}

/// Makes what belongs to no region in the home region alone.
fn in_home(members: &mut Vec<Member>, condition: &str, home: &str) {
    if !members.iter().any(|member| member.section == "Conditions" && member.name == condition) {
        let text = format!("  {condition}: !Equals\n    - !Ref AWS::Region\n    - {home}\n");
        members.push(Member { section: "Conditions".to_owned(), name: condition.to_owned(), text });
    }
    for member in members.iter_mut() {
        let is_free =
            matches!(member.section.as_str(), "Resources" | "Outputs") && !member.text.contains("\n    Condition: ");
        if is_free {
            member.add(&format!("    Condition: {condition}\n"));
        }
    }
}

impl Member {
    /// Puts a line behind the name and, of a resource, behind its type.
    fn add(&mut self, line: &str) {
        let mut done = false;
        let is_place = |text: &str| match self.section.as_str() {
            "Resources" => text.starts_with("    Type: "),
            _ => text.starts_with("  ") && !text.starts_with("  #"),
        };
        let lines = self.text.split_inclusive('\n').map(|text| {
            let here = !done && is_place(text);
            done |= here;
            if here { format!("{text}{line}") } else { text.to_owned() }
        });
        self.text = lines.collect();
    }

    /// Lets resources of these types wait for another, where that is made by the same stack.
    fn wait(&mut self, kinds: &[&str], first: &str, here: &str) {
        let has = |line: &str| self.text.lines().any(|has| has == line);
        let is_one = kinds.iter().any(|kind| has(&format!("    Type: {kind}")));
        let is_here = !self.text.contains("\n    Condition: ") || has(&format!("    Condition: {here}"));
        if is_one && is_here && !self.text.contains("\n    DependsOn: ") {
            self.add(&format!("    DependsOn: {first}\n"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_put_together() {
        let part = |text: &str| Part { id: "x", name: "x".to_owned(), text: text.to_owned() };
        let policy = part(
            "# Head.\nAWSTemplateFormatVersion: \"2010-09-09\"\nDescription: d\nResources:\n  # Why.\n  LogBucketPolicy:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      A: |\n        b:\n\n          # c\nOutputs:\n  O:\n    Value: 1\n",
        );
        let condition = "Conditions:\n  InUsEast1: !Equals\n    - !Ref AWS::Region\n    - us-east-1\n";
        let log = |region: &str| {
            format!("  L{region}:\n    Type: AWS::EC2::FlowLog\n    Condition: In{region}\n    Properties: {{}}\n")
        };
        let logs = part(&format!("{condition}Resources:\n{}{}", log("UsEast1"), log("EuWest1")));
        insta::assert_snapshot!(template("All.", "d", "eu-west-1", &[policy, logs]).unwrap(), @r#"
        # All.
        AWSTemplateFormatVersion: "2010-09-09"
        Description: "d"
        Conditions:
          InUsEast1: !Equals
            - !Ref AWS::Region
            - us-east-1
          InEuWest1: !Equals
            - !Ref AWS::Region
            - eu-west-1
        Resources:
          # Why.
          LogBucketPolicy:
            Type: AWS::S3::BucketPolicy
            Condition: InEuWest1
            Properties:
              A: |
                b:

                  # c
          LUsEast1:
            Type: AWS::EC2::FlowLog
            Condition: InUsEast1
            Properties: {}
          LEuWest1:
            Type: AWS::EC2::FlowLog
            DependsOn: LogBucketPolicy
            Condition: InEuWest1
            Properties: {}
        Outputs:
          O:
            Condition: InEuWest1
            Value: 1
        "#);
    }
}
