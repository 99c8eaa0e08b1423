import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

const workspaces = ['shared', 'wallet', 'verifier', 'registry', 'issuer']
const configuration = [
  'package.json',
  '.dependency-cruiser.cjs',
  'eslint.config.js',
  'tsconfig.json',
  'tsconfig.base.json',
  'tsconfig.pure.json',
  'tsconfig.node.json',
  'tsconfig.page.json',
  'tsconfig.page-test.json',
  'tsconfig.worker.json',
  'shared/core/platform.d.ts',
  ...workspaces.map((name) => `${name}/package.json`),
]

/** A small copy of the house: the real configuration and packages, and only the files a test plants in it. */
export class PlantedHouse {
  readonly folder = mkdtempSync(join(tmpdir(), 'fujie-house-'))

  constructor(files: Readonly<Record<string, string>>) {
    for (const file of configuration) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true })
      cpSync(join(root, file), join(this.folder, file))
    }
    this.#linkPackages()
    for (const [file, text] of Object.entries(files)) this.plant(file, text)
  }

  plant(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true })
    writeFileSync(join(this.folder, file), text)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Packages are the real ones; `@fujie/…` has to lead to the copy. */
  #linkPackages(): void {
    const packages = join(this.folder, 'node_modules')
    mkdirSync(join(packages, '@fujie'), { recursive: true })
    for (const name of workspaces) symlinkSync(join(this.folder, name), join(packages, '@fujie', name))
    for (const name of linked) {
      mkdirSync(dirname(join(packages, name)), { recursive: true })
      symlinkSync(join(root, 'node_modules', name), join(packages, name))
    }
  }
}

const linked = [
  '@noble/hashes',
  '@sveltejs/vite-plugin-svelte',
  '@types/node',
  '@zxing/library',
  'acorn',
  'dependency-cruiser',
  'eslint',
  'eslint-plugin-svelte',
  'fastify',
  'jose',
  'playwright',
  'svelte',
  'typescript',
  'typescript-eslint',
  'undici-types',
  'vite',
  'vitest',
  'zod',
  'zxing-wasm',
]
