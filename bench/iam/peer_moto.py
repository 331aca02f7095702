"""moto's access control (Apache-2.0): identity policies only, one document at a time."""

import json

from moto.iam.access_control import IAMPolicy, PermissionResult

from peer_common import ALLOW, DENY, main


class Moto:
    LAYERS = ()

    def load(self, org):
        parsed = {name: self.policy(doc) for name, doc in org.data["managed_policies"].items()}
        self.policies = {
            p["arn"]: [parsed[n] for n in org.identity_names(p)] + [self.policy(d) for d in p["inline"]] for p in org.principals
        }
        self.org = org

    @staticmethod
    def policy(document):
        return IAMPolicy({"policy_document": json.dumps(document)})

    @staticmethod
    def combine(policies, action, resource, context):
        allowed = False
        for policy in policies:
            result = policy.is_action_permitted(action, resource, None, context)
            if result == PermissionResult.DENIED:
                return DENY
            allowed = allowed or result == PermissionResult.PERMITTED
        return ALLOW if allowed else DENY

    def decide(self, principal, question):
        context = self.org.context(principal, question)
        return self.combine(self.policies[principal["arn"]], question["action"], question["resource"], context)

    def case(self, case):
        request = case["request"]
        policies = [self.policy(d) for d in case["policies"]["identity"]]
        return self.combine(policies, request["action"], request["resource"], request["context"])


if __name__ == "__main__":
    main(Moto())
