// The layers of src/, checked by `npm run layers`: a folder may import what stands behind its name and nothing else of
// ours. What is not listed here is an error, so that a new folder gets its place on purpose.
const BASE = ['row', 'errors', 'threads'];
const LAYERS = {
  row: [],
  errors: [],
  threads: [],
  csv: BASE,
  ledger: BASE,
  files: BASE,
  hosts: BASE,
  queue: [...BASE, 'ledger'],
  sources: [...BASE, 'files', 'hosts'],
  tracker: [...BASE, 'csv', 'ledger', 'files'],
  custody: [...BASE, 'csv', 'ledger', 'files', 'tracker', 'sources'],
  'row-table': [...BASE, 'csv', 'ledger', 'tracker'],
  workflow: [...BASE, 'csv', 'ledger', 'files', 'hosts', 'queue', 'tracker', 'sources', 'monitoring'],
  monitoring: [...BASE, 'tracker', 'ledger', 'hosts', 'queue'],
};

/** The edge: these use the package as its users do, through src/index.ts. */
const EDGE = { dashboard: ['threads'], demo: [], cli: ['demo', 'dashboard'] };

const PUBLIC_API = '^src/index[.]ts$';
const folders = (names) => `^src/(${names.join('|')})/`;

const layerRules = Object.entries(LAYERS).map(([name, allowed]) => ({
  name: `layer-${name}`,
  comment: `${name} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing of ours'}`,
  severity: 'error',
  from: { path: folders([name]) },
  to: { path: '^src/', pathNot: folders([name, ...allowed]) },
}));

/** Where the command line begins: the one module at the edge that has something begin before the public API is loaded. */
const START = '^src/cli/start[.]ts$';
const LEDGER_THREAD = '^src/ledger/sqlite/thread/index[.]ts$';

const edgeRules = Object.entries(EDGE).map(([name, allowed]) => ({
  name: `edge-${name}`,
  comment: `${name} stands at the edge and imports the public API`,
  severity: 'error',
  from: { path: folders([name]), pathNot: START },
  to: { path: '^src/', pathNot: [folders([name, ...allowed]), PUBLIC_API] },
}));

const KNOWN = [...Object.keys(LAYERS), ...Object.keys(EDGE), 'types'];

export default {
  forbidden: [
    ...layerRules,
    ...edgeRules,
    {
      name: 'start-loads-nothing',
      comment: 'what the start of the command line imports at its top holds every command up',
      severity: 'error',
      from: { path: START },
      to: { dynamic: false, pathNot: LEDGER_THREAD },
    },
    {
      name: 'loopback-internet-stands-alone',
      comment: 'the internet on loopback knows nothing of the product that is run against it',
      severity: 'error',
      from: { path: '^src/demo/internet/' },
      to: { path: '^src/', pathNot: '^src/demo/internet/' },
    },
    {
      name: 'no-http-in-every-command',
      comment:
        'node:http at the top of a module costs every command 30 ms and 13 MB: await import() where it is needed',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/demo/' },
      to: { path: '^(node:)?(http|https|http2|tls)$', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-stands-alone',
      comment:
        'the page runs in a browser: of the product it knows what the server says to it, and nothing else',
      severity: 'error',
      from: { path: '^src/dashboard/page/' },
      to: { path: '^src/', pathNot: ['^src/dashboard/page/', '^src/dashboard/contract[.]ts$'] },
    },
    {
      name: 'page-is-built',
      comment: 'the server sends what was built of the page and imports none of it',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/dashboard/page/' },
      to: { path: '^src/dashboard/page/' },
    },
    {
      name: 'through-the-index',
      comment: 'one folder uses another through its index.ts',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: { path: '^src/[^/]+/', pathNot: ['^src/$1/', '/index[.]ts$'] },
    },
    {
      name: 'known-folders',
      comment: 'a folder of src/ needs a place among the layers; there is no utils/',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: folders(KNOWN) },
      to: {},
    },
    {
      name: 'src-stands-alone',
      comment:
        'the product imports neither tests nor measurements; of the scripts only what the package ships',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|bin|examples)/', pathNot: '^scripts/setup/' },
    },
    {
      name: 'setup-tools-stand-alone',
      comment: 'scripts/setup/ is shipped in the package: what it imports has to be there, too',
      severity: 'error',
      from: { path: '^(scripts/setup|bin)/' },
      to: { pathNot: '^(scripts/setup|bin)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'who installs the package does not get its development dependencies',
      severity: 'error',
      // The page is shipped as it was built, with what it uses inside.
      from: { path: '^src/', pathNot: '^src/dashboard/page/' },
      // What a user may not need is an optional peer, and here also a development dependency.
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
      },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'a module that nobody imports and that imports nobody is left over',
      severity: 'error',
      from: { path: '^src/', orphan: true, pathNot: '[.]d[.]ts$' },
      to: {},
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
    moduleSystems: ['es6', 'cjs'],
  },
};
