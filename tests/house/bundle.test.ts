import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildPages } from '../../scripts/build.ts'
import { pages } from '../../scripts/pages.ts'
import { root } from './planted.ts'

const kib = 1024

/** Addresses that are names, not places: nothing is fetched from them. */
const names = [
  /^https?:\/\/www\.w3\.org\//, // namespaces and credential contexts
  /^https:\/\/w3id\.org\//,
  /^https:\/\/svelte\.dev\/e\//, // what an error message refers to
  /^https:\/\/self-issued\.me\/v2$/, // the audience of a request to any wallet
  /^https?:\/\/www\.(apache\.org\/licenses|npmjs\.com\/package)\//, // comments that a licence asks to keep
  /^http:\/\/(www\.xfa\.org\/schema|ns\.adobe\.com)\//, // namespaces in PDFs
  /^https:\/\/github\.com\/mozilla\/pdf\.js\/blob\//, // a comment of the PDF reader
  /^https?:\/\/(example\.com|foo\.bar)$/, // against what the PDF reader resolves a relative address
  /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])/,
]

const folder = (name: string) => join(root, 'dist/pages', name)
const isOneFile = (name: string) => pages.some((page) => page.name === name && page.isOneFile === true)
/** Where a page's code stands: in its scripts, or in the page itself where that is one file. */
const scripts = (name: string) => globSync(isOneFile(name) ? '*.html' : '**/*.js', { cwd: folder(name) })

/** What a page loads before it can do anything: its scripts, what those import, and its styles. */
function firstLoad(name: string): string[] {
  const html = readFileSync(join(folder(name), 'index.html'), 'utf8')
  const open = Array.from(html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(?:js|css))"/g), (found) => found[1] ?? '')
  const seen = new Set<string>()
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    const text = readFileSync(join(folder(name), file), 'utf8')
    const imported = text.matchAll(/(?:\bfrom|\bimport)\s*"(\.\/[^"]+\.js)"/g)
    for (const [, path] of imported) open.push(join(dirname(file), path ?? ''))
  }
  return [...seen]
}

function gzipped(name: string, files: readonly string[]): number {
  return files.reduce((size, file) => size + gzipSync(readFileSync(join(folder(name), file)), { level: 9 }).length, 0)
}

beforeAll(() => buildPages({ desktop: true }), 120_000)

describe.each(pages.map(({ name }) => name))('the %s page', (name) => {
  it('names no foreign host', () => {
    const urls = scripts(name).flatMap((file) =>
      Array.from(
        readFileSync(join(folder(name), file), 'utf8').matchAll(/\bhttps?:\/\/[\w.[\]:-]+\/?[^\s"'`\\)]*/g),
        ([url]) => url,
      ),
    )
    expect([...new Set(urls)].filter((url) => !names.some((pattern) => pattern.test(url)))).toEqual([])
  })

  it('keeps out what is for servers', () => {
    const forbidden = /["'](?:node:\w+|fastify|pino|viem|did-jwt|oidc-provider)["']/
    expect(scripts(name).filter((file) => forbidden.test(readFileSync(join(folder(name), file), 'utf8')))).toEqual([])
  })
})

describe.each(pages.map(({ name }) => name).filter((name) => !isOneFile(name)))(
  'the %s page, of several files',
  (name) => {
    it('has nothing written into the page itself', () => {
      const html = readFileSync(join(folder(name), 'index.html'), 'utf8')
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\bstyle=/)
    })

    it('loads at most 150 KiB before its first picture, scanners later', () => {
      const files = firstLoad(name)
      expect(files.length).toBeGreaterThan(1)
      const size = gzipped(name, files)
      console.log(`first load of ${name}: ${(size / kib).toFixed(1)} of 150 KiB, compressed`)
      expect(size).toBeLessThan(150 * kib)
    })
  },
)

describe.each(pages.map(({ name }) => name).filter(isOneFile))('the %s page, of one file', (name) => {
  it('is one file that may fetch nothing and runs one script', () => {
    const html = readFileSync(join(folder(name), 'index.html'), 'utf8')
    expect(globSync('**/*', { cwd: folder(name) })).toEqual(['index.html'])
    expect(html).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-/)
    expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]* (?:src|href)=/)
    expect(gzipped(name, ['index.html'])).toBeLessThanOrEqual(150 * kib)
  })
})
