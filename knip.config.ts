import type { KnipConfig } from 'knip'

const code = ['**/*.{ts,svelte}']
const tests = ['**/*.test.ts']

/** The scripts of a component, and what its markup imports on demand. */
function scriptsAndImports(text: string): string {
  const scripts = Array.from(text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g), (found) => found[1] ?? '')
  const markup = text.replace(/<script[^>]*>[\s\S]*?<\/script>/g, '')
  return [...scripts, ...Array.from(markup.matchAll(/import\('[^']+'\)/g), ([found]) => found)].join('\n')
}

/** Dead files and dead exports. Who may import a package is the business of .dependency-cruiser.cjs. */
const config: KnipConfig = {
  include: ['files', 'exports', 'types', 'duplicates', 'unresolved'],
  ignoreExportsUsedInFile: true,
  // Svelte stands in the root alone, so its plugin would not look into the workspaces.
  compilers: { svelte: scriptsAndImports },
  workspaces: {
    '.': {
      entry: [
        'scripts/*.{ts,mjs}',
        'scripts/workbench/page/main.ts',
        // Run by path, or given to test files in place of vitest.
        'scripts/mutants/{shard,trial,collect}.ts',
        'bench/*.bench.ts',
        'bench/registry-{restart,signer}.ts',
        'bench/scan/bench-worker.ts',
        'tests/**/*.ts',
        '*.config.ts',
      ],
      project: ['scripts/**/*.{ts,svelte}', 'bench/**/*.ts', 'tests/**/*.ts'],
    },
    shared: { entry: [...tests, 'core/crypto/primitive.*.ts', 'ui/gallery/gallery.ts'], project: code },
    wallet: {
      entry: [
        ...tests,
        'web/main.ts',
        'screens/gallery/gallery.ts',
        'web/*-worker.ts',
        'cli/commands.ts',
        'electron/{main,preload-*}.ts',
        'electron/page-*/main.ts',
      ],
      project: code,
    },
    verifier: { entry: [...tests, 'main.ts', 'commands.ts', 'screens/main.ts'], project: code },
    registry: {
      entry: [...tests, 'main.ts', 'commands.ts', 'screens/main.ts', 'screens/checker/main.ts'],
      project: code,
    },
    issuer: { entry: [...tests, 'main.ts', 'commands.ts', 'screens/main.ts'], project: code },
  },
}

export default config
