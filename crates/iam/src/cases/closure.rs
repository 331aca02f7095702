//! Who reaches what through role chains, by the book: the rules asked pair by pair, then breadth first. Small and slow; the
//! graph is held against it.

use crate::direct::{Direct as _, Interpreter};
use crate::organization::{Organization, PrincipalKind, Question, is_of_aws};
use crate::solve::Tri;

/// Who may assume which role.
pub(super) struct Closure<'a> {
    organization: &'a Organization,
    /// Caller, role, and whether always. Nobody counts as assuming itself.
    pub(super) edges: Vec<(usize, usize, Tri)>,
}

/// In how many hops a principal reaches something; none: not at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hops {
    /// Whatever is open.
    pub(super) surely: Option<usize>,
    /// Where what is open allows it.
    pub(super) perhaps: Option<usize>,
}

impl<'a> Closure<'a> {
    pub(super) fn new(organization: &'a Organization) -> Self {
        let all = organization.principals.iter().enumerate();
        let roles: Vec<usize> = all.filter(|(_, one)| one.kind == PrincipalKind::Role).map(|(at, _)| at).collect();
        let assume = |role: &usize| {
            let role = organization.principals.get(*role)?;
            Some(Question::new("sts:AssumeRole", &role.arn, &role.account))
        };
        let questions: Vec<Question> = roles.iter().filter_map(assume).collect();
        let answers = Interpreter { organization }.answer(&questions);
        let edges = roles.iter().zip(answers).flat_map(|(role, callers)| {
            let others = callers.into_iter().filter(|(caller, _)| caller != role);
            others.map(|(caller, answer)| (caller, *role, answer.tri)).collect::<Vec<_>>()
        });
        Self { organization, edges: edges.collect() }
    }

    /// For every question and principal in how many hops it gets there.
    pub(super) fn reach(&self, questions: &[Question]) -> Vec<Vec<Hops>> {
        let answers = Interpreter { organization: self.organization }.answer(questions);
        let of = |(question, direct): (&Question, Vec<(usize, crate::direct::Answer)>)| {
            let direct: Vec<(usize, Tri)> = direct.into_iter().map(|(who, answer)| (who, answer.tri)).collect();
            let direct: Vec<(usize, Tri)> =
                direct.into_iter().filter(|(who, _)| self.asks_at_home(*who, question)).collect();
            let surely = self.breadth_first(&direct, &|tri| tri == Tri::Allow);
            let perhaps = self.breadth_first(&direct, &|_| true);
            surely.into_iter().zip(perhaps).map(|(surely, perhaps)| Hops { surely, perhaps }).collect()
        };
        questions.iter().zip(answers).map(of).collect()
    }

    /// What AWS owns is used from the account that the question names.
    fn asks_at_home(&self, principal: usize, question: &Question) -> bool {
        let account = question.resource_account.as_str();
        let own = self.organization.principals.get(principal).is_some_and(|principal| principal.account == account);
        own || account.is_empty() || !is_of_aws(&question.resource)
    }

    fn breadth_first(&self, direct: &[(usize, Tri)], counts: &dyn Fn(Tri) -> bool) -> Vec<Option<usize>> {
        let mut hops = vec![None; self.organization.principals.len()];
        let mut set = |who: usize, count: usize| match hops.get_mut(who) {
            Some(slot @ None) => {
                *slot = Some(count);
                true
            }
            _ => false,
        };
        let mut front: Vec<usize> =
            direct.iter().filter(|(who, tri)| counts(*tri) && set(*who, 0)).map(|(who, _)| *who).collect();
        let mut count = 0;
        while !front.is_empty() {
            count += 1;
            let edges = self.edges.iter().filter(|(_, role, tri)| counts(*tri) && front.contains(role));
            front = edges.filter(|(caller, _, _)| set(*caller, count)).map(|(caller, _, _)| *caller).collect();
        }
        hops
    }
}
