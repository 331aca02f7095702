// What every Node adapter does: the same as peer_common.py.
import { readFileSync, writeFileSync } from 'node:fs'

export const ALLOW = 'Allow'
export const DENY = 'Deny'

export class Organisation {
  constructor(data) {
    this.data = data
    this.principals = data.principals
    this.questions = data.expected
    this.groups = Object.fromEntries(
      Object.entries(data.groups).map(([a, groups]) => [a, Object.fromEntries(groups.map((g) => [g.name, g.managed]))]),
    )
  }

  identityNames(principal) {
    return [...principal.managed, ...principal.groups.flatMap((g) => this.groups[principal.account][g])]
  }

  boundary(principal) {
    return principal.boundary ? this.data.boundaries[principal.boundary] : null
  }

  scps(account) {
    return (this.data.scp_attachments[account] ?? []).map(([level, name]) => [level, this.data.scps[name]])
  }

  resourcePolicy(question) {
    return this.data.resource_policies[question.resource]
  }

  owner(principal, question) {
    return question.resource_account || principal.account
  }

  context(principal, question) {
    const context = {
      'aws:PrincipalArn': principal.arn,
      'aws:PrincipalAccount': principal.account,
      'aws:PrincipalOrgID': this.data.org_id,
      'aws:RequestedRegion': question.resource.split(':')[3] || 'us-east-1',
      'aws:SecureTransport': 'true',
    }
    if (principal.kind === 'user') context['aws:username'] = principal.arn.split('/').pop()
    for (const [key, value] of Object.entries(principal.tags)) context[`aws:PrincipalTag/${key}`] = value
    return context
  }
}

function caseLayers({ policies, request }) {
  const layers = ['boundary', 'session', 'scp', 'rcp', 'resource', 'vpce'].filter((name) => {
    const layer = policies[name]
    return Array.isArray(layer) ? layer.length > 0 : layer
  })
  const account = request.principal.startsWith('arn:') ? request.principal.split(':')[4] : ''
  if (request.resource_account && request.resource_account !== account) layers.push('cross-account')
  if (!request.principal.startsWith('arn:aws:')) layers.push('service or anonymous principal')
  return layers
}

async function runCases(peer, path) {
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const item = JSON.parse(line)
    const missing = caseLayers(item).filter((layer) => !peer.layers.includes(layer)).sort()
    const answer = { id: item.id, expected: item.expected.decision, name: item.name ?? '' }
    if (missing.length > 0) answer.skipped = missing.join(', ')
    else {
      try {
        answer.decision = await peer.case(item)
      } catch (error) {
        answer.error = String(error).slice(0, 200)
      }
    }
    console.log(JSON.stringify(answer))
  }
}

async function runPairs(peer, orgPath, pairsPath, outPath, budget) {
  const started = performance.now()
  const org = new Organisation(JSON.parse(readFileSync(orgPath, 'utf8')))
  const pairs = JSON.parse(readFileSync(pairsPath, 'utf8'))
  await peer.load(org)
  const loaded = performance.now()
  const answers = []
  for (const [principal, question] of pairs) {
    try {
      const answer = peer.decide(org.principals[principal], org.questions[question])
      answers.push(typeof answer === 'string' ? answer : await answer)
    } catch (error) {
      answers.push(`error: ${error}`.slice(0, 200))
    }
    if (performance.now() - loaded > budget * 1000) break
  }
  const decided = performance.now()
  writeFileSync(outPath, JSON.stringify(answers))
  const times = { load_s: (loaded - started) / 1000, decide_s: (decided - loaded) / 1000, decisions: answers.length }
  process.stdout.write(JSON.stringify(times))
}

export async function main(peer) {
  const args = process.argv.slice(2)
  if (args[0] === '--cases') await runCases(peer, args[1])
  else await runPairs(peer, args[0], args[1], args[2], Number(args[3]))
}
