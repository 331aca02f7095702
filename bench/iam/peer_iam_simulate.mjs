// @cloud-copilot/iam-simulate (AGPL-3.0): every layer. Run as a program of its own; nothing of it is part of Sightline.
import { anonymousPrincipal, runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

import { ALLOW, DENY, main } from './peer_common.mjs'

const named = (documents, name) => documents.map((policy, i) => ({ name: `${name}-${i}`, policy }))

// The entry without input validation is its fastest, but it fails on a resource policy: then the documented, validating
// one, which also knows the policies that are implied.
function simulate(simulation) {
  return simulation.resourcePolicy ? validated(simulation) : answer(runUnsafeSimulation(simulation, {}))
}

async function validated(simulation) {
  const outcome = await runSimulation(simulation, {})
  if (outcome.resultType === 'error') throw new Error(JSON.stringify(outcome.errors))
  return answer(outcome.overallResult)
}

function answer(result) {
  if (typeof result !== 'string') throw new Error('no result')
  return result === 'Allowed' ? ALLOW : DENY
}

main({
  layers: ['boundary', 'session', 'scp', 'rcp', 'resource', 'vpce', 'cross-account', 'service or anonymous principal'],
  load(org) {
    this.org = org
    this.identity = new Map(
      org.principals.map((p) => {
        const documents = org.identityNames(p).map((name) => org.data.managed_policies[name])
        return [p.arn, named([...documents, ...p.inline], 'identity')]
      }),
    )
    this.scps = new Map(
      org.data.accounts.map((account) => [
        account,
        org.scps(account).map(([level, documents]) => ({ orgIdentifier: level, policies: named(documents, level) })),
      ]),
    )
  },
  decide(principal, question) {
    const { action, resource } = question
    const boundary = this.org.boundary(principal)
    return simulate({
      request: {
        principal: principal.arn,
        action,
        resource: { resource, accountId: this.org.owner(principal, question) },
        contextVariables: this.org.context(principal, question),
      },
      identityPolicies: this.identity.get(principal.arn),
      serviceControlPolicies: this.scps.get(principal.account),
      resourceControlPolicies: [],
      resourcePolicy: this.org.resourcePolicy(question),
      permissionBoundaryPolicies: boundary ? named([boundary], 'boundary') : undefined,
    })
  },
  case({ request, policies }) {
    const account = request.resource_account || (request.principal.split(':')[4] ?? '')
    const levels = (layer) => layer.map(({ id, policies }) => ({ orgIdentifier: id, policies: named(policies, id) }))
    return validated({
      request: {
        principal: request.principal === 'anonymous' ? anonymousPrincipal : request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables: request.context,
      },
      identityPolicies: named(policies.identity, 'identity'),
      serviceControlPolicies: levels(policies.scp),
      resourceControlPolicies: levels(policies.rcp),
      resourcePolicy: policies.resource ?? undefined,
      permissionBoundaryPolicies: policies.boundary.length > 0 ? named(policies.boundary, 'boundary') : undefined,
      sessionPolicy: policies.session ?? undefined,
      vpcEndpointPolicies: policies.vpce.length > 0 ? named(policies.vpce, 'vpce') : undefined,
    })
  },
})
