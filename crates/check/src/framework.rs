//! The frameworks that checks answer to. Control numbers are facts; every text of this product is its own.

/// A published catalogue of controls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framework {
    /// as written in a check's front matter
    pub id: &'static str,
    /// its name for people
    pub title: &'static str,
    /// who publishes it, and where
    pub url: &'static str,
}

/// All that a check may name, by id.
pub const FRAMEWORKS: &[Framework] = &[
    Framework {
        id: "aws-ai-security",
        title: "AWS AI Security Framework",
        url: "https://aws.amazon.com/blogs/security/the-aws-ai-security-framework-securing-ai-with-the-right-controls-at-the-right-layers-at-the-right-phases/",
    },
    Framework {
        id: "aws-security-hub-ai-1.0",
        title: "AWS Security Hub AI Security Best Practices 1.0",
        url: "https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html",
    },
    Framework {
        id: "cis-7.0",
        title: "CIS Amazon Web Services Foundations Benchmark 7.0",
        url: "https://www.cisecurity.org/benchmark/amazon_web_services",
    },
    Framework {
        id: "owasp-llm-2025",
        title: "OWASP Top 10 for LLM Applications 2025",
        url: "https://genai.owasp.org/llm-top-10/",
    },
];

/// The framework of this id.
pub fn framework(id: &str) -> Option<&'static Framework> {
    FRAMEWORKS.iter().find(|framework| framework.id == id)
}
