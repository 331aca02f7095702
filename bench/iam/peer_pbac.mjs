// pbac (MIT): an evaluator in the manner of IAM; identity policies only.
import PBAC from 'pbac'

import { ALLOW, DENY, main } from './peer_common.mjs'

// Its context is nested by the parts of a key: aws:RequestedRegion is context.aws.RequestedRegion.
function nested(context) {
  const tree = {}
  for (const [key, value] of Object.entries(context)) {
    const [prefix, ...rest] = key.split(':')
    tree[prefix] ??= {}
    tree[prefix][rest.join(':')] = value
  }
  return tree
}

// It wants a list where IAM also takes one value.
const list = (value) => (value === undefined || Array.isArray(value) ? value : [value])

function listed(document) {
  const statements = list(document.Statement).map((statement) => {
    const copy = { ...statement }
    for (const key of ['Action', 'NotAction', 'Resource', 'NotResource']) if (key in copy) copy[key] = list(copy[key])
    return copy
  })
  return { ...document, Statement: statements }
}

const evaluator = (documents) => new PBAC(documents.map(listed), { validateSchema: false, validatePolicies: false })

main({
  layers: [],
  load(org) {
    this.org = org
    this.evaluators = new Map(
      org.principals.map((p) => {
        const documents = org.identityNames(p).map((name) => org.data.managed_policies[name])
        return [p.arn, evaluator([...documents, ...p.inline])]
      }),
    )
  },
  decide(principal, question) {
    const context = nested(this.org.context(principal, question))
    const { action, resource } = question
    return this.evaluators.get(principal.arn).evaluate({ action, resource, context }) ? ALLOW : DENY
  },
  case({ request, policies }) {
    const { action, resource, context } = request
    return evaluator(policies.identity).evaluate({ action, resource, context: nested(context) }) ? ALLOW : DENY
  },
})
